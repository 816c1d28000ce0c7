"""``auscult calibrate``: an instrument, put to the test on known truth."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from auscult.cli.options import DryRun, Group
from auscult.runs.judging_options import JudgingOptions
from auscult.runs.reading_options import ReaderOptions

if TYPE_CHECKING:
    from auscult.records import Certificate

ALONE = frozenset(
    {"JudgingOptions.anchors", "JudgingOptions.against", "JudgingOptions.generator", "JudgeOptions.repeats"}
)
_MERGED = {"part", "what", "degree", "value", "low", "high", "label", "hits", "n", "clusters", "unit"}
_IF_ANY = {"missing", "unread"}
Seed = Annotated[int, typer.Option(help="Of the random choices.")]
Answers = Annotated[
    list[Path] | None,
    typer.Option(help="Folder of recorded answers of real models; may be given several times.", show_default=False),
]
Work = Annotated[
    Path | None, typer.Option(help="Folder where the same command goes on; OUT with .work where not given.")
]
_VALUE = "value (95 % interval)"
WIDE = 130
"""Characters that the tables need; with fewer, each row is a line."""


def statistics(
    out: Annotated[Path, typer.Option(help="File of the certificate.")] = Path("statistics.certificate.json"),
    replicates: Annotated[int, typer.Option(help="Simulated studies a cell.", min=100)] = 4000,
    seed: Annotated[int, typer.Option(help="Of the simulation.")] = 0,
) -> None:
    """Simulate studies whose truth is known, and see whether the intervals cover it as often as they claim.

    [bold]Example[/bold]

    auscult calibrate statistics --out statistics.json
    """
    from auscult.certificates.statistics import certify
    from auscult.engine.progress import progress

    with progress("simulating, cells", None) as bar:
        certificate = certify(replicates=replicates, seed=seed, progress=bar.reach)
    _write(certificate, out)


def facts(
    out: Annotated[Path, typer.Option(help="File of the certificate.")] = Path("facts.certificate.json"),
    data: Annotated[
        Path | None, typer.Option(help="Folder of the real data sets; none: phantoms only.", show_default=False)
    ] = None,
    answers: Answers = None,
    scenes: Annotated[int, typer.Option(help="Phantoms that errors are planted about.", min=1)] = 2000,
    seed: Seed = 0,
) -> None:
    """Plant errors into real reports and into answers about phantoms, and see which the fact checker finds.

    Beside it stand labels that people gave: findings of reports, negation, entailment. What cannot be tested because
    its data set is not in the folder is said. Edited reports are never written anywhere. In recorded answers (ANSWERS)
    findings are looked for whose presence is known from the answer's own yes or no, or from labels.

    [bold]Data sets[/bold], each a folder of DATA: iu-reports, negation-corpus, radfact-entailment, medec

    [bold]Examples[/bold]

    auscult calibrate facts

    auscult calibrate facts --data DATA --answers ANSWERS --out facts.json
    """
    from auscult.certificates.facts import certify

    _planted(certify, out, data, answers, seed, scenes=scenes)


def premise(
    out: Annotated[Path, typer.Option(help="File of the certificate.")] = Path("premise.certificate.json"),
    data: Annotated[
        Path | None, typer.Option(help="Folder of data sets, for model-answers in it.", show_default=False)
    ] = None,
    answers: Answers = None,
    seed: Seed = 0,
) -> None:
    """Put answers that correct, accept or evade a premise to the premise scorer, and see which it calls what.

    Recorded answers (ANSWERS) count where they are labelled: label_1, label_2 or meant, with premise and premise_form.

    [bold]Examples[/bold]

    auscult calibrate premise --out premise.json

    auscult calibrate premise --answers ANSWERS --out premise.json
    """
    from auscult.certificates.premise import certify

    _planted(certify, out, data, answers, seed)


def closed(
    out: Annotated[Path, typer.Option(help="File of the certificate.")] = Path("closed.certificate.json"),
    data: Annotated[
        Path | None, typer.Option(help="Folder of the real data sets; none: planted answers only.", show_default=False)
    ] = None,
    answers: Answers = None,
    sample: Annotated[
        Path | None,
        typer.Option(help="Write 100 self-labelled answers of each class here, to check by hand.", show_default=False),
    ] = None,
    seed: Seed = 0,
) -> None:
    """Put answers of known meaning to the scorers of closed questions, and see how they read them.

    Recorded answers (ANSWERS) count where they are labelled (meant, label_1, label_2) or say themselves what they mean:
    they begin with Yes or No and go on so, or end in an option. The certificate keeps counts, never texts.

    [bold]Forms of ANSWERS[/bold], folders of .jsonl, .json, .csv, .tsv: LLaVA-Med, MedEvalKit, VLMEvalKit, lmms-eval,
    MedHallTune; or rows with model, question, options, answer, answer_type, image and, where known, meant

    [bold]Examples[/bold]

    auscult calibrate closed --data DATA --out closed.json

    auscult calibrate closed --answers ANSWERS --answers MORE --out closed.json
    """
    from auscult.certificates.closed import certify

    if sample:
        _write_sample(sample, answers or [], seed)
    _planted(certify, out, data, answers, seed)


def judge(
    judge: Annotated[str, typer.Option(help="Who judges: KIND:NAME.")],
    options: Annotated[JudgingOptions, Group("Judge", "judge", ALONE)],
    out: Annotated[Path, typer.Option(help="File of the certificate.")] = Path("judge.certificate.json"),
    data: Annotated[
        Path | None, typer.Option(help="Folder of the sets that people have labelled; none: phantoms only.")
    ] = None,
    scenes: Annotated[int, typer.Option(help="Phantoms; under 180 some figures are insufficient.", min=1)] = 180,
    repeats: Annotated[int, typer.Option(help="Times that graded answers are asked.", min=1, max=100)] = 3,
    work: Work = None,
    seed: Seed = 0,
    dry_run: DryRun = False,
) -> None:
    """Put planted errors, human labels, dressings and attacks to a judge, and see what its grades are worth.

    Answers about phantoms hold none to three errors; the judge is to grade them in that order, to see each kind of
    error, to tell harm from a slip, to repeat itself, to stay unmoved by length and claims, and not to obey an answer.

    [bold]Data sets[/bold], each a folder of DATA: medec, radfact-entailment, medval-bench (test.csv),
    hidden-flaws-gpt-4v (train-*.parquet)

    [bold]Examples[/bold]

    auscult calibrate judge --judge openai:my-judge@http://localhost:8000/v1 --dry-run

    auscult calibrate judge --judge openai:my-judge@http://localhost:8000/v1 --data DATA --out judge.json
    """
    from auscult.certificates.judge import Calibration, Plan

    _folder(data)
    calibration = Calibration(judge, Plan(scenes=scenes, repeats=repeats, seed=seed, data=data), options)
    _asked(calibration, out, work, dry_run, "answers about phantoms and labelled texts")


def reader(
    reader: Annotated[str, typer.Option(help="Who reads: KIND:NAME.")],
    options: Annotated[ReaderOptions, Group("Second reader", "reader")],
    out: Annotated[Path, typer.Option(help="File of the certificate.")] = Path("reader.certificate.json"),
    data: Annotated[Path | None, typer.Option(help="Folder of data sets, with answers among them.")] = None,
    answers: Answers = None,
    work: Work = None,
    dry_run: DryRun = False,
) -> None:
    """Put the labelled answers that the rules leave unread to a second reader, and see how it reads them.

    Answers to closed questions count where they are labelled (meant, label_1, label_2). What the rules read is not put:
    a second reader is there for the rest, and its certificate speaks of nothing else.

    [bold]Example[/bold]

    auscult calibrate reader --reader openai:my-model@http://localhost:8000/v1 --answers ANSWERS
    """
    from auscult.certificates.reader import Calibration

    _folder(data)
    _asked(
        Calibration(reader, answers or (), data, options), out, work, dry_run, "labelled answers and their questions"
    )


def cascade(
    run: Annotated[
        Path, typer.Argument(help="A run of the calibration split, judged whole by one model.", show_default=False)
    ],
    out: Annotated[Path, typer.Option(help="File of the calibration.")] = Path("cascade.json"),
) -> None:
    """Count how often a judge agrees with the fact checker where the checker is certain.

    The file switches a cascade on, for that judge alone, where the lower limit of the agreement is at least 95 %.

    [bold]Example[/bold]

    auscult score split-run --judge openai:J@URL --judge-protocol support

    auscult calibrate cascade split-run --out cascade.json

    auscult score run --judge openai:J@URL --judge-protocol support --judge-cascade cascade.json
    """
    from auscult.analysis.quantities.cascade import calibrate_run
    from auscult.scorers.judges.cascade import write_calibration

    found = calibrate_run(run)
    write_calibration(out, found)
    print(f"{found.reason}: the cascade may be {'used' if found.on else 'used by nobody'}", file=sys.stderr)
    print(out)


PARTS = (statistics, facts, premise, closed, judge, reader, cascade)


def _planted(
    certify: Callable[..., "Certificate"],
    out: Path,
    data: Path | None,
    answers: list[Path] | None,
    seed: int,
    **more: int,
) -> None:
    """A certificate of what is planted and of recorded answers."""
    from auscult.engine.progress import progress

    _folder(data)
    with progress("planting, answering and reading", None) as bar:
        certificate = certify(seed=seed, progress=bar.reach, data=data, answers=answers or (), **more)
    _show(certificate)
    _write(certificate, out)


def _asked(calibration: Any, out: Path, work: Path | None, dry_run: bool, what: str) -> None:
    """A certificate for which a model is asked, or what that would take."""
    work = work or out.with_suffix(".work")
    if dry_run:
        print(calibration.forecast(work).describe())
        return
    if calibration.model.host:
        print(f"{what} go to {calibration.model.host}", file=sys.stderr)
    certificate = calibration.run(work)
    _show(certificate)
    _write(certificate, out)


def _write_sample(path: Path, answers: list[Path], seed: int) -> None:
    import orjson

    from auscult.certificates.recorded.closed import sample
    from auscult.certificates.recorded.reading import read_answers
    from auscult.store.files import replace_file

    rows = sample(read_answers(answers), 100, seed)
    replace_file(path, b"".join(orjson.dumps(row) + b"\n" for row in rows))
    print(f"{path}: {len(rows)} answers; correct 'meant' where it is wrong, then give the file as --answers too")


def _folder(data: Path | None) -> None:
    from auscult.errors import UserError

    if data and not data.is_dir():
        raise UserError(f"{data}: no such folder; give the folder that holds iu-reports and the other data sets")


def _show(certificate: "Certificate") -> None:
    """The figures as tables, one a part, in their order: the headline is first."""
    from rich.console import Console
    from rich.table import Table

    console, parts = Console(), dict.fromkeys(str(row.get("part", "")) for row in certificate.figures)
    for part in parts:
        rows = [_told(row) for row in certificate.figures if str(row.get("part", "")) == part]
        names = [name for name in dict.fromkeys(n for row in rows for n in row) if any(row.get(name) for row in rows)]
        if len({row.get("instrument") for row in rows}) == 1:
            names = [name for name in names if name != "instrument"]
        if console.width < WIDE:
            console.print(part, style="bold", markup=False)
            for row in rows:
                said = [row[n] if n in ("what", _VALUE) else f"{n} {row[n]}" for n in names if row.get(n)]
                console.print("  " + "; ".join(said), markup=False, highlight=False)
            console.print()
            continue
        table = Table(title=part, title_justify="left", title_style="bold", box=None, header_style="dim")
        for name in names:
            table.add_column(name, no_wrap=name.startswith(("value", "measure")) or name == "n", overflow="fold")
        for row in rows:
            table.add_row(*(row.get(name, "") for name in names))
        console.print(table)
        console.print()


def _told(row: dict[str, Any]) -> dict[str, str]:
    """A row in the words of a table; notes on its interval stay in the file."""
    told = {}
    if "what" in row:
        told["what"] = "; ".join(filter(None, (str(row["what"]), str(row.get("degree") or ""))))
    plain = {k: v for k, v in row.items() if k not in _MERGED and v is not None and not (k in _IF_ANY and v == 0)}
    told |= {k.replace("_", " "): _plain(v) for k, v in plain.items()}
    value, label, n = row.get("value"), str(row.get("label") or ""), row.get("n")
    if row.get("low") is not None and row.get("high") is not None:
        told[_VALUE] = f"{_plain(value)} ({_plain(row['low'])}-{_plain(row['high'])})"
    elif value is None:
        told[_VALUE] = f"{label}: {row['hits']} of {n}" if "hits" in row else label
    else:
        told[_VALUE] = _plain(value)
    if n is not None:
        units = f"{row.get('clusters')} {row.get('unit')}s" if row.get("unit") else ""
        told["n"] = units if units and n == row.get("clusters") else f"{n} in {units}" if units else str(n)
    return told


def _plain(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _write(certificate: "Certificate", out: Path) -> None:
    import orjson

    from auscult.store.files import replace_file

    replace_file(out, orjson.dumps(certificate, option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY) + b"\n")
    print(certificate.summary, file=sys.stderr)
    print(out)
