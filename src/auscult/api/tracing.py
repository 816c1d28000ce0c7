"""``trace``: an item set and a model in, the item set with gold traces out."""

from pathlib import Path
from typing import Any

from auscult.api.options import filled, path_of
from auscult.diagnosis.gold.settings import TracingSettings
from auscult.diagnosis.gold.tracing import Tracing
from auscult.engine.progress import progress
from auscult.engine.session import Show
from auscult.items.item_set import ItemSet
from auscult.models import ModelOptions
from auscult.runs.judging_options import JudgingOptions


def trace(
    items: ItemSet | Path | str,
    model: str,
    out: Path | str,
    settings: TracingSettings | None = None,
    options: ModelOptions | None = None,
    *,
    judge: str = "facts",
    judging: JudgingOptions | None = None,
    overwrite: bool = False,
    show: Show = progress,
    **more: Any,
) -> ItemSet:
    """Has a model write gold traces and keeps those that pass every check; the same call goes on where one stopped.

    Args:
        items: an item set, or its folder.
        model: who writes the traces, ``KIND:REST``.
        out: folder of the item set with traces. What was asked and answered is kept beside it, in ``OUT.traces``.
        settings: how it is asked.
        options: what the model needs beside its name.
        judge: who judges the answers: ``facts``, rules alone, or a model.
        judging: what the judge needs beside its name.
        overwrite: replace another item set that is there.
        show: how progress is shown.
        **more: single fields of ``TracingSettings`` and ``ModelOptions``: ``protocol="clinhallu"``, ``limit=20``.

    Raises:
        UserError: bad input, requests failed, or a model that does not answer.
        BudgetReached: a budget is used up; the same call with a larger one goes on.
    """
    settings, options = filled(settings or TracingSettings(), options or ModelOptions(), given=more)
    folder = items.folder if isinstance(items, ItemSet) else path_of(items, "an item set")
    tracing = Tracing(folder, model, judge, settings, options, judging)
    return tracing.run(path_of(out, "an item set"), overwrite=overwrite, show=show)
