import pytest

from auscult.diagnosis.arms import ARMS, GROUPS, arm_of, chosen, own_stage
from auscult.errors import UserError
from auscult.records import STAGES, Answer

VISION, KNOWLEDGE, REASONING = STAGES


def names(*asked: str) -> list[str]:
    return [arm.name for arm in chosen(asked)]


def test_by_default_the_four_published_runs_and_the_two_that_give_a_model_its_own_stages_are_asked() -> None:
    assert names() == list(GROUPS["default"])
    assert GROUPS["default"] == ("baseline", "replace_vr", "replace_kr", "replace_vr_kr", "self_vr", "self_vr_kr")


def test_published_runs_give_what_the_published_program_gives() -> None:
    given = {name: ARMS[name].given for name in GROUPS["published"]}
    assert given == {
        "baseline": {},
        "replace_vr": {VISION: "gold"},
        "replace_kr": {VISION: "own", KNOWLEDGE: "gold"},
        "replace_vr_kr": {VISION: "gold", KNOWLEDGE: "gold"},
    }


def test_a_self_replaced_arm_differs_from_its_partner_only_in_whose_stage_stands_there() -> None:
    for self_replaced, partner in (("self_vr", "replace_vr"), ("self_vr_kr", "replace_vr_kr")):
        assert list(ARMS[self_replaced].given) == list(ARMS[partner].given)
        assert set(ARMS[self_replaced].given.values()) == {"own"} and ARMS[self_replaced].sight == "shown"


def test_an_arm_writes_what_is_not_given_and_a_text_only_one_writes_no_trace() -> None:
    assert ARMS["baseline"].written == STAGES
    assert ARMS["replace_vr"].written == (KNOWLEDGE, REASONING)
    assert ARMS["self_vr_kr"].written == (REASONING,)
    assert ARMS["text_gold_kr"].written == ()


def test_groups_and_single_arms_come_in_one_order_with_the_baseline_whatever_is_named() -> None:
    assert names("text", "gold_vr_own_kr") == [
        *("baseline", "gold_vr_own_kr", "text_question", "text_gold_vr", "text_gold_kr")
    ]
    assert names("all") == list(ARMS)
    resampled = chosen(["resample"])[1:]
    assert [arm.name for arm in resampled] == [f"resample_{name}" for name in GROUPS["default"]]
    assert {arm.draws for arm in resampled} == {5}
    assert names("gold_vr_own_kr", "resample")[-1] == "resample_gold_vr_own_kr"


def test_an_unknown_arm_is_one_line_with_the_nearest_name() -> None:
    with pytest.raises(UserError, match=r"unknown arm 'replace_vk'; did you mean 'replace_v"):
        chosen(["replace_vk"])


def test_an_answer_says_which_arm_it_was_given_in() -> None:
    answers = {p: Answer(id="", item_id="", case_id="", model="", protocol=p) for p in ("staged@1", "staged@1/self_vr")}
    assert [arm_of(a) for a in answers.values()] == ["baseline", "self_vr"]


def test_a_planted_error_is_held_against_the_same_template_with_the_models_own_stage() -> None:
    assert own_stage("planted_vr", GROUPS["default"]) == "self_vr"
    assert own_stage("planted_kr", GROUPS["default"]) == "replace_vr"
    assert own_stage("planted_kr", (*GROUPS["default"], "gold_vr_own_kr")) == "gold_vr_own_kr"
    assert own_stage("replace_vr", GROUPS["default"]) == ""
