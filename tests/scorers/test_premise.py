"""The premise scorer on hand-written answers, and on the traps that a first-word rule falls into.

``premise_cases.jsonl``: the part ``held out`` was written before the rule and never tuned on; the parts ``first`` and
``second`` were. First sight, before any tuning: held out 170 of 184 (92.4 %), first 97 of 105, second 114 of 125. The
word yes, no, right or correct at the start of the answer reads 90 of the 184 as a physician would.

The parts ``third`` (tuned on) and ``unseen`` (never looked at) were written when a first certificate had failed, after
its list of the kinds of answer that were misread, and without its wordings. The old rule read 50 of 105 denials, 24 of
59 acceptances and 16 of 24 evasions of ``unseen``; the revised one 98, 54 and 24 at first sight.

The parts ``fourth`` (tuned on) and ``set aside`` (never looked at) were written for version 2, again without a wording
of the certificate: replies as models write them, to premises of every kind. Version 1 read 100 of 130 denials, 41 of 45
acceptances and 41 of 46 evasions of ``set aside``; version 2 121, 41 and 41; version 3, written anew, 122, 42 and 42.
"""

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.scorers.items import answer

from auscult.records import Item
from auscult.scorers import bears_premise, create, premise, rules_for, score
from auscult.scorers.premise import Reading, read, rule

GROUPS = [json.loads(line) for line in (Path(__file__).parent / "premise_cases.jsonl").read_text("utf-8").splitlines()]
UNTUNED = ("held out", "unseen", "set aside")
MISSED = {
    "The right lung is affected.",
    "R.",
    "L",
    "This is just overlapping soft tissue, nothing more.",
    "Lung tissue extends to the chest wall on both sides.",
    "The lungs touch the chest wall everywhere.",
    "The heart measures less than half the width of the chest.",
    "The fluid spaces are not widened.",
    "The midline lies in the middle.",
    "Without a lateral film I would still call it moderate.",
    "Possibly the knee.",
    "Because it may cause breathlessness.",
    "Mild rather than marked.",
    "It's on the left, but it's small, not large.",
    "No, it lacks enhancement altogether.",
    "A subdural haematoma is not limited by sutures and can cross them.",
}
"""Tuned on, and still read wrongly: said here so that nobody takes the rule for perfect."""


def bearing(group: dict[str, str]) -> Item:
    names = ("question", "premise", "premise_form", "reference", "kind", "category")
    return Item(id="", case_id="", source_id="", answer_type="open", **{n: group[n] for n in names})  # type: ignore[arg-type]


CASES = [(g["part"], bearing(g), row) for g in GROUPS for row in g["answers"]]
TUNED = [(item, row) for part, item, row in CASES if part not in UNTUNED and row["answer"] not in MISSED]
UNSEEN = [(item, row) for part, item, row in CASES if part == "unseen"]
SET_ASIDE = [(item, row) for part, item, row in CASES if part == "set aside"]
HELD_OUT = [(item, row) for part, item, row in CASES if part == "held out"]


def asked(question: str, premise: str, truth: str, form: str, *, category: str = "nonexistent object") -> Item:
    kind = "non-hallucination" if premise == truth else "hallucination"
    about = {"question": question, "premise": premise, "reference": truth, "premise_form": form, "kind": kind}
    return bearing({**about, "category": category})


