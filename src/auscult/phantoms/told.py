"""Reads the stages of a trace in the words in which phantoms are told of, by the patterns that these words are made by.

Exact, for what is known of a scene: whoever writes in these patterns is understood, and in others not at all. It is no
reader of other texts, and no test of one: ``auscult.facts`` shares no words with it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from auscult.phantoms.scene import KINDS, VIEWS, FindingKind, Modality, kinds_of
from auscult.phantoms.texts import sentence, wordings
from auscult.phantoms.traces import mistakable, nothing_seen, signs, study_seen
from auscult.store.files import shipped_table

_NUMBER = r"\d+(?:\.\d+)?"
_SHADES = ("bright-rimmed ", "bright ", "dark ", "")


@dataclass(frozen=True, slots=True)
class Look:
    """What is seen of a finding that is not named.

    Attributes:
        finding: a key of ``KINDS``.
        side: left or right, or empty.
        place: one of its places, or empty.
        shade: of a tumour: ``bright-rimmed``, ``bright`` or ``dark``; empty where nothing is said of it.
        size: in the kind's unit.
    """

    finding: str
    side: str
    place: str
    shade: str
    size: float


@dataclass(frozen=True, slots=True)
class Seen:
    """A first stage: the modality and the view of the image, and all that is unusual in it."""

    modality: Modality
    view: str
    looks: tuple[Look, ...]

    def of(self, finding: str) -> tuple[Look, ...]:
        """The looks of one finding."""
        return tuple(look for look in self.looks if look.finding == finding)


@dataclass(frozen=True, slots=True)
class Concluded:
    """A third stage about one finding: the looks that are taken for it, and what they are called.

    Attributes:
        finding: a key of ``KINDS``.
        looks: each with its grade, side and place as it is called, where these are said; none where it is denied.
    """

    finding: str
    looks: tuple[tuple[Look, dict[str, str]], ...]


def seen(text: str) -> Seen | None:
    """A first stage; None where it is told in other words."""
    for pattern, modality, view in _studies():
        if found := pattern.fullmatch(text.strip()):
            listed = found["list"]
            if listed in nothing_seen():
                return Seen(modality, view, ())
            looks = [look_of(part, modality) for part in re.split(r", | and ", listed)]
            known = tuple(look for look in looks if look is not None)
            return Seen(modality, view, known) if len(known) == len(looks) else None
    return None


def look_of(text: str, modality: Modality) -> Look | None:
    """One thing that is seen on an image of a modality; None where it is told in other words."""
    for kind in kinds_of(modality):
        for pattern in _patterns(kind, "appearance"):
            if found := pattern.fullmatch(text):
                slots = {"side": "", "place": "", "shade": ""} | found.groupdict()
                shade = slots["shade"].strip()
                return Look(kind.name, slots["side"], slots["place"], shade, float(slots["size"]))
    return None


def sign_recalled(finding: str, text: str) -> str | None:
    """The finding whose sign a second stage about one tells: itself where that is so; None where it tells none."""
    said = text.strip()
    others = (finding, *mistakable(finding), *(k.name for k in kinds_of(KINDS[finding].modality)))
    return next((other for other in dict.fromkeys(others) if said in signs(finding, other)), None)


def is_known(finding: str, text: str) -> bool:
    """Whether a second stage says what is so of a finding."""
    patterns = shipped_table("phantoms/traces.toml")["finding"][finding]["knowledge"]
    told = {sentence(pattern) for pattern in (*patterns["taught"], *patterns["held_out"])}
    return text.strip() in told or sign_recalled(finding, text) == finding


def concluded(finding: str, text: str) -> Concluded | None:
    """A third stage about one finding; None where it is told in other words, or about another one."""
    said = text.strip()
    if said in _denials(finding):
        return Concluded(finding, ())
    modality = KINDS[finding].modality
    found = []
    for part in re.split(r"(?<=\.) (?=[0-9A-Z])", said):
        look = next(_present(finding, part, modality), None)
        if look is None:
            return None
        found.append(look)
    return Concluded(finding, tuple(found))


def grade_of(look: Look) -> str:
    """How a finding of this size is called."""
    grades = wordings()["finding"][look.finding].get("grades", {})
    grade = KINDS[look.finding].grade(look.size)
    return str(grades.get(grade, grade))


def _present(finding: str, text: str, modality: Modality) -> Iterator[tuple[Look, dict[str, str]]]:
    for pattern in _conclusions(finding):
        if (found := pattern.fullmatch(text)) is None:
            continue
        groups = found.groupdict()
        if (look := look_of(groups.pop("appearance"), modality)) is not None:
            yield look, {name: said.lower() for name, said in groups.items() if said and name != "look"}


@cache
def _studies() -> tuple[tuple[re.Pattern[str], Modality, str], ...]:
    found = []
    for modality, views in VIEWS.items():
        for view in views:
            study, shown = study_seen(modality, view)
            for pattern in _all(shipped_table("phantoms/traces.toml")["seen"]):
                text = sentence(pattern, study=study, view=shown, list="\0")
                found.append((re.compile(re.escape(text).replace(re.escape("\0"), "(?P<list>.+)")), modality, view))
    return tuple(found)


@cache
def _patterns(kind: FindingKind, form: str) -> tuple[re.Pattern[str], ...]:
    table = shipped_table("phantoms/traces.toml")["finding"][kind.name][form]
    return tuple(re.compile(_slotted(pattern, kind)) for pattern in _all(table))


@cache
def _conclusions(finding: str) -> tuple[re.Pattern[str], ...]:
    table, kind = shipped_table("phantoms/traces.toml"), KINDS[finding]
    what = _slotted(table["finding"][finding]["what"], kind)
    found = []
    for pattern in _all(table["present"]):
        text = re.escape(pattern).replace(re.escape("{appearance}"), "(?P<appearance>.+?)")
        text = text.replace(re.escape("{what}"), what)
        found.append(re.compile(text, re.IGNORECASE))
    return tuple(found)


@cache
def _denials(finding: str) -> frozenset[str]:
    return frozenset(sentence(p, term=finding) for p in _all(shipped_table("phantoms/traces.toml")["absent"]))


def _slotted(pattern: str, kind: FindingKind) -> str:
    """A pattern as a regular expression, its slots as groups."""
    grades = wordings()["finding"][kind.name].get("grades", {})
    options = {
        "size": _NUMBER,
        "side": "left|right",
        "place": "|".join(map(re.escape, kind.places)) or "(?!)",
        "shade": "|".join(map(re.escape, _SHADES)),
        "grade": "|".join(re.escape(grades.get(g, g)) for g in ("small", "moderate", "large")),
        "look": "|".join((*(re.escape(f"{a} ") for a in kind.attributes), "")),
    }
    text = re.escape(pattern)
    for name, option in options.items():
        text = text.replace(re.escape(f"{{{name}}}"), f"(?P<{name}>{option})", 1)
    return text.replace(re.escape("{sized}"), rf"an? (?P<size>{_NUMBER}) mm")


def _all(table: dict[str, Any]) -> tuple[str, ...]:
    return (*table["taught"], *table["held_out"])
