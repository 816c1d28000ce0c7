"""``auscult calibrate``: an instrument, put to the test on known truth."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from auscult.certificates import ROOM
from auscult.cli.options import DryRun, Group
from auscult.cli.output import Output
from auscult.engine.progress import progress
from auscult.printing import give, tell
from auscult.store.files import check_writable, json_file, replace_file

if TYPE_CHECKING:
    from auscult.records import Certificate


def part(name: str) -> Callable[..., None]:
    """The command of a certificate."""
    trial = ROOM.get(name)
    file = Path(f"{name}.certificate.json")

    def certify(
        options: Any,
        output: Annotated[Output, Group("Output")],
        out: Annotated[Path, typer.Option(help="File of the certificate.")] = file,
    ) -> None:
        output.check()
        check_writable(out)
        _write(trial.certify(options, progress), out, output)

    def ask(
        options: Any,
        output: Annotated[Output, Group("Output")],
        out: Annotated[Path, typer.Option(help="File of the certificate.")] = file,
        dry_run: DryRun = False,
    ) -> None:
        options = replace(options, work=options.work or out.with_suffix(".work"))
        if dry_run:
            give(*trial.forecast(options).describe().split("\n"))
        else:
            certify(options, output, out)

    command: Callable[..., None] = ask if hasattr(trial, "forecast") else certify
    kind = get_type_hints(trial.certify)["options"]
    command.__annotations__["options"] = Annotated[kind, Group("")]
    command.__name__, command.__doc__ = name, trial.__doc__
    return command


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

    check_writable(out)
    found = calibrate_run(run)
    write_calibration(out, found)
    tell(f"{found.reason}: the cascade may be {'used' if found.on else 'used by nobody'}")
    give(out)


PARTS = (*map(part, ROOM.names()), cascade)


def _write(certificate: "Certificate", out: Path, output: Output) -> None:
    from rich.console import Group as Together
    from rich.console import RenderableType
    from rich.text import Text

    from auscult.printing import visible
    from auscult.reports.certificate_face import certificate_face
    from auscult.reports.screen import Ending
    from auscult.reports.tables import certificate as tables
    from auscult.reports.terminal import Drawn

    raw = json_file(certificate)
    replace_file(out, raw)

    def every() -> RenderableType:
        parts = [(Text(visible(table.caption), "bold"), Drawn(table)) for table in tables(certificate)]
        return Together(*(one for both in parts for one in both))

    output.present(certificate_face(certificate, out), Ending(path=out), every, lambda: raw)
