import pytest
from hypothesis import given
from hypothesis import strategies as st

from auscult.facts import compare, entailment, findings_named, is_a, read_facts, same_size, tally
from auscult.facts.lexicon import lexicon
from auscult.records import Fact

KNOWN = (
    "Small left pleural effusion. An 18 mm nodule in the right upper zone. Cardiomegaly. No pneumothorax. "
    "Possible pneumonia."
)
KNOWN_BRAIN = "Ring-enhancing 30 mm tumour in the left frontal lobe with a midline shift of 8 mm to the right."


def entailed(known, claim, exhaustive=False):
    (fact,) = read_facts(claim)
    return entailment(read_facts(known), fact, exhaustive=exhaustive)


def outcome(known, claim, exhaustive=False):
    (checked,) = (
        c for c in compare(read_facts(claim), read_facts(known), exhaustive=exhaustive) if c.status != "omitted"
    )
    return checked.status, checked.difference


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("There is an effusion.", ("supported", "")),
        ("There is a left effusion.", ("supported", "")),
        ("There is a small left effusion.", ("supported", "")),
        ("There is no effusion.", ("contradicted", "presence")),
        ("No left effusion.", ("contradicted", "presence")),
        ("There is a right effusion.", ("contradicted", "side")),
        ("Bilateral effusions.", ("contradicted", "side")),
        ("Large effusion.", ("contradicted", "attribute")),
        ("No large effusion.", ("unsupported", "object")),
        ("Loculated left effusion.", ("unsupported", "attribute")),
        ("Well-defined nodule in the right lung.", ("supported", "")),
        ("New left effusion.", ("unsupported", "comparison")),
        ("A lung nodule of 18 mm.", ("supported", "")),
        ("A lung nodule of 1.9 cm.", ("supported", "")),
        ("A lung nodule of 25 mm.", ("contradicted", "size")),
        ("Right lower zone lung nodule.", ("contradicted", "place")),
        ("Lesion in the right lung.", ("supported", "")),
        ("Opacity in the right lung.", ("supported", "")),
        ("No opacity in the lungs.", ("contradicted", "presence")),
        ("The lungs are clear.", ("contradicted", "presence")),
        ("The right lung is clear.", ("contradicted", "presence")),
        ("Lung cancer on the right.", ("unsupported", "object")),
        ("Pneumothorax.", ("contradicted", "presence")),
        ("Left pneumothorax.", ("contradicted", "presence")),
        ("No pneumothorax.", ("supported", "")),
        ("No left pneumothorax.", ("supported", "")),
        ("Possible pneumothorax.", ("unsupported", "presence")),
        ("Possible effusion.", ("supported", "")),
        ("Pneumonia.", ("unsupported", "presence")),
        ("No pneumonia.", ("unsupported", "presence")),
        ("Possible pneumonia.", ("supported", "")),
        ("Heart size is normal.", ("contradicted", "presence")),
        ("Normal study.", ("contradicted", "presence")),
        ("Rib fracture.", ("unsupported", "object")),
        ("No rib fracture.", ("unsupported", "object")),
    ],
)
def test_claims_against_a_report_that_is_not_exhaustive(claim, expected):
    assert outcome(KNOWN, claim) == expected


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("Brain tumour.", ("supported", "")),
        ("Lesion in the brain.", ("supported", "")),
        ("Enhancing brain tumour.", ("supported", "")),
        ("Non-enhancing brain tumour.", ("contradicted", "attribute")),
        ("Homogeneously enhancing brain tumour.", ("contradicted", "attribute")),
        ("Brain tumour in the right frontal lobe.", ("contradicted", "side")),
        ("Brain tumour in the left parietal lobe.", ("contradicted", "place")),
        ("Left frontoparietal brain tumour.", ("unsupported", "place")),
        ("Glioma.", ("unsupported", "object")),
        ("Midline shift to the left.", ("contradicted", "side")),
        ("Midline shift of 12 mm.", ("contradicted", "size")),
        ("Mass effect.", ("supported", "")),
        ("No mass effect.", ("contradicted", "presence")),
    ],
)
def test_claims_about_a_tumour(claim, expected):
    assert outcome(KNOWN_BRAIN, claim) == expected


