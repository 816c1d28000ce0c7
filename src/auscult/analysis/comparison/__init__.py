"""Runs against each other, on the items that they have in common."""
