"""What is read from a generator's reply, whatever it holds."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auscult.construction.drafting import replies
from auscult.construction.drafting.plan import Slot, plan_of
from auscult.construction.drafting.replies import read_batch
from auscult.records import Reply

SLOTS = plan_of("a case", 6)


def pair(slot: Slot, /, **other: Any) -> dict[str, Any]:
    """A pair that fits its slot as far as its words tell."""
    answer = "Yes" if slot.truth else "No" if slot.truth is False else "It is there"
    task = f"neutral {slot.twin_of}" if slot.twin_of else slot.task
    made = {"slot": slot.number, "task": task, "evidence": "a mass", "premise": "There is a mass."}
    return {**made, "question": "Is there a mass?", "answer": answer, **other}


PAIRS = [pair(slot) for slot in SLOTS]
WHOLE = json.dumps({"pairs": PAIRS})


def reasons(text: str, finish: str = "stop") -> list[str]:
    return [one.reason for one in read_batch(Reply(text=text, finish=finish), SLOTS)]


@pytest.mark.parametrize(
    "text",
    [
        WHOLE,
        f"```json\n{WHOLE}\n```",
        f"Here are the pairs:\n\n{WHOLE}\n\nI hope that helps!",
        f"<think>slot 1 {{</think>{WHOLE}",
        json.dumps(PAIRS),
        "\n".join(map(json.dumps, PAIRS)),
        json.dumps({"pairs": PAIRS}, indent=4),
        json.dumps({"note": {"pairs": 1}}) + WHOLE,
    ],
    ids=["plain", "code block", "prose around", "thought before", "bare list", "lines", "indented", "another object"],
)
def test_a_whole_batch_is_read_whatever_stands_around_it(text: str) -> None:
    assert [reason for reason in reasons(text) if reason != replies.NO_SLOT] == [""] * 6


@pytest.mark.parametrize("text", ["Sorry, I cannot see the image.", "[]", '{"pairs": []}', '{"pairs": "none"}'])
def test_a_reply_without_a_pair_gives_none_and_its_words_are_kept_once(text: str) -> None:
    found = read_batch(Reply(text=text), SLOTS)
    assert [one.reason for one in found] == [replies.NOTHING] * 6
    assert [one.said for one in found] == [text, *[""] * 5]


@pytest.mark.parametrize("form", ["polar", "tag"])
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        *((said, replies.LEFT_OPEN) for said in ("Maybe so.", "Yes, possibly.", "It may be so.", "I cannot tell.")),
        ("There may be a mass.", replies.LEFT_OPEN),
        *((said, "") for said in ("Yes, a mass is seen.", "Yes, a mass that may press on the lung.", "Right, a mass.")),
    ],
)
def test_an_answer_that_leaves_a_true_premise_open_is_none(form: str, answer: str, reason: str) -> None:
    slot = Slot(1, "non-hallucination", "nonexistent object", "presence", form=form, truth=True)
    text = json.dumps(pair(slot, answer=answer))
    assert [one.reason for one in read_batch(Reply(text=text), [slot])] == [reason]


def test_half_a_reply_gives_the_pairs_that_are_whole_and_says_of_the_rest_that_it_was_cut() -> None:
    cut = WHOLE[: WHOLE.index(json.dumps(PAIRS[3])) + 40]
    assert reasons(cut, "length") == ["", "", "", replies.CUT, replies.CUT, replies.CUT]
    assert reasons(cut) == reasons(cut, "length"), "a server may say that a reply that breaks off was whole"
    assert reasons(json.dumps({"pairs": PAIRS[:3]})) == ["", "", "", *[replies.UNFILLED] * 3]


@pytest.mark.parametrize(
    "text", ["{", '{"pairs": [', '{"pairs": [{"slot": 1, "task": "true', 'So:\n```json\n{"pairs": [{']
)
def test_a_reply_that_breaks_off_before_its_first_pair_was_cut(text: str) -> None:
    assert reasons(text) == [replies.CUT] * 6


@pytest.mark.parametrize("around", ['%s Is {that} "right?', "```json\n%s\n```", '%s\nA quote: "', "%s }"])
def test_what_follows_a_whole_reply_makes_it_no_cut_one(around: str) -> None:
    assert reasons(around % json.dumps({"pairs": PAIRS[:3]}))[3:6] == [replies.UNFILLED] * 3


def test_a_slot_is_filled_once_and_pairs_for_no_slot_are_kept_apart() -> None:
    text = json.dumps({"pairs": [*PAIRS, PAIRS[0], pair(SLOTS[0], slot=7), pair(SLOTS[0], slot=None)]})
    assert reasons(text) == [*[""] * 6, replies.TWICE, replies.NO_SLOT, replies.NO_SLOT]


def test_ten_pairs_of_one_task_fill_one_slot_each_and_are_refused_where_another_was_asked_for() -> None:
    same = [pair(SLOTS[0], slot=slot.number) for slot in SLOTS]
    assert reasons(json.dumps({"pairs": same})) == ["", *[replies.OTHER_TASK] * 5]


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("question", "", replies.NO_FIELDS),
        ("answer", " ", replies.NO_FIELDS),
        ("question", 3, replies.NO_FIELDS),
        ("answer", None, replies.NO_FIELDS),
        ("question", "Is there half \ud83d a mark?", replies.NO_FIELDS),
        ("evidence", ["a mass"], replies.NO_FIELDS),
        ("task", "something else", replies.OTHER_TASK),
        ("slot", "1", ""),
    ],
)
def test_a_pair_with_a_wrong_field_is_refused_by_that_name(field: str, value: object, reason: str) -> None:
    pairs = [pair(SLOTS[0], **{field: value}), *PAIRS[1:]]
    assert reasons(json.dumps({"pairs": pairs}))[0] == reason


def test_a_polar_answer_that_confirms_a_false_premise_or_denies_a_true_one_is_refused() -> None:
    slots = [s for n in range(50) for s in plan_of(str(n), 6) if s.form in ("polar", "tag")]
    for slot in slots:
        wrong = pair(slot, answer="No, it is not." if slot.truth else "Yes, it is.")
        assert [f.reason for f in read_batch(Reply(text=json.dumps(wrong)), [slot])] == [replies.OTHER_TRUTH]


def test_a_neutral_twin_is_answered_yes_or_no_as_its_premise_is() -> None:
    twin = next(slot for slot in SLOTS if slot.twin_of)
    for answer, reason in (("Maybe", replies.NOT_YES_NO), ("No" if twin.truth else "Yes", replies.OTHER_TRUTH)):
        found = read_batch(Reply(text=json.dumps(pair(twin, answer=answer))), [twin])
        assert [one.reason for one in found] == [reason]


def test_an_empty_reply_and_a_filtered_one_are_told_apart() -> None:
    assert set(reasons("")) == {replies.NO_TEXT}
    assert set(reasons("", "content_filter")) == {replies.FILTERED}


@given(
    st.text()
    | st.recursive(st.none() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)).map(
        json.dumps
    )
)
def test_whatever_a_reply_holds_every_slot_has_one_outcome(text: str) -> None:
    found = read_batch(Reply(text=text), SLOTS)
    assert [one.slot for one in found if one.slot] == list(SLOTS)


def test_deep_nesting_is_no_pair_and_no_crash() -> None:
    assert set(reasons('{"pairs": ' + "[" * 50_000)) == {replies.CUT}
    assert set(reasons('{"a":' * 50_000)) == {replies.NOTHING}
