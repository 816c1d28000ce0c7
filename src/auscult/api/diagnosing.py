"""``diagnose``: a model, an item set with gold traces and a judge in, a diagnosis out."""

from pathlib import Path
from typing import Any

from auscult.api.options import called, filled, path_of
from auscult.diagnosis.examination import Examination
from auscult.diagnosis.settings import DiagnosisSettings
from auscult.engine.progress import progress
from auscult.engine.session import Show
from auscult.errors import UserError
from auscult.items.item_set import ItemSet
from auscult.models import ModelOptions
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
        show: how progress is shown.
        **more: single fields of ``DiagnosisSettings`` and ``ModelOptions``: ``arms="default,resample"``, ``limit=20``.

    Returns:
        The folder.

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
    examination.run(out, show, called("diagnose", folder, model, out, judge=judge, text_model=text_model, **more))
    return out
