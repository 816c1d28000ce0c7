"""One part of each kind, as another package adds them: each is one file, found through its entry point."""
