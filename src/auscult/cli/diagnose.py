"""``auscult diagnose``: is it the eyes, the knowledge or the reasoning, and what would fixing each buy?"""

from pathlib import Path
from typing import Annotated

import typer

from auscult.cli.options import ALONE, NOT_ANSWERED, DryRun, Group
from auscult.cli.output import Output
from auscult.diagnosis.settings import DiagnosisSettings
from auscult.models import ModelOptions
from auscult.printing import give, tell
from auscult.runs.folder import Typed
from auscult.runs.judging_options import JudgingOptions


def diagnose(
    items: Annotated[Path, typer.Argument(help="Folder of an item set whose items have gold traces.")],
    out: Annotated[Path, typer.Option(help="Folder of the diagnosis; the same command goes on in it.")],
    settings: Annotated[DiagnosisSettings, Group("What is asked")],
    options: Annotated[ModelOptions, Group("Model", without=NOT_ANSWERED)],
    judging: Annotated[JudgingOptions, Group("Judge", "judge", ALONE)],
    output: Annotated[Output, Group("Output")],
    typed: Typed,
    model: Annotated[str, typer.Option(help="Who answers in stages: KIND:NAME, see auscult evaluate.")] = "",
    traces: Annotated[
        Path | None,
        typer.Option(help="Recorded traces in place of a model: ClinHallu's output files, or a table id, arm, text."),
    ] = None,
    judge: Annotated[str, typer.Option(help="Who judges the stages: facts, the fact checker, or KIND:NAME.")] = "facts",
    text_model: Annotated[
        str, typer.Option(help="Who answers the arms without an image; where not given the model itself.")
    ] = "",
    judge_certificate: Annotated[
        list[Path] | None,
        typer.Option(help="File of auscult calibrate stage; repeatable: rates lose the judge's error."),
    ] = None,
    stage_labels: Annotated[
        Path | None, typer.Option(help="CSV item,stage,hallucinated: what people said of stages that the model wrote.")
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Find out which stage of an answer fails, and what correcting it would gain.

    A model answers in three stages: what it sees, what it knows, what follows. Then it answers again with a stage
    given as finished: its own one, or the right one. What right stages mend, its own ones aside, says where its errors
    start.

    [bold]Examples[/bold]

    auscult diagnose items --model phantom --out diagnosis

    auscult diagnose items --model openai:my-model@http://localhost:8000/v1 --out diagnosis --dry-run

    auscult diagnose items --model M --judge openai:my-judge@http://localhost:8001/v1 --out diagnosis

    auscult diagnose items --model M --arms default,gold_vr_own_kr,resample,planted --out diagnosis

    auscult diagnose items --traces results/eval/my-model --protocol clinhallu --out diagnosis
    """
    from auscult.api.diagnosing import finish_diagnosis
    from auscult.diagnosis.diagnosis import FIGURES, read_diagnosis
    from auscult.diagnosis.examination import Examination
    from auscult.diagnosis.writing import Given
    from auscult.errors import UserError
    from auscult.reports.diagnosis.outputs import terminal
    from auscult.reports.diagnosis.page import face_of
    from auscult.scorers.judges import FACTS

    output.check()
    known = Given(stage_labels, tuple(judge_certificate or ()))
    known.check()
    if bool(model) == bool(traces):
        raise UserError("name who answered: either --model, or --traces for recorded ones")
    examination = Examination(items, traces or model, judge, settings, options, judging, text_model)
    for note in examination.notes:
        tell(note)
    if dry_run:
        give(*examination.forecast(out).describe().split("\n"))
        return
    if examination.model.host:
        tell(f"questions, images and gold stages go to {examination.model.host}")
    if judge != FACTS:
        tell(f"what the model wrote, with questions, captions and references, goes to the judge {judge}")
    ending, figures = finish_diagnosis(examination, out, known, typed=typed), out / FIGURES
    output.present(face_of(out), ending, lambda: terminal(read_diagnosis(figures)), figures.read_bytes)
