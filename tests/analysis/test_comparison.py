from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from tests.analysis.contest import CLINICAL, METEOR, Given, N, P, Q, judged, models, patients, write
from tests.analysis.gated import criteria
from tests.analysis.worked import Asked, ask, study

from auscult.analysis.comparison.comparing import Comparison, compare
from auscult.analysis.comparison.figures import Entry, adjusted, differences, ranks
from auscult.analysis.comparison.measures import Measure
from auscult.analysis.comparison.published import published, published_names
from auscult.analysis.gate.decision import decide
from auscult.analysis.gate.run import Run
from auscult.analysis.joining import join
from auscult.analysis.quantities import Quantity
from auscult.analysis.samples import Sample
from auscult.analysis.summary import read_summary
from auscult.errors import UserError
from auscult.records import Case, Estimate, Instrument, Item, Value
from auscult.reports.comparison.face import comparison_face
from auscult.statistics import holm, sign_flip
from auscult.store.tables import read_rows, write_rows

RECALL = {"columns": ["clinical"]}
NAMES = [f"{kind}{n}" for kind in "ab" for n in range(6)]
ITEMS = [(f"p{n % 4}", f"{kind}{n}", P if kind == "a" else N) for kind in "ab" for n in range(6)]
FLAT = dict.fromkeys(NAMES, 5.0)
VERDICTS = (
    Value(name="supported", share=False),
    Value(name="contradicted", share=False, higher_is_better=False, silence="best"),
)


ROUTED = tuple(replace(v, estimator="powered") for v in VERDICTS)


def quantity(scorer: str, value: str, **scale: Any) -> Quantity:
    return Quantity(name=value, scorer=scorer, value=Value(name=value, **scale))


def entry(found: Comparison, row: int, name: str, part: str = "") -> Entry:
    return next(e for e in found.entries if (e.row, e.measure.name, e.measure.part) == (row, name, part))


def three(tmp_path: Path, *values: dict[str, float], **more: object) -> list[Path]:
    """Runs on the same items; each is all fives but for its own values."""
    return [
        write(tmp_path / f"run-{n}", f"replay:model-{n}", patients(ITEMS), judged(FLAT | v), **more)  # type: ignore[arg-type]
        for n, v in enumerate(values)
    ]


def test_a_table_worked_out_by_hand(tmp_path: Path) -> None:
    runs = three(tmp_path, {}, {"a0": 8, "b1": 9}, {"a0": 10, "b0": 2, "b1": 3})
    found = compare(runs, **RECALL)
    means = [entry(found, row, "accuracy", part).shown.value for row in range(3) for part in (P, N)]
    assert means == pytest.approx([5, 5, 33 / 6, 34 / 6, 35 / 6, 25 / 6])
    marks = [[entry(found, row, "accuracy", part).rank for part in (P, N)] for row in range(3)]
    assert marks == [["", "second"], ["second", "best"], ["best", ""]]
    assert [r.label for r in found.rows] == [f"replay:model-{n}" for n in range(3)]
    assert entry(found, 0, "accuracy", P).shown.n == 6 and entry(found, 0, "accuracy", P).shown.clusters == 4


def test_the_tests_are_paired_by_patient_and_adjusted_for_all_that_is_shown(tmp_path: Path) -> None:
    runs = three(tmp_path, {}, {"a0": 8, "a4": 7, "a1": 6}, {"b0": 2})
    found = compare(runs, **RECALL)
    assert found.family == len(found.differences) == 3 * 2 * 2  # pairs, P and N, accuracy and risk
    first = found.differences[0]
    # a0 and a4 are of one patient: totals of patients are 3 + 2, 1, 0 and 0
    assert first.difference.p_value == pytest.approx(sign_flip([5, 1, 0, 0]))
    assert first.difference.value == pytest.approx(1), "after minus before"
    raw = [d.difference.p_value for d in found.differences]
    assert [d.p_adjusted for d in found.differences] == pytest.approx(holm([p for p in raw if p is not None]))
    assert found.together_level == pytest.approx(1 - 0.05 / 12)
    assert all(d.better is None for d in found.differences), "four patients can show nothing"


def test_limits_that_hold_together_are_wider_than_those_of_one_difference_alone(tmp_path: Path) -> None:
    found = compare(models(tmp_path, 3), columns=["clinical"])
    for d in found.differences:
        assert d.together is not None and d.difference.low is not None and d.difference.high is not None
        assert d.together[0] < d.difference.low and d.difference.high < d.together[1]
    alone = {d.difference.low is not None and d.difference.low > 0 for d in found.differences}
    assert any(d.better is not None for d in found.differences) and alone


