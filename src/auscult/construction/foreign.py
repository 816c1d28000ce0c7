"""Short texts in another language: "Was ist zu sehen?", "Pleuraerguss", "Sí".

``checks.language`` asks an identifier of languages, which cannot tell texts of a few words from abbreviations, Latin
and names of drugs. Here words are known by lists of six languages (``foreign.toml``), and by accents that English has
not. Of 37,164 different texts of the Indiana University reports, VQA-RAD, SLAKE (in English), MEDEC and answers of
models, whole and in parts, none is taken for another language (tests/construction/test_foreign.py).
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from auscult.facts.reply import known_word
from auscult.facts.tokens import listed
from auscult.store.files import shipped_table

LONGEST = 12
"""Words of a text that is short; of a longer one ``checks.language`` can tell."""
_SHARE = 3
"""At least one word in so many is of the other language."""
_ENDING, _ACCENTED = 8, 4
"""Letters of a word whose ending tells, and of one whose accent does."""
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_ENGLISH = listed(
    "the is are there this of with which has was on that not does show seen yes no what where how any and"
)
_OTHER = "another language"


@dataclass(frozen=True, slots=True)
class _Tongue:
    """What tells a language: see ``foreign.toml``."""

    name: str
    own: frozenset[str]
    also: frozenset[str]
    whole: frozenset[str]
    ends: tuple[str, ...]

    def counted(self, words: list[str]) -> tuple[int, int]:
        """How many words are of this language alone, and of this and others."""
        own = sum(
            w in self.own or len(w) >= _ENDING and w.endswith(self.ends) and w not in _listed("english") for w in words
        )
        return own, sum(w in self.also for w in words)


@lru_cache(maxsize=131_072)
def short_foreign(text: str) -> str:
    """``is in Spanish``, ``is in another language``; empty where a text is English, long, or may be either."""
    words = [w.lower().replace("’", "'") for w in _WORD.findall(text)]
    if not words or len(words) > LONGEST or text.isupper():
        return ""
    found = [(own, also, tongue) for tongue in _tongues() for own, also in [tongue.counted(words)]]
    own, also, tongue = max(found, key=lambda one: one[:2])
    english = sum(w in _ENGLISH and w not in tongue.also for w in words)
    if "¿" in text or "¡" in text:
        return "is in Spanish"
    if whole := [t.name for a, b, t in found if words[0] in t.whole and a + b >= len(words) - (words[0] not in t.also)]:
        return _said(whole)
    if own and own + also > english and _SHARE * (own + also) >= len(words):
        return _said([t.name for a, b, t in found if (a, b) == (own, also)])
    strange = [
        w for w in words if len(w) >= _ACCENTED and not w.isascii() and w.removesuffix("'s") not in _listed("accents")
    ]
    if any(map(_latin, strange)) and not any(w.isascii() and (w in _ENGLISH or known_word(w)) for w in words):
        return _said([t.name for a, b, t in found if (a, b) == (own, also)] if also else [])
    return ""


def _said(names: list[str]) -> str:
    return f"is in {names[0].capitalize() if len(names) == 1 else _OTHER}"


@cache
def _tongues() -> tuple[_Tongue, ...]:
    lists = shipped_table("construction/foreign.toml")
    return tuple(
        _Tongue(name, listed(of["own"]), listed(of["also"]), listed(of["whole"]), tuple(of["ends"].split()))
        for name, of in lists.items()
        if isinstance(of, dict)
    )


@cache
def _listed(name: str) -> frozenset[str]:
    return listed(shipped_table("construction/foreign.toml")[name])


def _latin(word: str) -> bool:
    """Whether a word is all of Latin letters: those of other scripts are told by their script."""
    return all(c < "\u0250" for c in word)
