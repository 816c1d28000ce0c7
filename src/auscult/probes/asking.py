"""Twins of the items of a case → questions, and their answers → rows: each beside the item that it is paired to."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from auscult.errors import PartFailed, UserError
from auscult.probes import Probe, Role, Subject, Twin
from auscult.protocols import Question
from auscult.records import Answer, AnswerType, Condition, ScoreStatus

BASE: Role = "base"


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """One answer of a pair: to an item as the run puts it, or to one of its twins.

    Attributes:
        answer_id: of the answer.
        item_id: the item that twins are paired by.
        case_id: its case.
        cluster: patient, or else image: what is resampled.
        probe: name and version of the probe; of an item as the run puts it too, once for every probe that it is put to.
        role: the item as the run puts it, its unchanged twin, or the changed one.
        right: what is right: same, changed or abstain.
        answer_type: of what was put.
        repeat: number of the sample.
        condition: image condition.
        shown: hashes of the images that were shown.
        question: as it was put.
        options: as they were put.
        reference: what ``correct`` is read by.
        proposed: the answer that going along gives.
        status: of the reading; missing data have no values.
        text: of the answer.
        parsed: what was read.
        correct: 1 where it is the reference.
        abstains: 1 where it says that it cannot answer, or hedges.
        follows: 1 where it is what was proposed; of the item as the run puts it too, where its answer means the same.
        chance: share of right answers that guessing gives.
        margin: log P(yes) minus log P(no), where the model says it.
        rule_tells: whether a rule can say of such answers if they are right; else that is a judge's to say.
    """

    answer_id: str
    item_id: str
    case_id: str
    cluster: str
    probe: str
    role: str
    right: str
    answer_type: AnswerType
    repeat: int
    condition: Condition
    shown: tuple[str, ...]
    question: str
    options: tuple[str, ...]
    reference: str
    proposed: str
    status: ScoreStatus
    text: str
    parsed: str
    correct: float | None = None
    abstains: float | None = None
    follows: float | None = None
    chance: float | None = None
    margin: float | None = None
    rule_tells: bool = True


@dataclass(frozen=True, slots=True)
class Pairing:
    """A twin, or the item itself, with the probe that it is read for."""

    probe: Probe
    subject: Subject
    twin: Twin


def pairings(subjects: Sequence[Subject], probes: Sequence[Probe]) -> list[Pairing]:
    """All twins of some items, probe by probe, each led by the item as the run puts it."""
    found = []
    for probe in probes:
        for subject in subjects:
            twins = _put(probe, subject)
            if isinstance(twins, str):
                continue
            proposed = next((t.proposed for t in twins if t.item.answer_type == subject.item.answer_type), "")
            base = Twin(item=subject.item, images=subject.images, role=BASE, right="same", proposed=proposed)
            found += [Pairing(probe, subject, twin) for twin in (base, *twins)]
    return found


def unput(subjects: Sequence[Subject], probes: Sequence[Probe]) -> dict[str, Counter[str]]:
    """Probe → why it cannot be put → for how many items."""
    found: dict[str, Counter[str]] = {probe.name: Counter() for probe in probes}
    for probe in probes:
        found[probe.name].update(why for s in subjects if isinstance(why := _put(probe, s), str))
    return found


def _put(probe: Probe, subject: Subject) -> tuple[Twin, ...] | str:
    try:
        made = probe.put(subject)
    except UserError:
        raise
    except Exception as error:  # whatever a probe of another package does wrong is not ours to show
        raise PartFailed(f"probe {probe.name}", f"question '{subject.item.source_id}'", error) from error
    if not isinstance(made, str) and not any(isinstance(twin, Twin) and twin.role == "changed" for twin in made):
        raise UserError(f"probe {probe.name}: 'put' gave no changed Twin and no reason; mend that probe")
    return made


def question(pairing: Pairing, repeat: int) -> Question:
    """What a protocol is given of it; the item itself is the question that the run puts anyway."""
    twin, probe = pairing.twin, pairing.probe
    return Question(
        item=twin.item,
        images=twin.images,
        condition=twin.condition,
        repeat=repeat,
        case=pairing.subject.case,
        arm="" if twin.role == BASE else probe.arm(twin.role),
    )


def read(pairing: Pairing, answer: Answer) -> Probed:
    """The row of an answer."""
    probe, subject, twin = pairing.probe, pairing.subject, pairing.twin
    found = probe.read(twin.item, answer, twin.proposed, twin.offer)
    return Probed(
        answer_id=answer.id,
        item_id=subject.item.id,
        case_id=subject.case.id,
        cluster=subject.case.group or subject.case.id,
        probe=probe.id,
        role=twin.role,
        right=twin.right,
        answer_type=twin.item.answer_type,
        repeat=answer.repeat,
        condition=answer.condition,
        shown=answer.shown,
        question=twin.item.question,
        options=twin.item.options,
        reference=twin.item.reference,
        proposed=twin.proposed,
        status=found.status,
        text=answer.text,
        parsed=found.parsed,
        correct=found.correct,
        abstains=found.abstains,
        follows=found.follows,
        chance=probe.chance(twin.item),
        margin=answer.yes_margin,
        rule_tells=found.rule_tells,
    )
