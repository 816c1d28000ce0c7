"""The rules by which the premise scorer reads, one by one."""

import pytest

from auscult.facts.statements import Passage
from auscult.records import Item
from auscult.scorers.premise import ellipsis, order, symbols
from auscult.scorers.premise.asked import gives
from auscult.scorers.premise.contrasts import read as read_contrast
from auscult.scorers.premise.sentences import Sentence, take_apart, unquoted, without_lead


def only(text: str) -> Sentence:
    (sentence,) = take_apart(Passage(text))
    return sentence


def item(question: str, premise: str, truth: str, form: str = "polar", category: str = "wrong attribute") -> Item:
    return Item(
        id="", case_id="", source_id="", answer_type="open", question=question, premise=premise, reference=truth,
        premise_form=form, kind="hallucination", category=category,
    )  # fmt: skip


class TestVerdicts:
    @pytest.mark.parametrize(
        ("text", "stance"),
        [
            ("That is correct.", "agree"),
            ("I cannot disagree.", "agree"),
            ("There is no reason to doubt it.", "agree"),
            ("That claim does not hold.", "disagree"),
            ("Nothing is wrong with the statement.", "agree"),
            ("Left is wrong.", "disagree"),
            ("The idea of an effusion is mistaken.", "disagree"),
            ("On the right.", ""),
            ("The right lung is clear.", ""),
        ],
    )
    def test_every_negation_turns_a_verdict_round_once(self, text: str, stance: str) -> None:
        assert only(text).stance == stance

    def test_a_verdict_on_the_question_takes_what_it_names_with_it(self) -> None:
        assert only("Your impression of an effusion is wrong.").text == ""

    def test_a_verdict_leaves_the_content_beside_it(self) -> None:
        assert only("That is right, the cyst is small.").text == "the cyst is small"

    @pytest.mark.parametrize("text", ["You take a cyst for granted.", "The question presupposes a cyst."])
    def test_pointing_at_what_is_presupposed_rejects_it(self, text: str) -> None:
        assert only(text).rejects

    def test_granting_what_is_presupposed_agrees(self) -> None:
        assert only("The question rightly assumes it.").stance == "agree"


class TestSentences:
    def test_a_question_asserts_nothing(self) -> None:
        assert take_apart(Passage("Is there a cyst?")) == []

    def test_a_question_that_answers_with_yes_or_no_asserts(self) -> None:
        assert only("Yes, it is small, isn't it?").lead == "yes"

    def test_a_quotation_is_blanked_in_its_place(self) -> None:
        assert unquoted('The "left cyst" is') == "The this        is"

    def test_a_leading_yes_or_no_is_no_content(self) -> None:
        assert (only("No, it is small.").lead, only("No, it is small.").text) == ("no", "it is small.")

    def test_a_no_before_a_noun_is_no_answer(self) -> None:
        assert only("No cyst is seen.").lead == ""

    def test_a_doubting_sentence_doubts_what_it_says(self) -> None:
        assert only("I am not certain that there is a cyst.").doubted

    def test_doubt_alone_takes_the_answer_back(self) -> None:
        assert only("I am not certain.").doubts

    def test_a_denied_doubt_is_none(self) -> None:
        assert not only("Without hesitation I call it a cyst.").doubted

    def test_what_would_be_is_no_content(self) -> None:
        assert only("An effusion would blunt the angle.").text == ""

    def test_an_aim_is_no_content(self) -> None:
        assert "cyst" not in only("To see whether there is a cyst, contrast helps.").text

    def test_declining_leaves_what_stands_beside_it(self) -> None:
        found = only("No cyst is visible, so I cannot measure it.")
        assert found.declines and found.text == "no cyst is visible"

    def test_a_condition_of_existence_doubts(self) -> None:
        assert only("Small, if it is there.").doubts

    @pytest.mark.parametrize(
        ("text", "general"),
        [("A cyst is often treated.", True), ("This cyst is often treated.", False), ("A cyst is seen here.", False)],
    )
    def test_what_is_so_in_general_is_told_from_this_image(self, text: str, general: bool) -> None:
        assert only(text).general is general

    def test_a_general_sentence_is_general_to_its_end(self) -> None:
        first, second = take_apart(Passage("A cyst is often treated, and the kidney is large."))
        assert first.general and second.general

    def test_a_reference_loses_its_verdict(self) -> None:
        assert without_lead("That is not so: the cyst is small.") == "the cyst is small"


