from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from tests.analysis.worked import WORKED, Run, ask, study, write_run

from auscult.analysis.joining import join
from auscult.records import Answer, Case, Item, Score
from auscult.runs.scores import answered, score_rows
from auscult.scorers import rules_for
from auscult.store.tables import read_rows, write_rows


def run_of(folder: Path) -> Run:
    return write_run(folder, WORKED)


def test_each_item_belongs_to_its_case_and_each_case_to_its_patient(tmp_path: Path) -> None:
    outcomes = join(run_of(tmp_path).folder)
    assert np.bincount(outcomes.case)[1:].tolist() == [6, 3, 6, 6]
    assert np.bincount(outcomes.cluster)[1:].tolist() == [9, 6, 6]
    assert outcomes.cases == 4 and outcomes.unit == "patient"
    assert outcomes.options[outcomes.where("answer_type", "choice")].tolist() == [4, 2]


def test_a_case_of_no_known_group_is_a_cluster_of_its_own(tmp_path: Path) -> None:
    asked = [ask("Is it ill?", "yes", "Yes"), ask("Is it well?", "no", "No")]
    cases = [(study("a"), asked), (study("b"), asked), (study("c", "Ann"), asked)]
    outcomes = join(write_run(tmp_path, cases).folder)
    assert np.bincount(outcomes.cluster)[1:].tolist() == [2, 2, 2]


def test_clusters_of_several_kinds_are_groups(tmp_path: Path) -> None:
    image = replace(study("b", "pixels"), group_kind="image")
    asked = [ask("Is it ill?", "yes", "Yes")]
    assert join(write_run(tmp_path, [(study("a", "Ann"), asked), (image, asked)]).folder).unit == "group"


def test_tags_are_of_the_case_unless_the_item_has_its_own(tmp_path: Path) -> None:
    late = ask("Is it late?", "yes", "Yes", tags={"site": "arm", "phrase": "late"})
    cases = [(study("a", "Ann", tags={"site": "leg"}), [ask("Is it ill?", "yes", "Yes"), late])]
    outcomes = join(write_run(tmp_path, cases).folder)
    assert outcomes.where("tag:site", "leg").tolist() == [True, False]
    assert outcomes.where("tag:site", "arm").tolist() == [False, True]
    assert outcomes.where("tag:phrase", "late").tolist() == [False, True]
    assert not outcomes.where("tag:phrase", "early").any()


def test_repeated_questions_are_counted(tmp_path: Path) -> None:
    asked = [ask("Is it ill?", "yes", "Yes"), ask("Is it well?", "no", "No")]
    asked += [replace(asked[0], item=replace(asked[0].item, source_id=f"again {n}")) for n in range(3)]
    outcomes = join(write_run(tmp_path, [(study("a"), asked)]).folder)
    assert outcomes.duplicates == 3 and len(outcomes.ids) == 5


def test_status_values_and_what_was_read_stand_at_their_item(tmp_path: Path) -> None:
    outcomes = join(run_of(tmp_path).folder)
    column = outcomes.columns["closed@5", "with"]
    yes_no = outcomes.where("answer_type", "yes_no")
    # a1, a2, b1 (a failed request, a refusal), c1 (unclear, empty)
    assert column.status[yes_no, 0].tolist() == [1, 1, 1, 1, 1, 1, 3, 1, 2, 1, 1, 2]
    nan = np.nan
    right = np.array([1, 0, 1, 1, 0, 0, nan, 1, 0, 0, 1, 0])
    np.testing.assert_array_equal(column.values["correct"][yes_no, 0], right)
    read = [outcomes.parsed.names[code] for code in column.parsed[yes_no, 0]]
    assert read == ["yes", "no", "no", "no", "yes", "yes", "", "yes", "refused", "unclear", "yes", "empty"]
    assert outcomes.columns["closed@5", "wrong"].asked.sum() == 11  # of 14: not of the case without controls
    assert not column.asked[outcomes.where("answer_type", "number")].any()


def test_a_later_sample_widens_what_came_before(tmp_path: Path) -> None:
    one, three = ask("Is it ill?", "yes", "Yes"), ask("Is it well?", "no", ("No", "Yes", "!timeout"))
    column = join(write_run(tmp_path, [(study("a"), [one, three])]).folder).columns["closed@5", "with"]
    assert column.status.tolist() == [[1, 0, 0], [1, 1, 3]]
    np.testing.assert_array_equal(column.values["correct"], [[1, np.nan, np.nan], [1, 0, np.nan]])
    assert column.parsed[0].tolist()[1:] == [0, 0] and column.asked.all()


