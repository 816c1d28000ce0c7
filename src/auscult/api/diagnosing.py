"""``diagnose``: a model, an item set with gold traces and a judge in, a diagnosis out."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from auscult.api.options import called, filled, path_of
from auscult.diagnosis.examination import Examination
from auscult.diagnosis.settings import DiagnosisSettings
from auscult.diagnosis.writing import NOTHING, Given, write_figures
from auscult.engine.progress import progress
from auscult.engine.session import Show
from auscult.errors import UserError
from auscult.items.item_set import ItemSet
from auscult.models import ModelOptions
from auscult.reports.diagnosis.outputs import write_outputs
from auscult.reports.screen import Ending
from auscult.runs.folder import UNTYPED, Typed
from auscult.runs.judging_options import JudgingOptions


def diagnose(
    items: ItemSet | Path | str,
    model: str | Path,
    out: Path | str,
    settings: DiagnosisSettings | None = None,
    options: ModelOptions | None = None,
    *,
    judge: str = "facts",
    judging: JudgingOptions | None = None,
    text_model: str = "",
    stage_labels: Path | str | None = None,
    judge_certificates: Sequence[Path | str] = (),
    show: Show = progress,
    **more: Any,
) -> Path:
    """Finds out at which stage a model fails; the same call goes on where an earlier one stopped.

    Args:
        items: an item set whose items have gold traces, or its folder.
        model: who answers in stages, ``KIND:REST``; or the ``Path`` of recorded traces.
        out: folder of the diagnosis.
        settings: which interventions, and how they are asked for.
        options: what the model needs beside its name.
        judge: who judges the stages: ``facts``, the fact checker, or a model.
        judging: what the judge needs beside its name.
        text_model: who answers the arms without an image; empty: the model itself.
        stage_labels: CSV item,stage,hallucinated: what people said of stages that the model wrote.
        judge_certificates: files of ``auscult calibrate stage``: rates are freed of the judge's measured error.
        show: how progress is shown.
        **more: single fields of ``DiagnosisSettings`` and ``ModelOptions``: ``arms="default,resample"``, ``limit=20``.

    Returns:
        The folder, with ``diagnosis.html``, ``diagnosis.json``, ``diagnosis.csv`` and ``diagnosis-items.csv``.

    Raises:
        UserError: bad input, or a model or judge that does not answer.
        BudgetReached: a budget is used up; the same call with a larger one goes on.
    """
    if not isinstance(model, str | Path):
        raise UserError(f"a model is named by a text, KIND:REST, and recorded traces by a Path, not by {model!r}")
    settings, options = filled(settings or DiagnosisSettings(), options or ModelOptions(), given=more)
    folder = items.folder if isinstance(items, ItemSet) else path_of(items, "an item set")
    out = path_of(out, "the folder of a diagnosis")
    examination = Examination(folder, model, judge, settings, options, judging, text_model)
    labels = path_of(stage_labels, "a table of labels") if stage_labels else None
    known = Given(labels, tuple(path_of(file, "a certificate") for file in judge_certificates))
    typed = called("diagnose", folder, model, out, judge=judge, text_model=text_model, **more)
    finish_diagnosis(examination, out, known, show, typed)
    return out


def finish_diagnosis(
    examination: Examination, out: Path, known: Given = NOTHING, show: Show = progress, typed: Typed = UNTYPED
) -> Ending:
    """Runs a diagnosis to its end, makes its figures, its page and its CSV files, and says where they lie.

    Args:
        examination: who is asked what.
        out: folder of the diagnosis.
        known: what the user knows of its stages and of their judge.
        show: how progress is shown.
        typed: what the user typed, for the manifest.

    Raises:
        UserError: bad input, or a model or judge that does not answer.
        BudgetReached: a budget is used up; the same call with a larger one goes on.
    """
    known.check()
    examination.run(out, show, typed)
    write_figures(out, known)
    return write_outputs(out)
