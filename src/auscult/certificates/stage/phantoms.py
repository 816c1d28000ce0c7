"""Stages about phantoms, right ones and ones with a planted error; the scene says what is true.

A false visual stage is the true one of another scene, which differs in one thing. Knows nothing of how stages are
judged.
"""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

from auscult.certificates.judge.wordings import KNOWLEDGE
from auscult.certificates.planting.nouns import case_of
from auscult.certificates.stage.put import AFTER_WRONG_EYES, PHANTOMS, Asked, Put
from auscult.phantoms.distribution import draw_scene
from auscult.phantoms.scene import KINDS, MODALITIES, VIEWS, Scene, SceneFinding, kinds_of
from auscult.phantoms.texts import HELD_OUT, report
from auscult.phantoms.traces import mistakable, trace
from auscult.records import STAGES, Trace, case_id

VISION, KNOWN, REASONING = STAGES
_FACTORS = {"slight": 1.3, "gross": 2.0}
Altered = tuple[str, str, Scene]
"""Kind, degree, and the scene that is told of instead."""


def about_phantoms(count: int, seed: int) -> Iterator[list[Put]]:
    """All stages about a scene; the first phantoms of the test stream."""
    for number in range(count):
        yield list(_about(number, draw_scene(number, "test"), Random(f"{seed} stage {number}")))


def _about(number: int, scene: Scene, random: Random) -> Iterator[Put]:
    kinds = [k.name for k in kinds_of(scene.modality)]
    there = [name for name in kinds if scene.of(name)]
    # Two questions of three are about what is there, so that right conclusions are not mostly denials.
    finding = random.choice(there) if there and number % 3 else random.choice(kinds)
    wording = HELD_OUT + number if number % 2 else number + 1
    asked = Asked(
        origin=PHANTOMS,
        cluster=scene.key,
        case=case_of(scene, case_id([], "phantoms", scene.key), annotation=report(scene, number)),
        question=f"Is there {finding}?",
        reference=_says(scene, finding),
        gold=trace(scene, finding, _says(scene, finding), number),
        answer_type="yes_no",
    )
    right = trace(scene, finding, asked.reference, wording)
    for stage in STAGES:
        yield asked.put(stage, right, kind="in other words")
        yield asked.put(stage, asked.gold, kind="gold")
    seen = list(_altered(scene, random))
    for kind, degree, other in seen:
        wrong = trace(other, finding, _says(other, finding), wording)
        if wrong.visual_recognition != right.visual_recognition:
            put = replace(right, visual_recognition=wrong.visual_recognition)
            yield asked.put(VISION, put, True, kind, degree)
    yield from _misknown(asked, right, scene, finding, wording)
    about_it = [one for one in seen if one[2].of(finding) != scene.of(finding)]
    yield from _misconcluded(asked, right, finding, wording, about_it)


def _says(scene: Scene, finding: str) -> str:
    return "yes" if scene.of(finding) else "no"


def _altered(scene: Scene, random: Random) -> Iterator[Altered]:
    """The scene with one thing changed; one of each kind that it allows."""
    made: dict[tuple[str, str], list[Scene]] = {}

    def instead(kind: str, degree: str, old: SceneFinding | None, *new: SceneFinding) -> None:
        rest = tuple(f for f in scene.findings if f is not old)
        if not any((f.name, f.side, f.place) == (n.name, n.side, n.place) for f in rest for n in new):
            made.setdefault((kind, degree), []).append(replace(scene, findings=(*rest, *new)))

    for f in scene.findings:
        if f.side:
            instead("side", "slight", f, replace(f, side="right" if f.side == "left" else "left"))
        for place in f.kind.places:
            if place != f.place:
                instead("place", "slight", f, replace(f, place=place))
        for look in f.kind.attributes:
            if f.attribute and look != f.attribute:
                instead("look", "slight", f, replace(f, attribute=look))
        for degree, factor in _FACTORS.items():
            if f.kind.unit:
                instead("size", degree, f, replace(f, size=float(round(f.size * factor))))
    for kind in kinds_of(scene.modality):
        if not scene.of(kind.name):
            instead("invented", "gross", None, _somewhere(kind.name, scene, random))
    if scene.findings:
        made["called normal", "gross"] = [replace(scene, findings=())]
    if not any(f.attribute for f in scene.findings):
        view = next(v for v in VIEWS[scene.modality] if v != scene.view)
        made["view", "slight"] = [replace(scene, view=view)]
    other = random.choice([m for m in MODALITIES if m != scene.modality])
    if not scene.findings:
        made["study", "gross"] = [replace(scene, modality=other, view=VIEWS[other][0])]
    for (name, degree), scenes in made.items():
        yield name, degree, random.choice(scenes)


def _somewhere(name: str, scene: Scene, random: Random) -> SceneFinding:
    kind = KINDS[name]
    size = random.uniform(kind.smallest, kind.largest)
    return SceneFinding(
        name=name,
        side=random.choice(("left", "right")) if kind.sided else "",
        place=random.choice(kind.places) if kind.places else "",
        size=float(round(size)) if kind.unit else round(size, 2),
        attribute=random.choice(kind.attributes) if kind.attributes and scene.view != "T2-weighted" else "",
    )


def _misknown(asked: Asked, right: Trace, scene: Scene, finding: str, wording: int) -> Iterator[Put]:
    """Knowledge in the words of the judge's certificate, true and false; and the sign of another finding."""
    true, false = KNOWLEDGE[finding]
    yield asked.put(KNOWN, replace(right, knowledge_recall=true), kind="another statement")
    for text in false:
        yield asked.put(KNOWN, replace(right, knowledge_recall=text), True, "false statement", "gross")
    for taken in mistakable(finding)[:1]:
        text = trace(scene, finding, asked.reference, wording, taken=taken).knowledge_recall
        yield asked.put(KNOWN, replace(right, knowledge_recall=text), True, "sign of another finding", "gross")


def _misconcluded(asked: Asked, right: Trace, finding: str, wording: int, seen: list[Altered]) -> Iterator[Put]:
    """Reasoning that does not follow from what was seen; and some that does follow, from what was wrongly seen."""
    turned = "no" if asked.reference == "yes" else "yes"
    yield asked.put(REASONING, replace(right, answer=turned), True, "answer against the reasoning", "gross")
    for kind, degree, other in seen:
        told = trace(other, finding, _says(other, finding), wording)
        conclusion = replace(right, reasoning=told.reasoning, answer=told.answer)
        if told.answer != right.answer:
            kind, degree = "turned over", "gross"
        yield asked.put(REASONING, conclusion, True, kind, degree)
        faithful = replace(conclusion, visual_recognition=told.visual_recognition)
        yield asked.put(REASONING, faithful, kind=AFTER_WRONG_EYES)
