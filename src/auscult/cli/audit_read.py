"""``auscult audit read``: tasks of reading images, put to a model on whatever an item set knows of its cases."""

from pathlib import Path
from typing import Annotated

import typer

from auscult.cli.options import DryRun, Group
from auscult.cli.output import Output
from auscult.interpretation.audit import ReadingOptions
from auscult.models import ModelOptions
from auscult.printing import give, tell
from auscult.runs.folder import Typed
from auscult.runs.settings import Settings


def read(
    items: Annotated[Path, typer.Argument(help="An item set, or phantoms: its cases say what is asked.")],
    model: Annotated[str, typer.Option(help="Who answers: KIND:NAME, see auscult evaluate.")],
    out: Annotated[Path, typer.Option(help="Folder of the audit; the same command goes on in it.")],
    options: Annotated[ReadingOptions, Group("Tasks")],
    settings: Annotated[Settings, Group("How it is asked", without=frozenset({"Settings.protocol"}))],
    model_options: Annotated[ModelOptions, Group("Model")],
    typed: Typed,
    output: Annotated[Output, Group("Output")],
    dry_run: DryRun = False,
) -> None:
    """Audit how a model reads images: what it invents, what it misses, by how much it measures wrong.

    Tasks after Das et al. 2025: brain-tumour-type, lung-cancer, pleural-effusion, ascites (is it there?), midline-shift
    (how many mm, to which side?). Each is asked of every case whose data say what is right, in the same words; with
    --shots also after examples, on the same images, and what these change is a paired difference.

    [bold]Examples[/bold]

    auscult audit read items --model phantom --out audit

    auscult audit read items --model openai:M@URL --task pleural-effusion --shots 0 --shots 3 --out audit

    auscult audit read brain-items --model M --task brain-tumour-type --shots 0 --shots 2 --train-share 0.3 --out audit

    auscult audit read ct-items --model M --task lung-cancer --finding "lung nodule" --out audit --dry-run
    """
    from auscult.api.interpreting import PAGE, finish_reading
    from auscult.interpretation.audit import ReadingAudit
    from auscult.reports.interpretation import printed, tables_of
    from auscult.reports.screen import Ending

    output.check()
    audit = ReadingAudit(items, model, options, out, settings, model_options)
    for why in audit.left_out.values():
        tell(f"not asked: {why}")
    if dry_run:
        for each in audit.put:
            give(f"{each.task.name}, {each.way}:", *each.evaluation.forecast(each.run).describe().split("\n"))
        return
    if host := audit.put[0].evaluation.model.host:
        tell(f"questions and images go to {host}")
    found = finish_reading(audit, model, out, typed=typed)
    tables = () if found.plumbing else tuple(tables_of(found.lines))
    output.present(found.face, Ending(path=out / PAGE), lambda: printed(tables), found.as_json)
