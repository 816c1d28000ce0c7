from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from tests.analysis.worked import Run
from tests.runs.judged_run import judge_run, make_run
from tests.scorers.judges.judge_server import ask_judge, judge_server, subject

from auscult.corpora.med_hallmark import CLASSES
from auscult.engine.limits import AskOptions
from auscult.errors import UserError
from auscult.records import Score
from auscult.reports.quality import section
from auscult.reports.tables_csv import rows
from auscult.runs.folder import read_manifest
from auscult.runs.instruments import as_plain
from auscult.runs.judging_options import JudgingOptions
from auscult.scorers.judges import JudgeOptions, Subject, create
from auscult.scorers.judges.medihall import KINDS, WEIGHTS
from auscult.store.tables import read_rows, write_rows

IDENTITY = "openai:judge@http://x/v1"
QUICK = JudgingOptions(protocol="medihall", judge=JudgeOptions(tries=2), asking=AskOptions(retries=1, pause=0.01))


def sorted_as(*kinds: str, kind: str = "") -> str:
    """A reply as it should be: the gravest of its evidence is the kind of the whole."""
    evidence = [
        {"statement": f"statement {n}", "against": "words", "why": "so", "kind": k} for n, k in enumerate(kinds)
    ]
    gravest = kind or min(kinds, key=lambda k: KINDS.index(k) if k in KINDS else 0)
    return orjson.dumps({"evidence": evidence, "kind": gravest}).decode()


def report(text: str) -> Subject:
    asked = subject(text)
    return replace(asked, item=replace(asked.item, answer_type="report"))


async def judged(asked: Subject, reply: str, folder: Path, **options: object) -> Score:
    with judge_server(lambda text, before: reply) as server:
        (score,) = await ask_judge(create("medihall", IDENTITY, JudgeOptions(**options)), server, [asked], folder)
        assert len(server.asked) == options.get("tries", 1)
    return score


def test_a_kind_weighs_a_fifth_of_the_label_that_it_has_in_the_data_set() -> None:
    assert KINDS == CLASSES
    assert [WEIGHTS[kind] for kind in KINDS] == pytest.approx([0.2 * label for label in range(6)])


@pytest.mark.parametrize("kind", KINDS)
async def test_an_answer_scores_what_its_kind_weighs(kind: str, tmp_path: Path) -> None:
    score = await judged(subject("An effusion on the right."), sorted_as(kind, "correct"), tmp_path)
    assert (score.scorer, score.status, score.parsed) == ("medihall", "ok", kind)
    shares = {k.replace("-", "_"): float(k == kind) for k in KINDS}
    assert score.values == {"medihall": WEIGHTS[kind], **shares}


@pytest.mark.parametrize(
    ("kinds", "value"),
    [(("catastrophic", "correct"), 0.5), (("critical", "attribute", "minor", "correct"), 0.6), (("minor",), 0.8)],
)
async def test_a_report_scores_the_mean_of_its_sentences(kinds: tuple[str, ...], value: float, tmp_path: Path) -> None:
    score = await judged(report("One. Two."), sorted_as(*kinds), tmp_path)
    assert score.values["medihall"] == pytest.approx(value)
    assert score.parsed == kinds[0], "the gravest"


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "catastrophic",
        "The answer is incorrect.",
        "This is not a critical hallucination.",
        sorted_as("grave", kind="grave"),
        sorted_as("minor", "critical", kind="minor"),
        sorted_as("minor", kind="correct"),
        sorted_as(kind="correct"),
        sorted_as("correct").replace('"correct"', '"Correct"'),
        sorted_as("correct") + " So it is.",
    ],
)
async def test_what_is_no_clear_verdict_is_asked_again_and_never_scored(reply: str, tmp_path: Path) -> None:
    score = await judged(subject("An effusion."), reply, tmp_path, tries=2)
    assert (score.status, score.values) == ("judge_unusable", {})


async def test_an_answer_that_says_nothing_scores_nought_and_is_of_no_kind(tmp_path: Path) -> None:
    with judge_server(lambda text, before: 500) as server:
        asked = [subject("", status="unusable"), subject("", status="request_failed")]
        empty, failed = await ask_judge(create("medihall", IDENTITY), server, asked, tmp_path)
        assert not server.asked
    assert (empty.status, empty.values) == ("unusable", {"medihall": 0.0})
    assert (failed.status, failed.values) == ("request_failed", {})


@pytest.mark.parametrize("options", [{"policy": "strict"}, {"anchor": "ab"}])
def test_options_that_a_verdict_has_no_use_for_are_refused(options: dict[str, str]) -> None:
    with pytest.raises(UserError, match="'medihall' gives a verdict"):
        create("medihall", IDENTITY, JudgeOptions(**options))


def test_a_run_has_the_score_by_image_the_share_of_each_kind_and_their_counts(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    kinds = {"0.0": "correct", "0.1": "minor", "1.0": "catastrophic", "1.1": "correct", "2.0": "prompt-induced"}

    def says(text: str, before: int) -> str:
        found = [kind for name, kind in kinds.items() if f"Finding {name}" in text]
        return sorted_as(*found) if found else "I would say that it is correct."

    with judge_server(says) as server:
        done = judge_run(run, server.spec, QUICK)
    write_rows(
        run / "scores.parquet", Score, [*read_rows(run / "scores.parquet", Score), *read_rows(done.scores, Score)]
    )
    about = read_manifest(run)["instruments"]
    summary = Run(run, [*about, *as_plain([done.instrument])]).summary(0.05)
    (quality,) = [q for q in summary.quality if q.instrument.startswith("medihall")]
    expected = {"catastrophic": 1, "critical": 0, "attribute": 0, "prompt-induced": 1, "minor": 1, "correct": 2}
    assert quality.classes == {**expected, "not judged": 1}
    assert quality.correlation == ""
    assert any("0.6" in note and "inferred" in note for note in quality.notes)
    found = {f.metric: f.with_image for f in summary.of("quality", quality.instrument)}
    score, correct = found["MediHall Score"], found["correct"]
    assert score and correct and (score.clusters, score.n, score.missing, score.unjudged) == (3, 5, 1, 1)
    assert score.worst == pytest.approx((1 + 0.8 + 0 + 1 + 0.6 + 0) / 6)
    assert score.best == pytest.approx((1 + 0.8 + 0 + 1 + 0.6 + 1) / 6)
    assert score.value is None, "a sixth of the answers got no verdict"
    assert correct.worst == pytest.approx(2 / 6)
    (shown,) = [s for s in section(summary) if s.title.startswith("medihall")]
    assert shown.classes and [r.label for r in shown.classes.rows] == [*KINDS, "not judged"]
    counted = {line["label"]: line["value"] for line in rows(summary) if line["metric"] == "answers"}
    assert counted == quality.classes
