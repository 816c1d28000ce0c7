import csv

import pytest

from auscult.api import evaluate
from auscult.corpora import ReadOptions
from auscult.corpora.pmc_vqa import read
from auscult.errors import UserError
from auscult.items.writer import SourceNote, write_item_set
from auscult.models.baseline import AlwaysLast
from auscult.protocols import as_shown
from auscult.records import Answer, Item, Score
from auscult.runs.settings import Settings
from auscult.store.tables import read_rows

HEADER = ["Figure_path", "Question", "Answer", "Choice A", "Choice B", "Choice C", "Choice D", "Answer_label"]


@pytest.fixture
def items(tmp_path, picture):
    """Forty choices whose right option is always the last."""
    picture("f.png", folder=tmp_path / "images")
    with open(tmp_path / "test.csv", "w", newline="") as file:
        rows = (["f.png", f"What is {k}?", "", "a1", "b2", "c3", "d4", "D"] for k in range(40))
        csv.writer(file).writerows([HEADER, *rows])
    write_item_set(read(tmp_path, ReadOptions()), tmp_path / "items", source=SourceNote(reader="pmc-vqa", path="-"))
    return tmp_path / "items"


def run(items, out, **settings):
    evaluate(items, "baseline:always-last", out, Settings(split="", controls=0, **settings))
    known = {i.id: i for i in read_rows(out / "items.parquet", Item)}
    answers = {a.id: a for a in read_rows(out / "answers.parquet", Answer)}
    return known, answers, [s for s in read_rows(out / "scores.parquet", Score) if s.scorer == "closed"]


def test_always_last_falls_to_guessing_when_choices_are_shuffled(items, tmp_path):
    _, _, published = run(items, tmp_path / "published")
    assert all(s.values["correct"] == 1.0 for s in published)
    known, answers, shown = run(items, tmp_path / "shuffled", protocol="shuffled:5")
    rights = [s.values["correct"] for s in shown]
    # a quarter of forty, with a standard deviation of 2.7
    assert 0 < sum(rights) < 10 + 4 * 2.7
    for score in shown:
        assert score.values["correct"] == float(answers[score.answer_id].text == "d4")
        assert known[score.item_id].options == ("a1", "b2", "c3", "d4")


def test_letters_are_read_in_the_order_that_was_shown(items, tmp_path, monkeypatch):
    monkeypatch.setattr(AlwaysLast, "answer", lambda self, item: "D")
    known, answers, shown = run(items, tmp_path / "run", protocol="shuffled:5")
    for score in shown:
        last = as_shown(known[score.item_id], answers[score.answer_id]).options[-1]
        assert (score.parsed, score.values["correct"]) == (last, float(last == "d4"))
    assert len({score.parsed for score in shown}) == 4


def test_recorded_answers_are_not_shuffled(items, tmp_path):
    (tmp_path / "a.csv").write_text("id,answer\ntest:1,D\n")
    with pytest.raises(UserError, match="were given to the order of options that was shown then"):
        evaluate(items, f"replay:{tmp_path / 'a.csv'}", tmp_path / "run", Settings(split="", protocol="shuffled:5"))
