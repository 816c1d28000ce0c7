"""A run → a page."""
