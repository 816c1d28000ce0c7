"""Answers about phantoms with none, one, two, three errors, put to a judge; the scene says what is true.

Knows nothing of how judges are asked: no import, rubric or wording of ``auscult.scorers.judges`` but the form of a
subject.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from auscult.certificates.judge.wordings import KNOWLEDGE, QUESTIONS
from auscult.certificates.planting import phantoms as planting
from auscult.certificates.planting.nouns import case_of, item_of
from auscult.certificates.planting.phantoms import Altered, Draft, Line, Planter
from auscult.models.scripted import DRAW, ERRORS, HARM
from auscult.phantoms import texts
from auscult.phantoms.distribution import draw_scene
from auscult.phantoms.scene import KINDS, Scene, SceneFinding
from auscult.records import Answer, Case, Item, answer_id, case_id, digest
from auscult.scorers.judges import Subject

MOST = 3
"""Errors in the worst answer of a chain."""
ACTED_ON = frozenset({"pleural effusion", "pneumothorax", "lung nodule", "consolidation", "brain tumour"})
"""Findings that are drained, punctured, treated or cut: on the wrong side, that hurts somebody."""
URGENT = "of a finding that is acted on"
SIDE, VIEW, SIZE, GRADE = "wrong side", "wrong view", "wrong size", "wrong grade"
LEFT_OUT, UNMENTIONED = "finding left out", "object that is nowhere mentioned"
_HARM = {
    SIDE: 2,
    "nonexistent object": 3,
    "finding denied": 2,
    LEFT_OUT: 3,
    UNMENTIONED: 3,
    "wrong modality": 7,
    VIEW: 9,
}
_SOME_HARM = 5
"""Grades of harm that the truth deserves, for scripted judges only; no figure uses them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """One answer that is put to the judge.

    Attributes:
        part: of the certificate.
        kind: of error, dressing or attack; empty for the plain answer.
        degree: how many errors it holds, or the grade that people gave it.
        cluster: scene or text; answers of one are not independent.
        subject: as the judge gets it.
        base: id of the answer that it is compared with; empty where there is none.
        lines: the sentences, where they are known.
        wrong: those that are wrong.
        how: how far the error is off, in the planter's words.
        pair: whether two answers are put at once.
    """

    part: str
    kind: str
    degree: int
    cluster: str
    subject: Subject
    base: str = ""
    lines: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    how: str = ""
    pair: bool = False

    @property
    def id(self) -> str:
        """Of the answer, or of the pair."""
        return f"pair {self.subject.answer.id}" if self.pair else self.subject.answer.id


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known of a scene and asked about it."""

    scene: Scene
    case: Case
    item: Item

    def put(self, part: str, kind: str, draft: Draft, base: str = "", degree: int | None = None) -> Put:
        """An answer about the scene."""
        errors = len(draft.wrong) + bool(draft.left_out)
        harm = _HARM.get(kind, _SOME_HARM) if errors else 10
        item = replace(self.item, tags=scripted(errors, harm, draft.text))
        return Put(
            part=part,
            kind=kind,
            degree=errors if degree is None else degree,
            cluster=self.scene.key,
            subject=subject(self.case, item, draft.text),
            base=base,
            lines=tuple(line.text for line in draft.lines),
            wrong=draft.wrong,
            how=draft.degree,
        )


def scripted(errors: int, harm: int, text: str) -> dict[str, str]:
    """What a scripted judge reads; dresses of one text keep them, and so its draw."""
    return {ERRORS: str(errors), HARM: str(harm), DRAW: digest(text)}


def subject(case: Case, item: Item, text: str) -> Subject:
    """An answer to an item of a case, by whoever planted it."""
    given = Answer(
        id=answer_id(item.id, "planted", "planted", "with", {"text": digest(text)}, 0),
        item_id=item.id,
        case_id=case.id,
        model="planted",
        protocol="planted",
        text=text,
    )
    return Subject(item=item, case=case, answer=given)


def ask_about(number: int, scene: Scene) -> Asked:
    """A scene's caption, question and reference answer, in wordings held out for certificates."""
    wording = texts.HELD_OUT + number
    reference, question = texts.report(scene, wording), QUESTIONS[number % len(QUESTIONS)]
    case = case_of(scene, case_id([], "phantoms", scene.key), annotation=texts.caption(scene, wording))
    return Asked(scene, case, item_of(case.id, question, reference))


