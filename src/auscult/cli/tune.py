"""``auscult tune``: an item set and a model in, a LoRA adapter out."""

from pathlib import Path
from typing import Annotated

import typer

from auscult.cli.options import Group
from auscult.errors import Stopped
from auscult.models import ModelOptions
from auscult.printing import give
from auscult.runs.folder import Typed
from auscult.tuning.options import TuningOptions

CHECKPOINT, CONFIG = "checkpoint.pt", "adapter_config.json"
"""What a tuning goes on from, and what it ends with (``auscult.tuning``, which needs torch to be asked)."""
NOT_TOLD = frozenset({"ModelOptions.columns", "ModelOptions.key_env", "ModelOptions.margins", "ModelOptions.train"})


def tune(
    items: Annotated[Path, typer.Argument(help="Folder of the item set.")],
    model: Annotated[str, typer.Option(help="What is tuned: local:FOLDER, or phantom.")],
    out: Annotated[Path, typer.Option(help="Folder of the adapter; the same command goes on in it.")],
    options: Annotated[TuningOptions, Group("Tuning")],
    model_options: Annotated[ModelOptions, Group("Model", without=NOT_TOLD)],
    typed: Typed,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="The path alone.")] = False,
) -> None:
    """Tune a model on an item set by LoRA.

    Questions are put as evaluate puts them; loss is on the right answers alone, or, with --learn trace, on gold traces
    of three stages and their answers, as diagnose asks for them. What sees stays as it is, unless --adapt names it. All
    pairs of an image are learnt from in one sequence, so that the image is paid for once; losses and gradients are
    those of the pairs apart. A tuning that was stopped goes on from its last checkpoint, and comes to the same adapter.

    The adapter is one of peft. Its card names its base, the settings with their sources, and the images that it learnt
    from, which an evaluation then leaves out. Whether it helped: evaluate both, and compare.

    [bold]Examples[/bold]

    auscult tune items --model local:models/llava-med --device cuda --out adapter

    auscult evaluate items --model local:adapter --split test --out run-after

    accelerate launch --num_processes 4 -m auscult tune items --model local:models/my-vlm --out adapter

    auscult tune items --model local:models/llava-med --learn trace --stage-weights 1,0,1,1 --out adapter

    auscult compare run-before run-after
    """
    from auscult.api.tuned import tuned
    from auscult.printing import tell

    try:
        outcome = tuned(items, model, out, options, model_options, command=typed.command)
    except KeyboardInterrupt:
        if any((out / name).exists() for name in (CHECKPOINT, CONFIG)):
            raise
        raise Stopped(f"{out}: stopped before the first checkpoint; the same command begins anew") from None
    if not outcome:
        return
    if not quiet:
        tell(*(f"{name}: {what}" for name, what in outcome.items()))
    give(out)
