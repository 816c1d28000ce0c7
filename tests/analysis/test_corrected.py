"""Yes/no figures as meant, from a table of labels beside a run; worked by hand."""

from pathlib import Path

import pytest
from tests.analysis.worked import Run, ask, study, write_run

from auscult.errors import UserError
from auscult.records import Answer
from auscult.runs.kept import LABELS as FILE
from auscult.runs.kept import keep_labels
from auscult.store.tables import read_rows

HEAD = "item,annotator,label\n"
YES, NO, HEDGE = "Yes.", "No.", "Possibly."
SAID = [*[(YES, "yes")] * 12, *[(NO, "yes")] * 6, *[(YES, "no")] * 8, *[(NO, "no")] * 10, *[(HEDGE, "no")] * 4]
"""Answer and truth of each question. Of the 24 with truth no 10 are read as no, and 4 as unclear, which mean no."""


@pytest.fixture
def run(tmp_path: Path) -> Run:
    studies = [(study(f"c{n}", f"p{n}"), [ask(f"Is it {n}?", t, said)]) for n, (said, t) in enumerate(SAID)]
    return write_run(tmp_path, studies)


def table(folder: Path, rows: list[str]) -> Path:
    path = folder / "meant.csv"
    path.write_text(HEAD + "".join(f"{row}\n" for row in rows))
    return path


def meant(n: int) -> str:
    return "yes" if SAID[n][0] == YES else "no"


LABELLED = [0, 1, 2, 3, 4, 5, 12, 13, 14, 15, 16, 17, 36, 37]
"""Six that say yes, six that say no, and two of the four hedges: of those meant no a quarter is read as unclear."""


def test_each_figure_stands_as_read_and_as_meant(run: Run) -> None:
    keep_labels(run.folder, table(run.folder, [f"Is it {n}?,A,{meant(n)}" for n in LABELLED]))
    found = run.summary().of("corrected")
    assert [(f.metric, f.label) for f in found[:2]] == [
        ("accuracy", "as read"),
        ("accuracy", "as meant, by 14 labelled answers"),
    ]
    values = {(f.metric, f.label[:7]): f.with_image.value for f in found if f.with_image}
    assert values["sensitivity", "as read"] == 12 / 18 and values["specificity", "as read"] == 10 / 22
    # 8 of 22 yes, 10 no, 4 unclear; of no .75 is read as no: least squares of (p - 8/22, .75 (1 - p) - 10/22, ...)
    y, n, u = 8 / 22, 10 / 22, 4 / 22
    p = ((y - 0) * 1 + (n - 0.75) * -0.75 + (u - 0.25) * -0.25) / (1 + 0.75**2 + 0.25**2)
    assert values["specificity", "as mean"] == pytest.approx(1 - p)


def test_an_answer_may_be_named_by_its_own_id(run: Run) -> None:
    answers = list(read_rows(run.folder / "answers.parquet", Answer))
    keep_labels(run.folder, table(run.folder, [f"{answers[n].id},A,{meant(n)}" for n in LABELLED]))
    assert run.summary().of("corrected")[1].label == "as meant, by 14 labelled answers"


def test_a_run_without_labels_has_no_such_figures(run: Run) -> None:
    assert run.summary().of("corrected") == ()


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["Is it 0?,A,maybe"], "'Is it 0\\?' is labelled 'maybe'; a label is yes, no or unclear"),
        (["Is it 0?,A,yes", "Is it 0?,B,no"], "'Is it 0\\?' is labelled no and yes; settle on one of them"),
        (["elsewhere,A,yes"], "none of its answers is in"),
        ([f"Is it {n}?,A,yes" for n in range(6)], "meant.csv: 0 labelled answers mean 'no'"),
    ],
)
def test_labels_that_cannot_be_used_are_refused_in_one_line(run: Run, rows: list[str], said: str) -> None:
    with pytest.raises(UserError, match=said):
        keep_labels(run.folder, table(run.folder, rows))
    assert not (run.folder / FILE).exists()
