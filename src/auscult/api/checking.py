"""One file of recorded answers in; a run, a report and, where limits are set, a verdict out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from auscult.analysis.comparison import comparing
from auscult.analysis.gate.criteria import read_criteria
from auscult.analysis.gate.criteria_file import criteria_toml
from auscult.analysis.gate.decision import EXIT, Gate, decide
from auscult.analysis.gate.must import criteria_of
from auscult.api.compared import Compared, Decision
from auscult.api.options import called, chosen, path_of
from auscult.api.run import Run, summed_up
from auscult.corpora.recorded.table import TableOptions
from auscult.engine.progress import progress
from auscult.engine.session import Show
from auscult.errors import UserError
from auscult.models import ModelOptions
from auscult.printing import tell
from auscult.records import Decoding
from auscult.reports import gate as gate_report
from auscult.reports.comparison.outputs import write_comparison_page
from auscult.reports.page import write_report
from auscult.runs.evaluation import Evaluation
from auscult.runs.folder import UNTYPED, Typed
from auscult.runs.judging_options import JudgingOptions
from auscult.runs.recorded import Prepared, Say, holds, prepare, prepare_judged
from auscult.runs.rescoring import Readers
from auscult.runs.settings import Settings
from auscult.store.files import replace_file

CRITERIA = "criteria.toml"
WORST = ("FAIL", "INCONCLUSIVE", "PASS")


@dataclass(frozen=True)
class Checked:
    """What came of a check.

    Attributes:
        folder: where all of it lies.
        runs: one a model.
        pages: reports, and of several models their comparison first.
        compared: several models side by side; None of one.
        decisions: of each run by the limits; none without.
    """

    folder: Path
    runs: tuple[Run, ...]
    pages: tuple[Path, ...]
    compared: Compared | None = None
    decisions: tuple[Decision, ...] = ()

    @property
    def run(self) -> Run:
        """The run, where one model answered.

        Raises:
            UserError: there are several.
        """
        if len(self.runs) > 1:
            raise UserError(f"{self.folder}: holds {len(self.runs)} runs, one a model; see runs")
        return self.runs[0]

    @property
    def gates(self) -> tuple[Gate, ...]:
        """What each run's limits say."""
        return tuple(decision.gate for decision in self.decisions)

    @property
    def verdict(self) -> str:
        """PASS, FAIL or INCONCLUSIVE, the worst of all runs; empty without limits."""
        said = {decision.verdict for decision in self.decisions}
        return next((verdict for verdict in WORST if verdict in said), "")

    @property
    def exit_code(self) -> int:
        """As of the gate; 0 without limits."""
        return EXIT[self.verdict] if self.verdict else 0  # type: ignore[index]


def place_of(answers: Path) -> Path:
    """Where a check goes when nobody says it: a folder beside the file, named after it."""
    return answers.with_name(f"{answers.stem if answers.suffix else answers.name}-check")


def _quiet(line: str) -> None:
    """Takes a line that nobody wants to read."""


def to_stderr(line: str) -> None:
    """Says a line beside the result."""
    tell(line)


def run_check(
    answers: Path,
    out: Path | None,
    table: TableOptions,
    *,
    items: Path | None = None,
    must: Sequence[str] = (),
    readers: Readers | None = None,
    settings: Settings | None = None,
    show: Show = progress,
    say: Say = to_stderr,
    typed: Typed = UNTYPED,
) -> Checked:
    """Reads a file of recorded answers, scores and reports them; the same call goes on where an earlier one stopped.

    Args:
        answers: a table, or files of MedHallTune.
        out: folder to make; None: ``place_of``.
        table: what the user says of the table.
        items: item set that was answered, where the table does not hold questions and truths itself.
        must: limits, a line each (``inventions <= 10%``); noted before anything is scored.
        readers: judges, text metrics and tables beside the rules.
        settings: split, and how much may be missing.
        show: how progress is shown.
        say: takes what was understood of the table, a line each.
        typed: what the user typed, for the manifest.

    Raises:
        UserError: the table or the limits cannot be used, or the folder is that of something else.
    """
    readers, settings = readers or Readers(), settings or Settings()
    out = out or place_of(answers)
    criteria_set = criteria_of(must) if must else None
    judged = items is None and holds(answers, "answer")
    made = prepare_judged(answers, out) if judged else prepare(answers, out, table, items, say)
    for line in made.notes:
        say(line)
    if judged and holds(answers, "result"):
        readers = _with_marks(readers, answers)
    criteria = _criteria(out, criteria_toml(criteria_set), must) if criteria_set else None
    settings = replace(settings, samples=made.samples, controls=settings.controls if items else 0)
    if made.samples > 1:
        settings = replace(settings, decoding=replace(Decoding(), temperature=1.0))
    if items is None:
        settings = replace(settings, split="")
    folders = {m: out if len(made.models) == 1 else out / made.models[m].stem for m in made.models}
    runs = []
    for model, folder in folders.items():
        evaluation = _evaluation(made, model, answers, settings, readers)
        say(f"{_who(model)}{evaluation.plan.answers():,} of {made.questions:,} questions are asked")
        evaluation.run(folder, show, typed, _noted(criteria))
        summed_up(folder)
        runs.append(Run(folder))
    decisions = tuple(Decision(decide(criteria, run.folder)) for run in runs) if criteria else ()
    pages = [write_report(run.folder) for run in runs]
    for run, decision in zip(runs, decisions, strict=False):
        gate_report.write_page(decision.gate, run.folder / "gate.html")
    compared = None
    if len(runs) > 1:
        compared = Compared(comparing.compare([run.folder for run in runs], max_missing=settings.max_missing))
        write_comparison_page(compared.comparison, None, out / "compare.html")
        pages = [out / "compare.html", *pages]
    return Checked(out, tuple(runs), tuple(pages), compared, decisions)


