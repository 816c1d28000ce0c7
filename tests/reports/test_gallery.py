from pathlib import Path

import pytest
from tests.reports.synthetic import build, summary

from auscult.errors import UserError
from auscult.records import Answer
from auscult.reports.gallery import gallery
from auscult.store.tables import write_rows


def test_each_image_is_embedded_once_with_its_answers_beneath(run: Path) -> None:
    made = gallery(run, summary(run), run.parent / "items", 60)
    assert len(made.cards) == 6 and sum(len(c.entries) for c in made.cards) == made.size == 60
    assert sum(bool(c.picture.uri) for c in made.cards) == 5
    assert all(e.answer.case_id == c.case.id for c in made.cards for e in c.entries)


def test_sound_scorers_are_read_before_published_rules(run: Path) -> None:
    made = gallery(run, summary(run), run, 10)
    entry = next(e for c in made.cards for e in c.entries if e.outcome == "wrong")
    assert entry.readings[0].scorer == "closed@5" and entry.readings[0].parsed in ("yes", "no")
    assert [bool(r.published) for r in entry.readings] == sorted(bool(r.published) for r in entry.readings)


def test_filters_hold_every_tag_and_no_text_goes_into_facets(run: Path) -> None:
    made = gallery(run, summary(run), run, 60)
    assert list(made.filters) == ["Outcome", "Asked", "Kind", "Tag"]
    assert {c.words for c in made.filters["Tag"] if c.heading == "modality"} == {"CT", "MR", "X-ray"}
    assert all(isinstance(f, int) for c in made.cards for e in c.entries for f in e.facets)


def test_an_answer_that_is_gone_is_one_line(tmp_path: Path) -> None:
    run = build(tmp_path)
    write_rows(run / "answers.parquet", Answer, [])
    with pytest.raises(UserError, match="scored but not in this table"):
        gallery(run, summary(run), run, 5)
