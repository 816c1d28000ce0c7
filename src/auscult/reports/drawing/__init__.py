"""An audit of a generator for people: its first screen, the drawings behind it, page, tables and terminal."""