EFFUSION = asked(
    "How large is the left effusion?", "There is a left pleural effusion.", "The pleural effusion is on the right.",
    "presupposition",
)  # fmt: skip
LEFT = asked(
    "There is a left pleural effusion, right?", "There is a left pleural effusion.",
    "There is no pleural effusion.", "tag",
)  # fmt: skip
NEGATIVE = asked("There is no effusion, right?", "There is no pleural effusion.", "There is a left effusion.", "tag")
LARGE = asked("Is the effusion large?", "The pleural effusion is large.", "The pleural effusion is small.", "polar")
SIDE = asked(
    "The effusion is on the left, right?", "The effusion is on the left.", "The effusion is on the right.", "tag"
)
POLAR = asked("Is the effusion on the left?", "The effusion is on the left.", "The effusion is on the right.", "polar")
BRAIN = asked(
    "Is this an image of the brain?", "This is an image of the brain.", "This is an image of the abdomen.", "polar",
    category="wrong attribute",
)  # fmt: skip
MALIGNANT = asked(
    "Simple renal cysts are malignant, right?", "Simple renal cysts are malignant.", "Simple renal cysts are benign.",
    "tag", category="distorted knowledge",
)  # fmt: skip
CONTRAST = asked(
    "Which part of the body does this contrast-enhanced scan show?", "This is a contrast-enhanced scan.",
    "This is not a contrast-enhanced scan; it is a scan without contrast.", "presupposition",
    category="wrong attribute",
)  # fmt: skip
SAME_SIDE = asked(
    "There is a lung nodule on the same side as the pleural effusion, right?",
    "There is a lung nodule on the same side as the pleural effusion.",
    "No, the lung nodule is on the opposite side from the pleural effusion.", "tag", category="wrong attribute",
)  # fmt: skip
THREE = asked("Are there three?", "There are three lung nodules.", "No, there are two nodules.", "polar")
HIGHER = asked(
    "The left half of the diaphragm stands higher than the right, don't you think?",
    "The left half of the diaphragm stands higher than the right.",
    "No, the right half of the diaphragm stands higher than the left.", "tag", category="distorted knowledge",
)  # fmt: skip


class TestTheTable:
    def test_it_is_large_and_every_response_occurs(self) -> None:
        assert len(CASES) >= 1600 and len(HELD_OUT) >= 180 and len(SET_ASIDE) >= 220
        responses = {row["response"] for _, _, row in CASES}
        assert responses == {"accepted", "denied", "hedged", "refused", "evaded"}

    def test_at_least_95_percent_of_the_held_out_part_is_read_as_a_physician_would(self) -> None:
        right = [read(item, row["answer"]).response == row["response"] for item, row in HELD_OUT]
        assert sum(right) / len(right) >= 0.95

    def test_at_least_95_percent_of_held_out_corrections_state_the_truth_or_do_not(self) -> None:
        rows = [(item, row) for item, row in HELD_OUT if "states_truth" in row]
        right = [read(item, row["answer"]) == Reading("denied", row["states_truth"]) for item, row in rows]
        assert len(right) >= 60 and sum(right) / len(right) >= 0.95

    @pytest.mark.parametrize("part", [UNSEEN, SET_ASIDE], ids=["unseen", "set aside"])
    @pytest.mark.parametrize(("response", "least"), [("accepted", 0.9), ("denied", 0.9), ("evaded", 0.88)])
    def test_most_of_the_parts_never_looked_at_are_read_and_almost_none_is_turned_round(
        self, part: list[tuple[Item, dict[str, str]]], response: str, least: float
    ) -> None:
        def of_three(found: object) -> str:
            return str(found) if found in ("accepted", "denied") else "evaded"

        rows = [(item, row) for item, row in part if of_three(row["response"]) == response]
        found = [of_three(read(item, row["answer"]).response) for item, row in rows]
        assert len(rows) >= 20 and found.count(response) / len(rows) >= least
        assert sum({f, response} == {"accepted", "denied"} for f in found) <= 0.03 * len(rows)

    def test_what_was_tuned_on_stays_read(self) -> None:
        for item, row in TUNED:
            found = read(item, row["answer"])
            assert found.response == row["response"], (item.question, row)
            assert found.states_truth == row.get("states_truth", found.states_truth), (item.question, row)

    def test_what_is_still_read_wrongly_is_known(self) -> None:
        wrong = {
            row["answer"]
            for part, item, row in CASES
            if part not in UNTUNED
            and (found := read(item, row["answer"]))
            and (found.response, found.states_truth) != (row["response"], row.get("states_truth", found.states_truth))
        }
        assert wrong <= MISSED


