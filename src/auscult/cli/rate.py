"""``auscult rate``: answers to people, blinded, and their agreement when the sheets come back."""

from pathlib import Path
from typing import Annotated

import typer

from auscult.cli.command import listed
from auscult.printing import give, tell


def make(
    runs: Annotated[list[Path], typer.Argument(help="Folders of runs; their answers are mixed.", show_default=False)],
    out: Annotated[Path, typer.Option(help="New folder of the sheet.", show_default=False)],
    n: Annotated[int, typer.Option(help="Answers to rate; a hundred take an hour.", min=1)] = 100,
    seed: Annotated[int, typer.Option(help="Of the draw and of each rater's order.", min=0)] = 0,
    raters: Annotated[str, typer.Option(help="Names of the raters; two or more to see how far they agree.")] = "A",
) -> None:
    """Draw answers from runs and write, for each rater, a CSV file and a page that works with no network.

    More are drawn of answers on which the scorers are unsure or differ; how is noted, so that 'auscult rate apply'
    corrects the run's figures by what the raters say. Give each rater their own folder (OUT/A, OUT/B) and keep
    OUT/key.json: it says which model gave which answer.

    [bold]Examples[/bold]

    auscult rate make run --out sheet

    auscult rate make run-a run-b --out sheet --n 200 --seed 1 --raters A,B,C
    """
    from auscult.review.rating import make_sheet

    names = list(listed(raters, "--raters"))
    made = make_sheet(runs, out, n=n, seed=seed, raters=names)
    tell(f"{made.rows} of {made.found} answers:")
    for stratum in (s for draw in made.draws for s in draw.strata):
        tell(f"  {stratum.drawn} of {stratum.answers}: {stratum.name}")
    tell(f"give each rater one folder of {', '.join(str(out / name) for name in names)}; keep key.json")
    give(made.folder)


def apply(
    sheet: Annotated[Path, typer.Argument(help="Folder of the sheet, with its key.json.", show_default=False)],
    filled: Annotated[list[Path], typer.Argument(help="Filled CSV files, one a rater.", show_default=False)],
) -> None:
    """Correct the figures of runs by what raters said: summary and report are made anew.

    A sheet need not be filled to its end. What is corrected: how many answers are right, state what is not there, miss
    what is there, would harm, and how many references are wrong. 'auscult rate agree' says how far raters agree.

    [bold]Example[/bold]

    auscult rate apply sheet filled-A.csv
    """
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
