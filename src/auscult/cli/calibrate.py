"""``auscult calibrate``: an instrument, put to the test on known truth."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from auscult.records import Certificate

EXAMPLE = "auscult calibrate facts --data DATA --out facts.json"
_MERGED = {"part", "what", "degree", "value", "low", "high", "label", "hits", "n", "clusters", "unit"}
Seed = Annotated[int, typer.Option(help="Of the random choices.")]


def register(app: typer.Typer) -> None:
    """Adds the command and its instruments."""
    instruments = typer.Typer(no_args_is_help=True)
    for command in (statistics, facts, premise, closed):
        instruments.command()(command)
    app.add_typer(instruments, name="calibrate", short_help=f"Certify an instrument.  [dim]{EXAMPLE}[/dim]")


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
    scenes: Annotated[int, typer.Option(help="Phantoms that errors are planted about.", min=1)] = 2000,
    seed: Seed = 0,
) -> None:
    """Plant errors into real reports and into answers about phantoms, and see which the fact checker finds.

    Beside it stand labels that people gave: findings of reports, negation, entailment. What cannot be tested because
    its data set is not in the folder is said. Edited reports are never written anywhere.

    [bold]Data sets[/bold], each a folder of DATA: iu-reports, lexicons (negex), negation-corpus, radfact-entailment,
    medec

    [bold]Examples[/bold]

    auscult calibrate facts

    auscult calibrate facts --data DATA --out facts.json
    """
    from auscult.certificates.facts import certify
    from auscult.engine.progress import progress

    _folder(data)
    with progress("planting and finding, parts", None) as bar:
        certificate = certify(seed=seed, progress=bar.reach, data=data, scenes=scenes)
    _show(certificate)
    _write(certificate, out)


def premise(
    out: Annotated[Path, typer.Option(help="File of the certificate.")] = Path("premise.certificate.json"),
    seed: Seed = 0,
) -> None:
    """Put answers that correct, accept or evade a premise to the premise scorer, and see which it calls what.

    [bold]Example[/bold]

    auscult calibrate premise --out premise.json
    """
    from auscult.certificates.premise import certify
    from auscult.engine.progress import progress

    with progress("answering and scoring", None) as bar:
        certificate = certify(seed=seed, progress=bar.reach)
    _show(certificate)
    _write(certificate, out)


def closed(
    out: Annotated[Path, typer.Option(help="File of the certificate.")] = Path("closed.certificate.json"),
    data: Annotated[
        Path | None, typer.Option(help="Folder of the real data sets; none: planted answers only.", show_default=False)
    ] = None,
    seed: Seed = 0,
) -> None:
    """Put answers of known meaning to the scorers of closed questions, and see how they read them.

    [bold]Example[/bold]

    auscult calibrate closed --data DATA --out closed.json
    """
    from auscult.certificates.closed import certify
    from auscult.engine.progress import progress

    _folder(data)
    with progress("answering and scoring", None) as bar:
        certificate = certify(seed=seed, progress=bar.reach, data=data)
    _show(certificate)
    _write(certificate, out)


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
    told |= {k.replace("_", " "): _plain(v) for k, v in row.items() if k not in _MERGED and v is not None}
    value, label, n = row.get("value"), str(row.get("label") or ""), row.get("n")
    if row.get("low") is not None and row.get("high") is not None:
        told["value (95 % interval)"] = f"{_plain(value)} ({_plain(row['low'])}-{_plain(row['high'])})"
    elif value is None:
        told["value (95 % interval)"] = f"{label}: {row['hits']} of {n}" if "hits" in row else label
    else:
        told["value (95 % interval)"] = _plain(value)
    if n is not None:
        units = f"{row.get('clusters')} {row.get('unit')}s" if row.get("unit") else ""
        told["n"] = units if units and n == row.get("clusters") else f"{n} in {units}" if units else str(n)
    return told


def _plain(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _write(certificate: "Certificate", out: Path) -> None:
    import orjson

    from auscult.tables import replace_file

    replace_file(out, orjson.dumps(certificate, option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY) + b"\n")
    print(certificate.summary, file=sys.stderr)
    print(out)
