"""Why one answer is wrong."""

from dataclasses import replace

import numpy as np
import pytest
from tests.diagnosis.simulated import ARMS, right_in, table, wrong_stages

from auscult.analysis.joined import STATUS
from auscult.diagnosis.causes import CAUSES, causes, shares
from auscult.diagnosis.table import ArmTable, Diagnosed


def one(own: int, eyes: int, knowledge: int, both: int) -> dict[str, float]:
    """The causes of many items of one pattern."""
    arms = {"baseline": own, "self_vr_kr": own, "gold_vr_own_kr": eyes, "replace_kr": knowledge, "replace_vr_kr": both}
    found = causes(Diagnosed.of({name: ArmTable.of(np.full(50, right)) for name, right in arms.items()}))
    assert found is not None
    return dict(zip(CAUSES, found.chances[0].tolist(), strict=True))


@pytest.mark.parametrize(
    ("pattern", "cause"),
    [
        ((0, 1, 0, 1), {"eyes": 1.0}),
        ((0, 0, 1, 1), {"knowledge": 1.0}),
        ((0, 1, 1, 1), {"eyes": 0.5, "knowledge": 0.5}),
        ((0, 0, 0, 1), {"both needed": 1.0}),
        ((0, 0, 0, 0), {"reasoning": 1.0}),
    ],
)
def test_the_cause_is_what_alone_mends_the_answer(pattern: tuple[int, int, int, int], cause: dict[str, float]) -> None:
    found = one(*pattern)
    assert all(found[name] == pytest.approx(cause.get(name, 0.0), abs=0.02) for name in CAUSES)


@pytest.mark.parametrize("silent", [("replace_vr_kr",), ARMS])
def test_a_wrong_answer_that_cannot_be_read_is_no_fault_of_a_stage(silent: tuple[str, ...]) -> None:
    stages = wrong_stages()
    made, no_answer = table(*stages), np.arange(400) % 5 == 0
    before = causes(made)
    arms = {
        name: ArmTable.of(
            (arm.right[:, 0] == 1) & ~(no_answer & (name in silent)),
            status=np.where(no_answer & (name in silent), STATUS["unusable"], STATUS["ok"]),
            valid=np.ones(400, bool),  # a valid trace whose answer takes no position is as unreadable as an invalid one
        )
        for name, arm in made.arms.items()
    }
    found = causes(Diagnosed.of(arms, made.clusters))
    assert found is not None and before is not None
    form = CAUSES.index("form")
    assert (found.chances[found.wrong & no_answer, form] == 1).all() and (found.wrong & no_answer).any()
    readable = found.wrong & ~no_answer
    assert (found.chances[readable, form] == 0).all()
    assert (found.likeliest[readable] == before.likeliest[readable]).all()
    share = shares(made, found)["form"]
    assert share.value == pytest.approx((found.wrong & no_answer).sum() / found.wrong.sum()) and share.low != share.high


def test_one_unreadable_draw_of_six_with_gold_stages_leaves_the_cause() -> None:
    stages = wrong_stages()
    arms = dict(table(*stages).arms)
    right = np.repeat(right_in("replace_vr_kr", *stages)[:, None], 5, axis=1)
    for unread, form in ((1, False), (5, True)):
        status = np.where(np.arange(5) < unread, STATUS["unusable"], STATUS["ok"]) * np.ones((400, 1), int)
        drawn = ArmTable.of(np.where(status == STATUS["ok"], right, False), status=status)
        found = causes(Diagnosed.of(arms | {"resample_replace_vr_kr": drawn}))
        assert found is not None and (found.likeliest[found.wrong] == CAUSES.index("form")).all() == form


def test_only_wrong_answers_have_a_cause() -> None:
    stages = wrong_stages()
    found = causes(table(*stages))
    assert found is not None
    assert (found.wrong == ~right_in("self_vr_kr", *stages)).all()
    assert np.isnan(found.chances[~found.wrong]).all()
    assert found.chances[found.wrong].sum(axis=1) == pytest.approx(1.0, abs=1e-5)


def test_of_stages_that_are_always_followed_every_cause_is_found() -> None:
    eyes, knowledge, reasoning = wrong_stages(500)
    found = causes(table(eyes, knowledge, reasoning))
    assert found is not None
    truth = np.select([reasoning, eyes & knowledge, eyes, knowledge], [3, 2, 0, 1])
    assert (found.likeliest[found.wrong] == truth[found.wrong]).all()


