"""``auscult check``: one file of recorded answers in; a run, a report and, where limits are set, a verdict out."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auscult.cli.options import Group
from auscult.cli.output import Output
from auscult.cli.scoring import RECORDED, Scoring
from auscult.errors import UserError
from auscult.printing import give
from auscult.runs.folder import Typed

if TYPE_CHECKING:
    from auscult.api.checking import Checked


def check(
    answers: Annotated[
        Path,
        typer.Argument(help="Table of recorded answers, or files of MedHallTune.", show_default=False),
    ],
    scoring: Annotated[Scoring, Group("Scorers")],
    typed: Typed,
    output: Annotated[Output, Group("Output")],
    out: Annotated[
        Path | None, typer.Option(help="Folder to make; beside the table and named after it where not given.")
    ] = None,
    must: Annotated[
        list[str] | None,
        typer.Option(help="Limit that decides, for example 'inventions <= 10%'; repeatable.", show_default=False),
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option("--map", help="FIELD=COLUMN, where the column's name does not say it; repeatable."),
    ] = None,
    images: Annotated[
        Path | None, typer.Option(help="Folder of the images that the table names; its own where not given.")
    ] = None,
    findings: Annotated[
        Path | None,
        typer.Option(help="Labels of the images (a column of 0 and 1 a finding), where the table has no truths."),
    ] = None,
    items: Annotated[
        Path | None, typer.Option(help="Item set that was answered, where the table holds ids and answers alone.")
    ] = None,
    split: Annotated[
        str | None, typer.Option(help="Part of the item set: train, validation, test or all; else test, or all.")
    ] = None,
    sheet: Annotated[str, typer.Option(help="Sheet of a spreadsheet, where several hold rows.")] = "",
    skip_bad: Annotated[bool, typer.Option(help="Leave out rows that cannot be used; they are counted.")] = False,
    max_missing: Annotated[
        float, typer.Option(help="Share of missing or unread answers above which only a range is shown.", min=0, max=1)
    ] = 0.05,
    dry_run: Annotated[bool, typer.Option(help="Say what would be read, and what a judge would cost.")] = False,
) -> None:
    """Check a file of recorded answers: does the model invent or miss findings, and is it better than guessing?

    A table (.csv, .tsv, .xlsx, .jsonl, .json, .parquet) with a row an answer: the question, what is right, what the
    model said; and, where there are such columns, the image, patient, options, group and model. What is what is read
    off the names of the columns and said; --map says it otherwise. Several models in one column are compared.

    --must sets limits, which are noted before anything is scored; then the exit code is that of auscult gate.

    [bold]Fields of --map[/bold]

    question, truth, answer (several times: a model each), image, patient, case, id, options, model, group, target,
    answer_type, condition, repeat, tag.NAME

    [bold]Examples[/bold]

    auscult check answers.csv

    auscult check answers.xlsx --must "inventions <= 10%" --must "misses <= 20%"

    auscult check answers.csv --images pictures --map truth=radiologist --out run

    auscult check answers.csv --findings labels.csv

    auscult check answers.csv --items items --map id=qid

    auscult check judged-folder --parse-policy published
    """
    from auscult.api.checking import run_check
    from auscult.corpora.recorded.table import TableOptions
    from auscult.runs.recorded import holds, look
    from auscult.runs.settings import Settings

    output.check()
    judged = items is None and holds(answers, "result")
    if scoring.judge == RECORDED and not judged:
        raise UserError(f"--judge {RECORDED}: {answers} holds no judgements; name a model that judges")
    table = TableOptions(
        columns=_pairs(columns or []), images=images, sheet=sheet, skip_bad=skip_bad, findings=findings
    )
    own = judged and scoring.judge in ("", RECORDED)
    if dry_run:
        if not (judged or items):
            for line in look(answers, table):
                give(line)
        give(*scoring.forecast(None).split("\n"))
        return
    scoring.tell()
    checked = run_check(
        answers,
        out,
        table,
        items=items,
        must=must or (),
        readers=(scoring.with_marks(answers) if own else scoring).readers(),
        settings=Settings(split=split, max_missing=max_missing),
        typed=typed,
    )
    _show(checked, output)
    if checked.exit_code:
        raise typer.Exit(checked.exit_code)


def _show(checked: "Checked", output: Output) -> None:
    """Prints what came of it, ending in the path of the folder."""
    from auscult.analysis.comparison.comparing import as_json as compared_json
    from auscult.analysis.gate.decision import as_json
    from auscult.cli.scoring import show
    from auscult.reports.comparison.face import comparison_face
    from auscult.reports.comparison.outputs import terminal as side_by_side
    from auscult.reports.gate import terminal as decided
    from auscult.reports.gate_face import checked_face
    from auscult.reports.limits import limits_of
    from auscult.reports.screen import Ending
    from auscult.reports.verdicts import run_face

    page = checked.pages[0]
    if checked.compared:
        found = checked.compared.comparison
        pages = [
            (run.folder / "gate.html", gate.verdict) for run, gate in zip(checked.runs, checked.gates, strict=False)
        ]
        ending = Ending(
            path=checked.folder, page=page, others=tuple((verdict.lower(), path) for path, verdict in pages)
        )
        output.present(comparison_face(found), ending, lambda: side_by_side(found), lambda: compared_json(found))
    elif checked.gates:
        gate = checked.gates[0]
        ending = Ending(path=checked.folder, page=page)
        own = run_face(checked.run.summary, limits_of(gate), run=shlex.quote(str(checked.folder)))
        output.present(checked_face(gate, own), ending, lambda: decided(gate), lambda: as_json(gate))
    else:
        show(checked.run.summary, checked.folder, output, page)


def _pairs(values: list[str]) -> tuple[tuple[str, str], ...]:
    """``["answer=GPT", "answer=LLaVA"]`` as pairs; a field may come again."""
    found = []
    for value in values:
        name, equals, column = value.partition("=")
        if not (name and equals and column):
            raise UserError(f"--map takes FIELD=COLUMN, for example --map truth=Diagnosis, not '{value}'")
        found.append((name, column))
    return tuple(found)
