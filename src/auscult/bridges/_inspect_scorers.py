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
from auscult.analysis.figures import Metric
from auscult.analysis.numbers import metrics_of
from auscult.protocols import Asking, Question, create
from auscult.records import AT_MOST, SHARE_OF, Answer, Estimate, Item, Reply, Score
from auscult.scorers import Scorer
from auscult.statistics.partial import partial_mean

_ITEM = TypeAdapter(Item)
_DIRECT = create("direct").name
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


def _metrics(scorer: Scorer, answer_type: str) -> list[Metric]:
    """The figures that our report gives of a scorer, with their names there."""
    if scorer.premise:
        values = (scorer.primary, *scorer.also)
        return [Metric(v.replace("_", " "), v, scorer.name) for v in values]
    return metrics_of(answer_type, [scorer])


@inspect.metric(scores="unreduced")
def figures(scorer: str) -> inspect.Metric:
    """Every figure of a scorer with its limits; each kind of item and type of answer has its own, as in our reports.

    The interval is by image (or patient, where the item set knows them), certified on simulated data: Inspect's own
    ``stderr`` and ``ci`` take questions about one image as independent unless told otherwise.

    Args:
        scorer: name of one of our scorers.
    """
    rule: Scorer = scoring.ROOM.get(scorer).SCORER

    def compute(scores: list[SampleScore]) -> Value:
        if not scores:
            return {_metrics(rule, t)[0].name: float("nan") for t in sorted(rule.answer_types)[:1]}
        found: dict[str, float] = {}
        ordered = sorted(scores, key=_task)
        tasks = {task: list(group) for task, group in groupby(ordered, key=_task)}
        kinds, types = {kind for kind, _ in tasks}, {answer_type for _, answer_type in tasks}
        for (kind, answer_type), group in tasks.items():
            prefix = f"{kind} " * (len(kinds) > 1) + f"{answer_type} " * (len(types) > 1)
            for metric in _metrics(rule, answer_type):
                found |= {prefix + name: value for name, value in _estimated(group, metric).items()}
            unusable = np.mean([_about(s)["status"] == "unusable" for s in group])
            found[f"{prefix}unusable"] = float(unusable)
        return dict(found)

    return compute


def _about(score: SampleScore) -> dict[str, Any]:
    return score.score.metadata or {}


def _task(score: SampleScore) -> tuple[str, str]:
    about = score.sample_metadata or {}
    return str(about["kind"]), str(about["answer_type"])


def _estimated(group: list[SampleScore], metric: Metric) -> dict[str, float]:
    """A figure and its limits; no limits where none can be given."""
    in_part = {metric.value + AT_MOST, metric.value + SHARE_OF}
    if any(in_part & set(_about(s)["values"]) for s in group):
        return _between(group, metric)
    if not metric.higher_is_better:  # who says nothing makes nothing up
        group = [s for s in group if _about(s)["status"] != "unusable"]
    values = [_about(s)["values"].get(metric.value, metric.bounds[0]) for s in group]
    clusters = [str((s.sample_metadata or {})["group"]) for s in group]
    found = statistics.mean(values, clusters, name=metric.name, higher_is_better=metric.higher_is_better)
    return named(metric.name, found)


def _between(group: list[SampleScore], metric: Metric) -> dict[str, float]:
    """A figure that references decide in part: its two ends where there is no value."""
    about = [_about(s) for s in group]
    least = [a["values"].get(metric.value, 0.0) for a in about]
    most = [a["values"].get(metric.value + AT_MOST, v) for a, v in zip(about, least, strict=True)]
    weights = [a["values"].get(metric.value + SHARE_OF, 1.0) for a in about]
    found = partial_mean(
        least,
        most,
        [str((s.sample_metadata or {})["group"]) for s in group],
        name=metric.name,
        weights=(weights, weights),
        unusable=[a["status"] == "unusable" for a in about],
        higher_is_better=metric.higher_is_better,
    )
    return named(metric.name, found)


def named(name: str, found: Estimate) -> dict[str, float]:
    """A figure and its limits as numbers with names of their own; its ends where there is no value."""
    least, most = found.span or (None, None)
    ends = {"": found.value, " at least": least, " at most": most, " low": found.low, " high": found.high}
    return {name + end: value for end, value in ends.items() if value is not None}


def _bridge(rule: Scorer) -> Callable[[], inspect.Scorer]:
    @inspect.scorer(metrics=[figures(rule.name)], name=rule.name, version=rule.version)
    def make() -> inspect.Scorer:
        async def read(state: TaskState, target: Target) -> inspect.Score | None:
            item = _ITEM.validate_python(state.metadata["item"])
            if not rule.applies(item):
                return None
            score = scoring.score(rule, item, _answer(item, state.output))
            return as_inspect(score, score.values.get(rule.primary, 0.0))

        return read

    return make


SCORERS = {s.name: _bridge(s) for s in (scoring.ROOM.get(n).SCORER for n in scoring.ROOM.names()) if not s.published}
"""Name → factory of the Inspect scorer, which is registered as ``auscult/NAME``."""