class TestEllipsis:
    @pytest.mark.parametrize(
        ("text", "presence"),
        [
            ("it is", "present"),
            ("there is none", "absent"),
            ("i cannot make one out", "absent"),
            ("it may be", "uncertain"),
            ("the heart is large", None),
            ("these findings are", None),
        ],
    )
    def test_a_sentence_that_names_nothing_says_it_of_the_premise(self, text: str, presence: str | None) -> None:
        assert ellipsis.bare(text) == presence

    def test_a_pronoun_stands_for_the_premised_thing(self) -> None:
        assert ellipsis.filled_in("it is small", ["the cyst"], "") == ["the cyst is small"]

    def test_the_image_is_not_the_premised_thing(self) -> None:
        assert ellipsis.filled_in("it shows the liver", ["the cyst"], "How large is the cyst?") == []

    def test_a_piece_that_says_more_than_where_and_how_is_not_filled_in(self) -> None:
        assert ellipsis.filled_in("a cable on the left", ["the cyst"], "") == []

    def test_the_other_side_is_the_other_side_of_the_premise(self) -> None:
        assert ellipsis.spelled_out("on the opposite side", "cyst", "left") == "on the right side"

    def test_a_description_stands_for_the_name(self) -> None:
        assert ellipsis.renamed("water on the left", "pleural effusion", "effusion") == "effusion on the left"

    @pytest.mark.parametrize("text", ["the left lung is spared", "the left side is clear"])
    def test_a_healthy_place_denies_what_lies_there(self, text: str) -> None:
        assert ellipsis.spares(text, "left", "") and not ellipsis.spares(text, "right", "")

    @pytest.mark.parametrize("text", ["0 mm", "neither", "on the left i find nothing"])
    def test_nothing_is_there(self, text: str) -> None:
        assert ellipsis.nothing_there(text, "left")


SIDES = item(
    "Is the nodule on the same side as the effusion?",
    "There is a lung nodule on the same side as the pleural effusion.",
    "No, the lung nodule is on the opposite side from the pleural effusion.",
)
BILE = item(
    "Is bile stored in the spleen?", "Bile is stored in the spleen.", "No, bile is stored in the gallbladder.",
    category="distorted knowledge",
)  # fmt: skip
MRI = item("Is that an MRI scan?", "This is an MRI scan.", "No, this is a CT scan.")


def says(about: Item, text: str) -> set[str]:
    contrast = symbols.contrast(about)
    assert contrast is not None
    found = read_contrast(take_apart(Passage(text)), contrast, modal=False)
    return {name for name in ("accepts", "denies", "truth", "hedges", "open") if getattr(found, name)}


class TestContrasts:
    @pytest.mark.parametrize(
        ("about", "text", "expected"),
        [
            (MRI, "It is a CT.", {"denies", "truth"}),
            (MRI, "This is a T2-weighted image.", {"accepts"}),
            (MRI, "It is not an MRI.", {"denies"}),
            (MRI, "It may be an MRI.", {"hedges"}),
            (MRI, "CT scanners are common.", set()),
            (SIDES, "They are on opposite sides.", {"denies", "truth"}),
            (SIDES, "They are not on opposite sides.", {"accepts"}),
            (SIDES, "The nodule is on the left and the effusion on the right.", {"denies", "truth"}),
            (BILE, "In the gallbladder.", {"denies", "truth"}),
            (BILE, "The spleen does not store bile.", {"denies"}),
            (BILE, "The spleen filters old blood cells.", {"open"}),
        ],
    )
    def test_what_is_said_of_the_words_that_tell_the_two_apart(
        self, about: Item, text: str, expected: set[str]
    ) -> None:
        assert says(about, text) == expected

    def test_a_region_that_is_named_stands_over_organs(self) -> None:
        chest = item("Is it the chest?", "This is an image of the chest.", "This is an image of the abdomen.")
        assert says(chest, "This is the chest. The liver is cut, too.") == {"accepts"}


class TestOrder:
    HIGHER = item(
        "Is the left kidney higher than the right?", "The left kidney is higher than the right.",
        "The right kidney is higher than the left.", category="distorted knowledge",
    )  # fmt: skip

    @pytest.mark.parametrize(
        ("text", "accepts"),
        [
            ("The left one is higher.", True),
            ("The left one is lower.", False),
            ("The right one is higher.", False),
            ("The right one is not higher.", True),
        ],
    )
    def test_the_one_that_is_named_first_is_the_one_that_is_more(self, text: str, accepts: bool) -> None:
        claim = order.order(self.HIGHER)
        assert claim is not None
        found = order.read(take_apart(Passage(text)), claim)
        assert (found.accepts, found.denies) == (accepts, not accepts)


class TestAsked:
    HOW_LARGE = item("How large is the cyst?", "There is a renal cyst.", "There is no renal cyst.", "presupposition")
    WHICH_IMAGE = item(
        "Which kind of image shows the cyst?", "There is a renal cyst.", "There is none.", "presupposition"
    )
    WHY = item("Why is bone white?", "Bone is white.", "Bone is white.", "presupposition", "distorted knowledge")

    @pytest.mark.parametrize(
        ("about", "text", "given"),
        [
            (HOW_LARGE, "Small.", True),
            (HOW_LARGE, "The heart is large.", False),
            (WHICH_IMAGE, "A CT scan.", True),
            (WHICH_IMAGE, "The image shows a wound on a CT.", False),
            (WHICH_IMAGE, "Let me think about it. CT scan.", False),
            (WHY, "Because it holds calcium.", True),
            (WHY, "The patient should breathe in.", False),
        ],
    )
    def test_what_is_asked_is_given_of_the_thing_itself(self, about: Item, text: str, given: bool) -> None:
        assert (gives(about, take_apart(Passage(text))) is not None) is given
