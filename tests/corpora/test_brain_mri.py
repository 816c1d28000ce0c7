from collections import Counter

from auscult.corpora import ReadOptions
from auscult.corpora.brain_mri import read


def test_every_image_is_asked_for_each_tumour_type_and_for_its_own(shared_data):
    bundles = list(read(shared_data / "brain-mri", ReadOptions()))
    items = [i for b in bundles for i in b.items]
    assert (len(bundles), len(items)) == (72, 288)
    assert Counter(i.reference for i in items if i.answer_type == "yes_no") == {"yes": 72, "no": 144}
    assert Counter(i.reference for i in items if i.answer_type == "choice") == {
        "glioma": 24,
        "meningioma": 24,
        "pituitary tumor": 24,
    }


def test_the_set_is_all_test_since_patients_are_unknown(shared_data):
    bundles = list(read(shared_data / "brain-mri", ReadOptions()))
    assert {i.split for b in bundles for i in b.items} == {"test"}
    assert {b.case.tags["label_quality"] for b in bundles} == {"weak"}
