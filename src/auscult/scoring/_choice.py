"""Free text to one of the options of a choice, or unclear, refused, off format.

How it is read, in this order:

1. What follows a final-answer marker stands for the whole text, the last marker first.
2. The whole text, or its first line, that is an option's label or text is the answer; a label whose line names only
   another option contradicts itself, and is unclear.
3. Otherwise the options named in the text, the longest first ("no effusion" is not "effusion"): by text, or by label
   where it cannot be a word ("(B)", "option B", "is B."; never the article "A"). A negated option is not named; one
   that is only possible does not count as chosen. One named: the answer. Several: unclear, unless one of them stands
   for all ("both", "none of the above").
4. A short answer that is part of one option only ("left" for "left side") means that option.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from auscult.scoring import _lexicon as lx
from auscult.scoring._polarity import rephrase
from auscult.scoring._text import after_markers, declined, join_prefixes, plain, stem, words
from auscult.scoring._yes_no import parse_yes_no

_ONES = "zero one two three four five six seven eight nine ten"
_NUMBER_WORDS = {w: str(i) for i, w in enumerate(_ONES.split())}
_ARTICLES = frozenset({"a", "an", "the"})
_COLLECTIVE = lx.listed("both all none neither bilateral")
_OPTION_LABEL = re.compile(r"^\s*(?:\(([A-Za-z])\)|([A-Za-z])[.):])\s+(?=\S)")
_BARE_LABEL = re.compile(r"^\W*(?:(?:option|choice|answer)\s+)?\(?([A-Za-z])\W*$", re.I)
_LEADING_LABEL = re.compile(
    r"^\W*(?:(?:option|choice)\s+\(?([A-Za-z])\b\)?[.:,-]?|\(([A-Za-z])\)|([A-Za-z])(?:[):]|\.(?=\s|$)|\s+-(?=\s)))\s*",
    re.I,
)
_NAMED_LABEL = re.compile(
    r"\b(?:options?|choices?|answer(?: is)?)\s+\(?([A-Z])\b\)?|\(([A-Z])\)"
    r"|\b(?:is|choose|chose|select|pick|be|not|but)\s+([A-Z])(?=[.,;:)!]|\s*$)|^([B-HJ-Z])\s+(?:because|since|as|is)\b"
)
_LABEL_LIST = re.compile(r"(?:^|\s)\(?([A-Z])\)?(?:\s*,\s*|\s*/\s*|\s+(?:and|or|&)\s+)\(?([A-Z])(?=\W|$)")
_COMPARED = re.compile(r"\b((?!rather\b|other\b)\w+er|more|less)\b[^.]*\bthan\b")
_LARGER = frozenset({"bigger", "larger", "greater"})
_DENIED_LABEL = re.compile(r"\b(?:not|nor|never|than|neither)\s+(?:(?:an?|the|option|choice)\s+)?\(?$|n't\s+\(?$", re.I)
_NEGATE = (lx.FORWARD | {"than"}) - {"rather"}
_TURN = lx.listed("but however although while whereas and yet . , ; though")
_PIECE = re.compile(r"can't-exclude|[a-z0-9]+(?:\.\d+)*(?:'[a-z]+)?|[.,;](?!\d)")
_SCOPE = 240  # characters around a mention in which a negation can reach it
_YES_NO = frozenset({"yes", "no"})
Unread = Literal["unclear", "refused", "off_format"]


@dataclass(frozen=True, slots=True)
class _Options:
    """The options of one item, prepared once.

    Attributes:
        texts: as given.
        forms: words of each, without label and articles.
        pattern: finds any of them in a text's words joined by spaces, longest first; group ``o<i>``.
        negative_of: index of "effusion" → index of "no effusion".
    """

    texts: tuple[str, ...]
    forms: tuple[tuple[str, ...], ...]
    pattern: re.Pattern[str]
    negative_of: dict[int, int]


def _form(text: str) -> tuple[str, ...]:
    found = [w for w in words(text) if w not in _ARTICLES]
    return tuple(found or words(text))


def _is_denial(form: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether an option is the exact denial of another: "no effusion" of "effusion", "abnormal" of "normal"."""
    if len(form) == len(other) == 1:
        return lx.OPPOSITES.get(stem(form[0]), {}).get(stem(other[0]), False)
    return bool(form) and other == ("no", *form)


@lru_cache(maxsize=4096)
def _prepare(options: tuple[str, ...]) -> _Options:
    labelled = all(_OPTION_LABEL.match(o) for o in options)
    forms = tuple(_form(_OPTION_LABEL.sub("", o) if labelled else o) for o in options)
    order = sorted(
        (i for i, f in enumerate(forms) if len("".join(f)) > 1 or f[:1] and f[0].isdigit()),
        key=lambda i: -len(" ".join(forms[i])),
    )
    parts = (rf"(?P<o{i}>{r' (?:(?:a|an|the) )?'.join(map(re.escape, forms[i]))}(?:s|es)?)" for i in order)
    negative = {i: j for i, f in enumerate(forms) for j, g in enumerate(forms) if _is_denial(f, g)}
    return _Options(options, forms, re.compile(rf"(?<![^ ])(?:{'|'.join(parts) or '(?!)'})(?![^ ])"), negative)


