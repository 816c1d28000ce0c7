"""Synthetic images whose truth is exact: scenes, their images, their texts, and what can be measured in them.

Phantoms calibrate instruments. They are never evidence about how a model reads real images.
"""
