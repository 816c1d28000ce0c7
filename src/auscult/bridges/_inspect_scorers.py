"""Our sound scorers as Inspect's: the same rule reads the answer, and every figure has its interval by image.

An unusable answer (empty, refused, no language) is the model's own outcome: it scores 0 and says why. A failed request
and an answer that could not be read are missing data: they are unscored. Inspect counts these, and takes them away
before any figure is made: there alone the limits do not hold their worst and best case.
"""

from collections.abc import Callable
from itertools import groupby
from typing import Any

import inspect_ai.scorer as inspect
import numpy as np
from inspect_ai.model import ModelOutput
from inspect_ai.scorer import SampleScore, Target, Value
from inspect_ai.solver import TaskState
from pydantic import TypeAdapter

from auscult import scorers as scoring
from auscult import statistics
from auscult.protocols import Asking, Question, create
from auscult.records import AT_MOST, SHARE_OF, Answer, Estimate, Item, Reply, Score
from auscult.records import Value as Measured
from auscult.scorers import Scorer, rules_for
from auscult.statistics.partial import partial_mean

_ITEM = TypeAdapter(Item)
_DIRECT = create("direct").name
RULES = {rule.instrument.name: rule for rule in rules_for() if not rule.instrument.published}
FINISH = {"max_tokens": "length", "model_length": "length"}
"""Inspect's words for how a reply ended, where ours are others."""


def reason(score: Score) -> str | None:
    """Inspect's word for why a score is no ordinary one; None where it is."""
    if score.status == "unusable":
        return {"refused": "refusal", "": "no_response", "empty": "no_response"}.get(
            score.parsed, "invalid_response_format"
        )
    missing = {"request_failed": "request_failed", "judge_unusable": "grader_failed", "unread": "unread"}
    return missing.get(score.status)


def as_inspect(score: Score, value: Value) -> inspect.Score:
    """A score in Inspect's form; one that is missing has no value there, and what was measured is in its metadata."""
    about = {"scorer": f"{score.scorer}@{score.version}", "status": score.status, "values": score.values}
    missing = score.status in ("request_failed", "judge_unusable", "unread")
    return inspect.Score(
        value=float("nan") if missing else value,
        answer=score.parsed or None,
        explanation=score.explanation or None,
        reason=reason(score),
        metadata=about,
    )


def _answer(item: Item, output: ModelOutput) -> Answer:
    """What a model's output is under our laws; a request that failed has left no output at all."""
    if output.empty:
        reply = Reply(failure="the request failed; see the error of the sample")
    else:
        finish = FINISH.get(output.stop_reason, str(output.stop_reason))
        reply = Reply(text=output.completion, finish=finish, detail=output.error or "")
    return Asking(model=output.model, protocol=_DIRECT).answer(Question(item=item), reply)


@inspect.metric(scores="unreduced")
def figures(scorer: str) -> inspect.Metric:
    """Every figure of a scorer with its limits; each kind of item and type of answer has its own, as in our reports.

    The interval is by image (or patient, where the item set knows them), certified on simulated data: Inspect's own
    ``stderr`` and ``ci`` take questions about one image as independent unless told otherwise.

    Args:
        scorer: name of one of our scorers.
    """
    instrument = RULES[scorer].instrument

    def compute(scores: list[SampleScore]) -> Value:
        if not scores:
            return {instrument.primary.title: float("nan")}
        found: dict[str, float] = {}
        ordered = sorted(scores, key=_task)
        tasks = {task: list(group) for task, group in groupby(ordered, key=_task)}
        kinds, types = {kind for kind, _ in tasks}, {answer_type for _, answer_type in tasks}
        for (kind, answer_type), group in tasks.items():
            prefix = f"{kind} " * (len(kinds) > 1) + f"{answer_type} " * (len(types) > 1)
            for value in instrument.shown:
                found |= {prefix + name: number for name, number in _estimated(group, value).items()}
            unusable = np.mean([_about(s)["status"] == "unusable" for s in group])
            found[f"{prefix}unusable"] = float(unusable)
        return dict(found)

    return compute


def _about(score: SampleScore) -> dict[str, Any]:
    return score.score.metadata or {}


def _task(score: SampleScore) -> tuple[str, str]:
    about = score.sample_metadata or {}
    return str(about["kind"]), str(about["answer_type"])


def _estimated(group: list[SampleScore], of: Measured) -> dict[str, float]:
    """A figure and its limits; no limits where none can be given."""
    given = [_about(s)["values"] for s in group]
    clusters = [str((s.sample_metadata or {})["group"]) for s in group]
    unusable = np.array([_about(s)["status"] == "unusable" for s in group])
    if any({of.name + AT_MOST, of.name + SHARE_OF} & set(values) for values in given):
        least = [values.get(of.name, 0.0) for values in given]
        most = [values.get(of.name + AT_MOST, value) for values, value in zip(given, least, strict=True)]
        weights = [values.get(of.name + SHARE_OF, 1.0) for values in given]
        found = partial_mean(
            least,
            most,
            clusters,
            name=of.name,
            weights=(weights, weights),
            unusable=unusable,
            higher_is_better=of.higher_is_better,
        )
    else:
        kept = np.flatnonzero(~unusable) if of.silence == "best" else range(len(group))
        found = statistics.mean(
            [given[k].get(of.name, of.worst) for k in kept],
            [clusters[k] for k in kept],
            name=of.name,
            higher_is_better=of.higher_is_better,
        )
    return named(of.title if of.higher_is_better else f"{of.title} (lower is better)", found)


def named(name: str, found: Estimate) -> dict[str, float]:
    """A figure and its limits as numbers with names of their own; its ends where there is no value."""
    least, most = found.span or (None, None)
    ends = {"": found.value, " at least": least, " at most": most, " low": found.low, " high": found.high}
    return {name + end: value for end, value in ends.items() if value is not None}


def _bridge(rule: Scorer) -> Callable[[], inspect.Scorer]:
    of = rule.instrument

    @inspect.scorer(metrics=[figures(of.name)], name=of.name, version=of.version)
    def make() -> inspect.Scorer:
        async def read(state: TaskState, target: Target) -> inspect.Score | None:
            item = _ITEM.validate_python(state.metadata["item"])
            if not rule.applies(item):
                return None
            score = scoring.score(rule, item, _answer(item, state.output))
            return as_inspect(score, score.values.get(of.primary.name, 0.0))

        return read

    return make


SCORERS = {name: _bridge(rule) for name, rule in RULES.items()}
"""Name → factory of the Inspect scorer, which is registered as ``auscult/NAME``."""
