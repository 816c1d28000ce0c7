"""A table of what annotators said is read as it stands, or refused in one line."""

import pytest

from auscult.errors import UserError
from auscult.runs.annotations import read_annotations
from auscult.statistics.plausibility import Opinion


def table(tmp_path, text):
    path = tmp_path / "annotators.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_table_of_annotations_is_read(tmp_path):
    text = "\ufeffitem,annotator,label,rank,remark\n7,ann, Pleural effusion ,1,\n7,ann,mass,2,x\n7,bob,mass,1,\n"
    assert read_annotations(table(tmp_path, text)) == {
        "7": [Opinion("ann", {"pleural effusion": 0, "mass": 1}), Opinion("bob", {"mass": 0})]
    }


def test_labels_without_ranks_are_tied(tmp_path):
    found = read_annotations(table(tmp_path, "item,annotator,label\n1,ann,a\n1,ann,b\n"))
    assert found == {"1": [Opinion("ann", {"a": 0, "b": 0})]}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("item,label\n1,a\n", "no column 'annotator'"),
        ("", "holds no rows"),
        ("item,annotator,label\n", "holds no rows"),
        ("item,annotator,label\n1,,a\n", "row 1: annotator is empty"),
        ("item,annotator,label\n1,ann\n", "row 1: 2 cells under 3 columns"),
        ("item,annotator,label\n1,ann,\n", "row 1: label is empty"),
        ("item,annotator,label,rank\n1,ann,a,0\n", "row 1: rank '0' is not a whole number"),
        ("item,annotator,label,rank\n1,ann,a,first\n", "row 1: rank 'first' is not"),
        ("item,annotator,label,rank\n1,ann,a,²\n", "rank '²' is not"),
        ("item,annotator,label\n1,ann,a\n1,ann,A\n", "row 2: ann gave item '1' the label 'A' twice"),
        (b"item,annotator,label\n1,ann,\xe9\n", "not UTF-8"),
    ],
)
def test_a_bad_table_is_refused_in_one_line(tmp_path, text, says):
    with pytest.raises(UserError, match="annotators.csv") as error:
        read_annotations(table(tmp_path, text))
    assert says in str(error.value) and "\n" not in str(error.value)


def test_a_table_that_is_not_there_is_said_not_to_be(tmp_path):
    with pytest.raises(UserError, match="no such file"):
        read_annotations(tmp_path / "none.csv")
