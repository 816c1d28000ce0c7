"""Words as readers compare them: lower case, joined prefixes, grammatical endings off."""

import re
from collections.abc import Sequence
from functools import lru_cache

_WORD = re.compile(r"[a-z0-9]+(?:\.\d+)*(?:'[a-z]+)?")
_PREFIXES = "x|non|hyper|hypo|iso|radio|intra|extra|pre|post|sub|semi|multi|bi|anti"
_JOINED = re.compile(rf"\b({_PREFIXES})[\s-]+(?=[a-z]{{3}})")
_JOINABLE = ("-", *(f"{p} " for p in _PREFIXES.split("|")))
_ENDINGS = """
    ications ication ations ation ated ates ate ements ement ities ity ions ion ies ied ically ical ings ing edly ed es
    ly ic y s e
    """
_SUFFIXES = tuple(_ENDINGS.split())


def contains(text: str, needles: Sequence[str]) -> bool:
    """Whether any of some strings occurs: far cheaper than the patterns that it spares."""
    for needle in needles:  # noqa: SIM110 - a generator costs three times as much here
        if needle in text:
            return True
    return False


def join_prefixes(text: str) -> str:
    """Lower-case text in which "x-ray" and "x ray", "hyper dense" and "hyper-dense" are one word each."""
    return _JOINED.sub(r"\1", text) if contains(text, _JOINABLE) else text


def words(text: str) -> list[str]:
    """Lower-case words without punctuation; "x-ray", "x ray" and "xray" are one word, and so for other prefixes."""
    return _WORD.findall(join_prefixes(text.lower()))


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A word without its grammatical ending: "fracture", "fractures" and "fractured" are one."""
    word = word.removesuffix("'s")
    for suffix in _SUFFIXES:
        if (
            word.endswith(suffix)
            and len(word) - len(suffix) >= 4
            and not (suffix == "s" and word.endswith(("ss", "is")))
        ):
            return word[: -len(suffix)].rstrip("ei") if suffix != "s" else stem(word[:-1])
    return word