def test_answers_that_flip_between_draws_are_unstable_and_take_no_cause_from_others() -> None:
    rng, (eyes, knowledge, reasoning) = np.random.default_rng(5), wrong_stages(600)
    shaky = rng.random(600) < 0.2
    arms = {}
    for name in ARMS:
        right = right_in(name, eyes, knowledge, reasoning)
        for arm, draws in ((name, 1), (f"resample_{name}", 5)):
            drawn = np.repeat(right[:, None], draws, axis=1)
            arms[arm] = ArmTable.of(np.where(shaky[:, None], rng.random(drawn.shape) < 0.5, drawn))
    found = causes(Diagnosed.of(arms))
    assert found is not None
    unstable = found.likeliest[found.wrong] == CAUSES.index("unstable")
    assert unstable[shaky[found.wrong]].mean() > 0.9 and unstable[~shaky[found.wrong]].mean() < 0.03


def test_an_item_that_guesses_now_and_then_put_right_has_the_cause_that_mends_it() -> None:
    rng, (eyes, knowledge, _) = np.random.default_rng(8), wrong_stages(600)
    none = np.zeros(600, bool)
    arms = {}
    for name in ARMS:
        right = right_in(name, eyes, knowledge, none)
        for arm, draws in ((name, 1), (f"resample_{name}", 5)):
            arms[arm] = ArmTable.of(right[:, None] | (rng.random((600, draws)) < 0.3))
    found = causes(Diagnosed.of(arms))
    assert found is not None
    only = found.wrong & eyes & ~knowledge
    assert (found.likeliest[only] == CAUSES.index("eyes")).mean() > 0.9


def test_chances_mean_what_they_say_where_single_draws_slip() -> None:
    rng, (eyes, knowledge, reasoning) = np.random.default_rng(6), wrong_stages(20_000)
    arms = {}
    for name in ARMS:
        right = right_in(name, eyes, knowledge, reasoning)
        arms[name] = ArmTable.of(np.where(rng.random(len(right)) < 0.05, ~right, right))
    found = causes(Diagnosed.of(arms))
    assert found is not None and found.slip == pytest.approx(0.05, abs=0.01)
    truth = np.select([~(eyes | knowledge | reasoning), reasoning, eyes & knowledge, eyes, knowledge], [4, 3, 2, 0, 1])[
        found.wrong
    ]
    said = found.chances[found.wrong]
    best = said.argmax(axis=1)
    for low in (0.5, 0.7, 0.9):
        some = (said.max(axis=1) >= low) & (said.max(axis=1) < low + 0.2)
        assert some.sum() < 50 or (best == truth)[some].mean() == pytest.approx(said.max(axis=1)[some].mean(), abs=0.06)


def test_shares_of_the_causes_add_up_to_one_and_have_intervals() -> None:
    made = table(*wrong_stages())
    found = causes(made)
    assert found is not None
    told = shares(made, found)
    assert sum(e.value or 0.0 for e in told.values()) == pytest.approx(1.0, abs=1e-4)
    assert all(e.low is not None and e.n == found.wrong.sum() for e in told.values())


def test_a_cause_that_few_images_do_not_show_is_not_said_to_be_none() -> None:
    few = table(*wrong_stages(40))
    few = replace(few, clusters=np.arange(len(few)) // 10)
    found = causes(few)
    assert found is not None
    sure = replace(found, chances=np.where(found.wrong[:, None], [0.998, *[0.0004] * 5], np.nan))
    told = shares(few, sure)
    seen = told["eyes"].clusters
    assert seen <= 4
    rest = 1 - 0.025 ** (1 / seen)  # what no event in as many clusters leaves possible
    assert all(e.high is not None and e.high >= rest - 1e-9 for e in told.values())
    assert all(e.low is not None and e.low <= 1 - rest + 1e-9 for e in told.values())


def test_without_gold_eyes_and_own_knowledge_the_arm_with_knowledge_anew_stands_in() -> None:
    arms = tuple(name for name in ARMS if name != "gold_vr_own_kr")
    assert causes(table(*wrong_stages(), arms)) is not None
    assert causes(table(*wrong_stages(), ("baseline", "self_vr_kr", "replace_kr"))) is None
