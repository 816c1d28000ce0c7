from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from auscult.scorers import create
from auscult.scorers.text import CHANGES, blind_spots
from auscult.scorers.text._rewrite import negated, number_changed, paraphrased, reordered, side_swapped

REFERENCES = [
    "There is a small left pleural effusion measuring 12 mm.",
    "The heart is enlarged. No pneumothorax.",
    "Axial",
    "Yes",
    "The right lung is clear.",
]


@pytest.mark.parametrize(
    ("sentence", "changed"),
    [
        ("There is a small effusion.", "There is no small effusion."),
        ("There is no effusion.", "There is effusion."),
        ("No pleural effusion.", "Pleural effusion."),
        ("Small left pleural effusion.", "No small left pleural effusion."),
        ("The heart is enlarged.", "The heart is not enlarged."),
        ("The heart is not enlarged.", "The heart is enlarged."),
        ("Heart size normal.", "Heart size not normal."),
        ("The structures appear intact.", "The structures do not appear intact."),
        ("Lungs without opacity.", "Lungs with opacity."),
        ("Yes", "No"),
        ("no", "yes"),
        ("Axial", None),
        ("", None),
    ],
)
def test_a_statement_is_denied_or_its_denial_taken_back(sentence: str, changed: str | None) -> None:
    assert negated(sentence) == changed


@pytest.mark.parametrize(
    ("sentence", "changed"),
    [
        ("Left lung.", "Right lung."),
        ("a nodule in the right lobe, not the left one", "a nodule in the left lobe, not the right one"),
        ("Left and right lungs are clear.", None),
        ("The right ventricle is dilated.", None),
        ("A tube was left in place.", None),
        ("Bright spots.", None),
    ],
)
def test_sides_are_swapped_where_that_changes_the_meaning(sentence: str, changed: str | None) -> None:
    assert side_swapped(sentence) == changed


@pytest.mark.parametrize(
    ("sentence", "changed"),
    [
        ("A 12 mm nodule.", "A 25 mm nodule."),
        ("2.5 cm", "6.0 cm"),
        ("Two nodules.", "Four nodules."),
        ("Fracture of T12 on 5/12/2010.", None),
        ("COVID-19 pneumonia.", None),
        ("No number.", None),
    ],
)
def test_numbers_are_changed_but_not_parts_of_names_and_dates(sentence: str, changed: str | None) -> None:
    assert number_changed(sentence) == changed


@pytest.mark.parametrize(
    ("sentence", "changed"),
    [
        ("No evidence of pneumonia.", "No sign of pneumonia."),
        ("There is a fracture.", "A fracture is present."),
        ("No pneumothorax.", "There is no pneumothorax."),
        ("No pleural effusions.", "No pleural fluid collections."),
        ("The heart is enlarged.", "The heart is larger than normal."),
        ("Scoliosis.", None),
    ],
)
def test_a_paraphrase_means_the_same(sentence: str, changed: str | None) -> None:
    assert paraphrased(sentence) == changed


def test_sentences_are_reordered_where_none_leans_on_another() -> None:
    assert reordered("Scoliosis. Old scar.") == "Old scar. Scoliosis."
    assert reordered("A mass. It is round.") is None
    assert reordered("Scoliosis.") is None


def test_a_metric_of_words_prefers_the_denial_to_the_paraphrase() -> None:
    found = blind_spots(create("rouge"), REFERENCES)
    assert list(found.scores) and set(found.scores) == set(CHANGES)
    denied, true = found.mean("negated", "rougeL"), found.mean("paraphrase", "rougeL")
    assert denied is not None and true is not None
    assert (
        found.scores["negated"][0]
        == create("rouge").score([("There is no small left pleural effusion measuring 12 mm.", REFERENCES[0])])[0]
    )


def test_references_in_which_a_change_is_impossible_are_not_scored() -> None:
    found = blind_spots(create("bleu"), REFERENCES)
    assert [s is None for s in found.scores["side swapped"]] == [False, True, True, True, False]
    assert len(found.values("number changed", "bleu")) == 1


def test_without_references_there_are_no_figures() -> None:
    found = blind_spots(create("bleu"), [])
    assert found.mean("negated", "bleu") is None


def test_the_scale_begins_at_another_text() -> None:
    seen: list[tuple[str, str]] = []

    def score(some: Sequence[tuple[str, str]]) -> list[dict[str, float]]:
        seen.extend(some)
        return [{"x": 0.0} for _ in some]

    found = blind_spots(replace(create("bleu"), score=score), ["yes", "Yes ", "no"])
    assert seen[-3:] == [("no", "yes"), ("no", "Yes "), ("yes", "no")]
    assert len(found.values("another reference", "x")) == 3


def test_a_real_encoder_scores_a_denial_above_a_paraphrase(minilm: Path) -> None:
    found = blind_spots(create(f"bertscore:{minilm}@6"), REFERENCES)
    assert (found.mean("negated", "f1") or 0) > 0.7 > (found.mean("another reference", "f1") or 1)
