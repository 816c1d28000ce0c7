"""``auscult rate``: answers and pairs to people, blinded, and their agreement when the sheets come back."""

from pathlib import Path
from typing import Annotated

import typer

from auscult.cli.command import listed
from auscult.printing import give, tell


def make(
    runs: Annotated[
        list[Path],
        typer.Argument(help="Folders of runs, their answers mixed; or one item set or audit.", show_default=False),
    ],
    out: Annotated[Path, typer.Option(help="New folder of the sheet.", show_default=False)],
    n: Annotated[
        int | None,
        typer.Option(help="Rows; a hundred take an hour.", min=1, show_default="100 answers, 240 pairs"),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the draw and of each rater's order.", min=0)] = 0,
    raters: Annotated[
        str,
        typer.Option(
            help="Names of the raters; two or more to see how far they agree.", show_default="A; A,B for an item set"
        ),
    ] = "",
) -> None:
    """Draw answers of runs, pairs of an item set or drawings of an audit; write a CSV file and a page for each rater.

    More answers are drawn where the scorers are unsure or differ; how is noted, so that 'auscult rate apply' corrects
    the run's figures by what the raters say. Of an item set, a fifth of the rows are planted errors and a sixth pairs
    that checks rejected; 'apply' says how many accepted pairs are wrong. Give each rater their own folder (OUT/A,
    OUT/B) and keep OUT/key.json: it says which model gave which answer.

    [bold]Examples[/bold]

    auscult rate make run --out sheet

    auscult rate make run-a run-b --out sheet --n 200 --seed 1 --raters A,B,C

    auscult rate make items --out audit --n 400 --raters A,B
    """
    from auscult.items.item_set import ITEMS, MANIFEST
    from auscult.review.pairs import USUAL, make_audit
    from auscult.review.rating import make_sheet
    from auscult.runs.folder import DRAWING, schema_of

    if len(runs) == 1 and schema_of(runs[0]) == DRAWING:
        _make_drawings(runs[0], out, n or USUAL_DRAWINGS, seed, list(listed(raters or "A", "--raters")))
        return
    pairs = len(runs) == 1 and (runs[0] / ITEMS).is_file() and "format" in _manifest(runs[0] / MANIFEST)
    names = list(listed(raters or ("A,B" if pairs else "A"), "--raters"))
    if pairs:
        audit = make_audit(runs[0], out, n=n or USUAL, seed=seed, raters=names)
        tell("pairs: " + ", ".join(f"{count} {what}" for what, count in audit.rows.items() if count))
        draws, folder = [audit.draw], audit.folder
    else:
        made = make_sheet(runs, out, n=n or 100, seed=seed, raters=names)
        tell(f"{made.rows} of {made.found} answers:")
        draws, folder = list(made.draws), made.folder
    for stratum in (s for draw in draws for s in draw.strata):
        tell(f"  {stratum.drawn} of {stratum.answers}: {stratum.name}")
    tell(f"give each rater one folder of {', '.join(str(out / name) for name in names)}; keep key.json")
    give(folder)


USUAL_DRAWINGS = 100
"""Drawings on a sheet where no number is given."""


def _make_drawings(run: Path, out: Path, n: int, seed: int, names: list[str]) -> None:
    from auscult.review.drawings import make_drawing_sheet

    made = make_drawing_sheet(run, out, n=n, seed=seed, raters=names)
    tell(f"{made.rows} of {made.found} drawings, by lot")
    tell(f"give each rater one folder of {', '.join(str(out / name) for name in names)}; keep key.json")
    give(made.folder)


def _manifest(path: Path) -> dict[str, object]:
    from auscult.store.given import read_json

    found = read_json(path, "name a run or an item set")
    return found if isinstance(found, dict) else {}


def apply(
    sheet: Annotated[Path, typer.Argument(help="Folder of the sheet, with its key.json.", show_default=False)],
    filled: Annotated[list[Path], typer.Argument(help="Filled CSV files, one a rater.", show_default=False)],
) -> None:
    """Correct the figures of runs by what raters said, or write into an item set how many of its pairs are wrong.

    A sheet need not be filled to its end. Corrected are a run's figures: how many answers are right, state what is not
    there, miss what is there, would harm, and how many references are wrong; summary and report are made anew. Of an
    item set, the rate of wrong pairs goes into its card, with its limits. 'auscult rate agree' says how far raters
    agree.

    [bold]Example[/bold]

    auscult rate apply sheet filled-A.csv

    auscult rate apply items.audit filled-A.csv filled-B.csv
    """
    from auscult.review.drawings import is_drawing_sheet
    from auscult.review.filled import read_key

    if is_drawing_sheet(sheet):
        _apply_drawings(sheet, filled)
        return
    _apply_pairs(sheet, filled) if read_key(sheet).form == "pairs" else _apply_answers(sheet, filled)


def _apply_answers(sheet: Path, filled: list[Path]) -> None:
    from rich.console import Console

    from auscult.api.run import summed_up
    from auscult.reports.page import write_report
    from auscult.reports.physician import checked_table
    from auscult.reports.terminal import Drawn
    from auscult.review.applying import apply as write

    for run, ratings in write(sheet, filled).items():
        summary = summed_up(run)
        rated = ", ".join(f"{count} by {rater}" for rater, count in ratings.raters.items())
        tell(f"{run}: {len(ratings.items)} answers drawn, rated: {rated}")
        Console().print(Drawn(checked_table(summary)))
        give(write_report(run))


def _apply_drawings(sheet: Path, filled: list[Path]) -> None:
    from auscult.drawing.writing import write_figures
    from auscult.reports.drawing.outputs import write_outputs
    from auscult.review.drawings import apply_drawing_sheet

    run = apply_drawing_sheet(sheet, filled)
    found = write_figures(run)
    people = sum(c.n for c in found.counts if c.reader == "people")
    tell(f"{run}: {people} drawings read by people; figures of other readers are corrected by theirs")
    give(write_outputs(run).page)


def _apply_pairs(sheet: Path, filled: list[Path]) -> None:
    from auscult.construction.audited import AUDIT, as_text
    from auscult.review.auditing import audit

    items, found = audit(sheet, filled)
    for line in as_text(found):
        tell(line)
    give(items / AUDIT)


def agree(
    sheet: Annotated[Path, typer.Argument(help="Folder of the sheet, with its key.json.", show_default=False)],
    filled: Annotated[list[Path], typer.Argument(help="Filled CSV files, one a rater.", show_default=False)],
    out: Annotated[Path, typer.Option(help="File of the agreement.")] = Path("agreement.json"),
) -> None:
    """Read filled sheets: agreement of raters with each other and with our scorers, and where they differ.

    [bold]Example[/bold]

    auscult rate agree sheet filled-A.csv filled-B.csv --out agreement.json
    """
    from rich.console import Console

    from auscult.reports.terminal import Drawn
    from auscult.review.agreement import agree, as_json, terminal_table
    from auscult.store.files import check_writable, replace_file

    check_writable(out)
    found = agree(sheet, filled)
    replace_file(out, as_json(found))
    Console().print(Drawn(terminal_table(found)))
    for note in found.notes:
        tell(note)
    tell(f"{len(found.disagreements)} answers with different verdicts are listed in it")
    give(out)


PARTS = (make, apply, agree)
