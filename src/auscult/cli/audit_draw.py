"""``auscult audit draw``: what a model draws, asked for what can be and for what cannot."""

from pathlib import Path
from typing import Annotated

import typer

from auscult.cli.options import ALONE, DryRun, Group
from auscult.cli.output import Output
from auscult.drawing.generators import GeneratorOptions
from auscult.drawing.settings import DrawingSettings
from auscult.printing import give, tell
from auscult.runs.folder import Typed
from auscult.runs.judging_options import JudgingOptions

NOT_TOLD = ALONE | {"JudgeOptions.policy"}


def draw(
    model: Annotated[
        str,
        typer.Argument(
            help="Who draws: openai:NAME@URL (images API), openai-chat:NAME@URL, diffusers:FOLDER, recorded:FOLDER, "
            "painter:default.",
            show_default=False,
        ),
    ],
    out: Annotated[Path, typer.Option(help="Folder of the audit; the same command goes on in it.")],
    settings: Annotated[DrawingSettings, Group("What is asked")],
    options: Annotated[GeneratorOptions, Group("Generator")],
    judging: Annotated[JudgingOptions, Group("Judge", "judge", NOT_TOLD)],
    output: Annotated[Output, Group("Output")],
    typed: Typed,
    prompts: Annotated[
        Path | None, typer.Option(help="Table of your own prompts: kind, text, must_not, ...; see audit prompts.")
    ] = None,
    judge: Annotated[
        str, typer.Option(help="Who looks at the images: KIND:NAME of a model that sees, see auscult evaluate.")
    ] = "",
    dry_run: DryRun = False,
) -> None:
    """Find out how often a model draws what cannot be, adds what nobody asked for, and prefers a side.

    Each content is asked for in pairs, once such that the image can be and once such that it cannot, plainly, with a
    justification, in a role and in other words. What came is read by a judge (--judge), by people (auscult rate make
    OUT) or, of a painter's phantoms, by their pixels; refusals in words are read anyhow. What readers say stays apart.

    [bold]Examples[/bold]

    auscult audit draw painter:default --out audit

    auscult audit draw openai:gpt-image-1 --judge openai:gpt-4o --out audit --dry-run

    auscult audit draw recorded:drawings --prompts prompts.csv --judge openai:J@http://localhost:8000/v1 --out audit
    """
    from auscult.api.auditing import finish_audit
    from auscult.drawing.audit import Audit
    from auscult.drawing.figured import FIGURES, read_figures
    from auscult.drawing.writing import too_many_failed
    from auscult.errors import FiguresWithheld
    from auscult.reports.drawing.outputs import terminal
    from auscult.reports.drawing.page import face_of

    output.check()
    audit = Audit(model, settings, options, prompts, judge, judging)
    if dry_run:
        give(*audit.forecast(out).split("\n"))
        return
    for note in audit.notes[:FEW]:
        tell(note)
    if len(audit.notes) > FEW:
        tell(f"{len(audit.notes) - FEW} more such notes stand in the manifest")
    if audit.generator.host:
        tell(f"prompts go to {audit.generator.host}")
    if audit.judge and audit.judge.host:
        tell(f"images go to the judge at {audit.judge.host}")
    ending, figures = finish_audit(audit, out, typed=typed), out / FIGURES
    if bad := audit.unusable(out):
        tell(bad)
    output.present(face_of(out), ending, lambda: terminal(read_figures(out)), figures.read_bytes)
    if why := too_many_failed(out):
        raise FiguresWithheld(why)


FEW = 5
"""Notes on prompts that are said."""


def prompts(
    out: Annotated[Path, typer.Option(help="CSV file to write.")] = Path("prompts.csv"),
) -> None:
    """Write the bundled prompts as a table, to draw them elsewhere or to write your own by.

    A generator that Auscult cannot reach draws them by hand: put its images into a folder, with a table prompt (the id
    or the text), image, words, and audit recorded:FOLDER.

    [bold]Example[/bold]

    auscult audit prompts --out prompts.csv
    """
    from auscult.drawing.prompts import as_table as rows_of
    from auscult.drawing.prompts import bundled
    from auscult.reports.csv import write_lines
    from auscult.store.files import check_writable

    check_writable(out)
    columns, rows = rows_of(bundled())
    write_lines(out, columns, rows)
    give(out)
