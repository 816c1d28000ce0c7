"""``auscult inspect-log``: a run as a log that Inspect's viewer opens."""

from pathlib import Path
from typing import Annotated

import typer

from auscult.printing import give, tell


def inspect_log(
    run: Annotated[Path, typer.Argument(help="Folder of a finished run.", show_default=False)],
    out: Annotated[Path, typer.Option(help="File to write, NAME.eval.", show_default=False)],
    condition: Annotated[
        str, typer.Option(help="Which answers: with the image, without it, or with the wrong one.")
    ] = "with",
    with_images: Annotated[
        bool, typer.Option(help="Put the images into the log, each once for every question about it.")
    ] = False,
) -> None:
    """Write a finished run as an .eval log, which Inspect's viewer opens. Needs the extra: auscult[inspect].

    A log holds one image condition. The figures are those of the run's report; failed requests are errors.

    [bold]Examples[/bold]

    auscult inspect-log run --out logs/run.eval --with-images

    auscult inspect-log run --out logs/run-without.eval --condition without

    inspect view --log-dir logs
    """
    from typing import cast

    from auscult.bridges.inspect_log import write_inspect_log
    from auscult.records import Condition
    from auscult.store.files import check_writable

    check_writable(out)
    written = write_inspect_log(run, out, condition=cast(Condition, condition), images=with_images)
    tell(f"{written.samples} answers, {written.failed} of them failed requests")
    give(out)
