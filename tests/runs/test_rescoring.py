"""Judges and text metrics beside the rules: asked once, kept, counted; nothing is asked of the model again."""

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from tests.scorers.judges.judge_server import JudgeServer, graded, judge_server

from auscult.analysis.summary import Figure, Quality, Summary
from auscult.api import evaluate, score
from auscult.corpora._bundles import seal
from auscult.engine.limits import AskOptions
from auscult.errors import UserError
from auscult.items.split import SplitPlan
from auscult.items.writer import SourceNote, write_item_set
from auscult.records import Case, Item, Value
from auscult.runs.judging_options import JudgingOptions
from auscult.runs.rescoring import Readers
from auscult.runs.settings import Settings
from auscult.scorers import Scorer, ScorerOptions, TextMetric, selection
from auscult.scorers.text import text_instrument

KINDS = ("hallucination", "non-hallucination")
SETTINGS = Settings(controls=0, canary=False)


def case(n: int) -> tuple[Case, list[Item]]:
    about = {"id": "", "case_id": "", "answer_type": "open", "split": "test"}
    items = [
        Item(
            source_id=f"{n}-{kind}", question=f"What is seen, {kind}?", reference="A left effusion.", kind=kind, **about
        )
        for kind in KINDS
    ]
    return Case(id="", source="by hand", source_key=str(n), annotation="A left effusion.", group=f"p{n}"), items


@pytest.fixture
def items(tmp_path: Path) -> Path:
    bundles = [seal(*case(n)) for n in range(12)]
    plan = SplitPlan(published=True)
    write_item_set(bundles, tmp_path / "items", source=SourceNote(reader="by hand", path=""), split=plan)
    return tmp_path / "items"


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    """The answers about hallucination items are wrong, one of them is empty and one is not recorded."""
    rows = []
    for n in range(12):
        for kind in KINDS:
            text = "A left effusion." if kind == KINDS[1] else "" if n == 0 else f"The heart is large, case {n}."
            if (n, kind) != (1, KINDS[1]):
                rows.append({"id": f"{n}-{kind}", "text": text})
    path = tmp_path / "answers.jsonl"
    path.write_bytes(b"\n".join(orjson.dumps(row) for row in rows))
    return path


@pytest.fixture
def judge() -> Iterator[JudgeServer]:
    """Nine for what is right, two for what is not; what it says of case 3 cannot be read."""

    def says(text: str, _: int) -> str:
        if "The heart is large, case 3." in text:
            return "I would rather not."
        return graded(*([2] * 5 if "The heart is large" in text else [9] * 5))

    with judge_server(says) as server:
        yield server


def readers(judge: JudgeServer, scorers: tuple[str, ...] = ("rouge",)) -> Readers:
    options = JudgingOptions(asking=AskOptions(timeout=10))
    return Readers(scorers=scorers, judges=((judge.spec, options),))


def of(summary: Summary, start: str) -> tuple[Quality, tuple[Figure, ...]]:
    about = next(q for q in summary.quality if q.instrument.startswith(start))
    return about, summary.of("quality", about.instrument)


def line(found: tuple[Quality, tuple[Figure, ...]], metric: str, kind: str) -> Figure:
    return next(f for f in found[1] if (f.metric, f.kind) == (metric, kind))


def test_the_table_holds_means_by_kind_and_counts_what_is_missing(
    items: Path, answers: Path, judge: JudgeServer, tmp_path: Path
) -> None:
    summary = evaluate(items, f"replay:{answers}", tmp_path / "run", SETTINGS, readers=readers(judge)).summary
    clinical = of(summary, "clinical@")
    bad, good = (line(clinical, "accuracy", kind).with_image for kind in KINDS)
    assert bad and good
    # ten that could be read at 2 and the empty answer at 1; one verdict could not be read, over 5 % of twelve
    assert bad.withheld and (bad.n, bad.missing, bad.unusable) == (11, 1, 1)
    assert good.withheld and (good.n, good.missing) == (11, 1)
    loose = score(tmp_path / "run", Readers(), max_missing=0.2).summary
    bad, good = (line(of(loose, "clinical@"), "accuracy", kind).with_image for kind in KINDS)
    assert bad and bad.value == pytest.approx((10 * 2 + 1) / 11)
    assert (bad.worst, bad.best) == pytest.approx(((10 * 2 + 1 + 1) / 12, (10 * 2 + 1 + 10) / 12))
    assert good and good.value == 9
    rouge = of(loose, "rouge@")
    assert line(rouge, "ROUGE-L", KINDS[1]).with_image.value == 1  # type: ignore[union-attr]
    assert {s.change for s in rouge[0].blind_spots} >= {"negated", "side swapped"}
    swapped = next(s for s in rouge[0].blind_spots if s.change == "side swapped" and s.metric == "rouge1")
    assert swapped.mean == pytest.approx(2 / 3) and swapped.n == 1


def test_a_rescored_run_asks_neither_the_model_nor_the_judge_again(
    items: Path, answers: Path, judge: JudgeServer, tmp_path: Path
) -> None:
    evaluate(items, f"replay:{answers}", tmp_path / "run", SETTINGS, readers=readers(judge, ("token-f1",)))
    asked = len(judge.asked)
    answers.unlink()
    again = score(tmp_path / "run", readers(judge, ("bleu",)), max_missing=0.5).summary
    assert len(judge.asked) == asked
    assert {q.instrument.partition("@")[0] for q in again.quality} == {"clinical", "bleu"}
    later = score(tmp_path / "run", Readers(scorers=("rouge",)), max_missing=0.5).summary
    assert {q.instrument.partition("@")[0] for q in later.quality} == {"clinical", "bleu", "rouge"}


