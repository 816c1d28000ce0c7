"""Cases → items: split, balance, item sets on disk."""
