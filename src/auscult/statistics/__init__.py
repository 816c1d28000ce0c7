"""Scores → numbers with intervals, agreement and calibration; knows arrays, not items."""
