import tomllib
from pathlib import Path

import pytest

from auscult.corpora.layouts import _layout, layout, layout_of, layouts, sign_of, signed_files
from auscult.errors import UserError
from auscult.store.rows import Row


def row(**values) -> Row:
    return Row(1, "a.jsonl, line 1", values)


def test_a_layout_is_one_table_and_no_code():
    one = _layout(
        tomllib.loads(
            'name = "X"\nneeds = ["sid", "out|said"]\nid = ["sid"]\nquestion = ["q"]\nanswer = ["out.0", "said"]'
        )
    )
    assert one.knows({"sid", "out"}) and one.knows({"sid", "said"}) and not one.knows({"sid"})
    given = row(sid=7.0, q=" ? ", out=[" Yes. "], reference="yes")
    assert (one.text(given, "id"), one.text(given, "question"), one.text(given, "reference")) == ("7", "?", "yes")
    assert one.answer(given) == " Yes. " and one.answer(row(said="No")) == "No" and not one.options(given)


@pytest.mark.parametrize(
    ("columns", "name"),
    [
        ({"index", "question", "answer", "prediction", "model"}, "VLMEvalKit"),
        ({"question_id", "image", "text", "answer", "model", "question"}, "MedHallTune"),
        ({"model", "question", "answer"}, "auscult"),
        ({"question", "pred"}, "predictions"),
    ],
)
def test_the_layout_that_asks_for_most_comes_first_and_the_own_one_last(columns, name):
    assert layout_of(columns) == layout(name)


def test_columns_of_no_layout_have_none():
    assert layout_of({"question", "answer"}) is None and len(layouts()) > 7


def test_options_stand_in_columns_lists_objects_and_texts():
    suite, own = layout("VLMEvalKit"), layout("auscult")
    assert suite.options(row(A="liver", B="spleen", C=float("nan"), D="nan")) == ("liver", "spleen")
    for options in (["A. liver", "(B) spleen"], {"A": "liver", "B": "spleen"}, "liver | spleen"):
        assert own.options(row(options=options)) == ("liver", "spleen")
    with pytest.raises(UserError, match="line 1: options 'liver' name one"):
        own.options(row(options="liver"))
    assert layout("MedEvalKit").options(row(options="liver")) == ()


def test_ids_that_repeat_between_files_have_the_sign_of_their_files_name(tmp_path):
    columns = {"question_id", "image", "question", "answer"}
    assert sign_of(Path("m_postive.jsonl"), columns) == "P" and sign_of(Path("negative.jsonl"), columns) == "N"
    assert not sign_of(Path("answers.jsonl"), columns) and not sign_of(Path("negative-positive.jsonl"), columns)
    assert not sign_of(Path("negative.jsonl"), columns | {"hospital"})
    (tmp_path / "negative.jsonl").write_text('{"question_id": 1, "image": "a", "answer": "x"}\n')
    (tmp_path / "positive.jsonl").write_text('{"question_id": 1, "image": "a", "question": "?"}\n')
    assert signed_files(tmp_path, "answer") == [tmp_path / "negative.jsonl"]
