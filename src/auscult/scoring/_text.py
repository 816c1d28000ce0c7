"""Names of ``auscult.facts.reply`` under which older readers of this room know them."""

from auscult.facts.reply import contains, declined, finals, join_prefixes, plain, stem, words

__all__ = ["after_markers", "contains", "declined", "join_prefixes", "plain", "stem", "words"]

after_markers = finals
