import shutil
from dataclasses import replace

import pytest
from tests.reports.synthetic import build

from auscult.analysis.comparison.comparing import Comparison, Row
from auscult.records import Answer, Score
from auscult.reports.comparison.changed import changed, order
from auscult.store.tables import read_rows, write_rows


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    """Before: as it is. After: the first two wrong answers are right, and the first right one is wrong."""
    folder = tmp_path_factory.mktemp("changed")
    before = build(folder)
    after = folder / "after"
    shutil.copytree(before, after)
    scores = list(read_rows(before / "scores.parquet", Score))
    own = [s for s in scores if s.scorer == "closed" and s.condition == "with" and s.status == "ok" and s.values]
    wrong = [s.answer_id for s in own if s.values.get("correct") == 0][:2]
    right = [s.answer_id for s in own if s.values.get("correct") == 1][:1]
    turned = {**dict.fromkeys(wrong, 1.0), **dict.fromkeys(right, 0.0)}
    made = [
        replace(s, values={**s.values, "correct": turned[s.answer_id]}) if s.answer_id in turned else s for s in scores
    ]
    write_rows(after / "scores.parquet", Score, made)
    answers = read_rows(before / "answers.parquet", Answer)
    said = [replace(a, text="Something else.") if a.id in turned else a for a in answers]
    write_rows(after / "answers.parquet", Answer, said)
    numbers = dict.fromkeys(("items", "asked", "unusable", "request_failed", "judge_unusable"), 0)
    rows = tuple(Row(label=f.name, about="", folders=(f,), **numbers) for f in (before, after))
    return Comparison(rows=rows, measures=(), entries=(), differences=(), cautions=())


def test_what_was_fixed_and_what_broke_is_counted_over_what_both_answered(compared: Comparison) -> None:
    found = changed(compared)
    assert found and (found.fixed, found.broken) == (2, 1) and 40 < found.asked <= 48
    fixed, broken = found.examples
    assert fixed.heading == f"Fixed: 2 of {found.asked} that both answered"
    assert [e.tone for e in fixed.examples] == ["met"] * len(fixed.examples)
    assert "".join(words for words, _ in broken.examples[0].reply) == "Something else."
    assert broken.examples[0].more and broken.examples[0].picture


def test_the_baseline_is_before_else_the_one_named_first(compared: Comparison) -> None:
    assert order(compared) == (0, 1) and order(replace(compared, baseline=1)) == (1, 0)
    found = changed(replace(compared, baseline=1))
    assert found and (found.fixed, found.broken) == (1, 2)


def test_of_three_models_nothing_is_said_to_be_fixed(compared: Comparison) -> None:
    assert changed(replace(compared, rows=(*compared.rows, compared.rows[0]))) is None
    hidden = tuple(replace(row, plumbing_only=True) for row in compared.rows)
    assert changed(replace(compared, rows=hidden)) is None