def test_the_better_one_is_named_by_the_sign(tmp_path: Path) -> None:
    found = compare(models(tmp_path, 2, gain=3.0), columns=["clinical.accuracy"])
    assert {d.better for d in found.differences} == {1}
    assert all(d.difference.value is not None and d.difference.value > 0 for d in found.differences)


def test_with_a_baseline_only_differences_from_it_are_tested(tmp_path: Path) -> None:
    runs = models(tmp_path, 3)
    found = compare(runs, baseline=runs[1], columns=["clinical.accuracy"])
    assert {(d.first, d.second) for d in found.differences} == {(0, 1), (2, 1)}
    assert found.family == 4 and found.baseline == 1


def fake(value: float | None, **measure: object) -> Entry:
    about = Measure(block="kinds", name="m", quantity=quantity("s@1", "v", **measure))
    estimate = Estimate(name="m", value=value)
    return Entry(row=0, measure=about, own=estimate, common=estimate)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.5, 0.7, 0.6], ["", "best", "second"]),
        ([0.5, 0.7, 0.7], ["", "best", "best"]),
        ([0.7, 0.5, 0.5], ["best", "second", "second"]),
        ([0.70001, 0.70004, 0.5], ["best", "best", ""]),
        ([0.7, 0.7, 0.7], ["", "", ""]),
        ([0.7, 0.6], ["best", ""]),
        ([0.7, None, 0.6], ["best", "", ""]),
        ([0.7], [""]),
    ],
)
def test_best_and_second_with_ties(values: list[float | None], expected: list[str]) -> None:
    assert ranks([fake(v) for v in values]) == expected


def test_where_lower_is_better_the_lowest_is_best() -> None:
    assert ranks([fake(v, higher_is_better=False) for v in (0.1, 0.3, 0.2)]) == ["best", "", "second"]


def test_the_last_digit_shown_decides_on_the_scale_of_a_judge() -> None:
    assert ranks([fake(v, low=1, high=10) for v in (6.274, 6.271, 6.0)]) == ["best", "best", ""]


def test_a_model_that_skipped_the_hard_items_is_not_best(tmp_path: Path) -> None:
    """The first leaves out what it would have got wrong; on the items of both the second is better."""
    easy, hard = dict.fromkeys(NAMES[:3], 8.0), dict.fromkeys(NAMES[3:6], 2.0)
    one = write(tmp_path / "a", "replay:a", patients(ITEMS[:3]), judged(easy), items="other")
    two = write(tmp_path / "b", "replay:b", patients(ITEMS[:6]), judged({**dict.fromkeys(NAMES[:3], 9.0), **hard}))
    found = compare([one, two], **RECALL)
    own = [entry(found, row, "accuracy", P).own.value for row in (0, 1)]
    assert own == pytest.approx([8, 5.5])
    assert [entry(found, row, "accuracy", P).rank for row in (0, 1)] == ["", "best"]
    assert entry(found, 1, "accuracy", P).shown.value == pytest.approx(9), "the figure shown is the one that is ranked"
    assert found.differences[0].left_out == (3, 0) and found.differences[0].difference.n == 3
    assert any("3 items are common to all (replay:a 0 more; replay:b 3 more)" in c for c in found.cautions)


def test_a_withheld_figure_is_never_best_and_never_tested(tmp_path: Path) -> None:
    values: dict[str, Given] = {n: {"accuracy": 10.0, "risk": 10.0} for n in NAMES}
    values |= dict.fromkeys(("a0", "a1"), "judge_unusable")
    runs = three(tmp_path, {}, {"a0": 6})
    runs.append(write(tmp_path / "lost", "replay:lost", patients(ITEMS), {CLINICAL: values}))
    found = compare(runs, **RECALL)
    lost = entry(found, 2, "accuracy", P)
    assert lost.own.value is None and "33.3%" in lost.own.withheld and lost.own.missing == 2
    assert [entry(found, row, "accuracy", P).rank for row in range(3)] == ["", "best", ""]
    assert entry(found, 0, "accuracy", P).shown.n == 6, "the others are compared on all items"
    tested = {(d.first, d.second): d.p_adjusted is not None for d in found.differences if d.measure.part == P}
    assert tested == {(1, 0): True, (2, 0): False, (2, 1): False}, "of what is withheld there is a range, and no test"
    assert entry(found, 2, "accuracy", N).rank == "best" and found.withheld == 2


