from pathlib import Path

import orjson
import pytest
from tests.scorers.judges.judge_server import ask_judge, judge_server, subject

from auscult.errors import UserError
from auscult.scorers.judges import JudgeOptions, create
from auscult.scorers.judges.asking import ModelJudge

IDENTITY = "openai:judge@http://x/v1"


def judge(**options: object) -> ModelJudge:
    made = create("pairwise", IDENTITY, JudgeOptions(**options))
    assert isinstance(made, ModelJudge)
    return made


def verdict(which: str, *evidence: dict[str, str]) -> str:
    return orjson.dumps({"evidence": list(evidence), "verdict": which}).decode()


def prefers(word: str) -> object:
    """A judge that prefers the answer with a word in it, wherever it stands."""

    def says(text: str, before: int) -> str:
        first, second = (word in text.split(f"<<{name} ")[-1].split("<<end of")[0] for name in ("first", "second"))
        return verdict("tie" if first == second else "first" if first else "second")

    return says


@pytest.mark.parametrize(("own", "other", "which"), [("Good.", "Bad.", "first"), ("Bad.", "Good.", "second")])
async def test_the_same_verdict_in_both_orders_counts(own: str, other: str, which: str, tmp_path: Path) -> None:
    with judge_server(prefers("Good")) as server:
        (score,) = await ask_judge(judge(), server, [subject(own, other=other)], tmp_path)
    assert len(server.asked) == 2
    assert {name for name, value in score.values.items() if value} == {which}
    assert score.parsed == f"{which}/{which}"
    assert (score.scorer, sum(score.values.values())) == ("pairwise", 1)


async def test_a_tie_in_both_orders_is_a_tie(tmp_path: Path) -> None:
    with judge_server(prefers("Good")) as server:
        (score,) = await ask_judge(judge(), server, [subject("Bad.", other="Poor.")], tmp_path)
    assert score.values == {"first": 0, "second": 0, "tie": 1, "inconsistent": 0}


@pytest.mark.parametrize("always", ["first", "second"])
async def test_a_verdict_that_turns_with_the_order_is_inconsistent(always: str, tmp_path: Path) -> None:
    with judge_server(lambda text, before: verdict(always)) as server:
        (score,) = await ask_judge(judge(), server, [subject("Good.", other="Bad.")], tmp_path)
    assert score.values == {"first": 0, "second": 0, "tie": 0, "inconsistent": 1}
    assert score.status == "ok"


async def test_evidence_is_about_the_answer_it_names_in_either_order(tmp_path: Path) -> None:
    def says(text: str, before: int) -> str:
        turned = text.index("Bad.") < text.index("Good.")
        bad, good = ("first", "second") if turned else ("second", "first")
        return verdict(good, {"answer": bad, "statement": "Bad.", "against": "left", "error": "wrong"})

    with judge_server(says) as server:
        (score,) = await ask_judge(judge(), server, [subject("Good.", other="Bad.")], tmp_path)
    assert score.explanation == "\n".join(['second: "Bad." against "left": wrong'] * 2)


@pytest.mark.parametrize("reply", ["first", '{"verdict": "first"}', verdict("both"), verdict("First"), verdict("1")])
async def test_one_unreadable_order_leaves_no_verdict(reply: str, tmp_path: Path) -> None:
    def says(text: str, before: int) -> str:
        return reply if text.index("Good.") < text.index("Bad.") else verdict("second")

    with judge_server(says) as server:
        (score,) = await ask_judge(judge(tries=2), server, [subject("Good.", other="Bad.")], tmp_path)
    assert (score.status, score.values, len(server.asked)) == ("judge_unusable", {}, 3)


@pytest.mark.parametrize(
    ("own", "other", "which", "status"),
    [
        ("", "Good.", "second", "unusable"),
        ("Good.", "", "first", "ok"),
        ("", "", "tie", "unusable"),
        ("A.", "A.", "tie", "ok"),
    ],
)
async def test_pairs_that_need_no_judge_are_not_put(
    own: str, other: str, which: str, status: str, tmp_path: Path
) -> None:
    with judge_server(prefers("Good")) as server:
        pair = subject(own, other=other, status="ok" if own else "unusable")
        (score,) = await ask_judge(judge(), server, [pair], tmp_path)
        assert not server.asked
    assert (score.values[which], score.status) == (1, status)


async def test_without_a_second_answer_there_is_no_verdict(tmp_path: Path) -> None:
    with judge_server(prefers("Good")) as server:
        alone, paired = await ask_judge(
            judge(), server, [subject("Good."), subject("Good.", name="2", other="Bad.")], tmp_path
        )
    assert (alone.status, alone.values) == ("judge_unusable", {})
    assert paired.values["first"] == 1


async def test_repeats_give_shares(tmp_path: Path) -> None:
    with judge_server(lambda text, before: verdict("tie") if before == 0 else verdict("first")) as server:
        (score,) = await ask_judge(judge(repeats=2), server, [subject("A.", other="B.")], tmp_path)
    assert len(server.asked) == 4
    assert score.values["tie"] + score.values["inconsistent"] == 1


def test_it_takes_no_anchors() -> None:
    with pytest.raises(UserError, match="neither"):
        judge(anchor="ab")
