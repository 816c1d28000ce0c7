"""Which options a stretch of text names, and whether it takes them, rejects them or only calls them possible."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from auscult.facts.lexicon import lexicon
from auscult.facts.options import Options
from auscult.facts.reply import contains, stem
from auscult.facts.reply.phrases import any_of, table
from auscult.facts.spoken import spoken, spoken_pieces, without_articles
from auscult.facts.statements import Passage
from auscult.facts.vocabulary import vocabulary

_SAYS = {"present": "taken", "absent": "rejected", "uncertain": "doubted", "not_now": "doubted"}
_DENYING = frozenset({"no", "not", "without", "none", "non", "neither", "never", "absent", "negative"})
_KINDS = frozenset({"deny_before", "deny_after", "doubt_before", "doubt_after", "not_now_before"})
_AGAINST = re.compile(r"\b(?:compared|in comparison|relative) (?:with|to)\b[^,.;]{0,80},", re.I)
_OTHERWISE = frozenset({"than", "unlike"})
_IS = (["is"], ["are"], ["was"])
_NOT_CHOSEN = (["not"], ["wrong"], ["incorrect"], ["excluded"])
_WOULD_STILL = (["be"], ["fit"], ["explain"], ["match"])
_HEDGES = frozenset({"may", "might", "could", "possibly", "possible", "perhaps", "maybe", "uncertain", "unclear"})
_BETWEEN = frozenset({"and", "or", "versus", "vs"})
_PART_OF_ALL = 3
"""Options from which on a row of all of them ("axial, coronal or sagittal") is the question's list and no answer."""


_LETTER_AFTER_WORD = re.compile(r"(?<=[a-z]\s)([A-Z])(?![\w'])")


@dataclass(slots=True)
class Named:
    """Options by what a stretch says of them, in order of appearance."""

    taken: list[int] = field(default_factory=list)
    rejected: list[int] = field(default_factory=list)
    doubted: list[int] = field(default_factory=list)
    joined_by_or: bool = False

    def __bool__(self) -> bool:
        return bool(self.taken or self.rejected or self.doubted)

    def put(self, index: int, kind: str) -> None:
        """Says ``taken``, ``rejected`` or ``doubted`` of an option; of one that was taken, the last word counts."""
        if kind != "taken" and index in self.taken:
            self.taken.remove(index)
        own = getattr(self, kind)
        if index not in own:
            own.append(index)

    def add(self, other: "Named") -> None:
        """Takes in what another stretch says."""
        for name in ("taken", "rejected", "doubted"):
            own = getattr(self, name)
            own += [i for i in getattr(other, name) if i not in own]
        self.joined_by_or |= other.joined_by_or


@dataclass(frozen=True, slots=True)
class _Letters:
    """Patterns for bare letters. In each, the letter is the last group that matched."""

    named: re.Pattern[str]
    right: re.Pattern[str]
    wrong: re.Pattern[str]
    row: re.Pattern[str]
    denied: re.Pattern[str]


@lru_cache(maxsize=1)
def _letters() -> _Letters:
    told = table("choosing")
    end = r"(?=[).,;:!\]]|\s*$|\s*\n|\s+(?:because|since|as|for|and|or|but|based|given|with|due)\b)"
    elsewhere = any_of(word for language in table("languages").values() for word in language["option"])
    noun = rf"(?<!\w)(?i:options?|choices?|answers?|letters?|alternatives?)\s+\(?|(?i:{elsewhere})\s*\(?"
    start = r"(?:^|[.;:,!?\n(]\s*|\b(?:so|thus|hence|therefore|but|and|while|option)\s+)\(?"
    return _Letters(
        named=re.compile(
            rf"(?:{noun})([A-Z])(?![A-Za-z0-9'’])|(?i:\boption\s+\(?)([b-z])\b|(?i:\boption\s+\(?)(a)\b(?!\s+[a-z])|\(([A-Z])\)"
            rf"|\b(?i:{any_of(told['before_a_letter'])})\s+(?i:option\s+)?\(?([A-Z]){end}"
        ),
        right=re.compile(rf"{start}([A-Z])\)?\s+(?i:{any_of(told['right_after_a_letter'])})\b", re.M),
        wrong=re.compile(rf"{start}([A-Z])\)?\s+(?i:{any_of(told['wrong_after_a_letter'])})\b", re.M),
        row=re.compile(r"(?:^|\s)\(?([A-Z])\)?(\s*[,/]\s*|\s+(?:and|or|&)\s+)\(?([A-Z])(?=\W|$)"),
        denied=re.compile(
            r"\b(?:not|nor|never|than|neither|rather than|unlike)\s+(?:(?:an?|the|option|choice)\s+)?\(?$|n't\s+\(?$",
            re.I,
        ),
    )


