"""What a phantom's texts say: facts, labels, caption and report; nothing that is not so, and in a report nothing less.

A report states every finding with side, place and size, and denies every kind of finding that is not there, by name or
by calling its organ normal. The wordings are in ``wordings.toml``. They know nothing of ``auscult.facts``, which reads
them: what writes and what reads share no words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, TypeVar

from auscult.phantoms.scene import Modality, Scene, SceneFinding, kinds_of
from auscult.records import Fact, Presence
from auscult.store.files import shipped_table

HELD_OUT = 1_000_000
"""Wordings from here on use patterns that no wording below uses: for certificates, never for development."""

MODALITY_NAMES: dict[Modality, str] = {"chest radiograph": "X-ray", "brain MR": "MRI", "abdominal CT": "CT"}
_VIEW_ATTRIBUTES = {"T1-weighted with contrast": ("T1-weighted", "with contrast")}
_Thing = TypeVar("_Thing")


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence of a text and the facts that it is about; it need not state every attribute of them."""

    text: str
    facts: tuple[Fact, ...]


def modality_name(scene: Scene) -> str:
    """X-ray, MRI or CT."""
    return MODALITY_NAMES[scene.modality]


def labels(scene: Scene) -> dict[str, Presence]:
    """Every kind of finding that can occur on images of this modality → present or absent."""
    return {k.name: "present" if scene.of(k.name) else "absent" for k in kinds_of(scene.modality)}


def fact_of(finding: SceneFinding) -> Fact:
    """A finding of a scene as a fact; a ratio is no size in mm."""
    return Fact(
        finding=finding.name,
        presence="present",
        side=finding.side,
        place=finding.place,
        attributes=tuple(sorted(filter(None, (finding.grade, finding.attribute)))),
        size_mm=float(finding.size) if finding.kind.unit == "mm" else None,
    )


def facts_of(scene: Scene) -> tuple[Fact, ...]:
    """All that there is to say: modality, view, every finding, every kind that is absent; that a study is normal."""
    absent = [_absent(name) for name, presence in labels(scene).items() if presence == "absent"]
    normal = [] if scene.findings else [_NORMAL]
    return (*_acquisition(scene), *(fact_of(f) for f in scene.findings), *absent, *normal)


def statements(scene: Scene, wording: int) -> tuple[Statement, ...]:
    """The sentences of the report: technique, findings organ by organ in any order, impression."""
    choose = Choices(wording, "report")
    organs = [o for o in wordings()["organ"].values() if labels(scene).keys() >= set(o["kinds"])]
    found = [s for organ in choose.order(organs) for s in _organ(scene, organ, choose)]
    return (_technique(scene, choose), *found, _impression(scene, choose))


def report(scene: Scene, wording: int) -> str:
    """The report: exhaustive.

    Args:
        scene: what is reported.
        wording: which wording, 0 or more; equal numbers give equal texts; see ``HELD_OUT``.
    """
    return " ".join(s.text for s in statements(scene, wording))


def caption(scene: Scene, wording: int) -> str:
    """One sentence: modality, view and every finding by grade, side and place. It denies nothing but by calling normal.

    Args:
        scene: what is described.
        wording: as for ``report``.
    """
    choose = Choices(wording, "caption")
    table = wordings()["study"][scene.modality]
    study = choose.pattern(table["name"]).format(before=choose.one(wordings()["view"][scene.view]["before"]))
    if not scene.findings:
        return sentence(choose.pattern(wordings()["normal_caption"]), study=study, organs=listed(table["organs"]))
    phrases = listed([_phrase(f, "phrase", choose) for f in choose.order(scene.findings)])
    return sentence(choose.pattern(wordings()["caption"]), study=study, list=phrases)