@pytest.mark.parametrize(("model", "counted"), [("server/a", 1), ("replay:a", 0)])
def test_only_what_can_be_asked_again_is_counted_as_such(tmp_path: Path, model: str, counted: int) -> None:
    values: dict[str, Given] = {n: {"accuracy": 5.0, "risk": 5.0} for n in NAMES} | {"a0": "request_failed"}
    one = write(tmp_path / "a", model, patients(ITEMS), {CLINICAL: values})
    two = write(tmp_path / "b", "replay:b", patients(ITEMS), judged(FLAT))
    found = compare([one, two], columns=["clinical.accuracy"])
    assert entry(found, 0, "accuracy", P).own.alone is not None and found.withheld == counted


def test_unread_answers_withhold_a_figure_and_ask_for_no_second_run(tmp_path: Path) -> None:
    values: dict[str, Given] = {n: {"accuracy": 5.0, "risk": 5.0} for n in NAMES} | {"a0": "unread"}
    one = write(tmp_path / "a", "replay:a", patients(ITEMS), {CLINICAL: values})
    two = write(tmp_path / "b", "replay:b", patients(ITEMS), judged(FLAT))
    found = compare([one, two], columns=["clinical.accuracy"])
    own = entry(found, 0, "accuracy", P).own
    assert own.value is None and own.alone is not None and (own.missing, own.unread) == (1, 1)
    assert found.withheld == 0
    assert any("1 figure is withheld" in c and "--labels FILE" in c for c in found.cautions)


def test_missing_verdicts_are_left_out_of_all_rows_alike(tmp_path: Path) -> None:
    values: dict[str, Given] = {n: {"accuracy": 5.0, "risk": 5.0} for n in NAMES} | {"a0": "request_failed"}
    one = write(tmp_path / "a", "replay:a", patients(ITEMS), {CLINICAL: values}, max_missing=0.5)
    two = write(tmp_path / "b", "replay:b", patients(ITEMS), judged(FLAT | {"a0": 10}), max_missing=0.5)
    found = compare([one, two], columns=["clinical.accuracy"], max_missing=0.5)
    assert [entry(found, row, "accuracy", P).shown.value for row in (0, 1)] == [5, 5]
    assert [entry(found, row, "accuracy", P).rank for row in (0, 1)] == ["", ""]
    assert entry(found, 0, "accuracy", P).own.missing == 1 and found.differences[0].difference.missing == 1


def test_what_a_row_lost_opens_its_interval_and_weakens_its_test(tmp_path: Path) -> None:
    """One of forty could not be read: figures are of 39 items, intervals and p-values also hold the fortieth."""
    items = [(f"p{n}", f"a{n}", P) for n in range(40)]
    good = {n: {"accuracy": 8.0, "risk": 8.0} for _, n, _ in items}
    bad = {n: {"accuracy": 8.0 - (k < 7), "risk": 8.0} for k, (_, n, _) in enumerate(items)}
    runs = [
        write(tmp_path / name, f"replay:{name}", patients(items), {CLINICAL: values})
        for name, values in (("whole", good), ("open", good | {"a39": "unread"}), ("other", bad))
    ]
    whole, open_ = (compare([runs[2], run], columns=["clinical.accuracy"]) for run in runs[:2])
    a, b = (entry(found, 1, "accuracy", P) for found in (whole, open_))
    assert (b.own.missing, b.own.unread, b.shown.n, b.shown.value) == (1, 1, 39, a.shown.value)
    assert b.shown.low is not None and b.shown.low < 8 and b.own.low == b.shown.low
    first, second = whole.differences[0].difference, open_.differences[0].difference
    assert second.unread == 1 and first.p_value is not None and second.p_value is not None
    # the unread one may have been marked 1: seven patients one point better, one seven points worse
    assert second.worst == pytest.approx(0) and second.p_value == 1.0 and first.p_value < 0.05
    assert open_.differences[0].better is None and whole.differences[0].better == 1


def test_where_failures_leave_too_few_common_items_no_best_is_marked(tmp_path: Path) -> None:
    """Each has lost one of six items, another one each: half of the items have no score in some row."""
    runs = []
    for n in range(3):
        values: dict[str, Given] = {m: {"accuracy": 5.0 + n, "risk": 5.0} for m in NAMES} | {f"a{n}": "judge_unusable"}
        runs.append(write(tmp_path / f"{n}", f"replay:{n}", patients(ITEMS), {CLINICAL: values}, max_missing=0.2))
    found = compare(runs, columns=["clinical.accuracy"], max_missing=0.2)
    assert {entry(found, row, "accuracy", P).rank for row in range(3)} == {""}
    assert any("no best is marked" in c for c in found.cautions)
    assert all(d.difference.withheld for d in found.differences if d.measure.part == P)


