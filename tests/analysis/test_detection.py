from pathlib import Path

import numpy as np
import pytest
from tests.analysis.worked import ask, study, write_run

from auscult.analysis.joined import join
from auscult.analysis.quantities.detection import Errors

ABSENT = ("Yes.", "No.", "No.", "No.", "It may be present or absent.", "I'm sorry.", "!timeout")


@pytest.mark.parametrize(
    ("unclear", "wrong"), [("apart", [1, 0, 0, 0, None, None, None]), ("wrong", [1, 0, 0, 0, 1, 1, None])]
)
def test_an_answer_that_says_neither_does_not_count_or_is_wrong(
    tmp_path: Path, unclear: str, wrong: list[int | None]
) -> None:
    asked = [ask(f"Is there a sign {n}?", "no", said, target="sign") for n, said in enumerate(ABSENT)]
    run = join(write_run(tmp_path, [(study("a"), [*asked, ask("Is there another?", "yes", "No.")])]).folder)
    errors = Errors(name="fabrication", scorer=run.reader, present=False, unclear=unclear)  # type: ignore[arg-type]
    taken = errors.sample(run, np.ones(len(run.ids), bool))
    expected = [np.nan if value is None else value for value in wrong]
    np.testing.assert_array_equal(taken.values[:, 0], expected)
    assert taken.lost[:, 0].tolist() == [False] * 6 + [True]
