"""Items and a model → a run: canary, answers under each image condition, scores, numbers."""