@pytest.mark.parametrize(
    ("known", "claim", "expected"),
    [
        ("Patchy opacity in the left lung.", "Linear opacity in the left lung.", ("contradicted", "attribute")),
        ("Linear opacity in the left lung.", "Patchy opacity in the left lung.", ("contradicted", "attribute")),
        ("Opacity in the left lung.", "Patchy opacity in the left lung.", ("supported", "")),
        ("Smooth lung nodule.", "Spiculated lung nodule.", ("contradicted", "attribute")),
        ("Spiculated lung nodule.", "Smooth lung nodule.", ("contradicted", "attribute")),
        ("Smooth lung nodule.", "Well-defined lung nodule.", ("supported", "")),
        ("Lung nodule.", "Smooth lung nodule.", ("supported", "")),
        ("Loculated effusion.", "Free-flowing effusion.", ("contradicted", "attribute")),
        ("Free-flowing effusion.", "Loculated effusion.", ("contradicted", "attribute")),
        ("Effusion on the left only, none on the right.", "Bilateral effusions.", ("contradicted", "side")),
        ("Bilateral effusions.", "The effusion is not on the right.", ("contradicted", "presence")),
        ("Left effusion.", "The effusion is right-sided.", ("contradicted", "side")),
        ("Effusion 3 cm deep.", "Effusion 5 cm deep.", ("contradicted", "size")),
        ("Effusion 3 cm deep.", "Effusion 32 mm thick.", ("supported", "")),
        ("No enlargement of the heart.", "Cardiomegaly.", ("contradicted", "presence")),
        ("Large liver lesion.", "Small liver lesion.", ("contradicted", "attribute")),
        ("New effusion.", "The effusion was already there and is unchanged.", ("contradicted", "comparison")),
    ],
)
def test_look_side_size_and_course_of_a_known_finding(known, claim, expected):
    checked = compare(read_facts(claim), read_facts(known), exhaustive=False)
    assert expected in [(c.status, c.difference) for c in checked]


@pytest.mark.parametrize(
    ("known", "claim"),
    [("Left effusion.", "The effusion is not on the left."), ("Right tumour.", "The tumour is not right-sided.")],
)
def test_a_side_that_is_denied_contradicts_it(known, claim):
    assert any(c.status == "contradicted" for c in compare(read_facts(claim), read_facts(known), exhaustive=False))


@pytest.mark.parametrize(
    ("known", "claim", "open_world", "closed_world"),
    [
        ("Left effusion.", "Pneumothorax.", "unknown", "contradicted"),
        ("Left effusion.", "No pneumothorax.", "unknown", "entailed"),
        ("Left effusion.", "Possible pneumothorax.", "unknown", "unknown"),
        ("Left effusion.", "Calcified left effusion.", "unknown", "unknown"),
        ("Brain tumour.", "Glioma.", "unknown", "unknown"),
        ("Brain tumour.", "No glioma.", "unknown", "unknown"),
        ("No lung lesion.", "No lung nodule.", "entailed", "entailed"),
        ("No lung nodule.", "No lung lesion.", "unknown", "entailed"),
        ("No lung nodule.", "Lung lesion.", "unknown", "contradicted"),
        ("No left effusion.", "No effusion.", "unknown", "entailed"),
        ("No left effusion.", "Right effusion.", "unknown", "contradicted"),
        ("Bilateral effusions.", "Left effusion.", "entailed", "entailed"),
        ("Left effusion. Right effusion.", "Bilateral effusions.", "entailed", "entailed"),
        ("Left effusion.", "No right effusion.", "unknown", "entailed"),
        ("Normal study.", "Cardiomegaly.", "contradicted", "contradicted"),
        ("Normal study.", "No cardiomegaly.", "entailed", "entailed"),
        ("Cardiomegaly.", "Normal study.", "contradicted", "contradicted"),
        ("No pneumothorax.", "Normal study.", "unknown", "entailed"),
        ("The effusion has resolved.", "No effusion.", "entailed", "entailed"),
        ("No new effusion.", "Effusion.", "unknown", "contradicted"),
        ("Fracture.", "No acute fracture.", "unknown", "unknown"),
        ("No acute fracture.", "Fracture.", "unknown", "contradicted"),
        ("The lungs are otherwise clear.", "Lung nodule.", "unknown", "contradicted"),
        ("The lungs are clear.", "Pleural effusion.", "unknown", "contradicted"),
        ("This is a CT scan.", "This is an MRI.", "contradicted", "contradicted"),
        ("This is a CT scan.", "This is a CT.", "entailed", "entailed"),
        ("AP view.", "PA view.", "contradicted", "contradicted"),
        ("Retrocardiac opacity in the lung.", "Opacity in the lower lung.", "entailed", "entailed"),
        ("Opacity in the lower lung.", "Retrocardiac opacity in the lung.", "unknown", "unknown"),
        ("CT with contrast.", "CT scan.", "entailed", "entailed"),
    ],
)
def test_silence_is_absence_only_where_all_is_told(known, claim, open_world, closed_world):
    assert entailed(known, claim) == open_world
    assert entailed(known, claim, exhaustive=True) == closed_world


def test_a_claim_with_several_acquisition_facts_needs_all_of_them():
    known = [Fact(finding="view", presence="present", attributes=("T1-weighted", "with contrast"))]
    both = Fact(finding="view", presence="present", attributes=("T1-weighted", "with contrast"))
    wrong = Fact(finding="view", presence="present", attributes=("T1-weighted", "without contrast"))
    assert entailment(known, both, exhaustive=False) == "entailed"
    assert entailment(known, wrong, exhaustive=False) == "contradicted"


