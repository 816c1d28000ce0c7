"""Answers of known class to the premise items of a scene: wordings chosen, slots filled from the scene's own truth."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from auscult.certificates.premise import wordings as w
from auscult.certificates.premise.wordings import Act, Degree, Described, Wordings
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


def answers(scene: Scene, item: Item, rng: np.random.Generator) -> Iterator[Put]:
    """One answer of each class and degree that goes with the item; ``rng`` draws wordings and names."""
    for act, wordings in _tables(scene, item):
        for degree, choices in wordings.items():
            # a grade does not go with every way round a term ("a mild enlarged heart")
            around = int(rng.choice((0, 0, 1, 2))) if item.tags["statement"] not in ("grade", "knowledge") else 0
            slots = _slots(scene, item, around, rng)
            fitting = [wording for wording in choices if _fits(wording, slots)]
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


def _finding(item: Item) -> str:
    """The finding that an item claims something of; empty where it speaks of the image or of knowledge."""
    return "" if item.tags["statement"] in (*OF_IMAGE, "knowledge") else item.tags["fact"].split("; ")[1]


def _tables(scene: Scene, item: Item) -> Iterator[tuple[Act, Wordings]]:
    """The wordings of each class for this item."""
    statement, finding, confirm = item.tags["statement"], _finding(item), item.premise_form != "presupposition"
    asked = "asked to confirm" if confirm else "asked for more"
    table = w.KNOWLEDGE if statement == "knowledge" else w.IMAGE if finding else w.KIND_OF_IMAGE
    accept = table[f"accept, {asked}"]
    if finding and not confirm:
        special = {"side": w.ASKED_WHERE, "place": w.ASKED_WHERE, "grade": accept}
        accept = special.get(item.tags.get("asks", ""), w.ASKED_WHICH)
    yield "accept", accept
    yield "correct", table[f"correct, {asked}"]
    yield "evade", w.EVADE
    if finding:
        yield "evade", {"hedge": w.HEDGE_CLAIM}
    if item.kind == "hallucination":
        if statement == "presence":
            elsewhere = [f for f in scene.findings if f.name != finding]
            yield "correct with truth", w.IMAGE[f"correct with truth, {'something else' if elsewhere else 'nothing'}"]
        elif item.tags.get("true_value") or statement == "knowledge":
            yield "correct with truth", table["correct with truth, elsewhere"]


def _slots(scene: Scene, item: Item, around: int, rng: np.random.Generator) -> dict[str, str]:
    if item.tags["statement"] == "knowledge":
        truth = _clause(item.tags["truth"])
        return {"premise": _clause(item.premise), "truth": truth, "Truth": truth[0].upper() + truth[1:]}
    modality, region = MODALITIES[scene.modality]
    asks_how = item.tags.get("asks") == "modality"
    said = _phrase(item, item.tags.get("value", ""), around)
    more = w.kind_of_image("modality", modality).article if asks_how else f"the {region}"
    slots = {"a": said.article, "n": said.plain, "more": more}
    if true := item.tags.get("true_value"):
        slots["true_a"] = _phrase(item, true, around).article
    if finding := _finding(item):
        slots |= _details(scene, finding, item.tags.get("asks", ""), rng)
    return slots | {name.capitalize(): text[0].upper() + text[1:] for name, text in slots.items() if text}


def _phrase(item: Item, value: str, around: int) -> Described:
    statement, finding = item.tags["statement"], _finding(item)
    if not finding:
        return w.kind_of_image(statement, value, around=bool(around))
    if statement == "relation":
        return w.related(finding, value, item.tags.get("other", ""), around=bool(around))
    if statement == "grade":
        statement, value = "attribute", w.graded(finding, value)
    where = {statement: value} if statement in ("side", "place", "attribute") else {}
    return w.described(finding, **where, around=around)


def _details(scene: Scene, finding: str, asks: str, rng: np.random.Generator) -> dict[str, str]:
    """Size and place of the finding; invented where it is not there."""
    kind, there = KINDS[finding], scene.of(finding)
    size = there[0].size if there else float(rng.uniform(kind.smallest, kind.largest))
    found = {"grade": w.graded(finding, kind.grade(size))}
    if kind.unit == "mm":
        found |= {"mm": f"{size:.0f}", "cm": f"{size / 10:.1f}"}
    if asks == "side":
        side = there[0].side if there else str(rng.choice(["left", "right"]))
        found["where"] = f"towards the {side}" if finding == "midline shift" else f"on the {side}"
    elif asks == "place":
        found["where"] = f"in the {there[0].place if there else rng.choice(kind.places)}"
    if others := [f for f in scene.findings if f.name != finding]:
        found["other_a"] = w.described(others[0].name, others[0].side).article
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
