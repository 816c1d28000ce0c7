"""What the commands do, from Python."""

from pathlib import Path

from auscult.analysis import summarise
from auscult.analysis.gate_criteria import read_criteria
from auscult.analysis.summary import Summary, read_summary, write_summary
from auscult.engine.progress import progress
from auscult.engine.session import Show
from auscult.models import ModelOptions
from auscult.runs.evaluation import Evaluation, Settings
from auscult.runs.rescoring import Readers, rescore


def evaluate(
    items: Path | str,
    model: str,
    out: Path | str,
    settings: Settings | None = None,
    options: ModelOptions | None = None,
    show: Show = progress,
    readers: Readers | None = None,
) -> Summary:
    """Puts an item set to a model and sums up what came back.

    Args:
        items: folder of the item set.
        model: spec, ``KIND:REST``.
        out: run folder; the same call goes on where an earlier one stopped.
        settings: how it is run.
        options: what the model needs beside its name.
        show: how progress is shown.
        readers: judges and text metrics.

    Raises:
        UserError: bad input, or a model that does not answer.
    """
    return finish(Evaluation(Path(items), model, settings, options, readers), Path(out), show)


def finish(
    evaluation: Evaluation, out: Path, show: Show = progress, command: str = "", criteria: Path | None = None
) -> Summary:
    """Runs an evaluation to its end and sums up; the same call goes on where an earlier one stopped.

    Args:
        evaluation: what is asked of whom.
        out: the run folder.
        show: how progress is shown.
        command: what the user typed, for the manifest.
        criteria: file of a gate, which the run notes before anything is asked.

    Raises:
        UserError: bad input, or a model that does not answer.
        BudgetReached: a budget is used up; the same call with a larger one goes on.
    """
    noted = {"path": str(criteria), "sha256": read_criteria(criteria)[1]} if criteria else None
    evaluation.run(out, show, command, noted)
    return _summed_up(out)


def score(run: Path | str, readers: Readers, *, max_missing: float = 0.05, show: Show = progress) -> Summary:
    """Scores the answers of a finished run anew, with more metrics and judges; the model is not asked.

    Args:
        run: its folder.
        readers: judges and text metrics, beside those of earlier calls.
        max_missing: share of missing data above which a figure is withheld.
        show: how progress is shown.

    Raises:
        UserError: there is no finished run, or a judge or a metric cannot do its work.
        BudgetReached: a judge's budget is used up; the same call goes on.
    """
    read_summary(Path(run) / "summary.json")
    rescore(Path(run), readers, max_missing=max_missing, show=show)
    return _summed_up(Path(run))


def _summed_up(run: Path) -> Summary:
    summary = summarise(run)
    write_summary(run / "summary.json", summary)
    return summary
