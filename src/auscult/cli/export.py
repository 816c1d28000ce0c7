"""``auscult export``: an item set in the form that other tools read."""

from pathlib import Path
from typing import Annotated

import typer

from auscult.printing import give, tell


def export(
    items: Annotated[Path, typer.Argument(help="Folder of the item set.", show_default=False)],
    to: Annotated[str, typer.Option(help="Form: hf, trl, sharegpt, llava or medhalltune, see above.")],
    out: Annotated[Path, typer.Option(help="Folder to make.", show_default=False)],
    split: Annotated[
        list[str] | None, typer.Option(help="Only this part: train, validation or test; repeatable. Default: all.")
    ] = None,
) -> None:
    """Write an item set as a data set for training or for sharing, with its images and its card.

    [bold]Forms[/bold]

    hf  a folder for datasets.load_dataset: every field, images, prompt and completion

    trl  a folder for TRL's SFTTrainer: images, prompt, completion

    sharegpt  messages in JSON Lines and dataset_info.json, for LLaMA-Factory and ms-swift

    llava  conversation JSON of LLaVA and LLaVA-Med

    medhalltune  MedHallTune's question files

    [bold]Examples[/bold]

    auscult export items --to hf --out items-hf

    auscult export items --to sharegpt --split train --out tuning
    """
    from auscult.api import export as exported
    from auscult.engine.progress import progress

    done = exported(items, to, out, split=split or (), show=progress)
    said = ", ".join(f"{name} {n:,}" for name, n in done.pairs.items())
    tell(f"pairs: {said}; images: {done.images:,}")
    give(out)
