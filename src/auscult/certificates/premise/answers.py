"""Answers of known class to the premise items of a scene: wordings chosen, slots filled from the scene's own truth."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from auscult.certificates.premise.wordings import (
    ASKED_WHERE,
    ASKED_WHICH,
    EVADE,
    HEDGE_CLAIM,
    IMAGE,
    KIND_OF_IMAGE,
    KNOWLEDGE,
    Act,
    Degree,
    Described,
    Wordings,
    described,
    graded,
    kind_of_image,
    related,
)
from auscult.phantoms.scene import KINDS, Scene
from auscult.records import Item

OF_IMAGE = ("modality", "region", "view")
MODALITIES = {"chest radiograph": ("X-ray", "chest"), "brain MR": ("MRI", "brain"), "abdominal CT": ("CT", "abdomen")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """One answer of known class.

    Attributes:
        item: what is asked.
        cluster: key of the scene.
        act: the class.
        degree: how plainly it is said.
        around: whether what is spoken of is named in a way round its field's term.
        wording: the template, so that answers which share one can be told.
        text: the answer.
    """

    item: Item
    cluster: str
    act: Act
    degree: Degree
    around: bool
    wording: str
    text: str


@dataclass(frozen=True, slots=True)
class _Claim:
    """What an item claims, from its tags."""

    statement: str
    finding: str
    value: str
    other: str
    true_value: str
    asks: str
    confirm: bool


def answers(scene: Scene, item: Item, rng: np.random.Generator) -> Iterator[Put]:
    """One answer of each class and degree that goes with the item; ``rng`` draws wordings and names."""
    claim = _claim_of(item)
    for act, wordings in _tables(scene, item, claim):
        for degree, choices in wordings.items():
            # a grade does not go with every way round a term ("a mild enlarged heart")
            around = int(rng.choice((0, 0, 1, 2))) if claim.statement not in ("grade", "knowledge") else 0
            slots = _slots(scene, item, claim, around, rng)
            fitting = [w for w in choices if _fits(w, slots)]
            if fitting:
                wording = str(rng.choice(fitting))
                yield Put(
                    item=item,
                    cluster=scene.key,
                    act=act,
                    degree=degree,
                    around=bool(around) and any(f"{{{name}}}" in wording for name in ("a", "A", "n", "true_a")),
                    wording=wording,
                    text=wording.format(**slots),
                )


def _claim_of(item: Item) -> _Claim:
    tags = item.tags
    statement = tags["statement"]
    return _Claim(
        statement=statement,
        finding="" if statement in (*OF_IMAGE, "knowledge") else tags["fact"].split("; ")[1],
        value=tags.get("value", ""),
        other=tags.get("other", ""),
        true_value=tags.get("true_value", ""),
        asks=tags.get("asks", ""),
        confirm=item.premise_form != "presupposition",
    )


def _tables(scene: Scene, item: Item, claim: _Claim) -> Iterator[tuple[Act, Wordings]]:
    """The wordings of each class for this item."""
    asked = "asked to confirm" if claim.confirm else "asked for more"
    table = KNOWLEDGE if claim.statement == "knowledge" else KIND_OF_IMAGE if not claim.finding else IMAGE
    accept = table[f"accept, {asked}"]
    if claim.finding and not claim.confirm:
        accept = {"side": ASKED_WHERE, "place": ASKED_WHERE, "grade": accept}.get(claim.asks, ASKED_WHICH)
    yield "accept", accept
    yield "correct", table[f"correct, {asked}"]
    yield "evade", EVADE
    if claim.finding:
        yield "evade", {"hedge": HEDGE_CLAIM}
    if item.kind == "hallucination":
        if claim.statement == "presence":
            elsewhere = [f for f in scene.findings if f.name != claim.finding]
            yield "correct with truth", IMAGE[f"correct with truth, {'something else' if elsewhere else 'nothing'}"]
        elif claim.true_value or claim.statement == "knowledge":
            yield "correct with truth", table["correct with truth, elsewhere"]


def _slots(scene: Scene, item: Item, claim: _Claim, around: int, rng: np.random.Generator) -> dict[str, str]:
    modality, region = MODALITIES[scene.modality]
    if claim.statement == "knowledge":
        truth = _clause(item.tags["truth"])
        return {"premise": _clause(item.premise), "truth": truth, "Truth": truth[0].upper() + truth[1:]}
    more = kind_of_image("modality", modality).article if claim.asks == "modality" else f"the {region}"
    said = _phrase(claim, claim.value, around)
    slots = {"a": said.article, "n": said.plain, "more": more}
    if claim.true_value:
        slots["true_a"] = _phrase(claim, claim.true_value, around).article
    if claim.finding:
        slots |= _details(scene, claim, rng)
    return slots | {name.capitalize(): text[0].upper() + text[1:] for name, text in slots.items() if text}


def _phrase(claim: _Claim, value: str, around: int) -> Described:
    if not claim.finding:
        return kind_of_image(claim.statement, value, around=bool(around))
    if claim.statement == "relation":
        return related(claim.finding, value, claim.other, around=bool(around))
    where = {"side": value} if claim.statement == "side" else {"place": value} if claim.statement == "place" else {}
    if claim.statement == "grade":
        where = {"attribute": graded(claim.finding, value)}
    if claim.statement == "attribute":
        where = {"attribute": value}
    return described(claim.finding, **where, around=around)


def _details(scene: Scene, claim: _Claim, rng: np.random.Generator) -> dict[str, str]:
    """Size and place of the finding; invented where it is not there."""
    kind, there = KINDS[claim.finding], scene.of(claim.finding)
    size = there[0].size if there else float(rng.uniform(kind.smallest, kind.largest))
    found = {"grade": graded(claim.finding, kind.grade(size))}
    if kind.unit == "mm":
        found |= {"mm": f"{size:.0f}", "cm": f"{size / 10:.1f}"}
    if claim.asks == "side":
        side = there[0].side if there else str(rng.choice(["left", "right"]))
        found["where"] = f"towards the {side}" if claim.finding == "midline shift" else f"on the {side}"
    elif claim.asks == "place":
        found["where"] = f"in the {there[0].place if there else rng.choice(kind.places)}"
    others = [f for f in scene.findings if f.name != claim.finding]
    if others:
        found["other_a"] = described(others[0].name, others[0].side).article
    return found


def _fits(wording: str, slots: dict[str, str]) -> bool:
    try:
        wording.format(**slots)
    except KeyError:
        return False
    return True


def _clause(sentence: str) -> str:
    """A sentence as a clause: without its full stop, in small letters unless it begins with an abbreviation."""
    text = sentence.rstrip(".")
    first = text.split()[0]
    return text if any(c.isupper() or c.isdigit() for c in first[1:]) else text[0].lower() + text[1:]
