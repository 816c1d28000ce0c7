from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from auscult.ablation.drawing import Draw, Pool
from auscult.ablation.plan import Arm, Plan, read_plan
from auscult.errors import UserError
from auscult.items.item_set import ItemSet
from auscult.records import Item


def pool_of(bench: Path, *arms: dict[str, Any], **match: Any) -> Pool:
    """The pool of a plan with these arms; a token is a word."""
    plan, _ = read_plan(bench / "plan.toml")
    given = plan.model_dump(by_alias=True) | {"arm": list(arms), "match": match, "hypothesis": []}
    return Pool(Plan.model_validate(given), ItemSet(bench / "train"), lambda text: len(text.split()))


def learnt(draw: Draw) -> dict[str, Item]:
    return {item.id: item for _, items in draw.groups("train") for item in items}


def drawn(pool: Pool, seed: int = 0) -> list[Draw]:
    return [pool.draw(arm, seed) for arm in pool.plan.arm]


def test_matched_arms_have_as_many_pairs_as_the_smallest_and_as_many_steps(bench: Path) -> None:
    arms = [{"name": "both"}, {"name": "hallucination", "data": "hallucination"}, {"name": "others", "data": "others"}]
    found = drawn(pool_of(bench, *arms))
    assert [len(draw.chosen) for draw in found] == [24, 24, 24]
    assert [(draw.epochs, draw.steps) for draw in found] == [(1, 3)] * 3
    kinds = [Counter(item.kind == "hallucination" for item in learnt(draw).values()) for draw in found]
    assert kinds[1:] == [{True: 24}, {False: 24}]
    assert kinds[0][True] > 0 < kinds[0][False]


def test_pairs_are_exchanged_until_the_answers_of_arms_are_as_long(bench: Path) -> None:
    arms = [{"name": "both"}, {"name": "hallucination", "data": "hallucination"}]
    first, second = drawn(pool_of(bench, *arms, pairs=12))
    apart = drawn(pool_of(bench, arms[1], pairs=12))[0]
    assert abs(second.tokens - first.tokens) < abs(apart.tokens - first.tokens)
    assert len(second.chosen) == 12
    shown = "answer tokens" if abs(second.tokens / first.tokens - 1) > 0.02 else ""
    assert shown in second.unmatched


def test_where_the_answers_cannot_be_made_as_long_the_arm_says_so(bench: Path) -> None:
    arms = [{"name": "others", "data": "others"}, {"name": "hallucination", "data": "hallucination"}]
    said = drawn(pool_of(bench, *arms))[1].unmatched
    assert said.startswith("+")
    assert said.endswith("% answer tokens")


def test_fewer_pairs_are_named_with_which_an_arm_of_one_kind_is_matched(bench: Path) -> None:
    arms = [{"name": "both"}, {"name": "hallucination", "data": "hallucination"}]
    pool = pool_of(bench, *arms, tokens=0.25)
    assert "answer tokens" in drawn(pool)[1].unmatched
    fewer = pool.pairs_that_match()
    assert fewer is not None and 12 <= fewer < pool.pairs
    matched = pool_of(bench, *arms, pairs=fewer, tokens=0.25)
    assert [draw.unmatched for draw in drawn(matched)] == ["", ""] and matched.pairs_that_match() is None
    assert pool.pairs_that_match(without=["hallucination"]) is None


def test_a_share_of_the_pairs_is_put_before_the_model_as_often_as_all_would_be(bench: Path) -> None:
    whole, half, plain = drawn(
        pool_of(
            bench, {"name": "whole"}, {"name": "half", "share": 0.5}, {"name": "plain", "share": 0.5, "matched": False}
        )
    )
    assert (len(half.chosen), half.epochs, half.steps) == (36, 2, 4)
    assert half.epochs * (half.steps or 0) == pytest.approx(whole.epochs * (whole.steps or 0), abs=1)
    assert (len(plain.chosen), plain.epochs, plain.steps) == (36, 1, None)
    assert "takes all pairs" in plain.unmatched


def test_a_wrong_answer_to_a_premise_is_the_one_that_its_words_have_where_they_are_of_the_other_kind(
    bench: Path,
) -> None:
    right, wrong = drawn(pool_of(bench, {"name": "right"}, {"name": "wrong", "wrong": 0.5}))
    own, changed = learnt(right), learnt(wrong)
    others = {name for name in own if changed[name].reference != own[name].reference}
    assert len(others) == round(0.5 * len(own))
    elsewhere = {(i.question, i.kind): i.reference for i in own.values()}
    for name in others:
        item = own[name]
        if item.answer_type == "yes_no":
            assert {changed[name].reference, item.reference} == {"yes", "no"}
        else:
            other = "hallucination" if item.kind == "non-hallucination" else "non-hallucination"
            assert changed[name].reference == elsewhere[item.question, other]


