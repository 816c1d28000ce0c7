"""Questions of a data set that nobody can be tested on do not reach the item set."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from auscult.api.building import build
from auscult.construction.answerable import NAMED, NO_ANSWER, answerable, unanswerable
from auscult.corpora._bundles import drafted, seal
from auscult.items.contradicted import KEPT
from auscult.records import Case, Item


def _open(question: str, reference: str, name: str = "q") -> Item:
    return drafted(source_id=name, question=question, reference=reference, answer_type="open")


@pytest.mark.parametrize("said", ["Not sure.", "unknown", "?", "N/A", "...", "I don't know", "Unsure!"])
def test_what_says_nothing_of_the_image_is_no_reference_answer(said: str) -> None:
    assert unanswerable(_open("What is seen?", said), own=False) == NO_ANSWER


@pytest.mark.parametrize("said", ["None", "Not seen here", "No", "Unknown mass of the left lung", "Nothing"])
def test_an_absence_and_a_finding_of_unknown_cause_are_answers(said: str) -> None:
    assert not unanswerable(_open("What is seen?", said), own=True)


def test_an_option_of_not_knowing_may_be_right() -> None:
    item = drafted(
        source_id="q", question="Which?", reference="Unknown", answer_type="choice", options=("Mass", "Unknown")
    )
    assert not unanswerable(item, own=True)


def test_questions_in_another_language_are_left_out_of_data_of_ones_own_alone() -> None:
    item = _open("Was ist auf dem Bild der Lunge zu sehen?", "Ein Pleuraerguss auf der linken Seite.")
    assert unanswerable(item, own=True) == "questions of which the text is in German"
    assert not unanswerable(item, own=False), "the benchmark is what was published"


def test_a_table_of_questions_says_what_it_left_out_and_which(tmp_path: Path, picture: Callable[..., Path]) -> None:
    picture("a.png")
    rows = [
        "1,a.png,What is seen?,Not sure.",
        "2,a.png,What is seen here?,A mass.",
        "3,a.png,Was ist auf diesem Bild der Lunge zu sehen?,Pleuraerguss",
    ]
    (tmp_path / "qa.csv").write_text("\n".join(["id,image,question,answer", *rows]) + "\n")
    built = build("image-folder", tmp_path / "qa.csv", tmp_path / "set")
    assert [item.source_id for item in built] == ["2"]
    assert built.manifest.left_out == {NO_ANSWER: 1, "questions of which the text is in German": 1}
    assert built.manifest.noted[f"left out: {NO_ANSWER}: question '1' ('Not sure.')"] == 1


def test_no_more_than_the_first_are_named_and_all_are_counted() -> None:
    items = [_open(f"What is seen in {n}?", "unknown", f"q{n}") for n in range(NAMED + 2)]
    bundle = seal(Case(id="", source="s", source_key="k"), items)
    (made,) = answerable([replace(bundle, own=True)])
    assert (made.items, made.left_out, len(made.noted)) == ((), {NO_ANSWER: NAMED + 2}, NAMED)


def test_a_published_data_set_keeps_them_and_they_are_named() -> None:
    bundle = seal(Case(id="", source="s", source_key="k"), [_open("What is seen?", "Not sure.")])
    (made,) = answerable([bundle])
    assert (made.items, made.left_out) == (bundle.items, {})
    assert made.noted == (f"{KEPT}: {NO_ANSWER}", f"{KEPT}: {NO_ANSWER}: question 'q' ('Not sure.')")
