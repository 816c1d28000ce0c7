from collections import Counter

import pytest
from tests.protocols.putting import put

from auscult.models.baseline import AlwaysLast
from auscult.protocols import Protocol, Question, as_shown, create
from auscult.protocols.direct import question_text
from auscult.protocols.shuffled import bound_to_letters, shuffled
from auscult.records import Answer, Image, Item
from auscult.scorers import score
from auscult.scorers.rules import closed, medvh

IMAGE = Image(b"x", "image/png", "0" * 64)


def choice(number: int = 0, options=("left", "right", "both", "neither"), reference="neither", **more) -> Item:
    return Item(
        id=f"{number:024x}",
        case_id="c",
        source_id=str(number),
        question="Which lung?",
        reference=reference,
        answer_type="choice",
        options=options,
        **more,
    )


def answered(item: Item, protocol: Protocol, text: str) -> Answer:
    (answer,) = put(protocol, Question(item=item, images=(IMAGE,)), says=text).answers
    return answer


def right(item: Item, answer: Answer, module=closed) -> float:
    return score(module.SCORER, as_shown(item, answer), answer).values["correct"]


def test_an_order_hangs_on_item_and_seed_alone():
    orders = [shuffled(choice(n), 7).options for n in range(50)]
    assert orders == [shuffled(choice(n), 7).options for n in range(50)]
    assert orders != [shuffled(choice(n), 8).options for n in range(50)]
    assert len(set(orders)) > 10 and all(sorted(o) == sorted(choice().options) for o in orders)
    assert shuffled(choice(), 7).id == choice().id


def test_every_place_is_as_frequent():
    places = Counter(shuffled(choice(n), 1).options.index("neither") for n in range(4000))
    # 4,000 draws of four: a standard deviation of 27
    assert all(abs(places[k] - 1000) < 5 * 27 for k in range(4))


def test_a_letter_is_read_in_the_order_that_was_shown():
    protocol = create("shuffled:3")
    assert protocol.name == "shuffled:3@1+direct@1"
    moved = next(choice(n) for n in range(50) if shuffled(choice(n), 3).options.index("neither") == 0)
    text = put(protocol, Question(item=moved, images=(IMAGE,))).calls[0].messages[-1].text
    assert "A. neither" in text and "D. neither" in question_text(moved)
    answer = answered(moved, protocol, "A")
    assert (right(moved, answer), right(moved, answer, medvh)) == (1.0, 1.0)
    assert score(closed.SCORER, as_shown(moved, answer), answer).parsed == "neither"
    published = answered(moved, create("direct"), "A")
    assert (right(moved, published), right(moved, published, medvh)) == (0.0, 0.0)
    assert answer.item_id == published.item_id and answer.id != published.id


def test_every_order_maps_every_letter_back():
    for n in range(30):
        item = choice(n)
        shown = shuffled(item, 11).options
        for letter, option in zip("ABCD", shown, strict=True):
            answer = answered(item, create("shuffled:11"), f"{letter}.")
            assert right(item, answer) == float(option == item.reference)


def test_what_is_no_choice_stays():
    item = Item(id="i", case_id="c", source_id="s", question="?", reference="yes", answer_type="yes_no")
    assert shuffled(item, 1) is item and as_shown(item, answered(item, create("shuffled:1"), "yes")) is item


@pytest.mark.parametrize("option", ["Both A and C", "A, B", "A or (B)", "A & D", "B/C"])
def test_options_that_name_letters_keep_their_order(option):
    item = choice(options=("left", "right", "neither", option))
    assert bound_to_letters(item) and all(shuffled(item, s) is item for s in range(5))


@pytest.mark.parametrize(
    "option", ["Vitamin A", "hepatitis B or another virus", "CT and MRI", "None of the above", "A"]
)
def test_options_that_only_look_so_are_moved(option):
    assert not bound_to_letters(choice(options=("left", "right", "neither", option)))


def test_choices_that_stand_in_the_question_keep_their_order():
    assert bound_to_letters(choice(tags={"choices_in_question": "yes"}))


def test_medvh_always_last_is_right_in_every_corrupted_item_and_in_none_of_the_baseline():
    """Golden check: the truth is the last option in 500 of 500 corrupted items, in none of the paired baseline."""
    options = ("Pneumonia", "Effusion", "Fracture", "None of the above")
    corrupted = [choice(n, options, options[-1]) for n in range(500)]
    baseline = [choice(n, options, options[n % 3]) for n in range(500)]

    def last(call):
        return AlwaysLast().answer(call.item)

    def rate(items, spec):
        protocol = create(spec)
        answers = put(protocol, *(Question(item=i, images=(IMAGE,)) for i in items), says=last).answers
        return sum(right(i, a) for i, a in zip(items, answers, strict=True)) / len(items)

    assert (rate(corrupted, "direct"), rate(baseline, "direct")) == (1.0, 0.0)
    letter = [right(i, answered(i, create("direct"), "D"), medvh) for i in corrupted + baseline]
    assert letter == [1.0] * 500 + [0.0] * 500
    # shuffled: one in four, with a standard deviation of .0194 over 500
    assert abs(rate(corrupted, "shuffled:1") - 0.25) < 4 * 0.0194
    assert abs(rate(baseline, "shuffled:1") - 0.25) < 4 * 0.0194
