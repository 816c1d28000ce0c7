"""``auscult export``: an item set, the answers of a run, or a tuned model, in the form that other tools read."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auscult.printing import give, tell

if TYPE_CHECKING:
    from auscult.construction.exports import Exported
    from auscult.runs.predictions import Written
    from auscult.tuning.merging import Merged


def export(
    what: Annotated[
        Path,
        typer.Argument(
            metavar="ITEMS|RUN|ADAPTER", help="Folder of the item set, the run or the adapter.", show_default=False
        ),
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
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="The path alone.")] = False,
) -> None:
    """Write an item set as a data set for training or for sharing, with its images and its card; or a run's answers.

    Of an adapter it writes a model of its own: its base, with the adapter added to its weights.

    [bold]Forms of an item set[/bold]

    hf  a folder for datasets.load_dataset: every field, images, prompt and completion

    trl  a folder for TRL's SFTTrainer: images, prompt, completion

    sharegpt  messages in JSON Lines and dataset_info.json, for LLaMA-Factory and ms-swift

    llava  conversation JSON of LLaVA and LLaVA-Med

    medhalltune  MedHallTune's question files

    [bold]Forms of a run[/bold] (answers that were given with the image)

    medhalltune  the official files, negative.jsonl and positive.jsonl: question_id, image, question, answer

    jsonl, csv  a row an answer, with its case, image, patient, question, reference, options, answer type and tags;
    auscult check FILE gives the figures of the run, --model replay:FILE its answers

    [bold]Form of an adapter[/bold]

    merged  a model folder like its base, with its number format, processor and generation config, and the card

    [bold]Examples[/bold]

    auscult export items --to hf --out items-hf

    auscult export items --to sharegpt --split train --out tuning

    auscult export run --to csv --out answers.csv

    auscult export adapter --to merged --out my-model
    """
    from auscult.api import export as exported
    from auscult.engine.progress import progress

    done = exported(what, to, out, split=split or (), show=progress)
    if not quiet:
        _say(done, out)
    give(out)


def _say(done: "Exported | Written | Merged", out: Path) -> None:
    """What was written, and what it may be used for."""
    from auscult.construction.exports import Exported
    from auscult.tuning.merging import Merged

    if isinstance(done, Exported):
        said = ", ".join(f"{name} {n:,}" for name, n in done.pairs.items())
        tell(*filter(None, (f"pairs: {said}; images: {done.images:,}", done.use.said, done.use.to_do)))
        if not done.use.fit:
            warned = "warning: written all the same, but fit neither for testing nor for tuning; README.md says why."
            tell(f"{warned} {done.use.licence}".rstrip())
    elif isinstance(done, Merged):
        tell(
            f"base: {done.base}; weights as {done.dtype}",
            f"next: auscult evaluate ITEMS --model {shlex.quote(f'local:{out}')}",
        )
    else:
        for path, rows in done.files.items():
            tell(f"{path}: {rows} answers")
        if done.failed:
            tell(f"{done.failed} questions have no answer, because their request failed")
        if done.unreferenced:
            tell(f"{done.unreferenced} answers have no reference: whoever scores them needs one from elsewhere")