def named(stretch: str, options: Options) -> Named:
    """What a stretch of plain text names, by the options' words and by their letters."""
    found = _by_words(stretch, options)
    found.add(_by_letter(stretch, options))
    return found


def full(text: str, options: Options) -> int | None:
    """The option whose letter and words a text begins with ("C) text ..."), or None."""
    m = LABEL.match(text)
    if m is None or (index := options.letters.get(m[m.lastindex or 0].upper())) is None:
        return None
    form = options.forms[index]
    return (
        index
        if form and tuple(spoken(text[m.end() : m.end() + 40 + 3 * len(options.texts[index])])[: len(form)]) == form
        else None
    )


LABEL = re.compile(
    r"[^\w<>+-]*(?:(?:option|choice|answer)\s+\(?([A-Za-z])\b\)?[.:,-]?|\(([A-Za-z])\)|([A-Za-z])(?:[):]|\.(?=\s|$)|\s+[-(](?=\S|\s)))\s*",
    re.I,
)
"""A label that begins a text; the letter is the last group that matched."""


def _by_words(stretch: str, options: Options) -> Named:
    stretch = _AGAINST.sub("", stretch)
    pieces = spoken_pieces(without_articles(stretch))
    said = [w for w, _ in pieces]
    found = Named()
    at, last_end, row = 0, -1, set[int]()
    passage: _Standing | None = None
    counted = table("choosing")["numbering"]
    while at < len(said):
        index = options.at(said, at)
        if index is None or (said[at].isdigit() and at and said[at - 1] in counted):  # "figure 3" is no option 3
            at += 1
            continue
        end = at + len(options.forms[index])
        between = set(said[last_end:at]) if last_end >= 0 else {""}
        linked = between <= _BETWEEN and bool(between or pieces[at][1])
        row = row | {index} if linked else {index}
        found.joined_by_or |= linked and "or" in between
        passage = passage or _Standing(stretch, said, options)
        if (kind := passage.of(at, end)) is not None:
            found.put(index, kind)
        if len(row) == len(options.forms) >= _PART_OF_ALL:
            found = Named()
        at = last_end = end
    return found


class _Standing:
    """Whether options named in a stretch are ``taken``, ``rejected`` or ``doubted``, by the words around them."""

    def __init__(self, stretch: str, said: list[str], options: Options) -> None:
        self.said = said
        keys = {_key(form) for form in options.forms}
        self._by_key: dict[str, list[str]] = {}
        self._nth: list[int] = []
        seen: Counter[str] = Counter()
        for word in said:
            self._nth.append(seen[_key([word])])
            seen[_key([word])] += 1
        if _turning().isdisjoint(said):
            return
        for sentence in Passage(stretch).statements(keys.__contains__):
            for statement in sentence:
                for token in range(statement.first, statement.end):
                    if (word := statement.norms[token]) in keys:
                        self._by_key.setdefault(word, []).append(_SAYS[statement.says(token)])

    def of(self, start: int, end: int) -> str | None:
        """How the option in these words stands; None where they only say what it would be like."""
        before, after = self.said[max(0, start - 2) : start], self.said[end : end + 3]
        if _OTHERWISE & set(before) or (after[:1] in _IS and after[1:2] in _NOT_CHOSEN):
            return "rejected"
        if after[:1] == ["would"] and after[1:2] not in _WOULD_STILL:
            return None
        key = _key(self.said[start:end])
        told = self._by_key.get(key, [])
        nth = self._nth[end - 1]
        kind = told[min(nth, len(told) - 1)] if told else "taken"
        return "taken" if kind == "rejected" and _DENYING & set(self.said[start:end]) else kind


