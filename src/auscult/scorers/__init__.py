"""Answers → scores: one file a scorer. A scorer says what it read from one answer, and never guesses.

Each module of this room has ``SCORER``, built with ``Scorer(...)``. A published rule stands under its system's name
(``llava-med-closed``), beside the sound one (``closed``).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from auscult.facts.cut_short import CUT_SHORT, finished, unfinished
from auscult.facts.reply import finals, plain
from auscult.records import SHARE_OF, Answer, AnswerType, Item, Score, ScoreStatus, score_id
from auscult.registry import Room

ROOM = Room("auscult.scorers.rules", "scorer", "auscult.scorers", needs="SCORER")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a scorer read from the text of an answer.

    ``values`` hold 0–1 figures, higher is better unless the scorer says otherwise. An answer that takes no position
    (refused, no language, no option) has status ``unusable`` and its primary value 0; one that may take a position that
    the scorer cannot tell has status ``unread`` and no values; a hedge is a reading: ``ok``, parsed ``unclear``.
    """

    values: dict[str, float] = field(default_factory=dict)
    parsed: str = ""
    status: ScoreStatus = "ok"
    explanation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorer:
    """A named, versioned rule.

    Attributes:
        name: as in tables and on the command line.
        version: changes when any score can change.
        answer_types: the items it applies to.
        primary: the value that stands for it in headline tables.
        also: other values that stand beside it there.
        lower_is_better: values that are better when lower.
        premise: whether it reads how an open answer takes a premise. Only such a scorer scores an open item that has
            one: word overlap with the truth says nothing of what was denied.
        rule: item and text of the answer → verdict. It never sees a failed request.
        published: the system whose rule it reproduces, or empty for a sound one.
        counts_unusable: whether the published rule scores empty texts too (they come to it as "").
        source: citation.
    """

    name: str
    version: str
    answer_types: frozenset[AnswerType]
    primary: str
    rule: Callable[[Item, str], Verdict]
    published: str = ""
    counts_unusable: bool = False
    source: str = ""
    also: tuple[str, ...] = ()
    lower_is_better: frozenset[str] = frozenset()
    premise: bool = False

    def applies(self, item: Item) -> bool:
        """Whether this scorer scores that item; without a reference nothing can be right or wrong."""
        return bool(item.reference) and item.answer_type in self.answer_types and self.premise == bears_premise(item)

    def silence(self, item: Item) -> dict[str, float]:
        """Values, beside its primary 0, of an answer that says nothing, where silence is worth something.

        Names that end in ``records.SHARE_OF`` hold for every answer to that item, a failed request too.
        """
        return {}


PREMISE_FORMS = ("polar", "tag", "presupposition")


def bears_premise(item: Item) -> bool:
    """Whether an open item confirms or presupposes something; a neutral twin does not."""
    return item.answer_type == "open" and bool(item.premise) and item.premise_form in PREMISE_FORMS


def score(scorer: Scorer, item: Item, answer: Answer) -> Score:
    """Scores one answer; a failed request stays missing, an empty answer is the model's own outcome."""
    if answer.status == "request_failed":
        known = {name: v for name, v in scorer.silence(item).items() if name.endswith(SHARE_OF)}
        verdict = Verdict(values=known, status="request_failed", explanation=answer.failure)
    elif answer.status == "unusable" and not scorer.counts_unusable:
        said_nothing = CUT_SHORT if unfinished(answer) else "empty"
        parsed = "refused" if answer.finish == "content_filter" else said_nothing
        verdict = _silent(scorer, item, parsed, answer.detail or parsed)
    else:
        verdict = scorer.rule(item, answer.text)
        if unfinished(answer) and not scorer.published and not _complete(scorer, item, answer.text, verdict):
            verdict = _silent(scorer, item, CUT_SHORT, "the reply was cut off before an answer was complete")
    return Score(
        id=score_id(answer.id, scorer.name, scorer.version, 0),
        answer_id=answer.id,
        item_id=answer.item_id,
        case_id=answer.case_id,
        scorer=scorer.name,
        version=scorer.version,
        condition=answer.condition,
        repeat=answer.repeat,
        status=verdict.status,
        parsed=verdict.parsed,
        values=verdict.values,
        explanation=verdict.explanation,
    )


def _silent(scorer: Scorer, item: Item, parsed: str, why: str) -> Verdict:
    """An answer that takes no position."""
    values = {scorer.primary: 0.0, **scorer.silence(item)}
    return Verdict(values=values, status="unusable", parsed=parsed, explanation=why)


def _complete(scorer: Scorer, item: Item, text: str, verdict: Verdict) -> bool:
    """Whether a reply that stops in a sentence had answered before.

    So do a refusal, an option or decision that was announced ("Answer: B"), and whatever reads the same without the
    sentence that was cut. A number at the cut may have gone on.
    """
    if verdict.status != "ok":
        return verdict.parsed == "refused"
    if item.answer_type in ("yes_no", "choice") and finals(plain(text)):
        return True
    before = scorer.rule(item, finished(text))
    return (before.status, before.parsed, before.values) == ("ok", verdict.parsed, verdict.values)


def scorers_for(answer_types: set[AnswerType]) -> list[Scorer]:
    """All scorers that apply to any of these answer types, sound ones first."""
    found = [ROOM.get(name).SCORER for name in ROOM.names()]
    return sorted((s for s in found if s.answer_types & answer_types), key=lambda s: (bool(s.published), s.name))
