from collections import Counter

from auscult.construction.contents import Contents, quantile, table
from auscult.records import Case, Item

CASE = Case(id="c", source="ours", source_key="k", tags={"modality": "CT"}, licence="CC0")


def item(kind, reference, answer_type="open", **more):
    return Item(
        id="i",
        case_id="c",
        source_id="s",
        question="?",
        reference=reference,
        answer_type=answer_type,
        kind=kind,
        **more,
    )


def test_the_words_of_hallucination_answers_stand_beside_those_of_the_others():
    contents = Contents()
    contents.add(CASE, item("hallucination", "x", category="nonexistent object"), "test", "No, there is no mass here.")
    contents.add(CASE, item("non-hallucination", "x"), "train", "A cyst.")
    contents.add(CASE, item("question", "yes", "yes_no"), "test", "yes")
    text = "\n".join(contents.lines())
    assert "| hallucination | 1 | 6.0 | 6 to 6 | 0 | 0 |" in text
    assert "| non-hallucination | 1 | 2.0 | 2 to 2 | 0 | 0 |" in text
    assert "| all pairs | 3 | 3.0 | 1 to 6 | 1 | 0 |" in text
    assert "| ours: CC0 | 3 |" in text and "| CT | 3 |" in text and "## Style" not in text
    assert contents.parts == {"test": 2, "train": 1}


def test_nothing_is_said_of_no_pairs():
    assert list(Contents().lines()) == []


def test_a_cell_cannot_break_its_table():
    assert table(["a"], [["x|y\nz"]])[2] == "| x\\|y z |"


def test_quantiles_are_of_the_counts():
    assert [quantile(Counter({1: 3, 9: 1}), share) for share in (0.25, 0.75, 1.0)] == [1, 1, 9]