def test_unsupported_is_a_hallucination_only_against_an_exhaustive_reference():
    claim, known = read_facts("Pneumothorax."), read_facts("Left effusion.")
    for exhaustive in (False, True):
        (checked, _) = compare(claim, known, exhaustive=exhaustive)
        assert checked.status == "unsupported" and checked.hallucination is exhaustive


def test_a_hedged_claim_is_contradicted_by_what_is_elsewhere_but_not_by_absence():
    for known in ("No effusion.", "Cardiomegaly."):
        first = compare(read_facts("Possible left effusion."), read_facts(known), exhaustive=True)[0]
        assert first.status == "unsupported" and not first.hallucination
    assert outcome("Right effusion.", "Possible left effusion.") == ("contradicted", "side")


def test_what_the_answer_leaves_out_is_omitted_once():
    known = read_facts("FINDINGS: Left effusion. Cardiomegaly.\nIMPRESSION: Left effusion.")
    checked = compare(read_facts("Cardiomegaly."), known, exhaustive=False)
    assert [(c.status, c.fact.finding) for c in checked] == [
        ("supported", "cardiomegaly"),
        ("omitted", "pleural effusion"),
    ]


def test_a_contradicted_finding_is_not_omitted_too():
    checked = compare(read_facts("Right effusion."), read_facts("Left effusion."), exhaustive=False)
    assert [c.status for c in checked] == ["contradicted"]


def test_denials_normality_and_acquisition_cannot_be_omitted():
    assert findings_named(read_facts("CT scan. No effusion. The lungs are clear. Normal study.")) == []


def test_a_finding_measured_in_the_next_sentence_is_one_finding():
    known = read_facts("There is a nodule in the left upper lobe. The nodule measures 8 mm.")
    assert [f.size_mm for f in findings_named(known)] == [8]
    assert entailed("Nodule in the left upper lobe. The nodule measures 8 mm.", "8 mm left lung nodule.") == "entailed"


def test_a_report_that_calls_the_lungs_clear_despite_a_scar_supports_both():
    known = "The lungs are clear. Scarring at the left base."
    assert entailed(known, "The lungs are clear.") == entailed(known, "Scarring.") == "entailed"
    assert entailed(known, "No scarring.") == "contradicted"


def test_two_findings_of_one_kind_stay_two():
    known = "8 mm nodule in the left lung. 20 mm nodule in the right lung."
    assert entailed(known, "20 mm right lung nodule.") == "entailed"
    assert entailed(known, "8 mm right lung nodule.") == "contradicted"


def test_the_tally_counts_each_claim_once():
    known = read_facts(KNOWN)
    count = tally(compare(read_facts("Right effusion. Cardiomegaly. No pneumothorax."), known, exhaustive=False), known)
    assert (count.claims, count.asserted, count.asserted_right, count.contradicted) == (3, 2, 1, 1)
    assert (count.named, count.omitted, count.denied, count.hedged) == (3, 1, 1, 0)


def test_sizes_agree_within_one_millimetre_or_fifteen_percent():
    assert same_size(4, 5) and not same_size(4, 5.5) and not same_size(3.3, 5)
    assert same_size(8.6, 10) and not same_size(8, 10)
    assert same_size(40, 46) and not same_size(40, 48)


def test_the_hierarchy_has_no_circle_and_every_parent_is_known():
    above = lexicon().above
    for finding, parents in above.items():
        assert all(p in above for p in parents)
        assert not any(finding in above[p] for p in parents if p != finding)
    assert is_a("lung nodule", "lesion") and not is_a("lesion", "lung nodule")


FACTS = st.builds(
    Fact,
    finding=st.sampled_from(["pleural effusion", "lung nodule", "lung opacity", "consolidation", "normal study"]),
    presence=st.sampled_from(["present", "absent", "uncertain"]),
    side=st.sampled_from(["", "left", "right", "bilateral"]),
    attributes=st.sampled_from([(), ("small",), ("large",), ("calcified",)]),
    size_mm=st.sampled_from([None, 8.0, 30.0]),
)


@given(st.lists(FACTS, max_size=4), FACTS, st.booleans())
def test_what_is_stated_is_entailed_whatever_else_is(known, claim, exhaustive):
    if claim.presence != "absent" and claim.finding != "normal study":
        assert entailment([*known, claim], claim, exhaustive=exhaustive) == "entailed"


@given(st.lists(FACTS, max_size=4), st.lists(FACTS, max_size=4), st.booleans())
def test_every_claim_gets_one_status_in_order(answer, reference, exhaustive):
    checked = compare(answer, reference, exhaustive=exhaustive)
    assert [c.fact for c in checked if c.status != "omitted"] == answer
    assert all(c.against is not None for c in checked if c.status == "contradicted")
