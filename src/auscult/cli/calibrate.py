"""``auscult calibrate``: an instrument, put to the test on known truth."""

import sys
from pathlib import Path
from typing import Annotated

import typer

EXAMPLE = "auscult calibrate statistics --out statistics.json"


def register(app: typer.Typer) -> None:
    """Adds the command and its instruments."""
    instruments = typer.Typer(no_args_is_help=True)
    instruments.command(name="statistics")(statistics)
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
    import orjson

    from auscult.certificates.statistics import certify
    from auscult.engine.progress import progress
    from auscult.tables import replace_file

    with progress("simulating, cells", None) as bar:
        certificate = certify(replicates=replicates, seed=seed, progress=bar.reach)
    replace_file(out, orjson.dumps(certificate, option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY) + b"\n")
    print(certificate.summary, file=sys.stderr)
    print(out)
