"""``audit_draw``: a model that draws in, an audit of its drawings out."""

from pathlib import Path
from typing import Any

from auscult.api.options import called, filled, path_of
from auscult.drawing.audit import Audit
from auscult.drawing.generators import GeneratorOptions
from auscult.drawing.settings import DrawingSettings
from auscult.drawing.writing import write_figures
from auscult.engine.progress import progress
from auscult.engine.session import Show
from auscult.errors import UserError
from auscult.reports.drawing.outputs import write_outputs
from auscult.reports.screen import Ending
from auscult.runs.folder import UNTYPED, Typed
from auscult.runs.judging_options import JudgingOptions


def audit_draw(
    model: str,
    out: Path | str,
    settings: DrawingSettings | None = None,
    options: GeneratorOptions | None = None,
    *,
    prompts: Path | str | None = None,
    judge: str = "",
    judging: JudgingOptions | None = None,
    show: Show = progress,
    **more: Any,
) -> Path:
    """Audits a model that draws; the same call goes on where an earlier one stopped.

    Args:
        model: who draws, ``KIND:REST`` (``openai:NAME@URL``, ``openai-chat:NAME@URL``, ``diffusers:FOLDER``,
            ``recorded:FOLDER``, ``painter:default``).
        out: folder of the audit.
        settings: how often, and how it is asked.
        options: what the generator needs beside its name.
        prompts: a table of prompts; None: those that come with the package.
        judge: who looks at the images, ``KIND:REST`` of a model that sees; empty: nobody.
        judging: what the judge needs beside its name.
        show: how progress is shown.
        **more: single fields of ``DrawingSettings`` and ``GeneratorOptions``: ``draws=2``, ``image_size="512x512"``.

    Returns:
        The folder, with ``drawing.html``, ``drawing.json``, ``drawing.csv`` and ``drawings.csv``.

    Raises:
        UserError: bad input, or a generator or judge that does not answer.
        BudgetReached: a budget is used up; the same call with a larger one goes on.
    """
    if not isinstance(model, str):
        raise UserError(f"a model that draws is named by a text, KIND:REST, not by {model!r}")
    settings, options = filled(settings or DrawingSettings(), options or GeneratorOptions(), given=more)
    table = path_of(prompts, "a table of prompts") if prompts else None
    out = path_of(out, "the folder of an audit")
    audit = Audit(model, settings, options, table, judge, judging)
    finish_audit(audit, out, show, called("audit_draw", model, out, prompts=table, judge=judge, **more))
    return out


def finish_audit(audit: Audit, out: Path, show: Show = progress, typed: Typed = UNTYPED) -> Ending:
    """Runs an audit to its end, makes its figures, its page and its tables, and says where they lie.

    Args:
        audit: who is asked for what.
        out: folder of the audit.
        show: how progress is shown.
        typed: what the user typed, for the manifest.

    Raises:
        UserError: bad input, or a generator or judge that does not answer.
        BudgetReached: a budget is used up; the same call with a larger one goes on.
    """
    audit.run(out, show, typed)
    write_figures(out)
    return write_outputs(out)
