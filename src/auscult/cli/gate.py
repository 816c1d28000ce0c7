"""``auscult gate``: criteria that were fixed before, and a run; pass, fail or inconclusive."""

from pathlib import Path
from typing import Annotated

import typer

from auscult.printing import give


def gate(
    criteria: Annotated[Path, typer.Argument(help="Criteria file (TOML).", show_default=False)],
    run: Annotated[Path, typer.Argument(help="Folder of a finished run.", show_default=False)],
    against: Annotated[
        Path | None,
        typer.Option(help="Earlier run: no criterion may be worse by more than the margin.", show_default=False),
    ] = None,
    json: Annotated[Path | None, typer.Option(help="File for machines.", show_default=False)] = None,
    html: Annotated[Path | None, typer.Option(help="Page for people.", show_default=False)] = None,
) -> None:
    """Say PASS, FAIL or INCONCLUSIVE of each criterion and of all, on one-sided bounds.

    [bold]Examples[/bold]

    auscult gate criteria.toml run

    auscult gate criteria.toml run-new --against run-old --json gate.json --html gate.html
    """
    from rich.console import Console

    from auscult.analysis.gate.decision import EXIT, as_json, decide
    from auscult.reports.gate import terminal, write_page
    from auscult.store.files import check_writable, replace_file

    check_writable(json, html)
    found = decide(criteria, run, against)
    if json:
        replace_file(json, as_json(found))
    if html:
        write_page(found, html)
    Console().print(terminal(found))
    for path in filter(None, (json, html)):
        give(path)
    raise typer.Exit(EXIT[found.verdict])