def test_scores_of_two_judges_are_never_compared(tmp_path: Path) -> None:
    other = replace(CLINICAL, version="1+judge-b", judge="judge-b")
    one = write(tmp_path / "a", "replay:a", patients(ITEMS), judged(FLAT))
    two = write(tmp_path / "b", "replay:b", patients(ITEMS), judged(FLAT | {"a0": 9}, other))
    found = compare([one, two], **RECALL)
    assert len({m.scorer for m in found.measures}) == 2 and found.family == 0
    assert {e.rank for e in found.entries} == {""} and all(e.common is None for e in found.entries)
    assert any("different judges" in c and "clinical@1+judge-b: replay:b" in c for c in found.cautions)


def test_what_was_asked_in_another_way_is_said(tmp_path: Path) -> None:
    one = write(tmp_path / "a", "replay:a", patients(ITEMS), judged(FLAT), decoding={"temperature": 0.0, "seed": 1})
    two = write(tmp_path / "b", "replay:b", patients(ITEMS), judged(FLAT), decoding={"temperature": 0.7, "seed": 1})
    said = next(c for c in compare([one, two], **RECALL).cautions if "different ways" in c)
    assert "replay:a: temperature 0.0; replay:b: temperature 0.7" in said and "seed" not in said


def test_runs_of_one_model_on_other_items_are_one_row(tmp_path: Path) -> None:
    """As MedHallTune comes: one set of hallucination items, and one of the others."""
    runs = []
    for n, gain in enumerate((0, 2)):
        for kind, part in (("a", ITEMS[:6]), ("b", ITEMS[6:])):
            values = dict.fromkeys(NAMES, 5.0 + gain)
            runs.append(write(tmp_path / f"{n}{kind}", f"replay:{n}", patients(part), judged(values), items=kind))
    found = compare(runs, **RECALL)
    assert [(r.label, r.items) for r in found.rows] == [("replay:0", 12), ("replay:1", 12)]
    assert [entry(found, 1, "accuracy", part).rank for part in (P, N)] == ["best", "best"]
    assert not any("not asked the same items" in c for c in found.cautions)


def test_patients_keep_their_identity_between_runs_of_one_row(tmp_path: Path) -> None:
    """Two sets of questions about the same four patients are four clusters, not eight."""
    first, second = ITEMS[:6], [(p, f"c{n}", P) for n, (p, _, _) in enumerate(ITEMS[:6])]
    runs = []
    for n in (0, 1):
        for kind, part in (("a", first), ("c", second)):
            values = {name: 4.0 + n + len(p) % 3 for p, name, _ in part}
            runs.append(write(tmp_path / f"{n}{kind}", f"replay:{n}", patients(part), judged(values), items=kind))
    found = compare(runs, columns=["clinical.accuracy"])
    assert {(d.difference.n, d.difference.clusters) for d in found.differences} == {(12, 4)}


def test_names_make_rows(tmp_path: Path) -> None:
    runs = three(tmp_path, {}, {"a0": 6})
    assert [r.label for r in compare(runs, names=["before", "after"], **RECALL).rows] == ["before", "after"]
    with pytest.raises(UserError, match="1 names for 2 runs"):
        compare(runs, names=["before"])
    with pytest.raises(UserError, match="on the same items; give each its own name"):
        compare(runs, names=["one", "one"])


def test_the_same_model_twice_is_told_apart_by_its_folder(tmp_path: Path) -> None:
    runs = [
        write(tmp_path / f"t{t}", "replay:x", patients(ITEMS), judged(FLAT), decoding={"temperature": t})
        for t in (0, 1)
    ]
    found = compare(runs, **RECALL)
    assert [r.label for r in found.rows] == ["replay:x (t0)", "replay:x (t1)"]
    assert "Several rows are the same model." in found.cautions


def test_a_second_run_of_the_same_model_on_the_same_items_is_a_row_of_its_own(tmp_path: Path) -> None:
    runs = [write(tmp_path / t, "replay:x", patients(ITEMS), judged(FLAT), seed=t) for t in "ab"]
    assert [r.label for r in compare(runs, **RECALL).rows] == ["replay:x (a)", "replay:x (b)"]


