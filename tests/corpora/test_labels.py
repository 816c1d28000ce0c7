import pytest

from auscult.corpora import ReadOptions
from auscult.corpora.labels import read
from auscult.errors import UserError

CHEXPERT = """Path,Sex,Smoker,No Finding,Pleural Effusion,Edema,Support Devices
a.png,F,1,0,1.0,,1
b.png,M,0,1,,0.0,
c.png,M,0,,-1.0,0,0
"""
NIH = """Image Index,Finding Labels,Patient ID
a.png,Cardiomegaly|Effusion,1
b.png,No Finding,2
c.png,Hernia,3
"""


@pytest.fixture
def findings(tmp_path, picture):
    def read_from(text, **options):
        for name in ("a.png", "b.png", "c.png"):
            picture(name)
        (tmp_path / "labels.csv").write_text(text)
        made = list(read(tmp_path / "labels.csv", ReadOptions(**options)))
        return {b.case.source_key[0]: b.case.findings for b in made}, made

    return read_from


def test_a_column_a_finding_says_present_absent_and_uncertain_and_an_empty_cell_nothing(findings):
    found, made = findings(CHEXPERT)
    assert found["a"] == {"pleural effusion": "present", "device": "present"}
    assert found["c"] == {"pleural effusion": "uncertain", "oedema": "absent", "device": "absent"}
    assert "cases with a column 'Smoker', not read though it looks like a finding" in made[0].noted


def test_no_finding_says_that_no_finding_of_the_table_is_there_but_nothing_of_devices(findings):
    found, _ = findings(CHEXPERT)
    assert found["b"] == {"pleural effusion": "absent", "oedema": "absent"}


def test_joined_labels_assert_presence_and_their_absence_says_nothing(findings):
    found, made = findings(NIH)
    assert found["a"] == {"cardiomegaly": "present", "pleural effusion": "present"}
    assert found["b"] == {"cardiomegaly": "absent", "pleural effusion": "absent", "hernia": "absent"}
    assert found["c"] == {"hernia": "present"}
    assert [b.case.group for b in made] == ["1", "2", "3"]


def test_labels_that_are_all_there_is_deny_the_others(findings):
    found, _ = findings(NIH, complete=True)
    assert found["c"] == {"hernia": "present", "cardiomegaly": "absent", "pleural effusion": "absent"}


def test_a_column_may_be_named_as_a_finding(findings):
    found, _ = findings(CHEXPERT, columns={"finding.smoker's lung": "Smoker"})
    assert found["a"]["smoker's lung"] == "present"


def test_a_folder_of_images_a_class_needs_no_table(tmp_path, picture):
    for name in ("pneumonia/a.png", "normal/b.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        picture(name)
    assert {b.case.source_key: b.case.findings for b in read(tmp_path, ReadOptions())} == {
        "normal/b.png": {"pneumonia": "absent"},
        "pneumonia/a.png": {"pneumonia": "present"},
    }


def test_a_table_without_labels_says_what_would_be_one(findings):
    with pytest.raises(UserError, match="no column of labels .*--map labels=COLUMN or --map finding.NAME=COLUMN"):
        findings("image,age\na.png,30\n")
