import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from tests.reports.synthetic import build, summary

from auscult.errors import UserError
from auscult.records import Answer, Item, Score
from auscult.reports.selection import select
from auscult.store.tables import read_rows, write_rows


def test_never_more_than_asked_for_and_never_twice(run: Path) -> None:
    for size in (0, 1, 7, 20, 500):
        chosen = select(run, summary(run), size).chosen
        assert len(chosen) == len({c.answer for c in chosen}) == min(size, 96)


def test_bad_answers_come_first_and_a_few_right_ones_for_contrast(run: Path) -> None:
    outcomes = Counter(c.outcome for c in select(run, summary(run), 20).chosen)
    assert outcomes["right"] == 2 and outcomes["failed"] >= 1 and outcomes["unusable"] >= 1
    assert outcomes["wrong"] >= 12


def test_images_take_turns(run: Path) -> None:
    chosen = select(run, summary(run), 12).chosen
    assert set(Counter(c.case for c in chosen).values()) == {2}


def test_categories_take_turns(run: Path) -> None:
    items = {i.id: i.category for i in read_rows(run / "items.parquet", Item)}
    bad = [c for c in select(run, summary(run), 12).chosen if c.outcome == "wrong"]
    assert len({items[c.item] for c in bad}) == 2


def test_the_choice_is_the_same_whatever_the_order_of_the_rows(run: Path, tmp_path: Path) -> None:
    shutil.copytree(run, tmp_path / "run")
    scores = list(read_rows(run / "scores.parquet", Score))
    write_rows(tmp_path / "run" / "scores.parquet", Score, reversed(scores))
    assert set(select(tmp_path / "run", summary(run), 20).chosen) == set(select(run, summary(run), 20).chosen)


def test_counts_are_of_the_whole_run_by_the_sound_scorer(run: Path) -> None:
    found = select(run, summary(run), 5).found
    answers = Counter(a.condition for a in read_rows(run / "answers.parquet", Answer))
    for condition, n in answers.items():
        assert sum(v for (_, asked), v in found.items() if asked == condition) == n
    failed = sum(a.status == "request_failed" for a in read_rows(run / "answers.parquet", Answer))
    assert found["failed", "with"] == failed


def test_unread_answers_are_shown_and_counted_apart(run: Path, tmp_path: Path) -> None:
    shutil.copytree(run, tmp_path / "run")
    scores = list(read_rows(run / "scores.parquet", Score))
    before = select(run, summary(run), 20).found
    for n, s in enumerate(scores):
        if s.status == "ok" and s.values.get("correct") == 0 and s.condition == "with":
            scores[n] = replace(s, status="unread", parsed="unread", values={})
    write_rows(tmp_path / "run" / "scores.parquet", Score, scores)
    selection = select(tmp_path / "run", summary(run), 20)
    assert selection.found["unread", "with"] == before["wrong", "with"] + before.get(("unread", "with"), 0) > 0
    assert any(c.outcome == "unread" for c in selection.chosen)


def test_a_scorer_that_the_run_does_not_declare_ranks_nothing(run: Path, tmp_path: Path) -> None:
    shutil.copytree(run, tmp_path / "run")
    scores = [replace(s, scorer="lost-judge") for s in read_rows(run / "scores.parquet", Score)]
    write_rows(tmp_path / "run" / "scores.parquet", Score, scores)
    selection = select(tmp_path / "run", summary(run), 20)
    assert selection.chosen == ()


def test_a_score_without_its_item_is_one_line(tmp_path: Path) -> None:
    run = build(tmp_path)
    write_rows(run / "items.parquet", Item, [])
    with pytest.raises(UserError, match=r"scores\.parquet: item .* is not in items\.parquet"):
        select(run, summary(run), 5)
