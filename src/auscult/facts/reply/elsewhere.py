"""Yes, no, and what announces an answer, in the other languages that medical question sets are published in.

Only what stands alone or first is read: "Sí, hay un derrame" is yes, "没有" is no, "没有胸腔积液" is not read. The
words and the reason for the choice of languages are in ``auscult/data/replies/languages.toml``.
"""

import re
from functools import lru_cache
from typing import Literal

from auscult.facts.reply.phrases import table
from auscult.facts.reply.wording import contains

_CLAUSE_END = re.compile(r"[,.!?;:\n、。।؟،؛]+|\s+-+\s+")
_ASCII_HEADS = ("espuesta", "ntwort", "isposta", "esposta")


@lru_cache(maxsize=1)
def _yes_no() -> dict[str, str]:
    """Word or phrase → yes or no; one that is yes in one language and no in another is left out."""
    read: dict[str, set[str]] = {}
    for told in table("languages").values():
        for meaning in ("yes", "no"):
            for phrase in told[meaning]:
                read.setdefault(phrase, set()).add(meaning)
    return {phrase: meanings.pop() for phrase, meanings in read.items() if len(meanings) == 1}


@lru_cache(maxsize=1)
def _announcement() -> re.Pattern[str]:
    phrases = {p for told in table("languages").values() for p in (*told["answer"], *told["option"])}
    ascii_ones = [p for p in phrases if p.isascii() or p[0].isascii()]
    others = phrases - set(ascii_ones)
    ordered = (
        rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(ascii_ones, key=len, reverse=True)))})(?!\w)",
        "|".join(map(re.escape, sorted(others, key=len, reverse=True))),
    )
    return re.compile(rf"(?:{'|'.join(ordered)})\s*(?::|-(?=\s))?\s*", re.I)


def yes_no_elsewhere(text: str) -> Literal["yes", "no", "unclear", ""]:
    """What a text says whose first clause is yes or no in another language; ``unclear`` where clauses differ.

    Ask where English reading found nothing: "no" and "non" are words of several languages. ``text`` is plain.
    """
    if len(text) > 2000:
        return ""
    tails = announced_elsewhere(text)
    clauses = [c for c in (part.strip(" \"'()[]*") for part in _CLAUSE_END.split((tails or [text])[0].lower())) if c]
    known = _yes_no()
    if not clauses or clauses[0] not in known:
        return ""
    said = {known[c] for c in clauses if c in known}
    return "unclear" if len(said) > 1 else "yes" if "yes" in said else "no"


def announced_elsewhere(text: str) -> list[str]:
    """What follows the last announcement of an answer in another language ("La respuesta es B", "答案:B")."""
    if text.isascii() and not contains(text, _ASCII_HEADS):
        return []
    end = -1
    for m in _announcement().finditer(text):
        end = m.end()
    return [tail] if end >= 0 and (tail := text[end:].strip()) else []