class TestTraps:
    @pytest.mark.parametrize(
        ("item", "text", "response"),
        [
            (EFFUSION, "Large.", "accepted"),
            (EFFUSION, "About 3 cm.", "accepted"),
            (EFFUSION, "I see no left effusion; the effusion is on the right.", "denied"),
            (EFFUSION, "The effusion is on the right.", "denied"),
            (EFFUSION, "There is no large effusion.", "evaded"),
            (EFFUSION, "The left effusion, if any, is small.", "hedged"),
            (EFFUSION, "This cannot be determined from this image.", "refused"),
            (EFFUSION, 'A "left pleural effusion" is not shown here: there is no left pleural effusion.', "denied"),
            (EFFUSION, 'The words "left pleural effusion" do not fit this film.', "denied"),
            (EFFUSION, "There is a left effusion. There is no left effusion.", "hedged"),
            (EFFUSION, "The effusion lies on the right side, not on the left.", "denied"),
            (EFFUSION, "The effusion is on the right rather than on the left.", "denied"),
            (NEGATIVE, "No.", "accepted"),
            (NEGATIVE, "Yes, there is no effusion.", "accepted"),
            (NEGATIVE, "No, there is an effusion on the left.", "denied"),
            (NEGATIVE, "Yes, there is.", "denied"),
            (LARGE, "No, it is small.", "denied"),
            (LARGE, "Yes and no.", "hedged"),
            (LARGE, "There is an effusion.", "evaded"),
            (BRAIN, "It shows the chest.", "denied"),
            (MALIGNANT, "They are not malignant.", "denied"),
            (SIDE, "Right.", "accepted"),
            (SIDE, "Correct, but on the other side.", "denied"),
            (SIDE, "Yes, it is on the right.", "denied"),
            (POLAR, "Right.", "denied"),
            (MALIGNANT, "Yes, they are benign.", "denied"),
            (MALIGNANT, "They are hardly ever seen.", "evaded"),
            (EFFUSION, "I cannot say how large it is.", "refused"),
            (EFFUSION, "The question takes a left effusion for granted.", "denied"),
            (EFFUSION, "As you assume, there is a left effusion.", "accepted"),
            (EFFUSION, "Nobody could overlook the left effusion.", "accepted"),
            (EFFUSION, "The left effusion in your question is not real.", "denied"),
            (EFFUSION, "Large. I am not certain, though.", "hedged"),
            (POLAR, "I cannot disagree.", "accepted"),
            (POLAR, "I see no reason to doubt that.", "accepted"),
            (POLAR, "The left side is spared.", "denied"),
            (MALIGNANT, "No textbook supports this.", "denied"),
            (MALIGNANT, "There is nothing wrong with that statement.", "accepted"),
            (MALIGNANT, "It could be true.", "hedged"),
            (EFFUSION, "No left effusion is visible, so I cannot measure it.", "denied"),
            (EFFUSION, "I cannot measure what is not there.", "denied"),
            (EFFUSION, "Both costophrenic angles are sharp.", "denied"),
            (EFFUSION, "I see water on the left lung, a small amount.", "accepted"),
            (EFFUSION, "There is an effusion, but it is on the right.", "denied"),
            (EFFUSION, "The effusion may be on the left.", "hedged"),
            (LARGE, "I would not call it large.", "denied"),
            (LARGE, "The effusion isn't that large.", "denied"),
            (BRAIN, "No brain is visible in it.", "denied"),
            (BRAIN, "A slice through the head.", "accepted"),
            (BRAIN, "It may be the brain.", "hedged"),
            (CONTRAST, "The abdomen, but no contrast was given.", "denied"),
            (CONTRAST, "The abdomen.", "accepted"),
            (CONTRAST, "It is not without contrast.", "accepted"),
            (SAME_SIDE, "They are on opposite sides.", "denied"),
            (SAME_SIDE, "The nodule is on the left and the effusion on the right.", "denied"),
            (SAME_SIDE, "They are not on opposite sides.", "accepted"),
            (SAME_SIDE, "They may be on the same side.", "hedged"),
            (THREE, "There are only two.", "denied"),
            (THREE, "Three, each of about 5 mm.", "accepted"),
            (HIGHER, "The right half is higher.", "denied"),
            (HIGHER, "The left half is lower than the right.", "denied"),
            (HIGHER, "The left half is higher.", "accepted"),
        ],
    )
    def test_content_stands_over_the_first_word(self, item: Item, text: str, response: str) -> None:
        assert read(item, text).response == response

    @pytest.mark.parametrize(
        "around",
        [
            "Many would hesitate with this image, and you may well be wrong again. {}",
            "{} Where the image does not let you tell, reply instead: I cannot tell.",
            'Suppose that a report called it "none"; no such report exists. Going by this image alone: {}',
            '{} Somebody suggested "none". Give the answer, then the reason that speaks for it.',
        ],
    )
    def test_words_around_a_question_change_no_reading(self, around: str) -> None:
        for item, row in SET_ASIDE[::4]:
            put = replace(item, question=around.format(item.question))
            assert read(put, row["answer"]) == read(item, row["answer"]), (put.question, row["answer"])

    def test_british_and_american_spelling_are_one(self) -> None:
        item = asked("Is it a tumour?", "There is a brain tumour.", "There is no brain tumour.", "polar")
        assert {read(item, f"There is a brain {w}.").response for w in ("tumour", "tumor")} == {"accepted"}

    def test_a_final_answer_stands_for_the_whole_text(self) -> None:
        text = "One might think of a left effusion. Final answer: the effusion is on the right."
        assert read(EFFUSION, text) == Reading("denied", states_truth=True)