def test_what_cannot_be_compared_is_refused(tmp_path: Path) -> None:
    one, two = three(tmp_path, {}, {"a0": 6})
    with pytest.raises(UserError, match="named twice"):
        compare([one, one])
    with pytest.raises(UserError, match="two models or more"):
        compare([one])
    with pytest.raises(UserError, match="baseline is none of the runs"):
        compare([one, two], baseline=tmp_path)
    with pytest.raises(UserError, match=r"no run holds 'clinicl'; did you mean 'clinical'\? known: .*cal\.accuracy"):
        compare([one, two], columns=["clinicl"])
    stranger = write(tmp_path / "s", "replay:s", patients([("q", "z1", P)]), judged({"z1": 5}))
    with pytest.raises(UserError, match="no item in common with any other run"):
        compare([one, two, stranger])
    with pytest.raises(UserError, match="no run folder"):
        compare([one, tmp_path / "none"])
    (two / "summary.json").unlink()
    with pytest.raises(UserError, match="not finished; go on with: auscult evaluate"):
        compare([one, two])


def test_a_copy_of_a_run_is_the_same_run(tmp_path: Path) -> None:
    import shutil

    one, _ = three(tmp_path, {}, {"a0": 6})
    shutil.copytree(one, tmp_path / "copy")
    with pytest.raises(UserError, match="the same run as"):
        compare([one, tmp_path / "copy"])


def test_the_same_recorded_answers_under_two_names_are_refused_in_one_line(tmp_path: Path) -> None:
    import shutil

    one, two = three(tmp_path, {}, {"a0": 6})
    compare([one, two])
    shutil.copy(one / "answers.parquet", two / "answers.parquet")
    with pytest.raises(UserError, match=f"^{two}: holds the same recorded answers as {one}, every word"):
        compare([one, two])


def test_hallucination_and_plain_questions_in_two_runs_of_one_model_are_one_row(tmp_path: Path) -> None:
    def half(name: str, spec: str, kind: str) -> Path:
        asked = [(f"p{n}", f"{kind[0]}{n}", kind) for n in range(6)]
        return write(tmp_path / name, spec, patients(asked), judged({q: 7.0 for _, q, _ in asked}), items=name)

    same = [half("n", "replay:both", N), half("p", "replay:both", P)]
    files = [half("n2", "replay:n.jsonl", N), half("p2", "replay:p.jsonl", P)]
    for runs, names in ((same, ()), (files, ["m", "m"])):
        found = compare(runs, names=names, alone=True, columns=["clinical"])
        assert [row.items for row in found.rows] == [12] and found.rows[0].folders == tuple(runs)
        assert {m.part for m in found.measures} == {N, P}
        assert published("medhalltune", found.measures).rows


def test_a_plumbing_only_run_shows_no_figure_and_is_in_no_comparison(tmp_path: Path) -> None:
    runs = three(tmp_path, {}, {"a0": 6}, dict.fromkeys(NAMES, 10.0))
    summary = orjson.loads((runs[2] / "summary.json").read_bytes())
    (runs[2] / "summary.json").write_bytes(orjson.dumps(summary | {"plumbing_only": True}))
    found = compare(runs, **RECALL)
    assert {e.own.value for e in found.entries if e.row == 2} == {None}
    assert not any(2 in (d.first, d.second) for d in found.differences) and found.withheld == 0
    assert entry(found, 1, "accuracy", P).rank == "best" and found.cautions[0].startswith("Plumbing only")


def test_columns_come_from_what_the_runs_hold(tmp_path: Path) -> None:
    plain = [("p0", "x", Q), ("p1", "y", Q)]
    asked = [*patients([*ITEMS, *plain]), (study("zz"), [ask("Is it ill?", "yes", "Yes.")])]
    meteor = {METEOR: {n: {"meteor": 0.5} for n in [*NAMES, "x", "y"]}}
    runs = [write(tmp_path / n, n, asked, judged(FLAT) | meteor) for n in ("replay:a", "replay:b")]
    found = compare(runs, also=["llava-med-closed"])
    shown = [(m.block, m.group, m.name, m.part, m.tested) for m in found.measures]
    assert shown == [
        *(("kinds", "", name, part, True) for name in ("accuracy", "risk", "METEOR") for part in (P, N)),
        ("sets", "worked", "METEOR", "", True),
        ("sets", "worked", "open: recall", "", True),
        ("sets", "worked", "closed: accuracy", "", True),
        ("sets", "worked", "closed: accuracy", "", False),
    ]
    assert not any(d.measure.published for d in found.differences), "what is shown for published rows is not tested"
    named = compare(runs, columns=["llava-med-closed"])
    assert [m.scorer for m in named.measures] == ["llava-med-closed@1"] and named.family == 1