class Choices:
    """The choices that make a wording: the digits of one long hash, so that they need no state and no generator.

    Args:
        wording: number of the wording.
        text: which text it is for; texts of one scene vary on their own.
    """

    def __init__(self, wording: int, text: str) -> None:
        self._part = "held_out" if wording >= HELD_OUT else "taught"
        self._digits = int.from_bytes(blake2b(f"{text} {wording}".encode()).digest())

    def one(self, options: Sequence[_Thing]) -> _Thing:
        """One of several."""
        self._digits, at = divmod(self._digits, len(options))
        return options[at]

    def pattern(self, table: dict[str, Any]) -> str:
        """A taught pattern, or where the wording is held out a held-out one."""
        return str(self.one(table[self._part]))

    def order(self, things: Sequence[_Thing]) -> list[_Thing]:
        """The same things in any order."""
        left = list(things)
        return [left.pop(self._at(len(left))) for _ in things]

    def _at(self, size: int) -> int:
        return self.one(range(size))


def wordings() -> dict[str, Any]:
    """The tables of ``wordings.toml``."""
    return shipped_table("phantoms/wordings.toml")


def sentence(pattern: str, **slots: str) -> str:
    """A pattern with its slots filled and a capital at its start."""
    text = pattern.format(**slots)
    return text[0].upper() + text[1:]


def listed(parts: Sequence[str], last: str = "and") -> str:
    """``a, b and c``."""
    return f" {last} ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def slots_of(finding: SceneFinding) -> dict[str, str]:
    """What the slots of a pattern stand for."""
    size = f"{finding.size:.0f}" if finding.kind.unit == "mm" else f"{finding.size:.2f}"
    grades = wordings()["finding"][finding.name].get("grades", {})
    return {
        "grade": grades.get(finding.grade, finding.grade),
        "side": finding.side,
        "place": finding.place,
        "size": size,
        "sized": f"{'an' if size[0] == '8' or size in ('11', '18') else 'a'} {size} mm",
        "look": f"{finding.attribute} " if finding.attribute else "",
    }


def _phrase(finding: SceneFinding, form: str, choose: Choices) -> str:
    return choose.pattern(wordings()["finding"][finding.name][form]).format(**slots_of(finding))


def _acquisition(scene: Scene) -> tuple[Fact, Fact]:
    view = _VIEW_ATTRIBUTES.get(scene.view, (scene.view,))
    return (
        Fact(finding="modality", presence="present", attributes=(modality_name(scene),)),
        Fact(finding="view", presence="present", attributes=view),
    )


_NORMAL = Fact(finding="normal study", presence="present")


def _absent(name: str) -> Fact:
    return Fact(finding=name, presence="absent")


def _technique(scene: Scene, choose: Choices) -> Statement:
    view = {k: choose.one(v) for k, v in wordings()["view"][scene.view].items()}
    return Statement(
        sentence(choose.pattern(wordings()["study"][scene.modality]["technique"]), **view), _acquisition(scene)
    )


def _organ(scene: Scene, organ: dict[str, Any], choose: Choices) -> list[Statement]:
    """Findings of one organ, then what it lacks: without findings it is called normal, or its kinds are denied."""
    present = [f for name in organ["kinds"] for f in scene.of(name)]
    lacking = [name for name in organ["kinds"] if not scene.of(name)]
    said = [
        Statement(sentence(choose.pattern(wordings()["finding"][f.name]), **slots_of(f)), (fact_of(f),))
        for f in choose.order(present)
    ]
    if lacking:
        absent = tuple(_absent(name) for name in lacking)
        if not present and choose.one((True, True, False)):
            text = sentence(choose.pattern(organ))
        else:
            terms = [choose.pattern(wordings()["finding"][name]["terms"]) for name in choose.order(lacking)]
            text = sentence(choose.pattern(wordings()["denial"]), terms=listed(terms, "or"))
        said.append(Statement(text, absent))
    return said


def _impression(scene: Scene, choose: Choices) -> Statement:
    if not scene.findings:
        return Statement(sentence(choose.pattern(wordings()["normal"])), (_NORMAL,))
    found = choose.order(scene.findings)
    phrases = listed([_phrase(f, "brief", choose) for f in found])
    return Statement(sentence(choose.pattern(wordings()["impression"]), list=phrases), tuple(map(fact_of, found)))
