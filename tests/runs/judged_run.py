"""A small run of open answers to judge; by hand ``python -m tests.runs.judged_run RUN SPEC`` judges one."""

import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from auscult.engine.limits import AskOptions
from auscult.engine.progress import progress
from auscult.engine.session import Show
from auscult.runs.folder import run_folder
from auscult.runs.judged import Judgement
from auscult.runs.judging import Judging
from auscult.runs.judging_options import JudgingOptions
from auscult.scorers.judges import JudgeOptions

if TYPE_CHECKING:
    from tests.analysis.worked import Asked

OPEN = {"answer_type": "open"}


def open_questions(case: int, items: int) -> "list[Asked]":
    from tests.analysis.worked import ask

    said = [f"Finding {case}.{n}, left side." for n in range(items)]
    return [ask(f"What is seen at {n}?", f"Truth {n}.", s, f"Blind {s}", **OPEN) for n, s in enumerate(said)]


def make_run(folder: Path, cases: int = 3, items: int = 2, more: "list[Asked] | None" = None) -> Path:
    """A run of ``cases`` × ``items`` open answers, with and without the image; ``more`` questions in the first case."""
    from tests.analysis.worked import study, write_run  # here, so that the program below starts fast

    studies = [
        (
            study(f"s{n}", annotation=f"Caption {n} of a chest film."),
            open_questions(n, items) + (more or [] if not n else []),
        )
        for n in range(cases)
    ]
    with run_folder(folder, {"model": "worked"}) as run:
        run.note(model={"spec": "openai:gpt-4o@https://h/v1", "identity": "openai:gpt-4o@https://h/v1", "host": "h"})
        write_run(folder, studies)
    return folder


def judge_run(folder: Path, spec: str, options: JudgingOptions | None = None, show: Show = progress) -> Judgement:
    """Judges the answers of a run, in one call."""
    with closing(Judging(folder, spec, options)) as judging:
        return judging.run(show)


if __name__ == "__main__":
    options = JudgingOptions(judge=JudgeOptions(tries=2), asking=AskOptions(concurrency=4))
    print("judging", flush=True)
    judge_run(Path(sys.argv[1]), sys.argv[2], options)
    print("done", flush=True)
