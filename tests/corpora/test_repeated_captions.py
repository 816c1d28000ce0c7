"""Rows of a table of captions that stand in it twice, or say two things of one image."""

import re

import pytest

from auscult.corpora import ReadOptions, read
from auscult.corpora.annotated.cases import AGAIN
from auscult.errors import UserError


def _table(folder, *rows):
    (folder / "t.csv").write_text("\n".join(["image,caption,patient", *rows]) + "\n")
    return folder / "t.csv"


def test_a_row_that_is_repeated_is_counted(tmp_path, picture):
    picture("a.png")
    table = _table(tmp_path, "a.png,A large mass.,P", "a.png,A large mass.,P")
    (bundle,) = read("captions", table, ReadOptions())
    assert bundle.left_out == {AGAIN: 1}


@pytest.mark.parametrize("second", ["a.png,No mass is seen.,P", "a.png,A large mass.,Q"])
def test_an_image_in_two_cases_is_refused_with_both_rows(tmp_path, picture, second):
    picture("a.png")
    with pytest.raises(UserError) as refused:
        list(read("captions", _table(tmp_path, "a.png,A large mass.,P", second), ReadOptions()))
    assert re.search(r"t\.csv, row 2: image a\.png stands in .*t\.csv, row 1 as well", "\n".join(refused.value.listed))


def test_an_image_in_two_cases_is_listed_beside_other_bad_rows_and_may_be_skipped_with_them(tmp_path, picture):
    picture("a.png"), picture("b.png", shade=9)
    rows = ("a.png,A large mass.,P", "a.png,No mass is seen.,P", "gone.png,A mass.,Q", "b.png,A mass is seen.,R")
    with pytest.raises(UserError) as refused:
        list(read("captions", _table(tmp_path, *rows), ReadOptions()))
    assert "3 rows cannot be used" in str(refused.value) and "gone.png is missing" in "\n".join(refused.value.listed)
    (bundle,) = read("captions", _table(tmp_path, *rows), ReadOptions(skip_bad=True))
    assert bundle.case.source_key == "b.png" and bundle.left_out == {"rows that cannot be used": 3}