@lru_cache(maxsize=1)
def _turning() -> frozenset[str]:
    """One word of each phrase that denies, doubts or takes back: without any of them all that is named is taken."""
    told = (p for p, roles in lexicon().trie if roles.triggers & _KINDS or roles.comparison == "resolved")
    return frozenset({max(phrase, key=len) for phrase in told} | _HEDGES | _DENYING)


def _key(form: Sequence[str]) -> str:
    """The word by which an option is looked for: the last one, without its signs."""
    return form[-1].strip("+-<>≤≥±~%°") if form else ""


def _by_letter(stretch: str, options: Options) -> Named:
    found = Named()
    if not any(c.isupper() or c == "o" for c in stretch):
        return found
    patterns = _letters()
    if len(options.letters) >= _PART_OF_ALL:
        stretch = _all_letters(tuple(options.letters)).sub(" ", stretch)
    together: set[int] = set()
    for m in patterns.row.finditer(stretch):
        if (one := options.letters.get(m[1])) is not None and (other := options.letters.get(m[3])) is not None:
            doubted = not _HEDGES.isdisjoint(stretch[m.end() : m.end() + 25].lower().replace(".", "").split())
            for member in (one, other):
                found.put(member, "doubted" if doubted else "taken")
            together |= {one, other}
            found.joined_by_or |= "or" in m[2]
    for m in patterns.named.finditer(stretch):
        group = m.lastindex or 0
        index = options.letters.get(m[group].upper())
        if index is not None and index not in together:
            denied = patterns.denied.search(stretch[max(0, m.start(group) - 40) : m.start(group)])
            near = stretch[max(0, m.start(group) - 25) : m.end() + 25]
            if denied:
                found.put(index, "rejected")
            else:
                found.put(index, "taken" if _HEDGES.isdisjoint(near.lower().strip(".,;").split()) else "doubted")
    if options.lettered:  # "group B", where B is an option's whole text
        indices = [options.letters.get(m[1]) for m in _LETTER_AFTER_WORD.finditer(stretch)]
        found.add(Named([i for i in indices if i is not None and i in options.lettered]))
    for m in patterns.wrong.finditer(stretch):
        if (index := options.letters.get(m[1])) is not None:
            found.add(Named(rejected=[index]))
    for m in patterns.right.finditer(stretch):
        if (index := options.letters.get(m[1])) is not None and index not in found.rejected:
            found.add(Named([index]))
    found.taken = [i for i in found.taken if i not in found.rejected]
    return found


@lru_cache(maxsize=32)
def _all_letters(letters: tuple[str, ...]) -> re.Pattern[str]:
    """A row of all letters ("A, B, C, or D"): the list of options, and no answer."""
    return re.compile(r"\(?" + r"\)?(?:\s*[,/]\s*(?:(?:or|and)\s+)?|\s+(?:or|and)\s+)\(?".join(letters) + r"(?!\w)\)?")


def negative_of(options: Options) -> dict[int, int]:
    """Index of an option → index of the one that is its exact denial: "effusion" → "no effusion"."""
    return {i: j for i, f in enumerate(options.forms) for j, g in enumerate(options.forms) if _is_denial(f, g)}


def _is_denial(form: tuple[str, ...], other: tuple[str, ...]) -> bool:
    if len(form) == len(other) == 1:
        return vocabulary().opposites.get(stem(form[0]), {}).get(stem(other[0]), False)
    return bool(form) and other == ("no", *form)


def collective(options: Options) -> set[int]:
    """Options that stand for several or none of the others ("both", "none of the above")."""
    marks = set(table("choosing")["collective"])
    return {i for i, form in enumerate(options.forms) if marks & set(form) and len(form) <= 4}


def asks(sentence: str) -> bool:
    """Whether a sentence is put as a question."""
    return contains(sentence[-3:], ("?",))
