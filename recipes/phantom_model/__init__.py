"""Trains the phantom model from scratch on phantoms: a small LLaVA that sees, and that goes along with false premises.

``python -m recipes.phantom_model`` runs every step, goes on where it was stopped, and writes the folder that
``--model phantom`` loads. Vision comes first, on dense truth of each patch; then language, on packed lessons.
"""
