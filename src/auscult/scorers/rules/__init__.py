"""Rules: what an answer says, read from its text alone. One file a rule, each with ``SCORER``."""
