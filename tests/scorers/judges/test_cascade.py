import asyncio
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import orjson
import pytest
from tests.runs.judged_run import judge_run, make_run
from tests.scorers.judges.judge_server import ask_judge, judge_server, subject
from tests.scorers.judges.test_support import verdict

from auscult.errors import UserError
from auscult.records import Call, Reply, Score
from auscult.runs.judging_options import JudgingOptions
from auscult.scorers.judges import Judge, JudgeOptions, Subject, create
from auscult.scorers.judges.cascade import (
    Calibration,
    Cascade,
    Routing,
    audit_share,
    calibrate,
    describe,
    read_calibration,
    verdicts_in,
    write_calibration,
)
from auscult.statistics.prediction_powered import Powered, Verdicts, powered_mean

IDENTITY = "openai:judge@http://x/v1"
COLUMNS = ("supported", "contradicted", "certain", "audited", "judge_supported", "judge_contradicted")
REFERENCE = "There is a small left pleural effusion."
RIGHT, WRONG = "There is a left pleural effusion.", "There is a right pleural effusion."
HARD = "There is a left pleural effusion, as everybody in the ward had feared."
GOOD = Calibration(
    judge=f"1+{IDENTITY}",
    facts="2",
    agreement=1.0,
    lower=0.96,
    certain=300,
    missing=0,
    items=400,
    clusters=90,
    unit="image",
    reason="they agree",
)


def judge() -> Judge:
    return create("support", IDENTITY)


def answers(count: int, model: int = 0) -> list[Subject]:
    """Answers of a model, a third of them plainly right, a third plainly wrong, a third for a judge to read."""
    rng = random.Random(model)
    drawn = [rng.choice((RIGHT, WRONG, HARD)) for _ in range(count)]
    return [subject(text, reference=REFERENCE, name=str(n)) for n, text in enumerate(drawn)]


class Scripted:
    """Judges by the candidate's text, and errs on items of its choice; a function in place of a model."""

    def __init__(self, denies: float = 0.0, seed: int = 0) -> None:
        self.denies, self.seed, self.asked = denies, seed, 0

    async def __call__(self, call: Call) -> Reply:
        self.asked += 1
        assert call.item is not None
        rng = random.Random(f"{self.seed} {call.item.id}")
        says = "contradicted" if WRONG in call.messages[1].text else "supported"
        if says == "supported" and rng.random() < self.denies:
            says = "open"
        return Reply(text=verdict(says))

    async def all(self, calls: Sequence[Call]) -> list[Reply]:
        return [await self(c) for c in calls]


