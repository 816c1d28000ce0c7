"""(item, case, answer) + a model that judges → Scores: one file a judge protocol, its rubric a text file beside it.

Not rules over the answer's text alone (``rules``), and not the model itself: any model of ``models`` can judge. Each
public module of this room has ``create(model_identity, options) -> Judge``; what protocols share stands in ``asking``
and ``replies``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Protocol

from auscult.engine.ask import Ask
from auscult.engine.limits import check_bounds
from auscult.facts.cut_short import CUT_SHORT, unfinished
from auscult.records import Answer, Bounds, Case, Image, Instrument, Item, Score, Value
from auscult.registry import Room
from auscult.scorers.scoring import row

__all__ = [
    "FACTS",
    "READING",
    "ROOM",
    "Anchor",
    "Judge",
    "JudgeOptions",
    "Subject",
    "create",
    "says_nothing",
    "without_asking",
]
FACTS = "facts"
"""Identity of the judge that is no model."""
ROOM = Room(
    "auscult.scorers.judges",
    "judge protocol",
    "auscult.judges",
    needs="create",
    exclude=frozenset({"anchors", "asking", "families", "replies", "stages"}),
)
READING = 2
"""How replies are read; rows that were made by another way of reading are made again, and nobody is asked for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """Another system's answer to the same item with its whole judgement: what a judge compares with.

    Attributes:
        item_id: the item.
        source_id: the question's own id in its data set, for people.
        answer: what the baseline system answered.
        judgement: the whole text of its judgement.
        scores: the scores that were read from it.
        system: identity of the baseline system.
        judge: identity of the model that judged.
        protocol: name and version of the judge protocol, ``medhalltune/1``.
    """

    item_id: str
    source_id: str
    answer: str
    judgement: str
    scores: dict[str, float]
    system: str
    judge: str
    protocol: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is judged: an answer to an item of a case.

    Attributes:
        item: as it was put.
        case: that the item is about.
        answer: what is judged.
        anchor: for protocols that compare with a baseline.
        other: the second answer of a pair.
        images: as the answer's model was shown them, for published protocols whose judge sees them too.
    """

    item: Item
    case: Case
    answer: Answer
    anchor: Anchor | None = None
    other: Answer | None = None
    images: tuple[Image, ...] = ()


@dataclass(frozen=True, kw_only=True)
class JudgeOptions:
    """How a judge is asked.

    Attributes:
        repeats: verdicts on each answer; values are their means, ``<name>_sd`` their standard deviations.
        tries: how often one verdict is asked for until it can be read.
        temperature: of the judge; the protocol's own where not given.
        max_tokens: bound of one reply, reasoning included; the protocol's own where not given.
        schema: send the JSON schema; some servers refuse one.
        policy: how a reply is read, where the protocol has a choice: ``strict`` or ``published``.
        anchor: digest of the anchor file, where one is used; every subject then needs an anchor.
        against: digest of what the second answers of pairs are; for pairwise protocols.
        more: what protocols of other packages need.
    """

    repeats: Annotated[int, Bounds(1, 100)] = 1
    tries: Annotated[int, Bounds(1, 100)] = 3
    temperature: Annotated[float | None, Bounds(0)] = None
    max_tokens: Annotated[int | None, Bounds(16)] = None
    schema: bool = True
    policy: str = ""
    anchor: str = ""
    against: str = ""
    more: Mapping[str, str] = field(default_factory=dict)


class Judge(Protocol):
    """A judge protocol, bound to the model that judges.

    The version of its instrument holds the judge model's identity and every option that differs from the protocol's
    own.
    """

    @property
    def instrument(self) -> Instrument: ...  # noqa: D102

    async def scores(self, subjects: Sequence[Subject], ask: Ask) -> list[Score]:
        """One score a subject, in the same order. Answers that are not ok are scored without asking."""
        ...


def create(protocol: str, model_identity: str, options: JudgeOptions | None = None) -> Judge:
    """Makes the judge that a protocol's name and a model's identity stand for.

    Raises:
        UserError: the protocol is unknown, or the options contradict it.
    """
    options = options or JudgeOptions()
    check_bounds(options)
    part = ROOM.get(protocol)
    judge: Judge = ROOM.made(protocol, Judge, lambda: part.create(model_identity, options))
    return judge


def judge_instrument(
    name: str, version: str, identity: str, options: JudgeOptions, *values: Value, policy: str = "", source: str = ""
) -> Instrument:
    """What a protocol bound to a model is; ``policy`` is the protocol's own way of reading.

    The version reads ``1+openai:judge@URL``, then in brackets what differs from the protocol's own.
    """
    found = {
        "repeats": "" if options.repeats == 1 else str(options.repeats),
        "temperature": "" if options.temperature is None else f"{options.temperature:g}",
        "policy": "" if options.policy in ("", policy) else options.policy,
        "anchor": options.anchor[:8],
        "against": options.against[:8],
    }
    differs = ",".join(f"{name}={value}" for name, value in found.items() if value)
    version = f"{version}+{identity}" + (f"[{differs}]" if differs else "")
    return Instrument(name=name, version=version, kind="judge", values=values, source=source, judge=identity)


def says_nothing(answer: Answer) -> bool:
    """Whether an answer came that no judge is shown: empty, withheld, or cut short before it was complete."""
    return answer.status == "unusable" or not answer.text.strip() or unfinished(answer)


def without_asking(instrument: Instrument, subject: Subject) -> Score | None:
    """The score of an answer that no judge needs to see; None where one does.

    A failed request stays missing. An answer that is empty, withheld or cut short is the model's own outcome and gets
    what the instrument declares for silence.
    """
    answer = subject.answer
    if answer.status == "request_failed":
        return row(instrument, answer, status="request_failed", explanation=answer.failure)
    if says_nothing(answer):
        values = {v.name: v.silent for v in instrument.values}
        why = answer.detail or (CUT_SHORT if unfinished(answer) else "empty")
        return row(instrument, answer, status="unusable", values=values, explanation=why)
    return None
