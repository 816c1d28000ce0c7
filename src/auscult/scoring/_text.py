"""Names of ``auscult.facts.reply`` under which older readers of this room know them; and words for overlap."""

from auscult.facts.reply import contains, declined, finals, join_prefixes, plain, stem, words

__all__ = ["after_markers", "contains", "declined", "join_prefixes", "normal", "plain", "stem", "words"]

_ARTICLES = frozenset({"a", "an", "the"})
after_markers = finals


def normal(text: str) -> list[str]:
    """Words of the plain text without articles: what exact match and token overlap compare."""
    return [w for w in words(plain(text)) if w not in _ARTICLES]
