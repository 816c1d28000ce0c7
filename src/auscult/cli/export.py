"""``auscult export``: an item set, or the answers of a run, in the form that other tools read."""

from pathlib import Path
from typing import Annotated

import typer

from auscult.printing import give, tell


def export(
    what: Annotated[
        Path, typer.Argument(metavar="ITEMS|RUN", help="Folder of the item set, or of the run.", show_default=False)
    ],
    to: Annotated[str, typer.Option(help="Form, see above.", show_default=False)],
    out: Annotated[
        Path,
        typer.Option(help="Folder to make; of a run in jsonl or csv the file.", show_default=False),
    ],
    split: Annotated[
        list[str] | None,
        typer.Option(help="Of an item set only this part: train, validation or test; repeatable. Default: all."),
    ] = None,
) -> None:
    """Write an item set as a data set for training or for sharing, with its images and its card; or a run's answers.

    [bold]Forms of an item set[/bold]

    hf  a folder for datasets.load_dataset: every field, images, prompt and completion

    trl  a folder for TRL's SFTTrainer: images, prompt, completion

    sharegpt  messages in JSON Lines and dataset_info.json, for LLaMA-Factory and ms-swift

    llava  conversation JSON of LLaVA and LLaVA-Med

    medhalltune  MedHallTune's question files

    [bold]Forms of a run[/bold] (answers that were given with the image)

    medhalltune  the official files, negative.jsonl and positive.jsonl: question_id, image, question, answer

    jsonl, csv  item_id, source_id, question, reference, answer, status, repeat; read back by --model replay:FILE

    [bold]Examples[/bold]

    auscult export items --to hf --out items-hf

    auscult export items --to sharegpt --split train --out tuning

    auscult export run --to csv --out answers.csv
    """
    from auscult.api import export as exported
    from auscult.construction.exports import Exported
    from auscult.engine.progress import progress

    done = exported(what, to, out, split=split or (), show=progress)
    if isinstance(done, Exported):
        said = ", ".join(f"{name} {n:,}" for name, n in done.pairs.items())
        tell(f"pairs: {said}; images: {done.images:,}")
    else:
        for path, rows in done.files.items():
            tell(f"{path}: {rows} answers")
        if done.failed:
            tell(f"{done.failed} questions have no answer, because their request failed")
        if done.unreferenced:
            tell(f"{done.unreferenced} answers have no reference: whoever scores them needs one from elsewhere")
    give(out)
