from collections import Counter

import pytest

from auscult.corpora import ReadOptions
from auscult.corpora.nih import FINDINGS, read


@pytest.fixture(scope="module")
def bundles(shared_data):
    return list(read(shared_data / "nih-chestxray", ReadOptions()))


def test_labels_become_yes_and_only_no_finding_becomes_no(bundles):
    assert Counter(i.reference for b in bundles for i in b.items) == {"yes": 20, "no": 9 * 14}
    for bundle in bundles:
        said = {i.reference for i in bundle.items}
        assert len(said) == 1, "an image with a finding asserts nothing about the others"


def test_findings_that_are_not_labelled_are_unmentioned(bundles):
    abnormal = next(b.case for b in bundles if b.case.source_key == "nih-00000001_001")
    assert abnormal.findings == {"Cardiomegaly": "present", "Emphysema": "present"}
    clean = next(b.case for b in bundles if b.case.source_key == "nih-00000002_000")
    assert clean.findings == dict.fromkeys(FINDINGS, "absent")


def test_images_are_grouped_by_patient_and_marked_as_text_mined(bundles):
    assert len({b.case.group for b in bundles}) == 8
    assert {b.case.group_kind for b in bundles} == {"patient"}
    assert {b.case.tags["label_quality"] for b in bundles} == {"text-mined"}


def test_an_image_without_labels_that_is_not_called_normal_is_asked_nothing(tmp_path, picture):
    picture("a.png")
    (tmp_path / "items.jsonl").write_text('{"id": "x", "image": "a.png", "labels": [], "no_finding": false}')
    (bundle,) = read(tmp_path, ReadOptions())
    assert (bundle.items, bundle.case.findings) == ((), {})
