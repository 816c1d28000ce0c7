import shutil
from dataclasses import replace

import pytest
from tests.reports.synthetic import build

from auscult.analysis.comparison.changes import Changes
from auscult.analysis.comparison.comparing import Comparison, Row
from auscult.records import Answer, Score
from auscult.reports.comparison.changed import changed
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
    items = {a.id: a.item_id for a in said}
    found = Changes(
        after=1, before=0, items=46, images=6, fixed=2, broke=1,
        fixed_items=tuple(items[a] for a in wrong), broke_items=tuple(items[a] for a in right),
    )  # fmt: skip
    return Comparison(rows=rows, measures=(), entries=(), differences=(), cautions=(), changes=(found,), items=46)


def test_what_was_fixed_and_what_broke_stands_with_both_answers(compared: Comparison) -> None:
    fixed, broken = changed(compared)
    assert (fixed.heading, broken.heading) == ("Fixed: 2 of 46", "Broke: 1 of 46")
    more = changed(replace(compared, items=50))
    assert [f.heading for f in more] == [
        "Fixed: 2 of 46 that are right or wrong",
        "Broke: 1 of 46 that are right or wrong",
    ]
    assert {e.tone for e in fixed.examples} == {"met"} and {e.tone for e in broken.examples} == {"problem"}
    assert "".join(words for words, _ in broken.examples[0].reply) == "Something else."
    assert "".join(words for words, _ in fixed.examples[0].reply) == "Something else."
    assert broken.examples[0].more and broken.examples[0].picture


def test_the_wrong_one_of_both_answers_is_marked(compared: Comparison) -> None:
    fixed, broken = changed(compared)
    assert all(any(wrong for _, wrong in e.more) and not any(wrong for _, wrong in e.reply) for e in fixed.examples)
    assert all(any(wrong for _, wrong in e.reply) and not any(wrong for _, wrong in e.more) for e in broken.examples)


def test_of_three_models_nothing_is_said_to_be_fixed(compared: Comparison) -> None:
    assert changed(replace(compared, rows=(*compared.rows, compared.rows[0]))) == ()
    hidden = tuple(replace(row, plumbing_only=True) for row in compared.rows)
    assert changed(replace(compared, rows=hidden)) == ()
