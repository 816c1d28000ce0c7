from pathlib import Path

import pytest
from tests.analysis.worked import ask, study, write_run

from auscult.analysis.joining import join
from auscult.analysis.quantities.consistency import phrasings


@pytest.mark.parametrize(
    ("said", "worst", "flipped", "missing"),
    [
        (("Yes.", "No.", "Yes."), 0, True, False),
        (("No.", "no", "No."), 0, False, False),
        (("Yes.", "Yes.", "Yes."), 1, False, False),
        (("Yes.", "It may be present or absent.", "Yes."), 0, False, False),
        (("Yes.", "It may be present or absent.", "I'm sorry."), 0, None, False),
        (("Yes.", "!timeout", "No."), 0, True, True),
    ],
)
def test_a_group_is_as_good_as_its_worst_answer_and_flips_where_positions_differ(
    tmp_path: Path, said: tuple[str, ...], worst: float, flipped: bool | None, missing: bool
) -> None:
    asked = [ask(f"Is it ill ({n})?", "yes", answer, paraphrase_group="g") for n, answer in enumerate(said)]
    run = join(write_run(tmp_path, [(study("a"), [*asked, ask("Alone?", "yes", "Yes.")])]).folder)
    (group,) = phrasings(run, run.columns[run.reader, "with"])
    assert (group.rows, group.worst, group.flipped, group.missing) == ((0, 1, 2), worst, flipped, missing)
