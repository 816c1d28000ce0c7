"""``auscult ablate``: a grid of tunings, from a plan to its table."""

from pathlib import Path
from typing import Annotated

import typer

from auscult.cli.command import listed
from auscult.cli.options import Group
from auscult.cli.output import Output
from auscult.cli.tune import NOT_TOLD
from auscult.errors import UserError
from auscult.models import ModelOptions
from auscult.printing import give, tell


def ablate(
    plan: Annotated[
        Path,
        typer.Argument(
            help="The plan: arms, seeds, sets and hypotheses, as TOML; with --starter the folder of an item set."
        ),
    ],
    model_options: Annotated[ModelOptions, Group("Model", without=NOT_TOLD)],
    output: Annotated[Output, Group("Output")],
    out: Annotated[Path | None, typer.Option(help="Folder of the grid; the same command goes on in it.")] = None,
    only: Annotated[str, typer.Option(help="These arms alone, by name, with commas between.")] = "",
    cells: Annotated[str, typer.Option(help="The I-th of N shares of the cells, I/N, for several machines.")] = "",
    dry_run: Annotated[bool, typer.Option(help="Say what would be tuned and asked, and how long it takes.")] = False,
    analyse_only: Annotated[
        bool, typer.Option("--analyse-only", help="Sum up the rows that are there; no model and no item set is opened.")
    ] = False,
    starter: Annotated[
        bool, typer.Option("--starter", help="Put a plan for this item set on standard output, and do nothing else.")
    ] = False,
    test: Annotated[
        Path | None, typer.Option(help="With --starter: the item set that is asked, where that one has no split test.")
    ] = None,
    model: Annotated[str, typer.Option(help="With --starter: what is tuned, local:FOLDER or phantom.")] = "phantom",
) -> None:
    """Tune a model in many ways, with many seeds, and see what each way does.

    A cell is an arm with a seed. It is tuned, evaluated on every set of the plan, and leaves one line in rows.jsonl and
    a small file of outcomes by item. What has its line is never done again, on whichever day or machine it was done.

    All arms are then held against the base and against the plan's hypotheses, with intervals that hold for other seeds
    and other images: a page, a figure, CSV and LaTeX tables.

    [bold]Examples[/bold]

    auscult ablate --starter items --model local:models/my-vlm > plan.toml

    auscult ablate plan.toml --out grid --dry-run

    auscult ablate plan.toml --out grid

    auscult ablate plan.toml --out grid --only both,shuffled --cells 1/2

    auscult ablate plan.toml --out grid --analyse-only
    """
    from auscult.api.ablated import run_cells, summed_up
    from auscult.reports.ablation.face import ablation_face
    from auscult.reports.ablation.outputs import as_json, terminal

    output.check()
    if starter:
        from auscult.ablation.starter import starter as begun

        give(*begun(plan, test, model).splitlines())
        return
    if out is None:
        raise UserError("name the folder of the grid with --out FOLDER; to begin a plan: --starter ITEMS > plan.toml")
    if not analyse_only:
        from auscult.ablation.grid import Grid, Portion

        grid, portion = Grid(plan, out, model_options), Portion.of(listed(only, "--only"), cells)
        if dry_run:
            give(*grid.forecast(portion))
            return
        count = run_cells(grid, portion)
        tell(f"{count} {'cell' if count == 1 else 'cells'} done")
    study, ending = summed_up(plan, out)
    output.present(ablation_face(study), ending, lambda: terminal(study), lambda: as_json(study))