def check(
    answers: Path | str,
    out: Path | str | None = None,
    *,
    must: Sequence[str] = (),
    columns: Mapping[str, str | Sequence[str]] | None = None,
    images: Path | str | None = None,
    sheet: str = "",
    skip_bad: bool = False,
    findings: Path | str | None = None,
    items: Path | str | None = None,
    split: str | None = None,
    readers: Readers | None = None,
    scorers: str | Sequence[str] = "",
    judge: str = "",
    max_missing: float = 0.05,
    show: Show = progress,
) -> Checked:
    """One file of recorded answers in; a run, a report and, where limits are set, a verdict out.

    Args:
        answers: table of questions, truths and answers (CSV, TSV, ``.xlsx``, JSON, Parquet), or files of MedHallTune.
        out: folder to make; None: beside the file, named after it.
        must: limits that decide (``inventions <= 10%``).
        columns: our field → column, where names do not say it; for ``answer`` several columns, a model each.
        images: folder of the images that the table names.
        sheet: of a spreadsheet.
        skip_bad: leave rows out that cannot be used; they are counted.
        findings: table of labels of the images, where the table of answers has no truths.
        items: item set that was answered, where the table holds ids and answers alone.
        split: part of that item set.
        readers: judges, text metrics and tables beside the rules.
        scorers: as in ``evaluate``.
        judge: as in ``evaluate``.
        max_missing: share of missing data above which a figure is withheld.
        show: how progress is shown.

    Raises:
        UserError: what cannot be used, in words.
    """
    pairs = [
        (name, column)
        for name, given in (columns or {}).items()
        for column in ([given] if isinstance(given, str) else given)
    ]
    table = TableOptions(
        columns=tuple(pairs),
        images=Path(images) if images else None,
        sheet=sheet,
        skip_bad=skip_bad,
        findings=Path(findings) if findings else None,
    )
    path = path_of(answers, "a table of answers")
    return run_check(
        path,
        path_of(out, "a folder") if out else None,
        table,
        items=Path(items) if items else None,
        must=must,
        readers=chosen(readers, scorers, judge),
        settings=Settings(split=split, max_missing=max_missing),
        show=show,
        say=_quiet,
        typed=called(
            "check",
            path,
            *([Path(out)] if out else []),
            must=tuple(must),
            columns=dict(columns or {}),
            images=images,
            sheet=sheet,
            **({"skip_bad": True} if skip_bad else {}),
            findings=findings,
            items=items,
            split=split,
            scorers=scorers,
            judge=judge,
        ),
    )


def _who(model: str) -> str:
    return f"{model}: " if model else ""


def _noted(criteria: Path | None) -> dict[str, str] | None:
    return {"path": str(criteria), "sha256": read_criteria(criteria)[1]} if criteria else None


def _evaluation(made: Prepared, model: str, answers: Path, settings: Settings, readers: Readers) -> Evaluation:
    """The evaluation of one model's answers."""
    spec = f"replay:{made.models[model]}"
    name = model or answers.name
    return Evaluation(made.items, spec, settings, ModelOptions(), readers, name=name, notes=made.notes)


def _criteria(out: Path, text: str, must: Sequence[str]) -> Path:
    """The file of the limits in the folder of a check; that of an earlier call stays where they are the same.

    Raises:
        UserError: the check was begun with other limits.
    """
    path = out / CRITERIA
    if path.exists():
        earlier = [criterion.name for criterion in read_criteria(path)[0].criterion]
        if earlier == [" ".join(line.split()) for line in must]:
            return path
        raise UserError(
            f"{out}: was begun with other limits ({', '.join(earlier)}); limits that are set once figures are known "
            "decide nothing: name another folder with --out"
        )
    if any(out.glob("**/summary.json")):
        raise UserError(
            f"{out}: its figures are known already, and limits that are set after decide nothing; name another folder "
            "with --out to decide by these"
        )
    replace_file(path, text.encode())
    return path


def _with_marks(readers: Readers, answers: Path) -> Readers:
    """With the judgements that stand beside MedHallTune's answers, read as those of a judge."""
    if any(spec for spec, _ in readers.judges):
        return readers
    options = JudgingOptions()
    judging = replace(
        options,
        protocol="medhalltune",
        judge=replace(options.judge, tries=1),
        model=replace(options.model, columns={"text": "result"}),
    )
    return replace(readers, judges=((f"replay:{answers}", judging),))
