"""Asks, scores and goes on: what makes a run folder. What its tables say is told by ``analysis``."""