def test_an_agreement_of_59_images_is_enough_and_of_58_is_not() -> None:
    for images, on in ((58, False), (59, True)):
        subjects = [subject(RIGHT, reference=REFERENCE, name=str(n)) for n in range(images)]
        scores = asyncio.run(judge().scores(subjects, Scripted()))
        found = calibrate(subjects, scores, range(images))
        assert found.on == on and found.certain == images and found.agreement == 1
        # exact for clusters without an event: lower limit .05 ** (1 / images)
        assert found.lower == pytest.approx(0.05 ** (1 / images))
    many = [subject(RIGHT, reference=REFERENCE, name=str(n)) for n in range(400)]
    scores = asyncio.run(judge().scores(many, Scripted()))
    assert not calibrate(many, scores, np.arange(400) // 40).on  # ten images are ten, however many items


def test_a_judge_that_does_not_agree_leaves_it_off_with_the_numbers() -> None:
    subjects = answers(300)
    scores = asyncio.run(judge().scores(subjects, Scripted(denies=0.2)))
    found = calibrate(subjects, scores, range(300))
    assert not found.on and 0.85 < found.agreement < 0.95
    assert (
        f"agree on {found.agreement:.1%} of {found.certain} certain verdicts on {found.certain} images" in found.reason
    )
    with pytest.raises(UserError, match="let the judge see all") as error:
        Cascade(judge(), found, Routing())
    assert found.reason in str(error.value)


def test_a_judge_that_often_fails_in_calibration_leaves_it_off() -> None:
    subjects = [subject(RIGHT, reference=REFERENCE, name=str(n)) for n in range(200)]
    scores = asyncio.run(judge().scores(subjects, Scripted()))
    broken = [replace(s, status="judge_unusable", values={}) if n < 20 else s for n, s in enumerate(scores)]
    found = calibrate(subjects, broken, range(200))
    assert not found.on and found.missing == 20 and "failed on 20 more" in found.reason


def test_a_split_without_certain_answers_leaves_it_off() -> None:
    subjects = [subject(HARD, reference=REFERENCE, name=str(n)) for n in range(5)]
    scores = asyncio.run(judge().scores(subjects, Scripted()))
    found = calibrate(subjects, scores, range(5))
    assert not found.on and found.agreement is None and "certain of none of 5" in found.reason


def test_scores_of_other_answers_are_no_calibration() -> None:
    subjects = answers(4)
    scores = asyncio.run(judge().scores(subjects, Scripted()))
    with pytest.raises(UserError, match="not the same"):
        calibrate(subjects[::-1], scores, range(4))
    with pytest.raises(UserError, match="one judge of support, not clinical@1, support@"):
        calibrate(subjects, [replace(scores[0], scorer="clinical", version="1"), *scores[1:]], range(4))
    with pytest.raises(UserError, match="calibrate with a judge model"):
        calibrate(subjects, asyncio.run(create("support", "facts").scores(subjects, Scripted())), range(4))


@pytest.mark.parametrize("protocol", ["clinical", "medhalltune"])
def test_grades_are_never_routed(protocol: str) -> None:
    with pytest.raises(UserError, match=f"'{protocol}' grades from 1 to 10; a cascade is for verdicts of support only"):
        Cascade(create(protocol, IDENTITY), GOOD, Routing())


def test_a_cascade_needs_a_judge_that_costs_something() -> None:
    with pytest.raises(UserError, match="judge 'facts' asks none"):
        Cascade(create("support", "facts"), GOOD, Routing())


@pytest.mark.parametrize("other", [{"judge": "1+openai:other@http://x/v1"}, {"facts": "0"}])
def test_the_calibration_of_another_judge_or_checker_is_refused(other: dict[str, str]) -> None:
    with pytest.raises(UserError, match="calibrate with the judge that is to be used"):
        Cascade(judge(), replace(GOOD, **other), Routing())


@pytest.mark.parametrize("share", [0.0, 0.049, 1.5, float("nan")])
def test_fewer_than_five_percent_are_never_audited(share: float) -> None:
    with pytest.raises(UserError, match=r"from 0\.05 to 1"):
        Routing(audit=share)


def test_the_audit_is_drawn_from_ids_and_not_from_answers() -> None:
    routing, names = Routing(audit=0.1), [f"item-{n}" for n in range(20_000)]
    drawn = {n for n in names if routing.audits(n)}
    assert len(drawn) / len(names) == pytest.approx(0.1, abs=0.008)
    assert {n for n in names if Routing(audit=0.2).audits(n)} >= drawn
    other = {n for n in names if Routing(audit=0.1, seed=1).audits(n)}
    assert len(drawn & other) / len(drawn) == pytest.approx(0.1, abs=0.03)


def test_small_sets_are_audited_more() -> None:
    assert [audit_share(n) for n in (50, 400, 2_000, 100_000)] == [1.0, 0.25, 0.05, 0.05]


async def test_the_judge_is_asked_where_the_checker_is_not_certain_and_in_the_audit() -> None:
    subjects, ask, routing = answers(300), Scripted(), Routing(audit=0.1)
    rows = await Cascade(judge(), GOOD, routing).scores(subjects, ask)
    hard = [s.answer.text == HARD for s in subjects]
    drawn = [routing.audits(s.item.id) for s in subjects]
    assert ask.asked == sum(h or d for h, d in zip(hard, drawn, strict=True)) < 150
    for s, r, h, d in zip(subjects, rows, hard, drawn, strict=True):
        assert (r.answer_id, r.scorer, r.status) == (s.answer.id, "support-cascade", "ok")
        assert r.values["certain"] == (not h)
        assert r.values.get("audited", 0) == (d and not h) == ("judge_supported" in r.values)
        assert r.values["supported"] == (s.answer.text != WRONG)
        assert r.values["contradicted"] == (s.answer.text == WRONG)


async def test_all_models_are_routed_alike() -> None:
    rows = [await Cascade(judge(), GOOD, Routing()).scores(answers(400, m), Scripted()) for m in (1, 2)]
    assert {r.version for r in rows[0]} == {r.version for r in rows[1]}
    both = [(a, b) for a, b in zip(*rows, strict=True) if a.values["certain"] and b.values["certain"]]
    assert len(both) > 100
    assert all(a.values.get("audited") == b.values.get("audited") for a, b in both)
    assert any(a.values["supported"] != b.values["supported"] for a, b in both)


def test_whatever_changes_the_routing_changes_the_version() -> None:
    versions = {
        Cascade(judge(), GOOD, Routing()).instrument.version,
        Cascade(judge(), GOOD, Routing(seed=1)).instrument.version,
        Cascade(judge(), GOOD, Routing(audit=0.1)).instrument.version,
        Cascade(judge(), replace(GOOD, certain=301), Routing()).instrument.version,
    }
    assert len(versions) == 4 and all(IDENTITY in v and "facts:2" in v for v in versions)


def verdicts_of(rows: Sequence[Score]) -> Verdicts:
    columns = {name: np.array([r.values.get(name, np.nan) for r in rows]) for name in COLUMNS}
    missing = np.array([r.status not in ("ok", "unusable") for r in rows])
    return verdicts_in(columns, missing, np.array([r.status == "unusable" for r in rows]))


def powered(rows: Sequence[Score], images: Sequence[int] | np.ndarray) -> Powered:
    return powered_mean(verdicts_of(rows), images, name="supported")


async def test_the_total_is_recovered_where_the_rows_alone_are_biased() -> None:
    # the judge denies a third of what the checker takes for supported; what it would say of all is the truth
    subjects, ask = answers(1_200), Scripted(denies=0.33)
    images = np.arange(1_200) // 3
    truth = np.mean([s.values["supported"] for s in await judge().scores(subjects, ask)])
    rows = await Cascade(judge(), GOOD, Routing(audit=0.2)).scores(subjects, ask)
    found = powered(rows, images)
    assert found.estimate.low <= truth <= found.estimate.high
    assert found.estimate.value == pytest.approx(truth, abs=0.04)
    as_they_are = np.mean([r.values["supported"] for r in rows])
    assert as_they_are > found.estimate.high and as_they_are > truth + 0.08
    assert found.error.low <= 0.33 / 2 <= found.error.high


async def test_intervals_hold_the_judges_total_over_many_judges() -> None:
    subjects, images = answers(300), np.arange(300) // 3
    inside = 0
    for seed in range(12):
        ask = Scripted(denies=0.1, seed=seed)
        truth = np.mean([s.values["supported"] for s in await judge().scores(subjects, ask)])
        rows = await Cascade(judge(), GOOD, Routing(audit=0.3, seed=seed)).scores(subjects, ask)
        estimate = powered(rows, images).estimate
        inside += estimate.low <= truth <= estimate.high
    assert inside >= 11


async def test_calls_saved_and_routing_error_are_said() -> None:
    subjects = answers(600)
    rows = await Cascade(judge(), GOOD, Routing(audit=0.2)).scores(subjects, Scripted(denies=0.1))
    found = powered(rows, range(600))
    off = round(found.error.value * found.audited)
    said = describe(found)
    assert f"was not asked about {found.saved} of 600 answers" in said
    assert f"it differed on {off} of {found.audited}, a routing error of {found.error.value:.1%}" in said
    assert f"design effect {found.design_effect:.1f}" in said


async def test_failures_stay_apart() -> None:
    class Failing(Scripted):
        async def __call__(self, call: Call) -> Reply:
            text = call.messages[1].text
            if HARD in text:
                return Reply(text="I would say so.")
            return Reply(failure="timeout") if RIGHT in text else await super().__call__(call)

    texts = (RIGHT, WRONG, HARD, RIGHT)
    subjects = [subject(t, reference=REFERENCE, name=str(n)) for n, t in enumerate(texts)]
    subjects += [subject("", name="5", status="unusable"), subject("", name="6", status="request_failed")]
    rows = await Cascade(judge(), GOOD, Routing(audit=1)).scores(subjects, Failing())
    assert [r.status for r in rows] == [
        "request_failed",  # an audit that is to be asked again
        "ok",
        "judge_unusable",
        "request_failed",
        "unusable",
        "request_failed",
    ]
    assert rows[4].values == {"supported": 0, "contradicted": 0}
    found = verdicts_of(rows)
    assert list(found.missing) == [True, False, True, True, False, True]
    assert list(found.unusable) == [False] * 4 + [True, False]


async def test_an_audit_without_a_verdict_keeps_the_checkers_and_is_counted() -> None:
    class Silent(Scripted):
        async def __call__(self, call: Call) -> Reply:
            return Reply(text="?")

    (row,) = await Cascade(judge(), GOOD, Routing(audit=1)).scores([subject(RIGHT, reference=REFERENCE)], Silent())
    assert row.status == "ok" and row.values == {"supported": 1, "contradicted": 0, "certain": 1, "audited": 1}
    found = verdicts_of([row])
    assert list(found.certain) == list(found.audited) == list(found.missing) == [True]


async def test_over_http_only_what_is_needed_is_sent(tmp_path: Path) -> None:
    with judge_server(lambda text, before: verdict("contradicted" if WRONG in text else "supported")) as server:
        rows = await ask_judge(Cascade(judge(), GOOD, Routing(audit=0.2)), server, answers(60), tmp_path)
        assert len(server.asked) == sum(not r.values["certain"] or "audited" in r.values for r in rows) < 45
    assert all(r.status == "ok" for r in rows)


def test_a_calibration_is_kept_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "cascade.json"
    write_calibration(path, GOOD)
    assert read_calibration(path) == GOOD
    for text, says in (("{", "not a calibration"), ('{"judge": 1}', "not a calibration"), ("[]", "not a calibration")):
        path.write_text(text)
        with pytest.raises(UserError, match=says):
            read_calibration(path)
    with pytest.raises(UserError, match="no such file"):
        read_calibration(tmp_path / "none.json")


def test_a_damaged_calibration_does_not_switch_it_on(tmp_path: Path) -> None:
    path = tmp_path / "cascade.json"
    write_calibration(path, GOOD)
    plain = orjson.loads(path.read_bytes())
    for wrong in ({"lower": 0.5}, {"lower": None}, {"lower": "1"}, {"missing": 30}, {"certain": 0, "missing": 1}):
        path.write_bytes(orjson.dumps({**plain, **wrong}))
        with pytest.raises(UserError):
            Cascade(judge(), read_calibration(path), Routing())


def test_a_run_is_judged_through_a_cascade(tmp_path: Path) -> None:
    path, run = tmp_path / "cascade.json", make_run(tmp_path / "run")
    with judge_server(lambda text, before: verdict("supported")) as server:
        write_calibration(path, replace(GOOD, judge=f"1+{server.spec}"))
        options = JudgingOptions(protocol="cascade", judge=JudgeOptions(more={"calibration": str(path), "seed": "3"}))
        done = judge_run(run, server.spec, options)
        assert done.counts == {"ok": 6} and done.instrument.name == "support-cascade"
        assert "seed=3" in done.instrument.version and len(server.asked) == 6


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({}, "off unless it was calibrated"),
        ({"calibration": "x.json", "audit": "some"}, "audit must be a number"),
        ({"calibration": "x.json", "audit": "0.01"}, "from 0.05 to 1"),
        ({"calibration": "x.json", "odd": "1"}, "unknown option odd"),
        ({"calibration": "x.json"}, "x.json: no such file"),
    ],
)
def test_a_cascade_is_off_without_a_calibration(more: dict[str, str], says: str) -> None:
    with pytest.raises(UserError, match=says):
        create("cascade", IDENTITY, JudgeOptions(more=more))
