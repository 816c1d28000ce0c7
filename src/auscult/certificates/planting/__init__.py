"""Errors planted into reports and into answers about phantoms, and the same said otherwise; no reader is used here."""
