"""What the commands do, from Python; ``auscult`` itself names what is public here."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from auscult.analysis.comparison import comparing
from auscult.analysis.gate.criteria import read_criteria
from auscult.analysis.gate.decision import decide
from auscult.analysis.summary import Summary, read_summary
from auscult.api.compared import Compared, Decision
from auscult.api.options import called, chosen, filled, path_of
from auscult.api.run import Run, summed_up
from auscult.construction import exports
from auscult.engine.progress import progress
from auscult.engine.session import Show
from auscult.errors import UserError
from auscult.items.item_set import ItemSet
from auscult.models import Model, ModelOptions, own_model
from auscult.models.adapters import is_adapter
from auscult.protocols.direct import question_text, right_answer
from auscult.runs.evaluation import Evaluation
from auscult.runs.folder import UNTYPED, Typed, is_run
from auscult.runs.predictions import Written, write_predictions
from auscult.runs.rescoring import Readers, rescore
from auscult.runs.settings import Settings
from auscult.tuning.merging import FORM, Merged, write_merged


def export(
    what: ItemSet | Run | Path | str,
    to: str,
    out: Path | str,
    *,
    split: Sequence[str] = (),
    show: Show = progress,
) -> exports.Exported | Written | Merged:
    """Writes an item set in a form that other tools read, with its images and a card; or a run's answers; or a model.

    Prompts of an item set are those that ``evaluate`` puts; answers of a run are those that were given with the image.

    Args:
        what: the item set or the run, or its folder; or the folder of an adapter.
        to: form: of an item set ``hf``, ``trl``, ``sharegpt``, ``llava``, ``medhalltune``, or one that another package
            adds; of a run ``medhalltune``, ``jsonl`` or ``csv``; of an adapter ``merged``, its base with the adapter
            added to its weights.
        out: folder to make, or for ``jsonl`` and ``csv`` the file.
        split: only these parts of an item set; none: all.
        show: shows progress.

    Raises:
        UserError: the form or a part is unknown, ``out`` is there already, or an image was altered; the run is not
            finished; there is no adapter, or its base is not there or another one.
    """
    folder = what.folder if isinstance(what, ItemSet | Run) else path_of(what, "an item set, a run or an adapter")
    if to == FORM or is_adapter(folder):
        if is_adapter(folder) and (to != FORM or split):
            raise UserError(f"{folder}: is an adapter; give --to {FORM}, and no --split")
        return write_merged(folder, path_of(out, "a folder"))
    if isinstance(what, Run) or is_run(folder):
        if split:
            raise UserError(f"{folder}: is a run, and --split is of an item set; leave it out")
        return write_predictions(folder, path_of(out, "a file"), to)
    items = what if isinstance(what, ItemSet) else ItemSet(folder)
    with show("exporting, cases", items.manifest.cases) as bar:
        return exports.export(
            items, to, Path(out), put=question_text, right=right_answer, parts=split, advance=bar.advance
        )


def evaluate(
    items: ItemSet | Path | str,
    model: str | Model,
    out: Path | str,
    settings: Settings | None = None,
    options: ModelOptions | None = None,
    *,
    scorers: str | Sequence[str] = "",
    judge: str = "",
    readers: Readers | None = None,
    show: Show = progress,
    **more: Any,
) -> Run:
    """Puts an item set to a model, scores its answers and sums up; the same call goes on where an earlier one stopped.

    Args:
        items: the item set, or its folder.
        model: who answers, ``KIND:REST`` (``openai:NAME@URL``, ``local:FOLDER``, ``replay:FILE``, ``phantom``); or an
            object of your own class derived from ``Model``, whose ``identity`` names it and all that changes a reply:
            a run belongs to one identity, and what was answered under it is not asked again.
        out: run folder.
        settings: what is asked, and how.
        options: what the model needs beside its name.
        scorers: names of rules and text metrics, as a list or with commas between; empty: as ``readers`` say.
        judge: who judges open answers: ``facts``, the fact checker, or a model; see ``readers`` for how.
        readers: judges, text metrics and tables beside the rules.
        show: how progress is shown.
        **more: single fields of ``Settings`` and ``ModelOptions``, and of what these hold: ``limit=20``,
            ``temperature=0.7``, ``protocol="few-shot:3"``, ``budget_calls=500``, ``device="cuda"``.

    Raises:
        UserError: bad input, or a model that does not answer.
        BudgetReached: a budget is used up; the same call with a larger one goes on.
    """
    model = model if isinstance(model, str) else own_model(model)
    settings, options = filled(settings or Settings(), options or ModelOptions(), given=more)
    folder = items.folder if isinstance(items, ItemSet) else path_of(items, "an item set")
    out = path_of(out, "a run folder")
    evaluation = Evaluation(folder, model, settings, options, chosen(readers, scorers, judge))
    who = model if isinstance(model, str) else model.identity
    finish(evaluation, out, show, called("evaluate", folder, who, out, scorers=scorers, judge=judge, **more))
    return Run(out)


def finish(
    evaluation: Evaluation, out: Path, show: Show = progress, typed: Typed = UNTYPED, criteria: Path | None = None
) -> Summary:
    """Runs an evaluation to its end and sums up; the same call goes on where an earlier one stopped.

    Args:
        evaluation: what is asked of whom.
        out: the run folder.
        show: how progress is shown.
        typed: what the user typed, for the manifest.
        criteria: file of a gate, which the run notes before anything is asked.

    Raises:
        UserError: bad input, or a model that does not answer.
        BudgetReached: a budget is used up; the same call with a larger one goes on.
    """
    noted = {"path": str(criteria), "sha256": read_criteria(criteria)[1]} if criteria else None
    evaluation.run(out, show, typed, noted)
    return summed_up(out)


def score(
    run: Run | Path | str,
    readers: Readers | None = None,
    *,
    scorers: str | Sequence[str] = "",
    judge: str = "",
    max_missing: float = 0.05,
    show: Show = progress,
    typed: Typed | None = None,
) -> Run:
    """Scores the answers of a finished run anew, with more metrics and judges; the model is not asked.

    Args:
        run: a finished run, or its folder.
        readers: judges and text metrics, beside those of earlier calls.
        scorers: as in ``evaluate``.
        judge: one more judge, as in ``evaluate``.
        max_missing: share of missing data above which a figure is withheld.
        show: how progress is shown.
        typed: what was typed in place of this call; the manifest holds it beside the command that made the run.

    Raises:
        UserError: there is no finished run, or a judge or a metric cannot do its work.
        BudgetReached: a judge's budget is used up; the same call goes on.
    """
    folder = _folder(run)
    read_summary(folder / "summary.json")
    typed = typed or called("score", folder, scorers=scorers, judge=judge)
    rescore(folder, chosen(readers, scorers, judge), max_missing=max_missing, show=show, typed=typed)
    summed_up(folder)
    return Run(folder)


def compare(
    runs: Sequence[Run | Path | str],
    *,
    names: Sequence[str] = (),
    against: Run | Path | str | None = None,
    columns: Sequence[str] = (),
    max_missing: float = 0.05,
) -> Compared:
    """Finished runs side by side: figures on common items, ranks, paired tests with Holm's adjustment.

    Args:
        runs: two models or more.
        names: what they are called, one a run; runs of one name on different items are one row.
        against: run that all others are compared with; None: each with each.
        columns: scorers or values to show; none: the sound rules, all judges, text metrics and premise figures.
        max_missing: share of missing data above which a figure is withheld.

    Raises:
        UserError: a run is none, not finished or named twice, or there is nothing in common.
    """
    if isinstance(runs, str | Path | Run) or not isinstance(runs, Sequence) or len(runs) < 2:
        raise UserError(f"compare takes a list of two runs or more, as in compare([run, other]), not {runs!r}")
    return Compared(
        comparing.compare(
            [_folder(run) for run in runs],
            names=names,
            baseline=None if against is None else _folder(against),
            columns=columns,
            max_missing=max_missing,
        )
    )


def gate(criteria: Path | str, run: Run | Path | str, against: Run | Path | str | None = None) -> Decision:
    """PASS, FAIL or INCONCLUSIVE of a finished run, by criteria that were fixed before.

    Args:
        criteria: the file (TOML).
        run: a finished run.
        against: an earlier one: no criterion may be worse by more than the margin.

    Raises:
        UserError: the criteria are wrong, newer than the answers, or the run is not finished.
    """
    earlier = None if against is None else _folder(against)
    return Decision(decide(path_of(criteria, "a file of criteria"), _folder(run), earlier))


def _folder(run: Run | Path | str) -> Path:
    return run.folder if isinstance(run, Run) else path_of(run, "a run, where it is not opened,")