def test_a_judge_without_its_certificate_is_called_uncertified(
    items: Path, answers: Path, judge: JudgeServer, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    summary = evaluate(items, f"replay:{answers}", run, SETTINGS, readers=readers(judge, ("token-f1",))).summary
    assert any(w.startswith("Uncertified judge") for w in summary.warnings)
    name = of(summary, "clinical@")[0].instrument
    file = tmp_path / "judge.json"
    for passed, said in ((False, "did not pass"), (True, "")):
        about = {"instrument": name, "subject": "phantoms", "passed": passed, "figures": [], "summary": "as tested"}
        file.write_bytes(orjson.dumps(about))
        found = score(run, Readers(certificates=(file,)), max_missing=0.5).summary
        assert name in [c.instrument for c in found.certificates]
        told = [w for w in found.warnings if "judge" in w.lower()]
        assert (told == []) if passed else (len(told) == 1 and said in told[0])


def test_a_judge_that_gives_no_verdict_has_no_figure_and_is_counted(items: Path, answers: Path, tmp_path: Path) -> None:
    with judge_server(lambda text, _: "No.") as server:
        summary = evaluate(
            items, f"replay:{answers}", tmp_path / "run", SETTINGS, readers=readers(server, ("token-f1",))
        ).summary
    found = of(summary, "clinical@")
    assert all(f.with_image and f.with_image.value is None and f.with_image.withheld for f in found[1])
    # 24 answers, one of them empty and one not recorded
    assert [(f.condition, f.judge_unusable, f.request_failed) for f in summary.failures] == [("with", 22, 1)]


def test_a_metric_keeps_its_baseline_when_the_run_is_scored_again(
    items: Path, answers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, Path | None]] = []
    usual = selection.create

    def create(spec: str, options: ScorerOptions | None = None) -> Scorer | TextMetric:
        if options is None or not spec.startswith("bertscore"):
            return usual(spec, options)
        seen.append((spec, options.baseline))
        version = f"1-{options.baseline.name if options.baseline else 'raw'}"
        value = Value(name="f1", low=-10.0, share=False)
        instrument = text_instrument("bertscore", value, version=version, source="", about="made up")
        return TextMetric(instrument=instrument, score=lambda pairs: [{"f1": -2.5} for _ in pairs])

    monkeypatch.setattr(selection, "create", create)
    asked = Readers(scorers=("bertscore:x@1",), scorer_options=ScorerOptions(baseline=tmp_path / "base.tsv"))
    evaluate(items, f"replay:{answers}", tmp_path / "run", SETTINGS, readers=asked)
    seen.clear()
    again = score(tmp_path / "run", Readers(), max_missing=0.5).summary
    assert seen == [("bertscore:x@1", tmp_path / "base.tsv")]
    (found,), figures = again.quality, again.of("quality")
    assert found.instrument == "bertscore@1-base.tsv" and (found.low, found.high) == (-10.0, 1.0)
    assert [f.with_image.value for f in figures if f.with_image] == pytest.approx([-2.5] * len(figures))


def test_annotators_that_differ_widen_the_interval_and_stand_each_for_themselves(tmp_path: Path) -> None:
    about = {"id": "", "case_id": "", "answer_type": "yes_no", "reference": "yes", "split": "test"}
    bundles = [
        seal(
            Case(id="", source="by hand", source_key=str(n), group=f"p{n}"),
            [Item(source_id=f"q{n}", question="Is it?", **about)],
        )
        for n in range(20)
    ]
    write_item_set(
        bundles, tmp_path / "set", source=SourceNote(reader="by hand", path=""), split=SplitPlan(published=True)
    )
    answers, table = tmp_path / "answers.csv", tmp_path / "readers.csv"
    answers.write_text("id,text\n" + "".join(f"q{n},Yes\n" for n in range(20)))
    lines = [f"q{n},one,Yes\nq{n},two,{'no' if n < 10 else 'yes'}\n" for n in range(20)]
    table.write_text("item,annotator,label\n" + "".join(lines))
    found = evaluate(
        tmp_path / "set", f"replay:{answers}", tmp_path / "run", SETTINGS, readers=Readers(annotators=table)
    ).summary
    first, one, two = (f.with_image for f in found.of("annotators"))
    assert first and one and two and (one.value, two.value) == (1.0, 0.5)
    assert first.value == pytest.approx(0.75, abs=0.02) and "annotators" in first.variance
    assert found.of("annotators")[0].label.endswith("agree on 10 of 20")
    table.write_text("item,annotator,label\nother,one,yes\n")
    with pytest.raises(UserError, match="none of its items is in"):
        score(tmp_path / "run", Readers(annotators=table))


def test_a_file_that_is_no_certificate_is_refused_before_anything_is_asked(
    items: Path, answers: Path, judge: JudgeServer, tmp_path: Path
) -> None:
    file = tmp_path / "judge.json"
    file.write_text("{}")
    with pytest.raises(UserError, match=r"judge\.json: no certificate"):
        evaluate(items, f"replay:{answers}", tmp_path / "run", SETTINGS, readers=Readers(certificates=(file,)))
    assert not (tmp_path / "run").exists() and not judge.asked


def test_an_unknown_metric_is_refused_before_anything_is_asked(items: Path, answers: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="unknown scorer 'meteo'"):
        evaluate(items, f"replay:{answers}", tmp_path / "run", SETTINGS, readers=Readers(scorers=("meteo",)))
    assert not (tmp_path / "run").exists()
