"""A simulated model that writes: traces about phantoms, with the errors that its faults and its draws give it.

It is asked as any model is. What a stage holds that it is given, it reads from the words that it is sent: knowing
nothing of arms, it tells its own stage, the right one and any other apart, and goes on from there.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from string import ascii_uppercase

import numpy as np

from auscult.certificates.diagnosis.arrays import Draws
from auscult.certificates.diagnosis.questions import phantom_items
from auscult.certificates.diagnosis.structure import ARMS, NEITHER, OPPOSITE, RIGHT, Codes, Given
from auscult.construction.claims import Claim
from auscult.errors import UserError
from auscult.items.item_set import ItemSet
from auscult.models import Model
from auscult.phantoms import FolderPlan, Scene, SceneFinding, draw_scene
from auscult.phantoms.scene import kinds_of
from auscult.phantoms.traces import trace
from auscult.records import STAGES, Call, Item, Reply, Trace, digest

QUESTIONS = 3
"""Questions an image."""
PIXELS = 64
_GIVEN = re.compile(r"^\[(Visual Recognition|Knowledge Recall)\]\n(.+?)\n(?=\[|Write )", re.MULTILINE | re.DOTALL)
_NAMES: Mapping[tuple[Given, Given], str] = {(arm.visual, arm.knowledge): name for name, arm in ARMS.items()}


@dataclass(frozen=True, kw_only=True)
class Script:
    """The words that a model has for a question; no two texts of a stage are the same.

    Attributes:
        gold: the right trace, as the item set holds it.
        right: the right trace, as the model words it.
        wrong: each stage as it is where it is wrong: something else is seen, another sign is taken for the finding's,
            the opposite is concluded.
    """

    gold: Trace
    right: Trace
    wrong: Trace

    def holds(self, stage: str, text: str) -> bool:
        """Whether a stage is right as it stands."""
        return text in (getattr(self.gold, stage), getattr(self.right, stage))

    def follows(self, errors: int, befallen: Mapping[str, bool], recalled: str) -> int:
        """The conclusion that so many errors lead to, after some knowledge."""
        if errors == 2 and befallen["offset"] or befallen["stated"] and recalled == self.gold.knowledge_recall:
            return RIGHT
        return (RIGHT, OPPOSITE, NEITHER, NEITHER)[errors]

    def ending(self, code: int) -> Trace:
        """Reasoning and answer that come to one of the conclusions."""
        ends = {RIGHT: self.right, OPPOSITE: self.wrong}.get(code, _UNTOLD)
        return Trace(reasoning=ends.reasoning, answer=_letter(ends.answer))


ANSWERS = ("yes", "no", "it cannot be told")
_UNTOLD = Trace(reasoning="One stage speaks against the other one, so that nothing follows.", answer=ANSWERS[2])


MARK = " So much is certain."
"""What a model says after a stage that it has wrong: no error that somebody plants is worded so."""


def _letter(answer: str) -> str:
    return f"{ascii_uppercase[ANSWERS.index(answer)]}. {answer}"


def script(scene: Scene, finding: str, number: int) -> Script:
    """The words for the question whether a scene shows a finding."""
    yes_no = ("yes", "no") if scene.of(finding) else ("no", "yes")
    mistaken, otherwise = _mistaken(scene, finding), _otherwise(scene, finding)

    def wrong(wording: int) -> Trace:
        told = trace(otherwise, finding, yes_no[1], wording)
        known = trace(scene, finding, yes_no[0], wording, taken=mistaken).knowledge_recall
        return replace(told, visual_recognition=told.visual_recognition + MARK, knowledge_recall=known + MARK)

    gold = trace(scene, finding, yes_no[0], number)
    right = (trace(scene, finding, yes_no[0], n) for n in count(number + 1))
    return Script(
        gold=gold,
        right=next(told for told in right if _apart(told, gold)),
        wrong=wrong(number),
    )


def _apart(one: Trace, other: Trace) -> bool:
    return one.visual_recognition != other.visual_recognition and one.knowledge_recall != other.knowledge_recall


def _mistaken(scene: Scene, finding: str) -> str:
    names = [kind.name for kind in kinds_of(scene.modality)]
    return names[names.index(finding) - 1]


def _otherwise(scene: Scene, finding: str) -> Scene:
    """The scene without a finding, or with it."""
    if scene.of(finding):
        return replace(scene, findings=tuple(f for f in scene.findings if f.name != finding))
    return replace(scene, findings=(*scene.findings, _example(scene, finding)))


def _example(scene: Scene, finding: str) -> SceneFinding:
    """A finding as another scene in the same view shows it."""
    others = (draw_scene(n, "validation", scene.modality) for n in count())
    return next(found for other in others if other.view == scene.view for found in other.of(finding))


@dataclass(frozen=True)
class Theatre:
    """Questions about phantoms, and the words for them.

    Attributes:
        items: the item set.
        scripts: item id → words.
        order: ids, as the item set holds them.
        clusters: image of each, from 0.
    """

    items: ItemSet
    scripts: Mapping[str, Script]
    order: tuple[str, ...]
    clusters: Codes


def theatre(folder: Path, images: int, seed: int) -> Theatre:
    """Makes an item set of questions about phantoms, ``QUESTIONS`` an image.

    Args:
        folder: where phantoms and items go.
        images: how many.
        seed: of the phantoms.
    """
    written: dict[str, Script] = {}

    def asks(scene: Scene, number: int) -> Iterator[tuple[Item, Trace]]:
        for place, kind in enumerate(kinds_of(scene.modality)[:QUESTIONS]):
            about = f"{scene.key}:{kind.name}"
            words = written[about] = script(scene, kind.name, number * QUESTIONS + place)
            yield (
                Item(
                    id="",
                    case_id="",
                    source_id=about,
                    question=f"Does this image show {kind.name}?",
                    reference=words.gold.answer,
                    answer_type="choice",
                    options=ANSWERS,
                    premise_form="neutral",
                    target=kind.name,
                    split="test",
                    tags={"statement": "presence", "fact": Claim("presence", kind.name).name},
                ),
                words.gold,
            )

    items = phantom_items(folder, FolderPlan(n=images, seed=seed, size=PIXELS), asks)
    every = list(items.all())
    cases = {case: number for number, case in enumerate(dict.fromkeys(item.case_id for item in every))}
    return Theatre(
        items=items,
        scripts={item.id: written[item.source_id] for item in every},
        order=tuple(item.id for item in every),
        clusters=np.array([cases[item.case_id] for item in every]),
    )


class SimulatedModel(Model):
    """One run of a simulated model. See ``auscult.models.Model``.

    Args:
        drawn: what befalls the items, and all random numbers.
        run: which of the runs.
        theatre: the questions, as many as items of ``drawn``.
    """

    knows_items = True

    def __init__(self, drawn: Draws, run: int, theatre: Theatre) -> None:
        self.identity = f"simulated:{digest(drawn.faults, theatre.order)}:{run}"
        self._drawn, self._run, self._scripts = drawn, run, theatre.scripts
        self._place = {item: place for place, item in enumerate(theatre.order)}

    async def reply(self, calls: Sequence[Call]) -> list[Reply]:
        """Writes what is left of each trace."""
        return [Reply(text=self._text(call), finish="stop") for call in calls]

    def _text(self, call: Call) -> str:
        if call.item is None:
            raise UserError(f"{self.identity} answers questions about its own items only")
        words, place = self._scripts[call.item.id], self._place[call.item.id]
        given = {title: text.strip() for title, text in _GIVEN.findall(call.messages[-1].text)}
        seen, recalled = given.get("Visual Recognition", ""), given.get("Knowledge Recall", "")
        befallen = {name: bool(values[self._run, place]) for name, values in vars(self._drawn.latents).items()}
        own, _ = _continued(words, befallen, "", "")
        arm = _NAMES[
            _whose(seen, words.gold.visual_recognition, own.visual_recognition),
            _whose(recalled, words.gold.knowledge_recall, own.knowledge_recall),
        ]
        luck, turn, form = (
            bool(u[arm][self._run, place, call.repeat] < share)
            for u, share in (
                (self._drawn.luck, self._drawn.faults.lucky),
                (self._drawn.turn, self._drawn.faults.flips),
                (self._drawn.form, self._drawn.faults.invalid),
            )
        )
        if form:
            return "I cannot say."
        written, said = _continued(words, befallen, seen, recalled)
        said = RIGHT if luck else said
        if turn:
            said = OPPOSITE if said == RIGHT else RIGHT
        return _text(replace(written, answer=words.ending(said).answer))


def _whose(text: str, gold: str, own: str) -> Given:
    return "" if not text else "gold" if text == gold else "own" if text == own else "planted"


def _continued(words: Script, befallen: Mapping[str, bool], seen: str, recalled: str) -> tuple[Trace, int]:
    """What the model writes after the stages that it is given, and what it concludes."""
    visual = knowledge = ""
    blind = befallen["eyes"]
    if not seen:
        visual = (words.wrong if blind else words.right).visual_recognition
    elif befallen["follows_visual"]:
        blind = not words.holds("visual_recognition", seen)
    else:
        blind = befallen["again"]
    ignorant = befallen["knowledge"] or (befallen["led"] and blind)
    if not recalled:
        knowledge = (words.wrong if ignorant else words.right).knowledge_recall
    elif befallen["follows_knowledge"]:
        ignorant = not words.holds("knowledge_recall", recalled)
    said = words.follows(blind + ignorant + befallen["reasoning"], befallen, recalled)
    if seen and befallen["confused"]:
        said = NEITHER
    return replace(words.ending(said), visual_recognition=visual, knowledge_recall=knowledge), said


def _text(written: Trace) -> str:
    """Stages under their headers, as far as there is anything under them."""
    blocks = [f"[{stage.replace('_', ' ').title()}]\n{text}" for stage in STAGES if (text := getattr(written, stage))]
    return "\n".join([*blocks, f"[Answer] {written.answer}"])