def scenes(count: int) -> Iterator[Asked]:
    """The first phantoms of the test stream with a finding whose side can be mistaken."""
    number = found = 0
    while found < count:
        scene = draw_scene(number, "test")
        if any(f.side and len(scene.of(f.name)) == 1 for f in scene.findings):
            yield ask_about(number, scene)
            found += 1
        number += 1


def base_of(asked: Asked, seed: int) -> Draft:
    """A right answer: what is there, what is not, and a sentence of knowledge about what is there."""
    rng = Random(f"{seed} {asked.scene.key} base")
    base = planting.draft(asked.scene, rng)
    finding = rng.choice(asked.scene.findings).name
    return replace(base, lines=(*base.lines, Line(KNOWLEDGE[finding][0], f"knowledge of {finding}")))


def chain(asked: Asked, seed: int) -> list[Put]:
    """The right answer, and the same with one, two and three errors, each in another sentence."""
    rng = Random(f"{seed} {asked.scene.key} chain")
    made = base_of(asked, seed)
    puts = [asked.put("graded", "", made)]
    kinds = list(_PLANTERS)
    rng.shuffle(kinds)
    for kind in kinds:
        if len(puts) > MOST:
            break
        worse = [d for d in _PLANTERS[kind](asked.scene, made, rng) if len(d.wrong) > len(made.wrong)]
        if worse:
            made = worse[-1]
            puts.append(asked.put("graded", "", made, base=puts[0].id))
    return puts


def kinds(asked: Asked, seed: int) -> list[Put]:
    """The right answer with one error of each kind that the scene allows; some by two degrees."""
    rng = Random(f"{seed} {asked.scene.key} kinds")
    base = base_of(asked, seed)
    right = asked.put("graded", "", base)
    made = [
        asked.put("by kind", kind, d, base=right.id) for kind, p in _PLANTERS.items() for d in p(asked.scene, base, rng)
    ]
    for kind, drafts in (
        (LEFT_OUT, planting.omit(asked.scene, base, rng)),
        (UNMENTIONED, planting.invent(asked.scene, base, rng)[-1:]),
    ):
        made += [asked.put("by kind", kind, d, base=right.id) for d in drafts]
    for what, plant, degrees in (
        (SIZE, planting.resize, ("factor 1.5", "factor 3")),
        (GRADE, planting.regrade, ("by one step", "by two steps")),
    ):
        steps = {d.degree: d for d in plant(asked.scene, base, rng)}
        if set(degrees) <= set(steps):
            made += [
                asked.put("by magnitude", f"{what}, {name}", steps[name], right.id, n)
                for n, name in enumerate(degrees, 1)
            ]
    return made


def _only(plant: Planter, degree: str) -> Planter:
    """The drafts of one degree."""
    return lambda scene, base, rng: [d for d in plant(scene, base, rng) if d.degree == degree]


def _swap_side(scene: Scene, base: Draft, rng: Random) -> list[Draft]:
    """Left and right, of a finding that is acted on where there is one."""
    for how, names in ((URGENT, ACTED_ON), ("", frozenset(KINDS))):

        def swapped(f: SceneFinding, rng: Random, how: str = how, names: frozenset[str] = names) -> Altered:
            return [(how, other) for _, other in planting.other_side(f, rng) if f.name in names]

        if found := planting.altering(swapped)(scene, base, rng):
            return found
    return []


def _distort(scene: Scene, base: Draft, rng: Random) -> list[Draft]:
    """The sentence of knowledge, made false."""
    for line in base.lines:
        if line.about.startswith("knowledge of ") and line.text not in base.wrong:
            false = rng.choice(KNOWLEDGE[line.about.removeprefix("knowledge of ")][1])
            return [base.swap(line, false, "")]
    return []


_PLANTERS: dict[str, Planter] = {
    # not the last of the drafts, which adds a sentence: that is ``UNMENTIONED``
    "nonexistent object": _only(planting.invent, "was denied by the reference"),
    "finding denied": planting.deny,
    SIDE: _swap_side,
    "wrong place": planting.move,
    SIZE: _only(planting.resize, "factor 2"),
    GRADE: lambda scene, base, rng: planting.regrade(scene, base, rng)[-1:],
    "wrong modality": _only(planting.misname, "another modality"),
    VIEW: _only(planting.misname, "another view"),
    "distorted knowledge": _distort,
}
"""Kind of error → what plants it in the place of a sentence, so that the answers of a chain have equally many."""
