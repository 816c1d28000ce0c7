"""``ablate``, from Python."""

from collections.abc import Sequence
from pathlib import Path

from auscult.ablation.grid import Grid, Portion
from auscult.ablation.study import Study, study
from auscult.api.options import path_of
from auscult.engine.progress import progress
from auscult.engine.session import Show
from auscult.errors import need
from auscult.models import ModelOptions
from auscult.reports.ablation.outputs import write_outputs
from auscult.reports.screen import Ending


def ablate(
    plan: Path | str,
    out: Path | str,
    *,
    only: Sequence[str] = (),
    cells: str = "",
    analyse_only: bool = False,
    model_options: ModelOptions | None = None,
    show: Show = progress,
) -> Study:
    """Tunes and evaluates the cells of a plan that are not done, and sums all of them up.

    A cell is an arm with a seed. It leaves a line in ``rows.jsonl`` of ``out`` and a file of outcomes by item, and is
    never done again; the same call goes on where an earlier one stopped.

    Args:
        plan: a TOML file of schema ``auscult.plan/1``.
        out: folder of the grid.
        only: names of arms; empty: all.
        cells: ``I/N``, the I-th of N shares of the cells; empty: all.
        analyse_only: whether to sum up the rows that are there, without a model or an item set.
        model_options: device, number format.
        show: how progress over cells is shown.

    Returns:
        Figures of every arm on every set, differences from base, hypotheses and what became of them. Page, figure, CSV
        and LaTeX tables lie in ``out``.

    Raises:
        MissingExtra: a package is not installed.
        UserError: bad input, or a cell failed; finished ones are kept.
    """
    path, folder = path_of(plan, "a plan"), path_of(out, "a folder for the grid")
    if not analyse_only:
        run_cells(Grid(path, folder, model_options), Portion.of(only, cells), show)
    return summed_up(path, folder)[0]


def run_cells(grid: Grid, portion: Portion, show: Show = progress) -> int:
    """Does the cells of a portion that are not finished; how many that were.

    Raises:
        MissingExtra: a package is not installed.
        UserError: as ``ablate``.
    """
    need("ablate", "tune", "peft", "torch")
    return grid.run(portion, show)


def summed_up(plan: Path, out: Path) -> tuple[Study, Ending]:
    """Sums the rows of a grid up, writes what people read, and says where it lies.

    Raises:
        UserError: the plan is wrong, or there is no row of it.
    """
    found = study(plan, out)
    return found, write_outputs(found, out)
