from dataclasses import replace

import pytest
from tests.probes.asked import probed, rightly
from tests.probes.test_twins import CHOICE, item, of, twins

from auscult.analysis import summarise
from auscult.probes import chosen
from auscult.probes.memorised import COMPLETION, LEAST_WORDS, fresh, halves, overlap
from auscult.store.files import shipped_table

ASKED = item(question="Is there a small pleural effusion on the left side of this image?")


def figures(run, probe):
    return {f.metric: f for f in summarise(run).of("probe", probe)}


def test_options_alone_hold_neither_question_nor_image():
    (twin,) = twins("options-only", of(CHOICE))
    assert twin.images == () and twin.condition == "without" and twin.item.options == CHOICE.options
    assert CHOICE.question not in twin.item.question and twin.item.reference == "liver"
    assert isinstance(twins("options-only", of(item())), str)


def test_the_question_alone_is_the_same_question_without_leave_to_abstain():
    (twin,) = twins("question-only", of(CHOICE))
    assert twin.item == CHOICE and twin.images == () and not twin.offer
    assert isinstance(twins("question-only", of(item(), images=())), str)
    assert isinstance(twins("question-only", of(item("number", "How long?", "4", unit="mm"))), str)


def test_every_option_stands_at_another_place_and_the_right_one_stays_right():
    for n in range(20):
        (twin,) = twins("option-order", of(replace(CHOICE, id=f"i{n}")))
        assert sorted(twin.item.options) == sorted(CHOICE.options) and twin.item.reference == "liver"
        assert all(a != b for a, b in zip(twin.item.options, CHOICE.options, strict=True))
    assert isinstance(twins("option-order", of(replace(CHOICE, options=("liver", "A and B", "lung")))), str)


def test_a_question_is_cut_in_its_middle_beside_one_that_nobody_can_have_seen():
    made, own = twins("memorised", of(ASKED))
    assert own.item.tags[COMPLETION] == "Is there a small pleural effusion" and "image?" not in own.item.question
    assert own.item.reference == "on the left side of this image?"
    assert made.role == "unchanged" and made.item.tags[COMPLETION] in fresh(ASKED)
    assert isinstance(twins("memorised", of(item())), str), "too short"


def test_questions_that_nobody_has_seen_are_many_and_long_enough():
    made = {fresh(replace(ASKED, id=f"i{n}")) for n in range(300)}
    assert len(made) > 280 and not any("{" in text for text in made)
    assert all(len(halves(text)[1].split()) >= LEAST_WORDS // 2 for text in made)


def test_overlap_is_1_word_for_word_with_or_without_the_beginning_and_small_for_something_else():
    begun, rest = halves(ASKED.question)
    assert overlap("On the left side of this image", begun, rest) == 1
    assert overlap(f"{begun} {rest} I think so, by the way.", begun, rest) == 1
    assert overlap("I do not know this question.", begun, rest) == 0
    assert overlap("", begun, rest) == 0


@pytest.fixture
def asked(phantom_items, tmp_path):
    def run(say):
        probed(phantom_items, say, tmp_path / "run", "memorised")
        return figures(tmp_path / "run", "memorised")

    return run


def test_who_knows_the_published_questions_by_heart_is_warned_of(asked):
    made = {word for text in shipped_table("probes/controls.toml")["forms"] for word in (text.split(" {")[0],)}

    def says(call):
        begun = call.item.tags.get(COMPLETION)
        if begun is None:
            return rightly(call)
        return "No idea." if any(begun.startswith(form) for form in made) else call.item.reference

    drop = asked(says)["drop"]
    assert drop.with_image.value < -0.85  # questions that begin alike are asked once, and go on differently
    assert drop.warning.startswith("control: ") and "the model may know this set" in drop.warning


def test_who_knows_no_question_is_not_warned_of(asked):
    found = asked(lambda call: "I do not know it." if COMPLETION in call.item.tags else rightly(call))
    assert not found["drop"].warning and found["right"].with_image.value == 0


def test_who_finds_the_right_option_among_bare_ones_is_warned_of_and_who_guesses_is_not(phantom_items, tmp_path):
    probed(phantom_items, rightly, tmp_path / "knows", "options-only")
    probed(phantom_items, lambda call: "A", tmp_path / "guesses", "options-only")
    assert figures(tmp_path / "knows", "options-only")["right"].warning.startswith("control: ")
    assert not figures(tmp_path / "guesses", "options-only")["right"].warning
    assert any(w.startswith("Control: the options are shown") for w in summarise(tmp_path / "knows").warnings)


def test_who_takes_the_first_option_drops_where_the_order_changes(phantom_items, tmp_path):
    probed(phantom_items, rightly, tmp_path / "knows", "option-order")
    assert figures(tmp_path / "knows", "option-order")["drop"].with_image.value == 0


def test_controls_are_named_like_all_probes():
    assert {p.name for p in chosen(["controls"])} == {"options-only", "question-only", "option-order"}
    assert chosen(["memorised"])[0].control
