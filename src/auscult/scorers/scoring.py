"""How a rule over the text of an answer scores it: failures stay missing, silence is the model's own, and a cut tells.

A rule never sees a failed request. A sound one never sees an empty answer either; a published one does where its
program did.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from numbers import Real
from typing import Any, get_args

from auscult.errors import PartFailed, UserError
from auscult.facts.cut_short import CUT_SHORT, finished, unfinished
from auscult.facts.reply import finals, plain
from auscult.records import SHARE_OF, Answer, Instrument, Item, Score, ScoreStatus, Value, score_id

STATUSES = get_args(ScoreStatus)
ACCURACY = Value(name="correct", label="accuracy")
SAYS_YES = Value(name="says_yes", estimator="none", headline=False)
UNCLEAR = Value(name="unclear", higher_is_better=False, estimator="none", headline=False)
"""Values of closed answers: right or wrong; whether it is a yes; whether it hedges."""

NO_POSITION = "no position"
"""What a reader that gives no reason calls an answer that takes none."""
UNREAD = {
    "unread": "what the answer says of the question could not be told",
    "other language": "the answer is not in English",
    "too long": "the answer is too long to be read",
}
"""Answers that may take a position, which could not be read."""
SILENT = {
    "refused": "the answer declines to answer",
    "empty": "nothing was said",
    CUT_SHORT: "the answer ends while the model was still thinking",
    "no language": "what was said is no language",
    NO_POSITION: "the answer takes no position",
}
"""Answers that take no position."""
BY_LANGUAGE = {"english": "unread", "other": "other language", "none": "no language"}
"""What an answer is in which nothing was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a scorer read from the text of an answer.

    ``values`` are those that its instrument declares. An answer that takes no position (refused, no language, no
    option) has status ``unusable`` and its primary value 0; one that may take a position that the scorer cannot tell
    has status ``unread`` and no values; a hedge is a reading: ``ok``, parsed ``unclear``.
    """

    values: Mapping[str, float] = field(default_factory=dict)
    parsed: str = ""
    status: ScoreStatus = "ok"
    explanation: str = ""


def unread(why: str, values: Mapping[str, float] | None = None) -> Verdict:
    """The verdict on an answer that could not be read; ``why``: a key of ``UNREAD``, or a sentence."""
    return Verdict(status="unread", parsed="unread", values=values or {}, explanation=UNREAD.get(why, why))


def silence(parsed: str, values: Mapping[str, float], why: str = "") -> Verdict:
    """The verdict on an answer that takes no position; ``why``: a sentence, where ``SILENT`` has none for it."""
    return Verdict(status="unusable", parsed=parsed, values=values, explanation=why or SILENT[parsed])


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorer:
    """A rule, and what it is.

    Attributes:
        instrument: name, version, values, and what it applies to. Only one of the kind ``premise`` scores an open item
            that has a premise: word overlap with the truth says nothing of what was denied.
        rule: item and text of the answer → verdict.
        measures: whether it can measure an answer to an item that it applies to: against a reference without a word
            nothing can be counted.
        silent: values, beside its primary 0, of an answer to an item that says nothing, where silence is worth
            something. Names that end in ``records.SHARE_OF`` hold for every answer to that item, a failed request too.
        follows: what follows from a reading that somebody else gives of an answer: yes, no, an option, a number in the
            item's unit, unclear, or no position. A rule without it is read by nobody else.
        counts_unusable: whether a published rule scores empty texts too (they come to it as "").
    """

    instrument: Instrument
    rule: Callable[[Item, str], Verdict]
    measures: Callable[[Item], bool] = lambda item: True
    silent: Callable[[Item], Mapping[str, float]] = lambda item: {}
    follows: Callable[[Item, str], Verdict] | None = None
    counts_unusable: bool = False

    def applies(self, item: Item) -> bool:
        """Whether this scorer scores that item; without a reference nothing can be right or wrong."""
        i = self.instrument
        applies = bool(item.reference) and item.answer_type in i.answer_types
        return applies and (i.kind == "premise") == bears_premise(item) and self.measures(item)


PREMISE_FORMS = ("polar", "tag", "presupposition")


def bears_premise(item: Item) -> bool:
    """Whether an open item confirms or presupposes something; a neutral twin does not."""
    return item.answer_type == "open" and bool(item.premise) and item.premise_form in PREMISE_FORMS


def row(instrument: Instrument, answer: Answer, **what: Any) -> Score:
    """The row of scores of an answer; ``what``: status, parsed, values, explanation."""
    name, version = instrument.name, instrument.version
    return Score(
        id=score_id(answer.id, name, version, 0),
        answer_id=answer.id,
        item_id=answer.item_id,
        case_id=answer.case_id,
        scorer=name,
        version=version,
        condition=answer.condition,
        repeat=answer.repeat,
        **what,
    )


def score(scorer: Scorer, item: Item, answer: Answer) -> Score:
    """Scores one answer; a failed request stays missing, an empty answer is the model's own outcome.

    Raises:
        PartFailed: the scorer fails, or gives something else than a verdict that fits a row.
    """
    try:
        made = _score(scorer, item, answer)
        why = misfit(made)
    except UserError:
        raise
    except Exception as error:  # whatever a scorer of another package does wrong is not ours to show
        raise PartFailed(f"scorer {scorer.instrument.name}", f"question '{item.source_id}'", error) from error
    if why:
        raise PartFailed(f"scorer {scorer.instrument.name}", f"question '{item.source_id}'", why)
    return made


def misfit(score: Score) -> str:
    """What of a score no table can hold, in words; empty where all of it fits."""
    if score.status not in STATUSES:
        return f"it gave the status {score.status!r:.40}; known: {', '.join(STATUSES)}"
    for name, value in score.values.items():
        if not isinstance(name, str) or isinstance(value, bool) or not isinstance(value, float | Real):
            return f"its value {name!r:.40} is no number but {value!r:.40}"
        if not math.isfinite(value):
            return f"its value {name!r:.40} is {value}"
    if not isinstance(score.parsed, str) or not isinstance(score.explanation, str):
        return "what it parsed or explained is no text"
    return ""


def _score(scorer: Scorer, item: Item, answer: Answer) -> Score:
    if answer.status == "request_failed":
        known = {name: v for name, v in scorer.silent(item).items() if name.endswith(SHARE_OF)}
        verdict = Verdict(values=known, status="request_failed", explanation=answer.failure)
    elif answer.status == "unusable" and not scorer.counts_unusable:
        said_nothing = CUT_SHORT if unfinished(answer) else "empty"
        parsed = "refused" if answer.finish == "content_filter" else said_nothing
        verdict = _silence(scorer, item, parsed, answer.detail or parsed)
    else:
        verdict = scorer.rule(item, answer.text)
        if not isinstance(verdict, Verdict):
            raise TypeError(f"it gave {type(verdict).__name__} and not a Verdict")
        own = scorer.instrument.published
        if unfinished(answer) and not own and not _complete(scorer, item, answer.text, verdict):
            verdict = _silence(scorer, item, CUT_SHORT, "the reply was cut off before an answer was complete")
    return row(
        scorer.instrument,
        answer,
        status=verdict.status,
        parsed=verdict.parsed,
        values=dict(verdict.values),
        explanation=verdict.explanation,
    )


def _silence(scorer: Scorer, item: Item, parsed: str, why: str) -> Verdict:
    return silence(parsed, {scorer.instrument.primary.name: 0.0, **scorer.silent(item)}, why)


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
