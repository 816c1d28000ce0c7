"""Gold traces that a model writes: which of them are believed, and what became of the others."""
