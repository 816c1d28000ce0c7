from collections import Counter

from auscult.corpora import ReadOptions
from auscult.corpora.breast_ultrasound import read


def test_every_image_is_asked_for_a_lesion_a_malignant_one_and_its_class(shared_data):
    bundles = list(read(shared_data / "breast-ultrasound", ReadOptions()))
    items = [i for b in bundles for i in b.items]
    assert (len(bundles), len(items)) == (212, 636)
    assert Counter((i.target, i.reference) for i in items if i.answer_type == "yes_no") == {
        ("lesion", "yes"): 144,
        ("lesion", "no"): 68,
        ("malignant lesion", "yes"): 72,
        ("malignant lesion", "no"): 140,
    }
    assert Counter(i.reference for i in items if i.answer_type == "choice") == {
        "no lesion": 68,
        "a benign lesion": 72,
        "a malignant lesion": 72,
    }
    assert all(b.case.group == b.case.images[0].pixels for b in bundles)
