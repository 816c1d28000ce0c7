"""Text as scorers read it: without thinking, markup and typography. No meaning is decided here."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_TYPOGRAPHY = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "´": "'", "–": " - ", "—": " - ", "−": "-", "‐": "-", "…": "..."}
    | dict.fromkeys("\u200b\u200c\u200d\ufeff\u00ad")
)
_THOUGHT = re.compile(r"<(think|thinking|reasoning|thought)>.*?(?:</\1>|\Z)", re.S | re.I)
_THOUGHT_END = re.compile(r"</(?:think|thinking|reasoning|thought)>", re.I)
_ANSWER_TAG = re.compile(r"<(?:final_?)?answer>|\\boxed\{", re.I)
_TAG = re.compile(r"</?[a-z][^<>]{0,80}>|<\|[^|<>]{0,40}\|>|\\text\b", re.I)
_JSON_ANSWER = re.compile(
    r"""["'](?:final[_ ]?)?(?:answer|response|prediction|choice)["']\s*:\s*"""
    r"""(?:"((?:[^"\\]|\\.)*)"|'([^'\n]*)'|([\w.%-]+))""",
    re.I,
)
_MARKUP = re.compile(r"```[a-z]*|[*`$]+|~~|(?<!\w)_+|_+(?!\w)|^[ \t]*(?:[#>]+|[-•+](?=[ \t]))[ \t]*", re.M | re.I)
_MARKER = re.compile(
    r"(?:\b(?:final|correct|best|right|my|the)\s+(?:answer|choice|option)\b|\banswer\b|(?:^|\n)\s*a(?=\s*:))"
    r"(?:\s+to\s+(?:the|this|your)\s+question)?"
    r"\s*(?:(?:is|would\s+be|should\s+be|must\s+be)\b\s*[:=]?(?:\s*that\b)?|[:=]|-(?=\s))\s*"
    r"|\bin\s+conclusion\s*[,:]\s*|\bconclusion\s*:\s*",
    re.I,
)
_WORD = re.compile(r"[a-z0-9]+(?:\.\d+)*(?:'[a-z]+)?")
_PREFIXES = (
    "x",
    "non",
    "hyper",
    "hypo",
    "iso",
    "radio",
    "intra",
    "extra",
    "pre",
    "post",
    "sub",
    "semi",
    "multi",
    "bi",
    "anti",
)
_JOINED = re.compile(rf"\b({'|'.join(_PREFIXES)})[\s-]+(?=[a-z]{{3}})")
_JOINABLE = ("-", *(f"{p} " for p in _PREFIXES))
_ARTICLES = frozenset({"a", "an", "the"})
# (what must occur for the pattern to be tried, pattern); group 1 is the act that is declined.
_REFUSALS = [
    (
        ("can", "could", "able", "possible", "won't", "will not"),
        r"\b(?:can ?not|can't|could not|couldn't|unable to|not able to|(?:not |im)possible to|won't|will not)\s+"
        r"(?:\w+\s+){0,2}?"
        r"(determine|tell|say|answer|assess|provide|diagnose|interpret|evaluate|comment|help|assist|confirm|analy[sz]e|conclude"
        r"|view|offer|give|judge|ascertain|open|access)\b",
    ),
    (
        ("can", "could"),
        r"\b(?:can ?not|can't|could not|couldn't) (?:\w+ )?be (?:\w+ )?"
        r"(determined|assessed|answered|evaluated|confirmed|ascertained)\b",
    ),
    (("as a", "as an"), r"\bas an? (?:ai|artificial|large language|language model|assistant)()\b"),
    (("sorry", "afraid", "apolog"), r"\bi(?:'m| am) afraid()\b|\bi apologi[sz]e\b|\bsorry\b"),
    (
        ("insuff", "enough", "more", "additional"),
        r"\b(?:insufficient|not enough|more|additional) (?:\w+ )?(?:information|data|context|views?)()\b",
    ),
    (
        ("image",),
        r"\b(?:no|any|an|the) images? (?:\w+ ){0,3}?(?:provided|attached|uploaded|shared|given|available)()\b",
    ),
    (("image",), r"\bi (?:do not|don't) (?:see|have) (?:an|any|the|access to) (?:\w+ )?images?()\b"),
    (
        ("unanswer", "decline", "refuse", "consult", "applicable", "n/a"),
        r"\b(?:unanswerable|not applicable|n/a|(?:decline|refuse) to"
        r"|consult (?:a|an|your|with))()\b",
    ),
]
_REFUSAL_PATTERNS = [(needles, re.compile(pattern)) for needles, pattern in _REFUSALS]
_MARKER_NEEDLES = ("nswer", "onclusion", "choice", "option", "a:", "a :", "A:", "A :", "NSWER", "hoice", "ption")
_MARKUP_HINT = re.compile(r"[*`_$~#>•]|^[ \t]*[-+]", re.M)


def contains(text: str, needles: Sequence[str]) -> bool:
    """Whether any of some strings occurs: far cheaper than the patterns that it spares."""
    for needle in needles:  # noqa: SIM110 - a generator costs three times as much here
        if needle in text:
            return True
    return False


def declined(text: str) -> str | None:
    """The act that a text declines ("determine", or "" where it names none); None where it declines nothing."""
    text = text.lower()
    for needles, pattern in _REFUSAL_PATTERNS:
        if contains(text, needles) and (m := pattern.search(text)):
            return m[1] or ""
    return None


def plain(text: str) -> str:
    """Text without thinking, tags, JSON around an answer, markdown and typographic characters; line breaks stay."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_TYPOGRAPHY)
    if "<" in text:
        text = _THOUGHT_END.split(_THOUGHT.sub(" ", text))[-1]
    if "<" in text or "\\" in text:
        text = _TAG.sub(" ", _ANSWER_TAG.sub("\nFinal answer: ", text))
    if "{" in text:
        found = list(_JSON_ANSWER.finditer(text))
        text = next(g for g in found[-1].groups() if g is not None) if found else text.strip(" \n\t{}")
        text = text.rstrip("}")
    return (_MARKUP.sub("", text) if _MARKUP_HINT.search(text) else text).strip()


def after_markers(text: str) -> list[str]:
    """What follows the last three final-answer markers ("Answer:", "the answer is"), last marker first."""
    if not contains(text, _MARKER_NEEDLES):
        return []
    tails = [tail for m in _MARKER.finditer(text) if (tail := text[m.end() :].strip())]
    return tails[:-4:-1]


def join_prefixes(text: str) -> str:
    """Lower-case text in which "x-ray" and "x ray", "hyper dense" and "hyper-dense" are one word each."""
    return _JOINED.sub(r"\1", text) if contains(text, _JOINABLE) else text


def words(text: str) -> list[str]:
    """Lower-case words without punctuation; "x-ray", "x ray" and "xray" are one word, and so for other prefixes."""
    return _WORD.findall(join_prefixes(text.lower()))


def normal(text: str) -> list[str]:
    """Words of the plain text without articles: what exact match and token overlap compare."""
    return [w for w in words(plain(text)) if w not in _ARTICLES]


_ENDINGS = """
    ications ication ations ation ated ates ate ements ement ities ity ions ion ies ied ically ical ings ing edly ed es
    ly ic y s e
    """
_SUFFIXES = tuple(_ENDINGS.split())


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
