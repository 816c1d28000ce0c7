"""A diagnosis for people: one page, twelve lines of a terminal, tables of figures and items. Nothing here computes."""
