from collections import Counter

from auscult.corpora import ReadOptions
from auscult.corpora.skin_dermoscopy import ARTEFACTS, read


def test_diagnoses_exclude_each_other_and_artefacts_are_only_asked_for_where_listed(shared_data):
    bundles = list(read(shared_data / "skin-dermoscopy", ReadOptions()))
    asked = Counter((i.category, i.reference) for b in bundles for i in b.items if i.answer_type == "yes_no")
    assert asked == {("presence", "yes"): 41, ("presence", "no"): 41 * 6, ("artefact", "yes"): 38}
    assert all(b.case.findings.get(a) != "absent" for b in bundles for a in ARTEFACTS)
    assert sum(i.answer_type == "choice" for b in bundles for i in b.items) == 41


def test_images_of_a_lesion_stay_together(shared_data):
    bundles = list(read(shared_data / "skin-dermoscopy", ReadOptions()))
    assert (len(bundles), len({b.case.group for b in bundles})) == (41, 36)
    assert {b.case.group_kind for b in bundles} == {"lesion"}
