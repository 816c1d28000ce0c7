"""``auscult predictions``: the answers of a run as a file for others."""

from pathlib import Path
from typing import Annotated

import typer

from auscult.printing import give, tell


def predictions(
    run: Annotated[Path, typer.Argument(help="Folder of the run.", show_default=False)],
    out: Annotated[
        Path, typer.Option(help="File to write; for the form medhalltune a folder of two.", show_default=False)
    ],
    form: Annotated[str, typer.Option(help="medhalltune, jsonl or csv.")] = "medhalltune",
) -> None:
    """Write the answers that were given with the image.

    medhalltune  the official files, negative.jsonl and positive.jsonl: question_id, image, question, answer

    jsonl, csv  item_id, source_id, question, reference, answer, status, repeat

    Reading a file back with --model replay:FILE (or replay:FOLDER) gives the same answers.

    [bold]Examples[/bold]

    auscult predictions run --out official

    auscult predictions run --form csv --out answers.csv
    """
    from auscult.runs.predictions import write_predictions
    from auscult.store.files import check_writable

    if form != "medhalltune" or out.parent.is_dir():
        check_writable(out / "negative.jsonl" if form == "medhalltune" and out.is_dir() else out)
    written = write_predictions(run, out, form)
    for path, rows in written.files.items():
        tell(f"{path}: {rows} answers")
    if written.failed:
        tell(f"{written.failed} questions have no answer, because their request failed")
    if written.unreferenced:
        tell(f"{written.unreferenced} answers have no reference: whoever scores them needs one from elsewhere")
    give(out)
