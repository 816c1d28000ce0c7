"""``auscult gate``: criteria that were fixed before, and a run; pass, fail or inconclusive."""

from pathlib import Path
from typing import Annotated

import typer

from auscult.cli.options import Group
from auscult.cli.output import Output
from auscult.errors import UserError


def gate(
    criteria: Annotated[Path, typer.Argument(help="Criteria file (TOML).", show_default=False)],
    output: Annotated[Output, Group("Output")],
    run: Annotated[Path | None, typer.Argument(help="Folder of a finished run.", show_default=False)] = None,
    against: Annotated[
        Path | None,
        typer.Option(help="Earlier run: no criterion may be worse by more than the margin.", show_default=False),
    ] = None,
    html: Annotated[
        Path | None, typer.Option(help="Page to write; in the run, by the name of the criteria, where not given.")
    ] = None,
    init: Annotated[
        bool, typer.Option("--init", help="Write the criteria file by questions and answers; no run is needed.")
    ] = False,
    title: Annotated[str, typer.Option(help="With --init: what is decided.")] = "",
    who: Annotated[str, typer.Option(help="With --init: who fixes the limits.")] = "",
    must: Annotated[
        list[str] | None,
        typer.Option(help="With --init: a limit, 'inventions <= 10% because REASON'; repeatable.", show_default=False),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="With --init: write without asking once more.")] = False,
) -> None:
    """Say PASS, FAIL or INCONCLUSIVE of each criterion and of all, on one-sided bounds.

    [bold]Examples[/bold]

    auscult gate --init criteria.toml

    auscult gate criteria.toml run

    auscult gate criteria.toml run-new --against run-old --json > gate.json
    """
    from auscult.analysis.gate.decision import EXIT, as_json, decide
    from auscult.reports.gate import terminal, write_page
    from auscult.reports.gate_face import gate_face
    from auscult.reports.screen import Ending
    from auscult.store.files import check_writable

    output.check()
    if init:
        from auscult.cli.asking_limits import init as write

        if run or against:
            raise UserError("gate --init writes criteria before there is a run; leave the run out")
        write(criteria, title, who, must or (), yes)
        return
    if title or who or must or yes:
        raise UserError("--title, --who, --must and --yes belong to gate --init")
    if run is None:
        raise UserError("name a finished run after the criteria; see auscult gate --help")
    check_writable(html)
    found = decide(criteria, run, against)
    page = html or run / f"gate-{criteria.stem}.html"
    write_page(found, page)
    output.present(gate_face(found), Ending(path=page), lambda: terminal(found), lambda: as_json(found))
    raise typer.Exit(EXIT[found.verdict])
