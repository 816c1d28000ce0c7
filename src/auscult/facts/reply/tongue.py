"""What language a text is in, as far as a reader of English needs to know: English, another one, or none.

Cheap and lenient: abbreviations, numbers and terse clinical phrases are English. It is meant for texts in which nothing
was read, to tell what is to blame.
"""

import re
import unicodedata
from functools import lru_cache
from importlib import resources
from typing import Literal

from auscult.facts.lexicon import lexicon
from auscult.facts.reply.phrases import table
from auscult.facts.reply.wording import stem

Language = Literal["english", "other", "none"]

_SEEN = 2000  # characters that are looked at
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_FEW = 5
"""Words of a text below which unknown words say nothing: they may be names or abbreviations."""
_KNOWN = 0.2
"""Share of known words below which a longer text is no English."""
_LOOP = 6
"""Words from which on a text that has but two different ones is no language: a model caught in a loop."""
_FORMED = re.compile(
    r"(?:itis|osis|omas?|emia|pathy|ectomy|scopy|graphy|genic|lysis|plasia|trophy|megaly|algia|uria"
    r"|al|ar|ic|ous|ary|oid|ions?|ing|ed|ly|ity|ism|ness|ment|ance|ence|able|ible|um|us|ae)$"
)


@lru_cache(maxsize=1)
def _english() -> frozenset[str]:
    """Common words, and those of the clinical lexicon; with their stems."""
    text = (resources.files("auscult") / "data" / "replies" / "english.txt").read_text("utf-8")
    known = {*text.split(), *(word for phrase, _ in lexicon().trie for word in phrase)}
    return frozenset(known | {stem(word) for word in known if len(word) > 4})


def known_word(word: str) -> bool:
    """Whether a word in small letters is common English, or one of the clinical lexicon."""
    return word in _english() or len(word) > 4 and stem(word) in _english()


@lru_cache(maxsize=1)
def _elsewhere() -> dict[str, frozenset[str]]:
    """Words of each other language that is written in Latin letters, those that are English too left out."""
    told = {name: t for name, t in table("languages").items() if "common" in t}
    common = {"no", "si", "non", "correct", "exact", "on", "me", "a", "negative"}
    return {
        name: frozenset({*t["common"].split(), *(w for p in (*t["yes"], *t["no"]) for w in p.split())}) - common
        for name, t in told.items()
    }


def language(text: str) -> Language:
    """``english``, ``other`` (another language) or ``none`` (symbols, a loop of one word, words that nobody knows)."""
    text = text[:_SEEN]
    letters = [c for c in text if c.isalpha()]
    if not letters:
        return "english" if any(c.isdigit() for c in text) else "none"
    foreign = sum(not _latin(c) for c in letters)
    if 2 * foreign > len(letters) and len(letters) > 1:
        return "other" if len({_script(c) for c in letters}) <= 3 else "none"
    said = [w.lower() for w in _WORD.findall(text)]
    if len(said) >= _LOOP and len(set(said)) <= 2:
        return "none"
    english, elsewhere = _english(), _elsewhere()
    own = max(elsewhere.values(), key=lambda words: sum(w in words for w in said))
    strange = sum(w in own or not w.isascii() for w in said if len(w) > 1 or len(said) >= _FEW)
    known = sum(w not in own and (w in english or len(w) > 4 and stem(w) in english) for w in said)
    if strange > known and 4 * strange > len(said):
        return "other"
    if len(said) < _FEW or known >= _KNOWN * len(said):
        return "english" if any(map(_speakable, said)) else "none"
    formed = sum(_FORMED.search(w) is not None and len(w) > 4 for w in said)
    return "english" if 2 * (known + formed) >= len(said) else "none"


def is_language(text: str) -> bool:
    """Whether a text is language at all. Ask where nothing was read in it: "No no no" is an answer, and a loop."""
    return language(text) != "none"


def _latin(c: str) -> bool:
    """Whether a letter is Latin, or Greek, which clinical English uses as signs."""
    return c < "\u0400"


def _script(c: str) -> str:
    """The script of a letter, as the first word of its Unicode name; those of Japanese are one."""
    name = unicodedata.name(c, "").split(" ")[0].split("-")[0]
    return "CJK" if name in ("HIRAGANA", "KATAKANA") else "LATIN" if name in ("GREEK", "MICRO") else name


def _speakable(word: str) -> bool:
    """Whether a word may be one: it is short (an abbreviation), or has a vowel and no letter four times in a row."""
    return len(word) <= 5 or (any(v in word for v in "aeiouyäöüéèàâîôê") and re.search(r"(.)\1{3}", word) is None)