def _label(letter: str | None, options: _Options) -> int | None:
    """Index of a label's option: A is the first."""
    index = ord(letter.upper()) - ord("A") if letter else -1
    return index if 0 <= index < len(options.texts) else None


def _whole(text: str, options: _Options) -> int | None:
    """The option that a text is, and nothing else."""
    form = _form(text)
    if form in options.forms and options.forms.count(form) == 1:
        return options.forms.index(form)
    digits = tuple(_NUMBER_WORDS.get(w, w) for w in form)
    same = [i for i, f in enumerate(options.forms) if tuple(_NUMBER_WORDS.get(w, w) for w in f) == digits]
    if len(same) == 1 and form:
        return same[0]
    m = _BARE_LABEL.match(text)
    return _label(m[1], options) if m else None


def _until_turn(pieces: list[str]) -> list[str]:
    """Words up to the next comma, full stop or contrast."""
    return pieces[: next((i for i, w in enumerate(pieces) if w in _TURN), len(pieces))]


def _mentions(text: str, options: _Options) -> tuple[set[int], bool]:
    """Options named in a text, and whether others are named only to deny or to call them possible."""
    named: set[int] = set()
    denied: set[int] = set()
    pieces = _PIECE.findall(join_prefixes(rephrase(text)))
    for m in options.pattern.finditer(" ".join(pieces)):
        index = int((m.lastgroup or "o0")[1:])
        scope = _until_turn(m.string[max(0, m.start() - _SCOPE) : m.start()].split()[::-1])
        after = _until_turn(m.string[m.end() : m.end() + _SCOPE].split())[:3]
        negations = sum(w in _NEGATE for w in scope) - ("nor" in scope and "neither" in scope)
        if negations % 2 or (after[:1] == ["is"] and after[1:2] in (["not"], ["absent"], ["unlikely"])):
            denied.add(index)
        elif lx.HEDGE & {*scope, *after}:
            denied.add(-1)
        else:
            named.add(index)
    for m in _NAMED_LABEL.finditer(text):
        group = m.lastindex or 0
        if (by_label := _label(m[group], options)) is not None:
            (denied if _DENIED_LABEL.search(text[: m.start(group)]) else named).add(by_label)
    if not named and len(denied) == 1:
        named = {options.negative_of[i] for i in denied if i in options.negative_of}
    return named, bool(denied)


def _part(question: str, text: str, options: _Options) -> int | None:
    """The one option of which a short answer is a part, words of the question left out."""
    asked = {stem(w) for w in words(question)}
    own = [{stem(w) for w in f} for f in options.forms]
    named = set().union(*own)
    said = {stem(w) for w in words(text) if w not in _ARTICLES and (w not in lx.STOP or stem(w) in named)}
    if any((w in lx.FORWARD or w in lx.HEDGE) and stem(w) not in named for w in words(text)):
        return None
    said -= asked - named
    found = [i for i, o in enumerate(own) if said and said <= o]
    return found[0] if len(found) == 1 else None


def _asked_so(comparison: str, question: str, options: _Options) -> bool:
    """Whether a comparison is the one that is asked: "smaller than" does not answer which is bigger."""
    known = {*words(question), *(w for f in options.forms for w in f)}
    return comparison in known or comparison == "more" or (comparison in _LARGER and bool(known & _LARGER))


def _read(question: str, text: str, options: _Options) -> int | Unread:
    """Index of the chosen option, or why there is none."""
    first, _, _ = text.partition("\n")
    for stretch in (text, first):
        if (index := _whole(stretch, options)) is not None:
            return index
    if (m := _LABEL_LIST.search(text)) and _label(m[1], options) is not None and _label(m[2], options) is not None:
        return "unclear"
    if m := _LEADING_LABEL.match(first):
        index = _label(m[m.lastindex or 0], options)
        if index is not None:
            named, _ = _mentions(first[m.end() :], options)
            return "unclear" if named and index not in named else index
    named, others = _mentions(text, options)
    if named and (m := _COMPARED.search(text.lower())) and not _asked_so(m[1], question, options):
        return "unclear"
    collective = {i for i in named if set(options.forms[i]) & _COLLECTIVE}
    if len(collective) == 1:
        named = collective
    if len(named) == 1:
        return named.pop()
    if named:
        return "unclear"
    if not others and (index := _part(question, text, options)) is not None:
        return index
    if declined(text) is not None:
        return "refused"
    return "unclear" if others else "off_format"


def parse_choice(question: str, options: tuple[str, ...], text: str) -> int | Unread:
    """Reads an answer to a choice: the index of the chosen option, or why none was read. Never raises."""
    text = plain(text)
    if not text or not options:
        return "off_format"
    prepared = _prepare(options)
    forms = [" ".join(f) for f in prepared.forms]
    if _YES_NO.issubset(forms) and (parsed := parse_yes_no(question, text)) in forms:
        return forms.index(parsed)
    for tail in after_markers(text):
        if (read := _read(question, tail, prepared)) != "off_format":
            return read
    return _read(question, text, prepared)
