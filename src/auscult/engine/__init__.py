"""Rows → rows: journal, limits, retries, cost, progress."""
