"""Errors in real reports: one statement is wrong, and what hedges is left alone. The reports here are made up."""

import csv
import re
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from auscult.certificates.facts.baselines import NegEx, asserted, mentioned, triggers
from auscult.certificates.planting.reports import KINDS, PLANTERS, Edit, Report, affirmed, denied, sentences
from auscult.certificates.planting.rewording import reword


def report(findings: str, impression: str = "") -> Report:
    return Report("2", findings, impression)


def edits(kind: str, text: str, impression: str = "") -> list[Edit]:
    return PLANTERS[kind](report(text, impression), Random(4))  # type: ignore[index]


def test_sentences_lose_their_numbers_and_removed_words() -> None:
    found = sentences("1. Heart is big. 2. There is a 1.5 cm nodule in the left lung.. .\nNo effusion")
    assert found == ["Heart is big.", "There is a 1.5 cm nodule in the left lung.", "No effusion."]


@pytest.mark.parametrize(
    "text",
    ["Possible left effusion.", "No effusion.", "XXXX effusion.", "History of pneumothorax.", "Effusion has resolved."],
)
def test_what_hedges_or_denies_is_not_taken_as_said(text: str) -> None:
    assert affirmed(text) == []


def test_a_plain_denial_is_split_into_its_findings() -> None:
    found = denied("There is no focal consolidation, pleural effusion, or pneumothorax seen.")
    assert [(item, t.name) for item, t in found] == [
        ("consolidation", "consolidation"),
        ("pleural effusion", "pleural effusion"),
        ("pneumothorax", "pneumothorax"),
    ]
    assert denied("No widening of the mediastinum or effusion.") == []


def test_an_object_is_inserted_only_where_the_report_is_silent() -> None:
    text = "The heart is enlarged. Lungs are clear."
    for n in range(60):
        (edit,) = PLANTERS["object inserted"](report(text), Random(n))
        assert len(edit.sentences) == 3 and not re.search("heart|cardiomegaly", edit.planted[0], re.I)


def test_presence_is_flipped_wherever_the_report_speaks_of_it() -> None:
    text = "There is a small left pleural effusion. No pneumothorax."
    denied_, affirmed_ = edits("presence flipped", text, "Left pleural effusion. Nothing else.")
    assert denied_.degree == "affirmed, then denied"
    assert not [s for s in denied_.sentences if affirmed(s)]
    assert affirmed_.degree == "denied, then affirmed" and re.search("pneumothorax", affirmed_.planted[0], re.I)
    assert "No pneumothorax." not in affirmed_.sentences


def test_a_list_keeps_what_is_still_denied() -> None:
    (edit,) = edits("presence flipped", "No pneumothorax or effusion.")
    rest = [s for s in edit.sentences if s not in edit.planted]
    assert rest in (["No pneumothorax."], ["No effusion."])


def test_a_side_is_swapped_in_every_sentence_about_the_finding() -> None:
    (edit,) = edits("side swapped", "Right lower lobe atelectasis. Heart is normal.", "Atelectasis on the right.")
    assert edit.sentences == ("Left lower lobe atelectasis.", "Heart is normal.", "Atelectasis on the left.")
    assert edit.planted == ("Left lower lobe atelectasis.", "Atelectasis on the left.")


@pytest.mark.parametrize("text", ["Bilateral effusions.", "Left effusion. Right effusion.", "Possible left effusion."])
def test_a_side_that_is_not_one_side_is_left_alone(text: str) -> None:
    assert edits("side swapped", text) == []


def test_a_grade_moves_by_one_step_and_by_two() -> None:
    found = edits("grade changed", "Mild cardiomegaly. Lungs are clear.")
    assert {(e.degree, e.planted[0]) for e in found} == {
        ("by one step", "Moderate cardiomegaly."),
        ("by two steps", "Severe cardiomegaly."),
    }
    assert edits("grade changed", "No large effusion.") == []


def test_a_size_is_larger_and_smaller_by_each_factor() -> None:
    found = edits("size changed", "There is a 12 mm nodule in the left lung.")
    sizes = sorted(float(re.findall(r"([\d.]+) mm", e.planted[0])[0]) for e in found if e.degree == "factor 3")
    assert len(found) == 8 and sizes == [4, 36]
    assert edits("size changed", "The tube ends 4 cm above the carina.") == []


def odd_reports(folder: Path) -> list[Report]:
    with open(folder / "iu-reports" / "indiana_reports.csv", encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if int(r["uid"]) % 2]
    return [Report(r["uid"], r["findings"], r["impression"]) for r in rows]


def test_edits_of_real_reports_differ_by_what_was_planted(shared_data: Path) -> None:
    counts = dict.fromkeys(KINDS, 0)
    for real in odd_reports(shared_data)[:600]:
        for kind in KINDS:
            for edit in PLANTERS[kind](real, Random(real.uid)):
                assert all(s in edit.sentences and s not in real.sentences for s in edit.planted)
                counts[kind] += 1
    assert all(counts.values())


def test_rewording_real_sentences_changes_no_side_no_size_and_no_denial(shared_data: Path) -> None:
    rng, changed, seen = Random(1), 0, 0
    for real in odd_reports(shared_data)[:600]:
        for old in real.sentences:
            new = reword(old, rng)
            seen, changed = seen + 1, changed + (new != old)
            assert sorted(_marks(old)) == sorted(_marks(new)), (len(old), len(new))
    assert changed > seen / 3


def _marks(sentence: str) -> list[str]:
    plain = re.sub(r"\b(?:has not changed|shows no change|not enlarged)\b", "", sentence, flags=re.I)
    sides = re.findall(r"\b(?:left|right|no|not|without)\b", plain, re.I)
    sizes = [
        f"{float(n) * (10 if u.lower() == 'cm' else 1):g}" for n, u in re.findall(r"([\d.]+)\s*(mm|cm)\b", plain, re.I)
    ]
    return [s.lower() for s in sides] + sizes


TRIGGERS = {"no": "PREN", "denies": "PREN", "but": "CONJ", "no increase": "PSEU", "was ruled out": "POST"}


@pytest.mark.parametrize(
    ("sentence", "negated"),
    [
        ("No evidence of effusion.", True),
        ("There is effusion.", False),
        ("No fever but effusion.", False),
        ("No increase in effusion.", False),
        ("Effusion was ruled out.", True),
        ("No one two three four five six seven effusion.", False),
        ("Noted effusion.", False),
    ],
)
def test_plain_negex(sentence: str, negated: bool) -> None:
    match = re.search("effusion", sentence, re.I)
    assert match and NegEx(TRIGGERS).negated(sentence, *match.span()) == negated


def test_negex_without_a_window_reaches_the_end_of_the_sentence() -> None:
    sentence = "No one two three four five six seven effusion."
    assert NegEx(TRIGGERS, None).negated(sentence, sentence.index("effusion"), len(sentence) - 1)


def test_baselines_differ_by_negation_only() -> None:
    text = "No effusion. Cardiomegaly."
    assert mentioned(text) == {"Effusion", "Cardiomegaly"} and asserted(text, NegEx(TRIGGERS)) == {"Cardiomegaly"}


def test_the_published_triggers_are_all_there_but_those_for_possible() -> None:
    kinds = Counter(triggers().values())
    assert kinds == {"PREN": 125, "CONJ": 89, "PSEU": 16, "POST": 7} and triggers()["no evidence"] == "PREN"
