"""A user's own table of recorded answers: questions, what is right, and what a model (or several) said, a row each."""
