"""Answers and figures of a run in the words of an Inspect log."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any

from inspect_ai.event import ModelEvent
from inspect_ai.log import (
    EvalConfig,
    EvalDataset,
    EvalError,
    EvalLog,
    EvalMetric,
    EvalResults,
    EvalSample,
    EvalScore,
    EvalSpec,
    EvalStats,
)
from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageUser,
    Content,
    ContentImage,
    ContentText,
    GenerateConfig,
    ModelOutput,
    ModelUsage,
    StopReason,
)
from inspect_ai.scorer import Value

from auscult.analysis.summary import Figure
from auscult.bridges._inspect_scorers import as_inspect, named
from auscult.bridges.inspect_log import Run
from auscult.items.item_set import ItemSet
from auscult.protocols.direct import question_text
from auscult.records import Answer, Case, Estimate, ImageFile, Item, Score, digest
from auscult.runs.instruments import instruments_of

Pictures = tuple[ItemSet, dict[str, ImageFile]]
SIDES = {"with": "", "without": ", without the image", "wrong": ", with another case's image"}
ABOUT = ("n", "clusters", "unit", "method", "missing", "unread", "unusable", "note", "withheld")
"""What a log notes of an estimate beside its value and limits."""
STOPS: dict[str, StopReason] = {"stop": "stop", "length": "max_tokens", "content_filter": "content_filter"}


def log_of(run: Run, pictures: Pictures | None) -> EvalLog:
    """The log of a run under its condition.

    Args:
        run: the run.
        pictures: its item set, and the images by their hash; None to leave images out.
    """
    shown = Shown(run)
    samples = [_sample(run, shown, item, answer, _contents(answer, pictures)) for item, answer in run.answers()]
    repeats = max(s.epoch for s in samples)
    failed = sum(s.error is not None for s in samples)
    return EvalLog(
        status="success",
        eval=_spec(run, sorted({str(s.id) for s in samples}), repeats),
        results=EvalResults(
            total_samples=len(samples),
            completed_samples=len(samples) - failed,
            scores=_figures(run, shown),
        ),
        stats=EvalStats(
            started_at=run.manifest["created"],
            completed_at=run.manifest["created"],  # no run notes its end; without one the viewer shows "NaN days"
            model_usage={run.manifest["model"]["spec"]: _sum(s.output.usage for s in samples)},
        ),
        samples=samples,
    )


class Shown:
    """What stands for each scorer in a log: its name there, and which of its values are shown.

    Other values stand in the metadata of the score.
    """

    def __init__(self, run: Run) -> None:
        self._values = {i.id: tuple(v.name for v in i.shown) for i in instruments_of(run.manifest)}
        used = {f"{s.scorer}@{s.version}" for scores in run.scores.values() for s in scores}
        self._several = {name for name, n in Counter(u.partition("@")[0] for u in used).items() if n > 1}
        self.used = used

    def name(self, scorer: str) -> str:
        """The name of ``scorer@version`` in the log: without its version, unless two versions scored this run."""
        name = scorer.partition("@")[0]
        return scorer if name in self._several else name

    def value(self, score: Score) -> Value:
        """One number, or several by name; a value that was not given is None."""
        names = self._values.get(f"{score.scorer}@{score.version}") or tuple(score.values)
        values = {name: score.values.get(name) for name in names}
        if score.status == "unusable" and names and values[names[0]] is None:
            values[names[0]] = 0.0
        first = values[names[0]] if len(names) == 1 else None
        return first if first is not None else values


def _contents(answer: Answer, pictures: Pictures | None) -> list[Content]:
    if pictures is None:
        return []
    opened, by_hash = pictures
    return [ContentImage(image=_data_url(opened, by_hash[sha256])) for sha256 in answer.shown]


@lru_cache(maxsize=4)
def _data_url(opened: ItemSet, image: ImageFile) -> str:
    """Questions about one image follow each other, so that few images are held."""
    return opened.load_image(image).data_url


def _sample(run: Run, shown: Shown, item: Item, answer: Answer, images: list[Content]) -> EvalSample:
    question = ChatMessageUser(content=[*images, ContentText(text=question_text(item))])
    messages: list[ChatMessage] = [question]
    model = run.manifest["model"]["spec"]
    output, error = ModelOutput(model=model), None
    if answer.status == "request_failed":
        said = ": ".join(filter(None, (answer.failure, answer.detail)))
        error = EvalError(message=f"request failed: {said}", traceback="", traceback_ansi="")
    else:
        reply = ChatMessageAssistant(content=answer.text, model=model, source="generate")
        messages.append(reply)
        output = ModelOutput(
            model=model,
            choices=[ChatCompletionChoice(message=reply, stop_reason=STOPS.get(answer.finish, "unknown"))],
            usage=_usage(answer.tokens_in, answer.tokens_out),
            time=answer.seconds,
        )
    asked = ModelEvent(
        model=model,
        input=[question],
        tools=[],
        tool_choice="none",
        config=GenerateConfig(),
        output=output,
        error=error.message if error else None,
        timestamp=datetime.fromisoformat(run.manifest["created"]),
        working_start=0.0,
        working_time=answer.seconds,
    )
    return EvalSample(
        id=item.id,
        epoch=answer.repeat + 1,
        input=[question],
        choices=list(item.options) or None,
        target=item.reference,
        messages=messages,
        output=output,
        scores={
            shown.name(f"{s.scorer}@{s.version}"): as_inspect(s, shown.value(s)) for s in run.scores.get(answer.id, ())
        },
        metadata=_about(item, run.cases[item.case_id], answer),
        events=[asked],  # what the viewer shows first of a sample
        error=error,
        model_usage={model: output.usage} if output.usage else {},
        total_time=answer.seconds,
        uuid=answer.id,
    )


def _usage(tokens_in: int, tokens_out: int) -> ModelUsage:
    return ModelUsage(input_tokens=tokens_in, output_tokens=tokens_out, total_tokens=tokens_in + tokens_out)


def _sum(usages: Iterable[ModelUsage | None]) -> ModelUsage:
    found = [u for u in usages if u]
    return _usage(sum(u.input_tokens for u in found), sum(u.output_tokens for u in found))


def _about(item: Item, case: Case, answer: Answer) -> dict[str, Any]:
    about = {
        "source_id": item.source_id,
        "case_id": case.id,
        "source": case.source,
        "source_key": case.source_key,
        "group": case.group or case.id,
        "group_kind": case.group_kind,
        "images": [image.path for image in case.images],
        "condition": answer.condition,
        "protocol": answer.protocol,
        "answer_id": answer.id,
        "model": answer.model,
        "status": answer.status,
        "detail": answer.detail,
        "attempts": answer.attempts,
        "answer_type": item.answer_type,
        "kind": item.kind,
        "category": item.category,
        "premise": item.premise,
        "target": item.target,
        "tags": {**case.tags, **item.tags},
    }
    return {name: value for name, value in about.items() if value not in ("", [], {})}


def _figures(run: Run, shown: Shown) -> list[EvalScore]:
    """The figures of the report; one line a scorer, kind of item and type of answer."""
    found: dict[tuple[str, str], list[tuple[Figure, Estimate]]] = defaultdict(list)
    given = [(figure, estimate) for figure, estimate in run.figures() if figure.scorer in shown.used]
    kinds = {figure.kind for figure, _ in given if figure.kind}
    for figure, estimate in given:
        about = " ".join(filter(None, (figure.kind if len(kinds) > 1 else "", figure.answer_type)))
        found[figure.scorer, about].append((figure, estimate))
    lines = Counter(scorer for scorer, _ in found)
    return [
        EvalScore(
            name=shown.name(scorer) + (f" ({about or 'all'})" if lines[scorer] > 1 else ""),
            scorer=shown.name(scorer),
            scored_samples=estimates[0][1].n,
            unscored_samples=estimates[0][1].missing,
            metrics=_metrics(estimates),
            metadata={"scorer": scorer},
        )
        for (scorer, about), estimates in found.items()
    ]


def _metrics(estimates: list[tuple[Figure, Estimate]]) -> dict[str, EvalMetric]:
    metrics: dict[str, EvalMetric] = {}
    for figure, estimate in estimates:
        name = figure.metric if figure.metric not in metrics else f"{figure.metric}, {figure.label}"
        about = {field: getattr(estimate, field) for field in ABOUT}
        for ending, value in named(name, estimate).items():
            metrics[ending] = EvalMetric(name=ending, value=value, metadata=about)
    return metrics


def _spec(run: Run, ids: list[str], repeats: int) -> EvalSpec:
    manifest, summary = run.manifest, run.summary
    settings, reader = manifest["settings"], manifest["items"]["source"].get("reader", "items")
    decoding = settings["decoding"]
    key = digest(settings, run.condition)
    return EvalSpec(
        eval_id=key,
        run_id=digest(settings),
        task_id=key,
        created=manifest["created"],
        task=f"{reader}{SIDES[run.condition]}",
        task_version=manifest["items"]["digest"],
        dataset=EvalDataset(name=reader, samples=len(ids), sample_ids=ids, shuffled=False),
        model=manifest["model"]["spec"],
        model_generate_config=GenerateConfig(
            temperature=decoding["temperature"],
            top_p=decoding["top_p"],
            max_tokens=decoding["max_tokens"],
            seed=decoding["seed"],
            stop_seqs=decoding["stop"] or None,
        ),
        config=EvalConfig(epochs=repeats, log_images=True),
        packages={"auscult": manifest["versions"]["auscult"]},
        metadata={
            "condition": run.condition,
            "split": settings["split"] or "all",
            "protocol": settings["protocol"],
            "items": {"cases": summary.cases, "items": summary.items, "clusters": summary.clusters, "of": summary.unit},
            "canary": f"{summary.canary.status}: {summary.canary.detail}".strip(": "),
            "plumbing_only": summary.plumbing_only,
            "warnings": list(summary.warnings),
            "limits": list(summary.limits),
            "command": manifest.get("command", ""),
        },
    )