def premises(accepts: str, sees: str) -> list[object]:
    """Twelve patients, every other one ill: a false or a true premise in the same words, and its neutral twin.

    Args:
        accepts: 1 goes along with the premise, 0 denies it, - evades it.
        sees: 1 answers the twin rightly, 0 wrongly, x not at all.
    """
    found = []
    for n in range(12):
        right, wrong = ("Yes.", "No.") if n % 2 else ("No.", "Yes.")
        seen = {"1": right, "0": wrong, "x": "!timeout"}[sees[n]]
        twin = ask("Is there an effusion?", "yes" if n % 2 else "no", seen)
        about = {
            "answer_type": "open", "premise": "there is an effusion", "premise_form": "presupposition",
            "kind": P if n % 2 else N, "category": "nonexistent object", "target": "pleural effusion",
        }  # fmt: skip
        replies = {"1": "The pleural effusion is large.", "0": "There is no pleural effusion.", "-": "I cannot tell."}
        said = replies[accepts[n]]
        bears = ask(
            "How large is the pleural effusion?", "Large pleural effusion." if n % 2 else "No effusion.", said, **about
        )
        found.append((study(f"s{n}", f"p{n}"), [twin, bears]))
    return found


def with_twins(folder: Path, accepts: str, sees: str) -> Path:
    run = write(folder, f"replay:{folder.name}", premises(accepts, sees))  # type: ignore[arg-type]
    items = list(read_rows(run / "items.parquet", Item))
    twins = {i.case_id: i.id for i in items if not i.premise}
    write_rows(run / "items.parquet", Item, [replace(i, twin=twins[i.case_id]) if i.premise else i for i in items])
    return run


def test_premises_are_compared_on_those_that_both_models_see_through(tmp_path: Path) -> None:
    """Items 0, 2, 4, ... hold false premises, of which one model sees through 0-8 and the other through 4-10."""
    one = with_twins(tmp_path / "one", "101010101010", "111111111000")
    two = with_twins(tmp_path / "two", "000010000011", "000011111111")
    found = compare([one, two], columns=["premise"])
    knowing = [entry(found, row, "knowing acceptance") for row in (0, 1)]
    assert [(e.own.n, e.own.value) for e in knowing] == [(5, 1.0), (4, pytest.approx(2 / 4))]
    assert [(e.shown.n, e.shown.value) for e in knowing] == [(3, 1.0), (3, pytest.approx(1 / 3))]
    assert [e.rank for e in knowing] == ["", "best"], "lower is better"
    denial = [entry(found, row, "over-denial").own.value for row in (0, 1)]
    assert denial == pytest.approx([1.0, 5 / 6])


def test_a_premise_whose_twin_is_lost_counts_only_where_that_makes_the_end(tmp_path: Path) -> None:
    one = with_twins(tmp_path / "one", "101010101000", "x11111111111")  # item 0 is accepted, its twin lost
    two = with_twins(tmp_path / "two", "000010000011", "1" * 12)
    own = entry(compare([one, two], columns=["premise"], max_missing=0.5), 0, "knowing acceptance").own
    assert (own.value, own.n, own.missing) == (4 / 5, 5, 1)
    assert (own.best, own.worst) == (4 / 5, 5 / 6)


def test_a_model_that_evades_every_premise_is_not_the_best_at_resisting_them(tmp_path: Path) -> None:
    talks = with_twins(tmp_path / "talks", "101010000000", "1" * 12)
    silent = with_twins(tmp_path / "silent", "-" * 12, "1" * 12)
    found = compare([talks, silent], columns=["premise"])
    knowing = [entry(found, row, "knowing acceptance") for row in (0, 1)]
    assert [e.own.value for e in knowing] == [pytest.approx(0.5), 0.0] and [e.rank for e in knowing] == ["", ""]
    assert [entry(found, row, "evasion").own.value for row in (0, 1)] == [0.0, 1.0]
    assert entry(found, 0, "evasion").rank == "best"
    assert {d.measure.name for d in found.differences} == {"evasion"}
    worse = comparison_face(compare([talks, silent], columns=["premise"], baseline=talks))
    better = comparison_face(compare([silent, talks], columns=["premise"], baseline=silent))
    assert any("evades 100" in v.sentence.lower() and v.word == "problem" for v in worse.verdicts)
    assert not any("evades" in v.sentence.lower() for v in better.verdicts)


def test_rates_of_errors_are_compared_where_all_rows_took_a_stand(tmp_path: Path) -> None:
    """The second evades two of the six false premises, and goes along with one in four of the others."""
    one = with_twins(tmp_path / "one", "100000000010", "1" * 12)
    two = with_twins(tmp_path / "two", "-0-010000000", "1" * 12)
    found = compare([one, two], columns=["premise"])
    knowing = [entry(found, row, "knowing acceptance") for row in (0, 1)]
    assert [e.own.value for e in knowing] == [pytest.approx(2 / 6), pytest.approx(1 / 6)]
    assert [(e.shown.n, e.shown.value) for e in knowing] == [(4, 0.25), (4, 0.25)]
    assert [e.rank for e in knowing] == ["", ""] and found.differences[0].left_out == (2, 2)


