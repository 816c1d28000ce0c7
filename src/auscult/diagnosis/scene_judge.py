"""Whether a stage of a trace about a phantom is so: exact, in the words in which phantoms are told of. No judge.

What is seen is held against the gold stage, which tells of all that the scene holds; a size within ``TOLERANCE``. What
is known is a sentence that is true of the finding, or takes the sign of another one for its own. What follows is held
against the two stages that it stands on, as by every judge of stages: an error of the eyes is counted once. A stage in
other words is unread.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from auscult.corpora.phantoms import LEAST_TOLERANCE, TOLERANCE
from auscult.engine.ask import Ask
from auscult.phantoms import told
from auscult.phantoms.scene import KINDS
from auscult.phantoms.told import Look, Seen
from auscult.records import Item, Score, Trace
from auscult.scorers.judges import FACTS, JudgeOptions, Subject, judge_instrument
from auscult.scorers.judges.stages import HALLUCINATED, SHORT, judged, without_stage
from auscult.scorers.scoring import row

SCENE = "scene"
VERSION = "1"
OTHER_WORDS = "told in other words than a phantom's"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a stage stands to what is so.

    Attributes:
        false: what it says that is not so, in words; empty where all is.
        lacks: what is so and it does not tell.
    """

    false: str = ""
    lacks: str = ""


def same(first: Look, second: Look) -> bool:
    """Whether two looks are of the same thing: sizes may differ by what an answer in millimetres may."""
    least = LEAST_TOLERANCE if KINDS[first.finding].unit else 0.0
    near = abs(first.size - second.size) <= max(least, TOLERANCE * second.size)
    return near and replace(first, size=0) == replace(second, size=0)


def vision(text: str, gold: str) -> Standing | None:
    """How a first stage stands to the gold one; None where either is told in other words."""
    said, so = told.seen(text), told.seen(gold)
    if said is None or so is None:
        return None
    if (said.modality, said.view) != (so.modality, so.view):
        return Standing(false=f"{said.modality}, {said.view}", lacks=so.view)
    left = list(so.looks)
    wrong = []
    for look in said.looks:
        if (found := next((other for other in left if same(look, other)), None)) is None:
            wrong.append(look)
        else:
            left.remove(found)
    nothing = ["nothing unusual"] if so.looks and not said.looks else []
    return Standing(", ".join([*map(_shown, wrong), *nothing]), ", ".join(map(_shown, left)))


def knowledge(finding: str, text: str) -> Standing | None:
    """How a second stage about a finding stands to what is known."""
    if told.is_known(finding, text):
        return Standing()
    taken = told.sign_recalled(finding, text)
    return None if taken is None else Standing(false=f"the sign of {taken}")


def reasoning(finding: str, trace: Trace) -> Standing | None:
    """How a third stage about a finding stands to the two before it, and its answer, yes or no, to itself."""
    said, base = told.concluded(finding, trace.reasoning), told.seen(trace.visual_recognition)
    if said is None or base is None:
        return None
    sign = told.sign_recalled(finding, trace.knowledge_recall) or finding
    return Standing(", ".join(filter(None, (_unfounded(said.looks, base, sign), _answers(said.looks, trace.answer)))))


def _unfounded(looks: Sequence[tuple[Look, dict[str, str]]], base: Seen, sign: str) -> str:
    """What does not follow from what is seen, if this sign is that of the finding."""
    there = base.of(sign)
    if bool(there) != bool(looks):
        return "denied" if there else "not seen"
    for look, called in looks:
        if not any(same(look, other) for other in there):
            return f"{_shown(look)} is not seen, or not its sign"
        own = {"grade": told.grade_of(look), "side": look.side, "place": look.place, "size": f"{look.size:g}"}
        if sign == look.finding and any(own[name] and own[name] != said for name, said in called.items()):
            return f"{_shown(look)} is called {' '.join(called.values())}"
    return ""


def _answers(looks: Sequence[object], answer: str) -> str:
    says = {"yes": True, "no": False}.get(answer.strip(" .").lower())
    return "" if says is None or says == bool(looks) else f"answer {answer}"


def _shown(look: Look) -> str:
    return " ".join(filter(None, (f"{look.size:g}", look.shade, look.side, look.place, f"look of {look.finding}")))


class SceneStage:
    """The exact verdict on one stage, as a judge of ``auscult.scorers.judges``; asks nobody."""

    def __init__(self, stage: str) -> None:
        self.stage = stage
        made = judge_instrument(f"{SCENE}-{SHORT[stage]}", "1", f"{SCENE}:{VERSION}", JudgeOptions(), HALLUCINATED)
        self.instrument = replace(made, judge=FACTS, kind="rule")

    async def scores(self, subjects: Sequence[Subject], ask: Ask) -> list[Score]:
        """One score a subject, in the same order; ``ask`` is left alone."""
        return [without_stage(self.stage, self.instrument, s) or self._score(s) for s in subjects]

    def _score(self, subject: Subject) -> Score:
        found = judged(self.stage, subject)
        standing = standing_of(self.stage, subject.item, found.trace)
        if standing is None:
            return row(self.instrument, subject.answer, status="unread", explanation=OTHER_WORDS)
        values = {HALLUCINATED.name: float(bool(standing.false))}
        said = "; ".join(filter(None, (standing.false, standing.lacks and f"does not tell: {standing.lacks}")))
        verdict = "contradicted" if standing.false else "supported"
        return row(self.instrument, subject.answer, values=values, parsed=verdict, explanation=said)


def standing_of(stage: str, item: Item, trace: Trace) -> Standing | None:
    """How one stage of a trace stands; None where it is told in other words, or of what a scene does not decide."""
    if stage == "visual_recognition":
        return vision(trace.visual_recognition, item.trace.visual_recognition)
    if item.target not in KINDS:
        return None
    if stage == "knowledge_recall":
        return knowledge(item.target, trace.knowledge_recall)
    return reasoning(item.target, trace)