def test_shuffled_images_are_another_patients_of_the_same_modality_and_pairs_are_the_same(bench: Path) -> None:
    own, shuffled = drawn(pool_of(bench, {"name": "own"}, {"name": "shuffled", "images": "shuffled"}))
    assert own.chosen == shuffled.chosen
    cases = {case.id: case for case, _ in own.groups("train")}
    by_image = {case.images[0].sha256: case for case in cases.values()}
    for case, _ in shuffled.groups("train"):
        shown = by_image[case.images[0].sha256]
        assert shown.group != case.group
        assert shown.tags["modality"] == case.tags["modality"]
    assert own.digest != shuffled.digest


def test_arms_of_one_seed_draw_alike_and_another_seed_draws_otherwise(bench: Path) -> None:
    pool = pool_of(bench, {"name": "a"}, {"name": "b"}, pairs=30)
    first, second = drawn(pool)
    assert first.digest == second.digest
    assert drawn(pool, 1)[0].digest != first.digest
    again = pool_of(bench, {"name": "a"}, {"name": "b"}, pairs=30)
    assert drawn(again)[0].digest == first.digest


def test_items_are_chosen_and_left_out_by_field_or_tag(bench: Path) -> None:
    polar, tags = drawn(
        pool_of(
            bench,
            {"name": "no tags", "leave_out": {"premise_form": "tag"}},
            {"name": "MR", "where": {"modality": "MR", "premise_form": ["tag", "neutral"]}},
        )
    )
    assert {item.premise_form for item in learnt(polar).values()} == {"neutral", "polar"}
    assert {item.premise_form for item in learnt(tags).values()} == {"neutral", "tag"}
    assert {case.tags["modality"] for case, _ in tags.groups("train")} == {"MR"}


def test_an_arm_with_too_few_pairs_is_refused_with_the_numbers(bench: Path) -> None:
    arms = [{"name": "both"}, {"name": "others", "data": "others"}]
    with pytest.raises(UserError, match=r"arm 'others': has 48 pairs to tune on, and \[match\] pairs asks for 60"):
        pool_of(bench, *arms, pairs=60)
    assert len(drawn(pool_of(bench, arms[0], {**arms[1], "matched": False}, pairs=60))[1].chosen) == 48


def test_an_arm_that_asks_for_more_wrong_answers_than_there_are_is_refused(bench: Path) -> None:
    pool = pool_of(bench, {"name": "wrong", "wrong": 0.9, "where": {"premise_form": "tag"}})
    arm = pool.plan.arm[0]
    pool._of_arm[0] = [replace(pair, wrong=()) for pair in pool._of_arm[0]]
    with pytest.raises(UserError, match=r"arm 'wrong': wrong = 0.9 asks for 22 wrong answers, and only 0"):
        pool.draw(Arm.model_validate(arm.model_dump()), 0)


def test_answers_are_repeated_until_they_come_to_as_many_learnt_tokens_as_traces_in_as_many_steps(bench: Path) -> None:
    where = {"premise_form": "neutral"}
    arms = [
        {"name": "traces", "where": where, "tuning": {"learn": "trace"}},
        {"name": "answers", "where": where},
        {"name": "no eyes", "where": where, "tuning": {"learn": "trace", "stage_weights": "0,1,1,1"}},
    ]
    traces, answers, masked = drawn(pool_of(bench, *arms, by="tokens", pairs=8))
    assert len(traces.chosen) == 8
    total, steps = traces.tokens * traces.epochs, traces.epochs * (traces.steps or 0)
    for draw in (answers, masked):
        said = draw.unmatched
        assert ("answer tokens" in said) == (abs(draw.tokens * draw.epochs / total - 1) > 0.02)
        assert ("steps" in said) == (draw.epochs * (draw.steps or 0) != steps)
        assert draw.tokens * draw.epochs == pytest.approx(total, abs=draw.epochs * 10)
    assert answers.epochs * len(answers.chosen) > 5 * len(traces.chosen)
    assert len(masked.chosen) > len(traces.chosen)
    each = traces.tokens / len(traces.chosen) - masked.tokens / len(masked.chosen)
    assert each == pytest.approx(6, abs=1)  # words of "A nodule is in the lung."


def test_where_steps_cannot_be_matched_an_arm_of_answers_says_so(bench: Path) -> None:
    arms = [
        {"name": "traces", "where": {"premise_form": "neutral"}, "tuning": {"learn": "trace"}},
        {"name": "answers", "where": {"premise_form": "neutral", "modality": "MR"}},
    ]
    answers = drawn(pool_of(bench, *arms, by="tokens", pairs=24))[1]
    assert answers.epochs > 3
    assert "% steps" in answers.unmatched
