from pathlib import Path

import numpy as np
import pytest
from tests.analysis.worked import ask, study, write_run

from auscult.analysis.joining import join
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


def test_a_question_on_the_side_or_grade_of_a_finding_is_about_no_presence(tmp_path: Path) -> None:
    about = {"target": "effusion", "premise_form": "neutral"}
    asked = [
        ask("Is there an effusion?", "no", "No.", category="presence", **about),
        ask("Is there a left-sided effusion?", "no", "Yes.", category="side", **about),
        ask("Is there a large effusion?", "no", "Yes.", category="size", target="effusion"),
    ]
    found = write_run(tmp_path, [(study("a"), asked)]).summary()
    assert (found.detection[0].fp, found.detection[0].tn) == (1, 1)


def test_what_is_possible_where_nothing_was_seen_is_the_bound_of_the_gate(tmp_path: Path) -> None:
    asked = [(study(str(n)), [ask("Is there a mass?", "no", "No.", target="mass")]) for n in range(59)]
    counted = write_run(tmp_path, asked).summary().detection[0]
    assert counted.invented_at_most == pytest.approx(1 - 0.05 ** (1 / 59))
    assert counted.missed_at_most is None


def test_how_much_of_what_is_reported_is_invented_follows_from_both_rates_and_the_frequency(tmp_path: Path) -> None:
    """8 of 40 invented, 4 of 40 missed: at 5 of 100, 0.2 x 0.95 of 0.2 x 0.95 + 0.9 x 0.05 are invented."""
    asked = [(study(f"n{n}"), [ask("A mass?", "no", "Yes." if n < 8 else "No.", target="mass")]) for n in range(40)]
    asked += [(study(f"y{n}"), [ask("A mass?", "yes", "No." if n < 4 else "Yes.", target="mass")]) for n in range(40)]
    found = write_run(tmp_path, asked).summary()
    one = next(f.with_image for f in found.of("prevalence"))
    assert one is not None and one.value == pytest.approx(0.19 / (0.19 + 0.045))
    rates = {f.metric: f.with_image for f in found.of("detection")}
    low, high = (
        (invented * 0.95) / (invented * 0.95 + (1 - missed) * 0.05)
        for invented, missed in (
            (rates["fabrication"].low, rates["miss"].low),  # type: ignore[union-attr]
            (rates["fabrication"].high, rates["miss"].high),  # type: ignore[union-attr]
        )
    )
    assert (one.low, one.high) == (pytest.approx(low), pytest.approx(high))


def test_images_are_told_apart_by_questions_in_the_same_words_only(tmp_path: Path) -> None:
    asked = [
        (study("a"), [ask("Is there a mass?", "yes", "Yes."), ask("Is it large?", "yes", "Yes.")]),
        (study("b"), [ask("is there a  mass", "no", "No."), ask("Is it small?", "no", "No.")]),
        (study("c"), [ask("Is there a mass?", "no", "Yes.")]),
    ]
    found = write_run(tmp_path, asked).summary()
    assert found.pairs is not None and (found.pairs.pairs, found.pairs.questions, found.pairs.items) == (2, 1, 3)
    (figure,) = found.of("pairs")
    assert figure.with_image is not None and figure.with_image.value == 0.75
