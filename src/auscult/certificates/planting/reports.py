"""Errors planted into real chest radiograph reports: one statement is changed, so that the original contradicts it.

What may be changed is found with this module's own short list of findings. It shares no word list with the facts reader
that is tested, and is deliberately narrow: a sentence that hedges, or whose words were removed, is left alone. Edited
reports live in memory only.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from auscult.certificates.planting.targets import TARGETS, Target

Kind = Literal["object inserted", "presence flipped", "side swapped", "grade changed", "size changed"]
KINDS: tuple[Kind, ...] = ("object inserted", "presence flipped", "side swapped", "grade changed", "size changed")
FACTORS = (1.1, 1.5, 2.0, 3.0)

_HEDGE = re.compile(
    r"\b(may|might|could|would|possibl[ey]|probabl[ey]|likely|suspect\w*|suggest\w*|question\w*|versus|vs|and/or|or|"
    r"cannot|rule|if|consider\w*|favou?r\w*|represent\w*|compatible|consistent|concern\w*|differential|history|prior|sensitive|"
    r"previous\w*|known|appear\w*|than|xxxx)\b|\?",
    re.I,
)
_DENIAL = re.compile(
    r"\b(no|not|non|without|absen\w+|negative|free|clear\w*|resol\w+|removed|rather|lack\w*|den\w+|nor|unlikely|un\w+ed"
    r"|normal\w*|intact)\b",
    re.I,
)
_SIDE = re.compile(r"\b(left|right)\b", re.I)
_BOTH = re.compile(r"\b(bilateral\w*|both|bi(?:basi?lar|basal|apical))\b", re.I)
_MEASURE = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?)\s*(mm|cm)\b(?!\s*(?:above|below|from|x))", re.I)
_SWAP = {"left": "right", "right": "left"}
_LOW, _HIGH = ("small", "mild", "minimal", "tiny", "slight"), ("large", "severe", "massive", "marked", "extensive")
_GRADE = re.compile(rf"\b({'|'.join((*_LOW, 'moderate', *_HIGH))})(?:ly)?\b", re.I)
_COUNTER = re.compile(r"(?:^|(?<=\s))\d{1,2}\.\s+(?=[A-Z])")
_BREAK = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9(])")


_PATTERNS = [(t, t.pattern()) for t in TARGETS]


@dataclass(frozen=True)
class Report:
    """A report as published: what its author saw, and what was concluded."""

    uid: str
    findings: str
    impression: str

    @property
    def text(self) -> str:
        """Both sections, one a line."""
        return "\n".join(filter(None, (self.findings, self.impression)))

    @property
    def sentences(self) -> list[str]:
        """The sentences of both sections, without their numbers."""
        return sentences(self.text)


@dataclass(frozen=True)
class Edit:
    """A report with one planted error.

    Attributes:
        kind: which category.
        degree: how far it is off, or what it was before.
        sentences: all of the edited report.
        planted: those among them that are wrong.
    """

    kind: Kind
    degree: str
    sentences: tuple[str, ...]
    planted: tuple[str, ...]


def sentences(text: str) -> list[str]:
    """Splits a report at full stops; leaves out what has no word."""
    plain = (_COUNTER.sub("", line) for line in text.split("\n"))
    parts = (s.strip() for line in plain for s in _BREAK.split(line))
    return [re.sub(r"[\s.]*$", "", s) + "." for s in parts if re.search(r"[A-Za-z]{3}", s)]


def affirmed(sentence: str) -> list[Target]:
    """Findings that the sentence asserts without hedging; none where it also denies something."""
    if _HEDGE.search(sentence) or _DENIAL.search(sentence):
        return []
    return [t for t, pattern in _PATTERNS if pattern.search(sentence)]


def insert_object(report: Report, rng: Random) -> list[Edit]:
    """States a finding that the report names nowhere, nor anything near it."""
    text = report.text
    free = [t for t in TARGETS if not re.search(t.silent, text, re.I) and not t.pattern().search(text)]
    if not free:
        return []
    target = rng.choice(free)
    new, old = rng.choice(target.invented), report.sentences
    at = rng.randrange(len(old) + 1)
    return [Edit("object inserted", "report is silent", (*old[:at], new, *old[at:]), (new,))]


def flip_presence(report: Report, rng: Random) -> list[Edit]:
    """Denies one affirmed finding, and affirms one that was denied."""
    return [e for flip in (_deny, _affirm) if (e := flip(report, rng))]


def _deny(report: Report, rng: Random) -> Edit | None:
    found = [(s, t) for s in report.sentences for t in affirmed(s)]
    rng.shuffle(found)
    for sentence, target in found:
        pattern = target.pattern()
        others = [s for s in report.sentences if s != sentence and pattern.search(s)]
        # A sentence about two findings would lose the other one with it.
        if len(affirmed(sentence)) > 1 or any(not affirmed(s) for s in others):
            continue
        plain = re.match(r"There (is|are) (?:an? )?(.+)", sentence)
        choices = [f"No {target.name} is seen.", f"There is no {target.name}.", f"The study shows no {target.name}."]
        new = f"There {plain[1]} no {plain[2]}" if plain and rng.random() < 0.5 else rng.choice(choices)
        kept = [s for s in report.sentences if s not in others]
        return _edit("presence flipped", "affirmed, then denied", kept, {sentence: [new]}, new)
    return None


_LIST = re.compile(
    r"(?:There (?:is|are) )?no (?:evidence of )?(?P<items>[a-z ,/-]+?)"
    r"(?: (?:(?:is|are) )?(?:seen|identified|noted|present|visualized|appreciated|demonstrated))?\.",
    re.I,
)
_ADJECTIVE = re.compile(
    r"^(?:(?:visible|definite|acute|obvious|suspicious|evidence of|focal|pulmonary|and|or) )+", re.I
)


def denied(sentence: str) -> list[tuple[str, Target]]:
    """The items of a plain denial ("No A, B or C."), each with its finding; none where one is not known in full."""
    match = _LIST.fullmatch(sentence)
    if not match:
        return []
    items = [_ADJECTIVE.sub("", i).strip() for i in re.split(r",\s*(?:or |and )?| or | and ", match["items"])]
    known = [(i, next((t for t, p in _PATTERNS if p.fullmatch(i)), None)) for i in items]
    return [(i, t) for i, t in known if t] if all(t for _, t in known) else []


def _affirm(report: Report, rng: Random) -> Edit | None:
    found = [(s, n) for s in report.sentences for n in range(len(denied(s)))]
    rng.shuffle(found)
    for sentence, at in found:
        item, target = denied(sentence)[at]
        pattern = target.pattern()
        others = [s for s in report.sentences if s != sentence and pattern.search(s)]
        if any(len(denied(s)) != 1 for s in others):
            continue
        many = item.endswith(("s", "ces")) and not item.endswith("is")
        new = rng.choice(
            [f"{item.capitalize()} {'are' if many else 'is'} present.", f"There {'are' if many else 'is'} {item}."]
            if many
            or target.name
            in ("pulmonary edema", "atelectasis", "consolidation", "cardiomegaly", "emphysema", "pleural thickening")
            else [f"{item.capitalize()} is present.", f"There is a {item}."]
        )
        rest = [i for n, (i, _) in enumerate(denied(sentence)) if n != at]
        kept = [s for s in report.sentences if s not in others]
        left = [f"No {' or '.join(rest)}."] if rest else []
        return _edit("presence flipped", "denied, then affirmed", kept, {sentence: [new, *left]}, new)
    return None


def swap_side(report: Report, rng: Random) -> list[Edit]:
    """Puts a finding on the other side, wherever the report mentions it."""
    found = [(s, t) for s in report.sentences for t in affirmed(s) if _one_side(s)]
    rng.shuffle(found)
    for sentence, target in found:
        pattern = target.pattern()
        about = [s for s in report.sentences if pattern.search(s)]
        if any(_BOTH.search(s) or {*_sides(s)} - {*_sides(sentence)} or not affirmed(s) for s in about):
            continue
        changed = {s: [_other_side(s)] for s in about if _sides(s)}
        return [_edit("side swapped", "left and right", report.sentences, changed, changed[sentence][0])]
    return []


def _one_side(sentence: str) -> bool:
    # The left atrium is not a side.
    return len(set(_sides(sentence))) == 1 and not _BOTH.search(sentence) and not re.search("atri|ventric", sentence)


def _sides(sentence: str) -> list[str]:
    return [s.lower() for s in _SIDE.findall(sentence)]


def _other_side(sentence: str) -> str:
    def swap(match: re.Match[str]) -> str:
        other = _SWAP[match[0].lower()]
        return other.capitalize() if match[0][0].isupper() else other

    return _SIDE.sub(swap, sentence)


def change_grade(report: Report, rng: Random) -> list[Edit]:
    """Calls a small finding moderate (by one) and large (by two), or the reverse."""
    found = []
    for sentence in report.sentences:
        targets, words = affirmed(sentence), _GRADE.findall(sentence)
        # The grade must stand before the only finding, within three words.
        if len(targets) == 1 and targets[0].grades and len(words) == 1 and not _MEASURE.search(sentence):
            near = rf"\b{words[0]}(?:ly)?\s+(?:[\w-]+\s+){{0,3}}?(?:{targets[0].words})\b"
            alone = sum(bool(targets[0].pattern().search(s)) for s in report.sentences) == 1
            if alone and re.search(near, sentence, re.I):
                found.append((sentence, words[0].lower(), targets[0].grades))
    if not found:
        return []
    sentence, word, grades = rng.choice(found)
    step = 0 if word in _LOW else 1 if word == "moderate" else 2
    edits = []
    for to in range(3):
        if to != step:
            new = _graded(sentence, grades[to])
            degree = "by one step" if abs(to - step) == 1 else "by two steps"
            edits.append(_edit("grade changed", degree, report.sentences, {sentence: [new]}, new))
    return edits


def _graded(sentence: str, to: str) -> str:
    def put(match: re.Match[str]) -> str:
        word = to + ("ly" if match[0].lower().endswith("ly") else "")
        return word.capitalize() if match[0][0].isupper() else word

    return _GRADE.sub(put, sentence)


def change_size(report: Report, rng: Random) -> list[Edit]:
    """Makes the only measurement of a sentence larger, and smaller, by each factor."""
    found = [s for s in report.sentences if len(_MEASURE.findall(s)) == 1 and " x " not in s and affirmed(s)]
    if not found:
        return []
    sentence = rng.choice(found)
    edits = []
    for factor in FACTORS:
        for by in (factor, 1 / factor):
            new = _MEASURE.sub(lambda m, by=by: f"{_rounded(float(m[1]) * by)} {m[2]}", sentence)  # type: ignore[misc]
            edits.append(_edit("size changed", f"factor {factor:g}", report.sentences, {sentence: [new]}, new))
    return edits


def _rounded(size: float) -> str:
    return f"{size:.2g}" if size < 10 else f"{size:.0f}"


def _edit(kind: Kind, degree: str, old: Sequence[str], changed: dict[str, list[str]], planted: str) -> Edit:
    new = tuple(n for s in old for n in changed.get(s, [s]))
    return Edit(kind, degree, new, tuple(c for cs in changed.values() for c in cs) if len(changed) > 1 else (planted,))


PLANTERS: dict[Kind, Callable[[Report, Random], list[Edit]]] = {
    "object inserted": insert_object,
    "presence flipped": flip_presence,
    "side swapped": swap_side,
    "grade changed": change_grade,
    "size changed": change_size,
}
