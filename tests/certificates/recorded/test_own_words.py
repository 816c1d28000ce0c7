"""An answer labels itself only where its first word and the rest leave no doubt."""

import ast
from pathlib import Path

import pytest

from auscult.certificates.recorded import own_words
from auscult.certificates.recorded.own_words import own_meaning
from auscult.certificates.recorded.reading import Recorded

OPTIONS = ("liver", "left kidney", "spleen")


def yes_no(question: str, answer: str) -> str:
    found = own_meaning(Recorded(question=question, answer=answer, answer_type="yes_no"))
    return f"{found.value}{', bare' if found.bare else ''}" if found else ""


def choice(answer: str) -> str:
    found = own_meaning(Recorded(question="Which organ?", answer=answer, answer_type="choice", options=OPTIONS))
    return f"{found.value}{', bare' if found.bare else ''}" if found else ""


@pytest.mark.parametrize(
    ("answer", "meant"),
    [
        ("Yes, a stone lies in the gallbladder.", "yes"),
        ("No, the gallbladder holds no stone.", "no"),
        ("No. This picture is of the thorax.", "no"),
        ("Answer: No. Its wall and content are as usual.", "no"),
        ("**Yes.** There is a stone. No dilated ducts.", "yes"),
        ("Yes.", "yes, bare"),
        ("no", "no, bare"),
        ("Yes, there is no stone in the gallbladder.", ""),
        ("No, there is a stone in the gallbladder.", ""),
        ("Yes, however it is hardly seen.", ""),
        ("No, but a polyp is there.", ""),
        ("Yes, it might be one.", ""),
        ("Yes, the gallbladder shows a stone. No, it is gas.", ""),
        ("No stone.\nUser: and a polyp?", ""),
        ("A stone is there.", ""),
        ("Notable is a stone.", ""),
    ],
)
def test_yes_and_no(answer, meant):
    assert yes_no("Is there a stone in the gallbladder?", answer) == meant


@pytest.mark.parametrize(
    "question",
    [
        "Is there no stone?",
        "Isn't there a stone?",
        "Is it a stone or a polyp?",
        "Are the ducts free of stones?",
        "Is it a stone? Is it large?",
        "有结石吗?",
    ],
)
def test_questions_whose_yes_is_not_plain_are_left_out(question):
    assert yes_no(question, "Yes, it is.") == yes_no(question, "No.") == ""


def test_a_yes_that_goes_on_in_the_contrary_word_is_left_out():
    assert yes_no("Is the aorta abnormal?", "Yes, the aorta is normal.") == ""
    assert yes_no("Is the aorta abnormal?", "Yes, the aorta is abnormal.") == "yes"


@pytest.mark.parametrize(
    ("answer", "meant"),
    [
        ("B", "left kidney, bare"),
        ("(B)", "left kidney, bare"),
        ("spleen.", "spleen, bare"),
        ("Left kidney", "left kidney"),
        ("B) left kidney", "left kidney"),
        ("It lies behind the bowel.\n\nB) left kidney", "left kidney"),
        ("It lies behind the bowel. Therefore, the answer is **C**.", "spleen"),
        ("The correct option is: A. liver", "liver"),
        ("The answer is A. No, the answer is C.", ""),
        ("B) liver", ""),
        ("A) liver\nB) left kidney\nC) spleen", ""),
        ("A) liver\nB) left kidney\nC", ""),
        ("A) liver\nB) left kidney\nC) spleen\n\nB) left kidney", "left kidney"),
        ("It could be the liver.", ""),
    ],
)
def test_choices(answer, meant):
    assert choice(answer) == meant


def test_labelling_uses_no_reader_and_none_of_its_lists():
    tree = ast.parse(Path(own_words.__file__).read_text("utf-8"))
    imported = {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert {m for m in imported if m.startswith("auscult")} == {
        "auscult.certificates.recorded.labels",
        "auscult.certificates.recorded.reading",
    }
    assert "lexicons" not in Path(own_words.__file__).read_text("utf-8")
