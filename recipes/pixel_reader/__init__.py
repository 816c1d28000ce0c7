"""Trains the network of the pixel reader on phantoms that the painter painted: ``python -m recipes.pixel_reader``."""