def test_what_a_judge_could_not_score_is_missing_and_counted_apart(tmp_path: Path) -> None:
    run = run_of(tmp_path)
    scores = list(read_rows(tmp_path / "scores.parquet", Score))
    first = next(s for s in scores if s.scorer == "closed" and s.values.get("correct") == 1)
    spoilt = replace(first, status="judge_unusable", values={})
    write_rows(tmp_path / "scores.parquet", Score, [spoilt if s is first else s for s in scores])
    summary = run.summary()
    accuracy = summary.of("headline")[0].with_image
    assert accuracy and (accuracy.n, accuracy.missing) == (10, 2) and accuracy.value == 4 / 10
    found = summary.failures[0]
    assert (found.usable, found.judge_unusable, found.request_failed, found.asked) == (15, 1, 1, 21)


def test_what_could_not_be_read_is_missing_and_counted_apart(tmp_path: Path) -> None:
    run = run_of(tmp_path)
    scores = list(read_rows(tmp_path / "scores.parquet", Score))
    first = next(s for s in scores if s.scorer == "closed" and s.values.get("correct") == 0 and s.status == "ok")
    spoilt = replace(first, status="unread", parsed="unread", values={})
    write_rows(tmp_path / "scores.parquet", Score, [spoilt if s is first else s for s in scores])
    summary = run.summary()
    accuracy = summary.of("headline")[0].with_image
    assert accuracy and (accuracy.n, accuracy.missing) == (10, 2) and accuracy.value == 5 / 10
    found = summary.failures[0]
    assert (found.usable, found.unread, found.judge_unusable, found.request_failed, found.asked) == (15, 1, 0, 1, 21)


def test_every_answer_is_scored_by_every_rule_for_its_type_in_order(tmp_path: Path) -> None:
    run_of(tmp_path)
    answers = list(read_rows(tmp_path / "answers.parquet", Answer))
    items = {i.id: i for i in read_rows(tmp_path / "items.parquet", Item)}
    scorers = rules_for({i.answer_type for i in items.values()})
    scores = list(score_rows(answered(tmp_path / "items.parquet", tmp_path / "answers.parquet"), scorers))
    assert [s.answer_id for s in scores] == [a.id for a in answers for s in scorers if s.applies(items[a.item_id])]
    assert scores == list(read_rows(tmp_path / "scores.parquet", Score))
    failed = [s for s in scores if s.status == "request_failed"]
    assert {s.explanation for s in failed} == {"timeout", "rate_limited"} and not any(s.values for s in failed)


def test_only_rules_for_the_types_at_hand_are_used(tmp_path: Path) -> None:
    write_run(tmp_path, [(study("a"), [ask("How many?", "3", "3", answer_type="number")])])
    assert {s.scorer for s in read_rows(tmp_path / "scores.parquet", Score)} == {"number"}
    assert len(list(read_rows(tmp_path / "cases.parquet", Case))) == 1


def test_a_summary_opens_each_table_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run, opened, real = run_of(tmp_path), Counter[str](), pq.ParquetFile

    def counted(path: Path, *more: object, **options: object) -> pq.ParquetFile:
        opened[Path(path).name] += 1
        return real(path, *more, **options)

    monkeypatch.setattr(pq, "ParquetFile", counted)
    run.summary()
    assert opened == {f"{table}.parquet": 1 for table in ("cases", "items", "answers", "scores")}


@pytest.mark.parametrize("given", [0.1, 1 / 3, 70_000.0, -1e-9, 0.5])
def test_a_value_is_what_was_written_however_it_is_held(tmp_path: Path, given: float) -> None:
    run = run_of(tmp_path)
    scores = list(read_rows(tmp_path / "scores.parquet", Score))
    last = [s for s in scores if s.values.get("correct") == 1][-1]
    spoilt = [replace(s, values=s.values | {"correct": given}) if s is last else s for s in scores]
    before = join(run.folder).columns[f"{last.scorer}@{last.version}", last.condition].value("correct")
    write_rows(tmp_path / "scores.parquet", Score, spoilt)
    column = join(run.folder).columns[f"{last.scorer}@{last.version}", last.condition]
    changed = before != column.value("correct")
    assert column.value("correct")[changed & ~np.isnan(before)].tolist() == [given]
    assert column.value("correct").dtype == np.float64
