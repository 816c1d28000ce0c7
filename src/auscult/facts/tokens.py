"""Text → tokens with their place in it, and sentences. No medicine here."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple


def listed(text: str) -> frozenset[str]:
    """The words of a list."""
    return frozenset(text.split())


_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[a-z]+\d+[a-z]*|[a-z]+(?:'[a-z]+)?|[^\s\w]|\w")
_FOLDED = {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u00d7": "x", "\u2044": "/", "\u2215": "/"}
_FOLDED |= dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\u00ad", "-")
_ABBREVIATIONS = listed("dr mr mrs ms vs approx fig ca st e.g i.e eg ie cf incl resp est")
_OPEN_ENDED = listed("of the a an with and or no in on at to for by without is are was than nor left right")
_NO_SENTENCE_END = frozenset("0123456789abcdefghijklmnopqrstuvwxyz")
_IRREGULAR = {
    "bullae": "bulla", "hila": "hilum", "pleurae": "pleura", "calculi": "calculus", "apices": "apex",
    "diverticula": "diverticulum", "emboli": "embolus", "thrombi": "thrombus", "foci": "focus", "nuclei": "nucleus",
    "vertebrae": "vertebra", "sulci": "sulcus", "gyri": "gyrus", "atria": "atrium", "septa": "septum",
    "bronchi": "bronchus", "hemithoraces": "hemithorax", "pneumothoraces": "pneumothorax", "indices": "index",
    "hydrothoraces": "hydrothorax", "pelves": "pelvis", "diagnoses": "diagnosis", "lt": "left", "rt": "right",
    "can't": "cannot", "isn't": "not", "xrays": "xray", "metastatic": "metastatic", "lymphomata": "lymphoma",
    "lungs": "lung", "gliomata": "glioma", "masses": "mass", "abscesses": "abscess", "biopsies": "biopsy",
    "lobes": "lobe", "has": "has", "was": "was", "is": "is", "this": "this", "its": "its", "as": "as",
    "rules": "rules", "us": "us", "gas": "gas", "does": "does", "yes": "yes",
}  # fmt: skip
_SPELLING = re.compile(
    r"haem|haemo|oed(?=em)|oes(?=oph)|aem(?=i)|aes(?=th)|our(?=$|ed$)|tre(?=$|d$)|ibre(?=$)|sulph|isation|ised$|grey"
)
_AMERICAN = {
    "haem": "hem", "haemo": "hemo", "oed": "ed", "oes": "es", "aem": "em", "aes": "es", "tre": "ter", "ibre": "iber",
    "sulph": "sulf", "isation": "ization", "ised": "ized", "grey": "gray", "our": "or",
}  # fmt: skip
_KEPT = listed("four hour our your pour raised advised")


class Words(NamedTuple):
    """The tokens of a text, column by column: normal forms, where each starts, where it ends."""

    norms: list[str]
    starts: list[int]
    ends: list[int]


def _singular(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("n't"):
        return "not"
    if word.endswith("'s"):
        word = word[:-2]
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is", "ous")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith("ses") and word[:-2].endswith(("as", "os")) and not word.endswith(("ases", "oses")):
        return word[:-2]
    if word.endswith(("ases", "oses", "yses", "rses")):
        return word[:-2] + "is" if word.endswith(("tases", "oses", "yses")) else word[:-1]
    return word[:-2] if word.endswith(("xes", "ches", "shes", "sses")) else word[:-1]


@lru_cache(maxsize=20_000)
def normal(word: str) -> str:
    """One lower-case word in the singular and in American spelling, so that a lexicon needs one form of each."""
    word = _singular(word)
    if word in _KEPT or not _SPELLING.search(word):
        return word
    return _SPELLING.sub(lambda m: _AMERICAN[m[0]], word)


def folded(text: str) -> str:
    """The text in lower case with plain quotes, dashes and digits; every character stays at its place."""
    if text.isascii():
        return text.lower()
    return "".join(c if c.isascii() else _fold(c) for c in text).lower()


@lru_cache(maxsize=4096)
def _fold(char: str) -> str:
    """One character for one character."""
    plain = _FOLDED.get(char) or unicodedata.normalize("NFKD", char)[:1]
    if plain.isdigit() and not plain.isascii():
        plain = str(unicodedata.digit(plain))
    return plain if len(plain.lower()) == 1 else " "


def words(text: str) -> Words:
    """Tokens of a text that ``folded`` has made plain; a hyphen inside a word parts it and is no token."""
    found = list(_TOKEN.finditer(text))
    if "-" in text:
        found = [m for m in found if m[0] != "-" or not _inside_word(text, m.start())]
    if "*" in text or "`" in text:
        found = [m for m in found if m[0] not in "*`" or _is_bullet(text, m.start())]
    return Words([normal(m[0]) for m in found], [m.start() for m in found], [m.end() for m in found])


def _inside_word(text: str, at: int) -> bool:
    return text[at + 1 : at + 2].isalnum() and text[at - 1 : at].isalnum()


def _is_bullet(text: str, at: int) -> bool:
    """Whether a star begins an item of a list, and emphasises nothing."""
    return text[at + 1 : at + 2].isspace() and not text[text.rfind("\n", 0, at) + 1 : at].strip()


def sentences(text: str, tokens: Words) -> list[tuple[int, int]]:
    """Token ranges of the sentences.

    A full stop ends one where white space follows, but not after an abbreviation. A line break ends one where the next
    line starts anew (a list mark, a header, a capital) and the line does not stop in the middle of a phrase; the text
    here is the original, with its capitals.
    """
    norms, starts, ends = tokens
    found, first, last = [], 0, len(norms) - 1
    broken = "\n" in text or "\r" in text
    for i, norm in enumerate(norms):
        cut = False
        if norm in ".?!":
            follows = text[ends[i] : ends[i] + 1]
            cut = i == last or not follows.isalnum()
            if norm == "." and i < last and cut:
                before = norms[i - 1] if i > first else ""
                cut = not (before in _ABBREVIATIONS or (len(before) == 1 and before.isalpha() and norms[i + 1] != "."))
        elif norm == ";":
            cut = True
        if not cut and broken and i < last:
            cut = _line_ends(text, norms, starts, ends, i)
        if cut:
            found.append((first, i + 1))
            first = i + 1
    if first <= last:
        found.append((first, last + 1))
    return [(a, b) for a, b in found if any(n[0] in _NO_SENTENCE_END and not n.isdigit() for n in norms[a:b])]


def _line_ends(text: str, norms: list[str], starts: list[int], ends: list[int], i: int) -> bool:
    """Whether the line break after token ``i``, if there is one, ends a sentence."""
    gap = text[ends[i] : starts[i + 1]]
    breaks = gap.count("\n") or gap.count("\r")
    if not breaks or norms[i] == ",":
        return breaks > 1
    if breaks > 1:
        return True
    following = text[starts[i + 1]]
    if norms[i] in _OPEN_ENDED:
        return False
    return following.isupper() or following in "-*•#" or (following.isdigit() and norms[i + 2 : i + 3] == ["."])