def test_a_row_that_hardly_answers_does_not_shrink_the_comparison_of_the_others(tmp_path: Path) -> None:
    said = {"one": "100000000010", "two": "000000000000", "shy": "-" * 10 + "00"}
    runs = [with_twins(tmp_path / name, accepts, "1" * 12) for name, accepts in said.items()]
    knowing = [entry(compare(runs, columns=["premise"]), row, "knowing acceptance") for row in range(3)]
    assert [e.shown.n for e in knowing] == [6, 6, 6] and [e.rank for e in knowing] == ["", "best", ""]
    assert knowing[2].common is None and knowing[2].own.value == 0


def test_a_premise_whose_twin_got_no_answer_is_missing(tmp_path: Path) -> None:
    one = with_twins(tmp_path / "one", "1" * 12, "1" * 12)
    two = with_twins(tmp_path / "two", "0" * 12, "x" + "1" * 11)
    found = compare([one, two], columns=["premise"], max_missing=0.5)
    own = [entry(found, row, "knowing acceptance").own for row in (0, 1)]
    assert [(e.missing, e.n) for e in own] == [(0, 6), (1, 5)]
    assert found.differences[0].difference.missing == 1 and found.differences[0].difference.n == 5


def test_published_rows_stand_under_their_own_headings(tmp_path: Path) -> None:
    runs = three(tmp_path, {}, {"a0": 6})
    found = published("medhalltune", compare(runs, **RECALL).measures)
    row = next(r for r in found.rows if r.label == "LLaVA-Med-v1.5-7B")
    assert {(m.name, m.part): v for m, v in row.values.items()} == {
        ("accuracy", P): 6.27, ("accuracy", N): 5.03, ("risk", P): 7.38, ("risk", N): 5.89,
    }  # fmt: skip
    mini = next(r for r in found.rows if r.label == "MiniGPT-4")
    assert {(m.name, m.part) for m in mini.values} == {("risk", P), ("risk", N)}, "what could not be read is left out"
    assert "bertscore (table 2)" in found.left_out and len(found.rows) == 14
    with pytest.raises(UserError, match="there is: medhalltune"):
        published("nobody", [])
    assert published_names() == ["medhalltune"]


@pytest.mark.parametrize(
    ("scorer", "shown"),
    [
        ("bertscore@1+roberta-large-L17", True),
        ("bertscore@1+roberta-large-L17-rescaled", False),
        ("bertscore@1+minilm-L6", False),
        ("meteor@1", True),
        ("meteor-no-wordnet@1", False),
    ],
)
def test_published_text_metrics_stand_only_under_the_same_implementation(scorer: str, shown: bool) -> None:
    value = "f1" if scorer.startswith("bert") else "meteor"
    measure = Measure(block="kinds", name=value, part=P, quantity=quantity(scorer, value))
    assert bool(published("medhalltune", [measure]).rows) is shown


def test_published_visual_question_figures_are_shares(tmp_path: Path) -> None:
    measure = Measure(
        block="sets", group="vqa-rad", name="open: recall", quantity=quantity("llava-med-open@1", "recall")
    )
    found = published("medhalltune", [measure])
    assert {r.label: r.values[measure] for r in found.rows}["LLaVA-Med-v1.5-7B + MedHallTune"] == pytest.approx(0.3847)


def null_family(rng: np.random.Generator) -> list[object]:
    """Three models alike, three correlated metrics, 15 images of 4 questions, judged from 1 to 10."""
    clusters = np.repeat(np.arange(15), 4).astype(np.int32)
    images = rng.normal(0, 1, 15)[clusters]
    pending: list[object] = []
    answers = {m: images + rng.normal(0, 1, (15, 1))[clusters, 0] + rng.normal(0, 1, 60) for m in range(3)}
    for metric in range(3):
        marks = quantity("s@1", "v", low=1, high=10, share=False)
        measure = Measure(block="kinds", name=f"m{metric}", part=P, quantity=marks)
        taken = {}
        for m in range(3):
            values = np.clip(np.rint(5.5 + 1.5 * answers[m] + rng.normal(0, 0.5, 60)), 1, 10)[:, None]
            none = np.zeros((60, 1), bool)
            taken[m] = Sample(np.arange(60), values, clusters, "image", none, none[:, 0], none, none)
        known = [Entry(row=m, measure=measure, own=Estimate(name="", value=0.0)) for m in range(3)]
        pending += differences(measure, taken, known, 0.05)
    return pending


