"""``auscult compare``: several runs against each other, on the items that they have in common."""

from pathlib import Path
from typing import Annotated

import typer

from auscult.cli.command import listed
from auscult.cli.options import Group
from auscult.cli.output import Output


def compare(
    runs: Annotated[list[Path], typer.Argument(help="Folders of finished runs, two or more.", show_default=False)],
    output: Annotated[Output, Group("Output")],
    names: Annotated[
        str, typer.Option(help="What the rows are called: one a run, with commas between. Equal names make one row.")
    ] = "",
    against: Annotated[
        Path | None, typer.Option(help="Run that all others are compared with; each with each where none is given.")
    ] = None,
    columns: Annotated[
        str, typer.Option(help="Scorers or figures to show: closed,clinical.accuracy,premise; all sound ones else.")
    ] = "",
    published: Annotated[
        str, typer.Option(help="Show published rows beside the runs, for example medhalltune; never compared.")
    ] = "",
    html: Annotated[
        Path | None,
        typer.Option(
            help="Page to write, which works with no network; where not given comparison.html, or comparison-2.html "
            "where that is of other runs."
        ),
    ] = None,
    csv: Annotated[Path | None, typer.Option(help="Write every figure and difference to this CSV file.")] = None,
    latex: Annotated[Path | None, typer.Option(help="Write LaTeX tables (booktabs).")] = None,
    max_missing: Annotated[
        float, typer.Option(help="Share of missing or unread answers above which only a range is shown.", min=0, max=1)
    ] = 0.05,
) -> None:
    """Put runs side by side: figures with intervals, the best of each column, paired tests with Holm's adjustment.

    Only figures of the same instrument in the same version are compared, and only on common items.

    [bold]Examples[/bold]

    auscult compare run-before run-after

    auscult compare run-a run-b run-c --against run-a --html compare.html --csv compare.csv --latex compare.tex

    auscult compare run --published medhalltune --columns clinical,meteor
    """
    from auscult.analysis.comparison import comparing as compared
    from auscult.analysis.comparison.published import published as published_rows
    from auscult.analysis.comparison.published import published_rules
    from auscult.errors import FiguresWithheld
    from auscult.reports.comparison.csv import write_comparison_csv
    from auscult.reports.comparison.face import comparison_face
    from auscult.reports.comparison.outputs import (
        page_of,
        terminal,
        write_comparison_latex,
        write_comparison_page,
    )
    from auscult.reports.screen import Ending
    from auscult.store.files import check_writable

    output.check()
    page = html or page_of(runs)
    check_writable(page, csv, latex)
    found = compared.compare(
        runs,
        names=listed(names, "--names"),
        baseline=against,
        columns=listed(columns, "--columns"),
        also=published_rules(published) if published else (),
        max_missing=max_missing,
        alone=bool(published),
    )
    beside = published_rows(published, found.measures) if published else None
    write_comparison_page(found, beside, page)
    others = []
    for what, path, write in (("csv", csv, write_comparison_csv), ("latex", latex, write_comparison_latex)):
        if path is not None:
            write(found, beside, path)
            others.append((what, path))
    ending = Ending(path=page, others=tuple(others))
    output.present(comparison_face(found), ending, lambda: terminal(found, beside), lambda: compared.as_json(found))
    if found.withheld:
        raise FiguresWithheld(
            f"{_figures(found.withheld)} withheld, because over {max_missing:.0%} of their answers or verdicts are "
            "missing; where requests failed, the command that made the run asks them again; why others are missing "
            "stands in its report"
        )


def _figures(count: int) -> str:
    return "1 figure is" if count == 1 else f"{count} figures are"