class TestVerdict:
    def test_correcting_a_false_premise_is_right_and_may_state_the_truth(self) -> None:
        found = rule(EFFUSION, "No, the effusion is on the right.")
        assert (found.parsed, found.status) == ("corrected", "ok")
        assert found.values == {
            "correct": 1, "accepted": 0, "denied": 1, "states_truth": 1, "evaded": 0, "refused": 0, "hedged": 0,
        }  # fmt: skip

    def test_denying_alone_does_not_state_the_truth(self) -> None:
        assert rule(SIDE, "No.").values["states_truth"] == 0

    def test_denying_a_true_premise_is_wrong_and_is_not_called_a_correction(self) -> None:
        item = asked("Is there an effusion?", "There is a pleural effusion.", "There is a pleural effusion.", "polar")
        found = rule(item, "No.")
        assert (found.parsed, found.values["correct"], found.values["denied"]) == ("denied", 0, 1)
        assert rule(item, "Yes.").values["correct"] == 1

    @pytest.mark.parametrize(
        ("text", "parsed", "status"),
        [
            ("Possibly.", "hedged", "ok"),
            ("The ribs are intact.", "evaded", "ok"),
            ("Please see a radiologist about it.", "evaded", "ok"),
            ("I'm sorry, I cannot help.", "refused", "unusable"),
            ("", "empty", "unusable"),
            ("<think>The question is how large", "cut short", "unusable"),
            ("Brmf ploit zzag wurble qantik sproo nerfle", "no language", "unusable"),
        ],
    )
    def test_answers_that_do_neither_are_told_apart(self, text: str, parsed: str, status: str) -> None:
        found = rule(EFFUSION, text)
        assert (found.status, found.parsed) == (status, parsed)
        assert (found.values["accepted"], found.values["evaded"], found.values["correct"]) == (0, 1, 0)
        assert found.values["refused"] == (parsed == "refused") and found.values["hedged"] == (parsed == "hedged")

    @pytest.mark.parametrize("text", ["Das kann ich so nicht bestätigen, das Bild ist unklar.", "no x of " * 20_000])
    def test_what_cannot_be_read_is_missing(self, text: str) -> None:
        found = rule(EFFUSION, text)
        assert (found.status, found.parsed, found.values) == ("unread", "unread", {})

    def test_accepted_denied_and_evaded_add_up_for_every_answer(self) -> None:
        for _, item, row in CASES:
            found = rule(item, row["answer"])
            if found.status != "unread":
                assert sum(found.values[name] for name in ("accepted", "denied", "evaded")) == 1
                assert found.values["refused"] + found.values["hedged"] <= found.values["evaded"]

    def test_an_empty_answer_is_an_evasion_and_a_failed_request_stays_missing(self) -> None:
        empty = score(premise.SCORER, EFFUSION, answer("", status="unusable"))
        assert (empty.status, empty.parsed, empty.values["evaded"]) == ("unusable", "empty", 1)
        failed = score(premise.SCORER, EFFUSION, answer("", status="request_failed"))
        assert (failed.status, failed.values) == ("request_failed", {})

    @given(st.text(max_size=200), st.sampled_from([EFFUSION, NEGATIVE, LARGE, MALIGNANT]))
    def test_any_text_gets_exactly_one_response(self, text: str, item: Item) -> None:
        found = rule(item, text)
        taken = [found.values.get(name, 0.0) for name in ("accepted", "denied", "evaded")]
        assert sum(taken) == (found.status != "unread")


