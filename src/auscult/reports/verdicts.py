"""The first screen of a run: from its summary to a ``Face``, every question answered or said to be open."""

import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from auscult.analysis.summary import Summary
from auscult.reports import format as say
from auscult.reports.cautions import on_face, stop
from auscult.reports.face import Face
from auscult.reports.limits import Limit, noted_limits, with_limits
from auscult.reports.outcome import outcome
from auscult.reports.questions.findings import findings
from auscult.reports.questions.guessing import guessing
from auscult.reports.questions.harm import harm
from auscult.reports.questions.image import image, not_shown
from auscult.reports.questions.premises import premises
from auscult.reports.questions.probes import probes
from auscult.reports.questions.sure import needed, says_nothing, sure
from auscult.reports.steps import after_stop, steps


def face_of(run: Path, summary: Summary) -> Face:
    """The first screen of a run in its folder, with the limits that it noted when it began."""
    where = shlex.quote(str(run))
    if stop(summary):
        return run_face(summary, run=where)
    noted = noted_limits(run, summary.manifest)
    face = run_face(summary, noted.limits, run=where)
    return replace(face, cautions=(noted.caution, *face.cautions)) if noted.caution else face


def run_face(summary: Summary, limits: Sequence[Limit] = (), *, run: str = "RUN") -> Face:
    """The first screen of a run.

    Args:
        summary: of the run.
        limits: set by the user before the answers were made.
        run: folder of the run, for the commands of what to do next.
    """
    images, questions = say.count(summary.cases, "image"), say.count(summary.items, "question")
    title = f"{_model(summary)} on {images}, {questions}".replace(say.NBSP, " ")
    if why := stop(summary):
        return Face(title=title, about=_about(summary), stop=why, steps=after_stop(summary, run))
    found = [
        findings(summary),
        premises(summary),
        image(summary),
        probes(summary),
        guessing(summary),
        harm(summary),
    ]
    if nothing := says_nothing(summary):
        found[2] = not_shown(nothing)
    answered = with_limits([v for v in found if v is not None], limits)
    more = needed(summary)
    verdicts = (*answered, sure(summary, answered, more))
    said = outcome(summary, verdicts, more)
    return Face(
        title=title,
        about=_about(summary),
        line=said.line,
        action=said.action,
        verdicts=verdicts,
        cautions=on_face(summary),
        steps=steps(summary, answered, more, run),
    )


def _model(summary: Summary) -> str:
    """The model by the name that the user gave it, else by its spec."""
    model = summary.manifest.get("model", {})
    if name := str(model.get("name", "")):
        return name
    return called(str(model.get("spec", "")) or summary.title.split(" on ")[0])


def called(spec: str) -> str:
    """A model by its spec, as short as it can be told from others."""
    kind, _, name = spec.partition(":")
    if kind == "openai":
        return name.split("@")[0]
    last = name.rstrip("/").rsplit("/", 1)[-1]
    return (last.rsplit(".", 1)[0] if kind == "replay" else last) or kind


def _about(summary: Summary) -> str:
    created = str(summary.manifest.get("created", ""))[:10]
    source = summary.manifest.get("items", {}).get("source", {}).get("reader", "")
    parts = [f"Questions from {source}" if source else "", f"asked on {created}" if created else ""]
    return f"{say.upper(', '.join(filter(None, parts)))}." if any(parts) else ""
