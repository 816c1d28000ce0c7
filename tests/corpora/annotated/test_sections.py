import pytest

from auscult.corpora import ReadOptions
from auscult.corpora.annotated.sections import split_context
from auscult.corpora.captions import read


@pytest.mark.parametrize(
    ("text", "annotation", "context"),
    [
        (
            "INDICATION: Rule out pneumothorax. COMPARISON: None. FINDINGS: No effusion. IMPRESSION: Normal.",
            "FINDINGS: No effusion. IMPRESSION: Normal.",
            {"indication": "Rule out pneumothorax.", "comparison": "None."},
        ),
        (
            "The heart is large.\nClinical history: fever,\ncough.\n\nThe lungs are clear.",
            "The heart is large.\nThe lungs are clear.",
            {"history": "fever, cough."},
        ),
        (
            "Klinische Angaben: Husten. Befund: Kein Erguss.",
            "Befund: Kein Erguss.",
            {"history": "Husten."},
        ),
        ("CT of the chest: a mass in the history of man.", "CT of the chest: a mass in the history of man.", {}),
        ("Findings: clear.\n\nImpression: normal.", "Findings: clear.\n\nImpression: normal.", {}),
    ],
)
def test_what_was_asked_before_the_image_was_read_leaves_the_annotation(text, annotation, context):
    assert split_context(text) == (annotation, context)


def test_an_indication_makes_no_finding_whether_it_is_a_column_or_a_heading(tmp_path, picture):
    picture("a.png")
    picture("b.png", 50)
    (tmp_path / "t.csv").write_text(
        "image,reason for exam,findings,impression\n"
        "a.png,Pneumothorax?,Clear lungs.,\n"
        "b.png,,History: pneumothorax. Findings: Clear lungs.,\n"
    )
    made = [b.case for b in read(tmp_path / "t.csv", ReadOptions())]
    assert [c.annotation for c in made] == ["Findings: Clear lungs.", "Findings: Findings: Clear lungs."]
    assert [c.context for c in made] == [{"indication": "Pneumothorax?"}, {"history": "pneumothorax."}]


def test_findings_alone_are_a_report(tmp_path, picture):
    picture("a.png")
    (tmp_path / "t.csv").write_text("image,findings\na.png,No effusion.\n")
    (made,) = read(tmp_path / "t.csv", ReadOptions())
    assert made.case.annotation == "Findings: No effusion."
    assert "cases whose report is column findings" in made.noted
