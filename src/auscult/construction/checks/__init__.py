"""What made items are checked for before they are trusted."""
