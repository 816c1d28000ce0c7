"""Words that stand where an image was asked for: do they refuse, or clarify? The phrases are data, with a version."""

import re
from functools import lru_cache
from typing import Literal

from auscult.store.files import shipped_table

PHRASES = "data/drawing-words.toml"
Said = Literal["refused", "clarified", ""]


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Phrases that refuse, and those that clarify."""
    table = shipped_table(PHRASES)
    flags = re.IGNORECASE | re.DOTALL
    refusing, clarifying = ("|".join(f"(?:{p})" for p in table[name]) for name in ("refusing", "clarifying"))
    return re.compile(refusing, flags), re.compile(clarifying, flags)


def said(text: str) -> Said:
    """What words in place of an image come to; empty where they neither refuse nor clarify (a description, thanks).

    Who says what cannot be, or asks back, clarifies, whether or not it also declines.
    """
    refusing, clarifying = _patterns()
    if clarifying.search(text):
        return "clarified"
    return "refused" if refusing.search(text) else ""


def version() -> str:
    """Of the phrases."""
    return str(shipped_table(PHRASES)["version"])