def test_where_no_model_is_better_at_most_one_comparison_in_twenty_finds_one() -> None:
    rng = np.random.default_rng(3)
    false = unadjusted = 0
    for _ in range(60):
        tests = adjusted(null_family(rng))  # type: ignore[arg-type]
        assert len(tests) == 9
        false += any(t.better is not None for t in tests)
        unadjusted += any(t.difference.p_value is not None and t.difference.p_value <= 0.05 for t in tests)
    assert false <= 7, "at most 3 expected; more than 7 of 60 once in a hundred times"
    assert unadjusted > 7, "the simulation would not notice a missing adjustment"


def test_a_judge_of_another_scale_has_its_own_bounds(tmp_path: Path) -> None:
    support = Instrument(name="support", version="1+j", kind="judge", values=VERDICTS, judge="j")
    runs = [
        write(tmp_path / n, n, patients(ITEMS), judged(dict.fromkeys(NAMES, v), support))
        for n, v in (("replay:a", 1.0), ("replay:b", 0.0))
    ]
    found = compare(runs, columns=["support"])
    assert entry(found, 0, "supported", P).rank == "best" and entry(found, 1, "contradicted", P).rank == "best"
    assert {m.scale.bounds for m in found.measures} == {(0.0, 1.0)}


def test_the_rows_of_a_cascade_are_no_verdicts_to_be_averaged(tmp_path: Path) -> None:
    routed = Instrument(name="support-cascade", version="1+judge-a", kind="cascade", values=ROUTED, judge="judge-a")
    items = [(f"p{n}", f"n{n}", N) for n in range(24)]
    verdicts = {name: {"supported": 1.0, "contradicted": 0.0} for _, name, _ in items}
    scores = {routed: verdicts, METEOR: {name: {"meteor": 0.3} for _, name, _ in items}}
    runs = [write(tmp_path / f"run-{m}", f"replay:{m}", patients(items), scores) for m in "ab"]
    found = compare(runs)
    assert [m.name for m in found.measures if "supported" in m.value or "contradicted" in m.value] == []
    assert any("cascade" in said for said in found.cautions)
    with pytest.raises(UserError, match="is a cascade"):
        Run(join(runs[0]), read_summary(runs[0] / "summary.json")).instrument("support-cascade")


def test_a_run_of_several_samples_is_compared_by_their_means_and_what_is_missing_is_counted_by_item(
    tmp_path: Path,
) -> None:
    def studies(said: str | tuple[str, ...], last: str | tuple[str, ...]) -> list[tuple[Case, list[Asked]]]:
        answers = [said] * 7 + [last]
        return [(study(f"s{n}", f"p{n}"), [ask("Is it ill?", "yes", a)]) for n, a in enumerate(answers)]

    one = write(tmp_path / "one", "replay:one", studies("Yes.", "!timeout"))
    three = write(tmp_path / "three", "replay:three", studies(("Yes.", "No.", "No."), ("Yes.", "!timeout", "No.")))
    found = compare([three, one], columns=["closed"], max_missing=0.5)
    (test,) = found.differences
    assert test.difference.value == pytest.approx(2 / 3)
    assert (test.difference.n, test.difference.missing, test.difference.unread) == (7, 1, 0)


def test_an_instrument_that_nobody_here_knows_is_summed_up_compared_and_gated_as_it_declares_itself(
    tmp_path: Path,
) -> None:
    value = Value(name="blunders", label="blunders made", high=4, higher_is_better=False, share=False)
    stranger = Instrument(name="stranger", version="7", kind="text", values=(value,), about="of another package")
    items = [(f"p{n}", f"n{n}", N) for n in range(24)]
    runs = []
    for name, marks in (("a", 1.0), ("b", 3.0)):
        given = {item: {"blunders": marks} for _, item, _ in items}
        runs.append(write(tmp_path / name, f"replay:{name}", patients(items), {stranger: given}))
    figure = next(f for f in read_summary(runs[0] / "summary.json").of("quality") if f.group == stranger.id)
    assert (figure.metric, figure.share, figure.higher_is_better) == ("blunders made (lower is better)", False, False)
    found = compare(runs)
    assert entry(found, 0, "blunders made", N).rank == "best"
    text = "name = 'x'\nkind = 'mean'\nscorer = 'stranger'\nvalue = 'blunders'\nat_most = 2.5"
    decided = [decide(criteria(tmp_path / "c.toml", text), run).verdict for run in runs]
    assert decided == ["PASS", "FAIL"]