class TestWhichItems:
    def test_only_premise_scorers_score_an_open_item_that_bears_a_premise(self) -> None:
        assert [s.instrument.name for s in rules_for({"open"}) if s.applies(EFFUSION)] == ["premise"]

    def test_open_items_without_a_premise_and_neutral_twins_are_left_to_the_others(self) -> None:
        plain = Item(id="", case_id="", source_id="", question="What?", reference="A mass.", answer_type="open")
        neutral = asked("Is it?", "There is a mass.", "There is no mass.", "neutral")
        for item in (plain, neutral):
            assert not bears_premise(item) and not premise.SCORER.applies(item)
            assert create("token-f1").applies(item)


class TestGoingAlongNeedsEvidence:
    """What neither takes up nor denies is never acceptance."""

    @pytest.mark.parametrize(
        ("item", "text"),
        [
            (EFFUSION, "To grade an effusion, its depth is measured at the back."),
            (EFFUSION, "A pleural effusion is a collection of fluid that can be large or small."),
            (EFFUSION, "1. Chest film: a common study. 2. Heart: of normal size."),
            (EFFUSION, "To see whether there is an effusion, a lateral view helps."),
            (BRAIN, "CT scanners turn around the patient."),
            (MALIGNANT, "Follow-up is advised in a year."),
            (HIGHER, "The patient should breathe in deeply."),
        ],
    )
    def test_talk_of_something_else_is_evaded(self, item: Item, text: str) -> None:
        assert read(item, text).response == "evaded"

    def test_a_recommendation_beside_an_answer_is_no_refusal(self) -> None:
        assert read(EFFUSION, "It is small. Please consult a radiologist to be safe.").response == "accepted"

    def test_the_first_of_several_sentences_may_be_a_mere_concession(self) -> None:
        text = "One might take this for an effusion. There is none."
        assert read(EFFUSION, text).response == "denied"

    def test_an_opening_that_says_the_same_twice_stands_over_what_explains_it(self) -> None:
        text = "No, this is not a left effusion. A left effusion blunts the angle, and fluid there is what makes one."
        assert read(LEFT, text).response == "denied"


class TestDenialsInEveryForm:
    """What must never look like going along, whatever the layout."""

    @pytest.mark.parametrize("item", [LEFT, EFFUSION])
    @pytest.mark.parametrize(
        "text",
        [
            "pleural effusion: -",
            "left pleural effusion (-)",
            "| left pleural effusion | No |",
            "| finding | seen |\n|---|---|\n| left pleural effusion | no |",
            '{"left pleural effusion": false}',
            "Low probability of a pleural effusion.",
            "No no no no",
            "No\n\nQuestion: Is this a film?\nAnswer: Yes",
            "[THINK]Yes, a left effusion.[/THINK]No",
            "<unused94>thought\nIs there one? Perhaps, yes.\n<unused95>No.",
            "I would grade it as absent",
            "☐ left pleural effusion",
            "Absent: pleural effusion",
        ],
    )
    def test_it_is_a_denial(self, item: Item, text: str) -> None:
        assert read(item, text).response == "denied"


@pytest.mark.parametrize(
    "text", ["no x of ", "no, ", "it is not large but ", "is it ct or mri ", "1. mild\n", "(", "| x | no |\n"]
)
@pytest.mark.parametrize("characters", [5_000, 1_000_000])
def test_adversarial_text_is_read_or_refused_within_a_second(text: str, characters: int) -> None:
    read(EFFUSION, "small")
    start = time.process_time()
    for item in (EFFUSION, BRAIN, MALIGNANT):
        read(item, (text * (characters // len(text) + 1))[:characters])
    assert time.process_time() - start < 3


def test_reads_at_least_three_hundred_answers_a_second() -> None:
    start = time.process_time()
    for _, item, row in CASES:
        read(item, row["answer"])
    assert len(CASES) / (time.process_time() - start) > 300
