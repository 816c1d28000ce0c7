"""``tune``, from Python."""

from pathlib import Path
from typing import Any

from auscult.api.options import called, filled, path_of
from auscult.engine.progress import progress
from auscult.engine.session import Show
from auscult.errors import UserError, need
from auscult.items.item_set import ItemSet
from auscult.models import ModelOptions
from auscult.models.adapters import Adapter, read_adapter
from auscult.tuning.options import TuningOptions


def tune(
    items: ItemSet | Path | str,
    model: str,
    out: Path | str,
    options: TuningOptions | None = None,
    model_options: ModelOptions | None = None,
    *,
    show: Show = progress,
    **more: Any,
) -> Adapter:
    """Tunes a model on an item set by LoRA; the same call goes on where an earlier one stopped.

    Items are put as ``evaluate`` puts them; loss is on the right answers alone, or with ``learn="trace"`` on their gold
    traces; what sees stays as it is, but for ``adapt="language,vision"``. Whether it helped, an evaluation of
    ``local:OUT`` beside one of the base says.

    Args:
        items: the item set, or its folder.
        model: ``local:FOLDER``, or ``phantom``.
        out: folder of the adapter.
        options: how it is tuned.
        model_options: device, number format.
        show: how progress is shown.
        **more: single fields of both: ``epochs=1``, ``rank=8``, ``device="cuda"``.

    Returns:
        The adapter, with its card.

    Raises:
        MissingExtra: a package is not installed.
        UserError: bad input, a loss that is no number, too little memory; what was learnt is kept.
    """
    if not isinstance(model, str):
        raise UserError(f"a model is named by a text, KIND:REST, not by {model!r}")
    options, model_options = filled(options or TuningOptions(), model_options or ModelOptions(), given=more)
    folder = items.folder if isinstance(items, ItemSet) else path_of(items, "an item set")
    out = path_of(out, "a folder for the adapter")
    tuned(folder, model, out, options, model_options, show, called("tune", folder, model, out, **more).command)
    return read_adapter(out)


def tuned(
    items: Path,
    model: str,
    out: Path,
    options: TuningOptions,
    model_options: ModelOptions,
    show: Show = progress,
    command: str = "",
) -> dict[str, str]:
    """Tunes, and returns what it came to, in words; nothing where another process says it.

    Raises:
        MissingExtra: a package is not installed.
        UserError: as ``tune``.
    """
    need("tune", "tune", "peft", "torch")
    from auscult.tuning.making import Tuning, next_line, outcome_lines

    tuning = Tuning(items, model, options, model_options)
    card = tuning.run(out, show, command)
    return {**outcome_lines(card), "next": next_line(card, items, out)} if tuning.processes.first else {}
