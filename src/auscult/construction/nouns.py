"""How a noun takes an article: "a fracture", "pneumonia", "surgical clips"."""

from auscult.construction.lexicon import lexicon


def noun_kind(noun: str, article: str = "") -> str:
    """``a``, ``mass`` (no article) or ``plural``, told by the last word of a finding's name.

    Args:
        noun: in lower case.
        article: that it was seen with, where it was.
    """
    grammar = lexicon().table["grammar"]
    last = noun.split()[-1]
    if last.endswith("s") and not last.endswith(tuple(grammar["singular_endings"])):
        return "plural"
    if article in ("a", "an"):
        return "a"
    return "mass" if last in grammar["mass"].split() or last.endswith(tuple(grammar["mass_endings"])) else "a"
