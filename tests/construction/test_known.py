import cProfile
import pstats

import pytest

from auscult.construction.acquisition import named
from auscult.construction.claims import EXCLUDED, UNMENTIONED, Claim, Stated, stated
from auscult.construction.generators.presence import Presence
from auscult.construction.known import ANNOTATED, known_of
from auscult.construction.reported import DENIED, NORMAL_ORGAN, STATED
from auscult.records import Box, Case, ImageFile, Item


def case(**fields) -> Case:
    return Case(id="c", source="made", source_key="c", **fields)


def report(text: str) -> Case:
    return case(annotation=text, tags={"modality": "X-ray", "anatomy": "chest"})


def question(text, answer, kind="yes_no", **fields) -> Item:
    return Item(id="", case_id="", source_id=text, question=text, reference=answer, answer_type=kind, **fields)


def read(made: Case, *items: Item, key: str = "") -> dict[Claim, Stated]:
    return {s.claim: s for s in stated(known_of(made, items), key)}


def said(text: str, finding: str) -> tuple[bool | None, str]:
    one = read(report(text))[Claim("presence", finding)]
    return one.truth, one.tier


@pytest.mark.parametrize(
    ("text", "finding", "truth", "tier"),
    [
        ("Findings: No pleural effusion. Heart size normal.", "pleural effusion", False, DENIED),
        ("Findings: Small left pleural effusion.", "pleural effusion", True, STATED),
        ("Findings: The heart is normal in size.", "pleural effusion", None, UNMENTIONED),
        ("Findings: The lungs are clear.", "consolidation", False, NORMAL_ORGAN),
        ("Findings: The lungs are clear.", "lung nodule", False, NORMAL_ORGAN),
        ("Findings: The lungs are clear.", "pleural effusion", None, UNMENTIONED),
        ("Findings: Lungs clear. Calcified 5 mm granuloma of the left lower lobe.", "lung nodule", None, UNMENTIONED),
        ("Findings: The lungs are clear except for a small opacity.", "lung nodule", None, UNMENTIONED),
        ("Findings: No large pleural effusion. Lungs are clear.", "pleural effusion", None, UNMENTIONED),
        ("Findings: No right pleural effusion. Lungs are clear.", "pleural effusion", None, UNMENTIONED),
        ("Findings: Possible small pleural effusion.", "pleural effusion", None, UNMENTIONED),
        ("Findings: The previous pleural effusion has resolved.", "pleural effusion", None, UNMENTIONED),
        ("Findings: Borderline cardiomegaly.", "cardiomegaly", None, UNMENTIONED),
        ("Findings: Bilateral effusions and/or atelectasis.", "pleural effusion", None, UNMENTIONED),
        ("Findings: No large effusion or pneumothorax.", "pneumothorax", None, UNMENTIONED),
        ("Findings: A 26 mm masslike density, lung nodule versus scar.", "lung nodule", None, UNMENTIONED),
        ("Findings: There is XXXX pleural effusion.", "pleural effusion", None, UNMENTIONED),
        ("Findings: XXXX lungs are clear. Heart size normal.", "consolidation", None, UNMENTIONED),
        ("Findings: The lungs are clear. 8mm nodule in the left lower lobe, XXXX.", "lung nodule", None, UNMENTIONED),
        ("Findings: The lungs are clear. XXXX in the left lower lobe.", "lung nodule", None, UNMENTIONED),
        ("Findings: XXXX in the left lower lobe.\nImpression: Normal chest.", "pneumothorax", None, UNMENTIONED),
        ("Findings: The XXXX are intact. The lungs are clear.", "lung nodule", False, NORMAL_ORGAN),
        ("Findings: No acute infiltrate or significant pleural effusion.", "pleural effusion", None, UNMENTIONED),
        ("Findings: No pneumonia or significant pleural effusion.", "pneumonia", False, DENIED),
        ("Findings: No focal consolidation, suspicious opacity, or pneumothorax.", "pneumothorax", False, DENIED),
        ("Findings: No definite effusion and no pneumothorax.", "pneumothorax", False, DENIED),
        ("Findings: No suspicious nodules.", "lung nodule", None, UNMENTIONED),
        ("Findings: No nodule suspicious for malignancy.", "lung nodule", None, UNMENTIONED),
        ("Findings: The heart is not significantly enlarged.", "cardiomegaly", None, UNMENTIONED),
        ("Findings: The heart is not enlarged.", "cardiomegaly", False, DENIED),
        ("Findings: No definite pneumothorax.", "pneumothorax", None, UNMENTIONED),
        ("Findings: A pneumothorax is not definitely seen.", "pneumothorax", None, UNMENTIONED),
        ("Findings: No visible pneumothorax.", "pneumothorax", False, DENIED),
        ("Findings: Lungs are grossly clear.", "consolidation", None, UNMENTIONED),
        ("Findings: Lungs are otherwise clear.", "lung opacity", None, UNMENTIONED),
        ("Findings: No significant effusion. Small left pleural effusion.", "pleural effusion", True, STATED),
        ("Findings: Lungs are clear. Calcified granuloma.", "lung opacity", None, UNMENTIONED),
        ("Findings: Lungs are clear. Prior granulomatous disease.", "lung opacity", None, UNMENTIONED),
        ("Findings: Lungs are clear. Calcified aorta.", "lung opacity", False, DENIED),
        ("Findings: No nodules. Calcified granuloma.", "lung nodule", None, UNMENTIONED),
        ("The previously seen nodule is not well-seen on today's study.", "lung nodule", None, UNMENTIONED),
        ("Small hiatal hernia is not as well demonstrated on this exam.", "hiatal hernia", None, UNMENTIONED),
    ],
)
def test_silence_is_not_absence(text, finding, truth, tier):
    assert said(text, finding) == (truth, tier)


@pytest.mark.parametrize(
    ("text", "finding", "there"),
    [
        ("The lungs are clear except for a nodule.", "lung opacity", None),
        ("The lungs are clear with the exception of a scar.", "lung opacity", None),
        ("The lungs are clear. There is a nodule.", "lung opacity", None),
        ("A nodule is seen. The lungs are otherwise clear.", "lung opacity", None),
        ("No fracture. Old left rib fracture.", "fracture", None),
        ("No fracture. Vertebral deformity.", "fracture", False),
        ("The lungs are clear apart from a left effusion.", "lung opacity", False),
    ],
)
def test_what_is_stated_is_no_kind_of_what_is_denied(text, finding, there):
    assert known_of(report(text), []).presence.get(finding) is there


@pytest.mark.parametrize(
    ("text", "finding", "truth"),
    [
        ("No typical findings of pulmonary edema.", "pulmonary oedema", None),
        ("Enlarged pulmonary arteries.", "pulmonary hypertension", None),
        ("Tracheostomy tube in place.", "endotracheal tube", None),
        ("Splenic artery embolism coils.", "thrombus", None),
        ("Atherosclerotic changes of the femoral artery.", "aortic calcification", None),
        ("Mass effect absent. No mass.", "brain tumour", None),
        ("Surgical sutures.", "surgical clips", None),
        ("Pulmonary arterial hypertension.", "pulmonary hypertension", True),
        ("Irregular interstitial markings.", "interstitial opacity", None),
        ("Increased interstitial markings.", "interstitial opacity", True),
        ("Nodular consolidation of the right lung.", "lung nodule", None),
        ("Nodular consolidation of the right lung.", "consolidation", True),
        ("Enlarged cardiomediastinal silhouette.", "cardiomegaly", None),
        ("The cardiac silhouette is enlarged.", "cardiomegaly", True),
    ],
)
def test_words_that_are_less_than_a_finding_do_not_state_it(text, finding, truth):
    assert known_of(report(text), []).presence.get(finding) is truth


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("Effusion? Please correlate.", "pleural effusion"),
        ("Heart enlarged? Lungs normal.", "cardiomegaly"),
        ("No effusion. Left effusion?", "pleural effusion"),
        ("Doubtful nodule in the right lung.", "lung nodule"),
        ("The patient refused a chest tube for pneumothorax.", "chest tube"),
        ("The patient refused a chest tube for pneumothorax.", "pneumothorax"),
        ("Low probability of pneumonia.", "pneumonia"),
        ("Airspace disease. Please correlate clinically for pneumonia.", "pneumonia"),
    ],
)
def test_what_is_asked_doubted_or_refused_is_not_known(text, finding):
    assert finding not in known_of(report(text), []).presence


@pytest.mark.parametrize(
    "text",
    [
        "Kleiner Pleuraerguss links. Kein Pneumothorax. Herz normal groß.",
        "Großer Pneumothorax rechts. Kardiomegalie.",
    ],
)
def test_a_caption_in_another_language_tells_nothing_and_is_refused_by_name(text):
    assert not known_of(report(text), []).presence
    made = report(text + " ")
    generator = Presence()
    generator.look(made, [])
    (refused,) = generator.make(0, made, [], "test")
    assert (refused.check, refused.reason) == ("language", "the annotation is in German")


def test_a_text_of_many_sentences_is_read_in_time_that_grows_with_its_length():
    def steps(sentences: int) -> int:
        profile = cProfile.Profile()
        profile.runcall(known_of, report("Small left pleural effusion. No pneumothorax. " * sentences), [])
        return pstats.Stats(profile).total_calls

    steps(1)
    assert steps(200) < 6 * steps(50)


COURSE = (
    "Consolidation of the right lung. During her admission the opacity spread to the left lung. "
    "Endotracheal tube can be seen at 2nd day of admission."
)


@pytest.mark.parametrize(
    ("text", "finding", "truth"),
    [
        (COURSE, "consolidation", True),
        (COURSE, "endotracheal tube", None),
        ("Day 1: no pleural effusion. Day 5: large pleural effusion. Pneumothorax.", "pleural effusion", None),
        ("Day 1: no pleural effusion. Day 5: large pleural effusion. Pneumothorax.", "pneumothorax", None),
        ("The left image shows a pneumothorax, the right image a pleural effusion.", "pneumothorax", None),
        ("Serial radiographs. A pleural effusion on the 3rd day.", "pleural effusion", None),
        ("Endotracheal tube on day 2.", "endotracheal tube", True),
    ],
)
def test_what_is_said_of_one_of_several_days_or_images_is_not_asked_of_each(text, finding, truth):
    assert known_of(report(text), []).presence.get(finding) is truth


def test_the_sentence_that_says_it_is_the_evidence_of_a_question_of_presence():
    made = report("The heart is normal. A 2.6 cm left pleural effusion is seen. No pneumothorax.")
    known = known_of(made, [])
    assert known.words["presence", "pleural effusion"] == "A 2.6 cm left pleural effusion is seen."
    generator = Presence()
    generator.look(made, [])
    evidence = {i.target: i.evidence for i in generator.make(0, made, [], "test")}
    assert evidence["pneumothorax"] == "No pneumothorax."


def test_a_report_that_contradicts_itself_is_not_asked():
    one = read(report("Findings: Moderate pleural effusion. Impression: No pleural effusion."))
    assert one[Claim("presence", "pleural effusion")].unfit == "the annotation contradicts itself"


def test_the_other_side_is_denied_only_where_the_report_says_so():
    silent = read(report("Findings: Moderate left pleural effusion. The heart is normal."))
    assert silent[Claim("side", "pleural effusion", "left")].truth is True
    assert silent[Claim("side", "pleural effusion", "right")].truth is None
    told = read(report("Findings: Moderate left pleural effusion. No right pleural effusion."))
    assert told[Claim("side", "pleural effusion", "right")].truth is False


def test_another_grade_is_denied_only_where_the_finding_has_no_other_side():
    heart = read(report("Findings: Mild cardiomegaly. No pneumothorax."))
    assert heart[Claim("grade", "cardiomegaly", "large")].truth is False
    effusion = read(report("Findings: Small left pleural effusion. No pneumothorax."))
    assert effusion[Claim("grade", "pleural effusion", "large")].truth is None


def test_labels_say_what_is_there_and_what_is_not_and_nothing_of_the_rest():
    made = case(findings={"Effusion": "present", "Mass": "absent", "Hernia": "unmentioned"}, tags={"anatomy": "chest"})
    found = read(made)
    assert found[Claim("presence", "pleural effusion")] == Stated(
        Claim("presence", "pleural effusion"), True, ANNOTATED
    )
    assert found[Claim("presence", "lung mass")].truth is False
    assert Claim("presence", "hernia") not in found
    assert found[Claim("presence", "pneumothorax")].tier == UNMENTIONED


def test_anatomy_excludes_findings_of_other_regions_in_a_tier_of_their_own():
    made = case(findings={"Effusion": "present"}, tags={"anatomy": "chest"})
    tiers = [s for n in range(40) for s in read(made, key=f"{n}").values() if s.tier == EXCLUDED]
    assert tiers and all(s.truth is False for s in tiers)
    assert {s.claim.finding for s in tiers} & {"brain tumour", "liver lesion"}
    assert not {s.claim.finding for s in tiers} & {"pleural effusion", "pneumothorax", "cardiomegaly"}
    nowhere = case(findings={"Effusion": "present"})
    assert not [s for n in range(40) for s in read(nowhere, key=f"{n}").values() if s.tier == EXCLUDED]


@pytest.mark.parametrize(
    ("text", "answer", "claim", "truth"),
    [
        ("Is there a pneumothorax?", "no", Claim("presence", "pneumothorax"), False),
        ("Is/Are there pleural effusions?", "yes", Claim("presence", "pleural effusion"), True),
        ("Do you see any rib fractures?", "no", Claim("presence", "rib fracture"), False),
        ("Is the heart enlarged?", "yes", Claim("presence", "cardiomegaly"), True),
        ("Are there abnormal nodes?", "yes", None, None),
        ("Is there an effusion or a mass?", "yes", None, None),
        ("Is there a right-sided pleural effusion?", "no", None, None),
        ("Is there a tension pneumothorax?", "no", None, None),
        ("Is there a tension pneumothorax?", "yes", Claim("presence", "pneumothorax"), True),
        ("Is this an axial image?", "yes", Claim("view", "", "axial"), True),
        ("Is this an AP image?", "no", Claim("view", "", "anteroposterior"), False),
        ("Is this a CT scan?", "yes", Claim("modality", "", "MRI"), False),
    ],
)
def test_answers_are_known_facts_where_the_question_leaves_no_doubt(text, answer, claim, truth):
    found = {c: s.truth for c, s in read(case(), question(text, answer)).items() if s.truth is not None}
    assert (found[claim] == truth) if claim else not found


@pytest.mark.parametrize(
    ("category", "text", "answer", "claim", "truth"),
    [
        ("modality", "What modality is this?", "MRI/FLAIR", Claim("view", "", "FLAIR"), True),
        ("modality", "What modality is this?", "MRI", Claim("modality", "", "CT"), False),
        ("plane", "Which plane is this?", "Axial", Claim("view", "", "coronal"), False),
        ("organ", "What organ system is shown?", "Brain", Claim("region", "", "chest"), False),
        ("modality", "What type of imaging does this not represent?", "ultrasound", None, None),
    ],
)
def test_open_answers_name_modality_plane_and_organ(category, text, answer, claim, truth):
    found = {c: s.truth for c, s in read(case(), question(text, answer, "open", category=category)).items()}
    assert found.get(claim) is truth if claim else not found


def test_answers_that_disagree_are_not_asked():
    items = [question("Is there a mass effect?", "yes"), question("Is there mass effect?", "no")]
    assert read(case(), *items)[Claim("presence", "mass effect")].unfit == "the annotation contradicts itself"


def cells(*boxes: tuple[float, float, float, float], said: int | None = None):
    made = case(
        images=(ImageFile(path="a", sha256="a", width=100, height=100),),
        findings={"white blood cell": "present"},
        boxes=tuple(Box(label="white blood cell", x_min=a, y_min=b, x_max=c, y_max=d) for a, b, c, d in boxes),
        tags={"anatomy": "blood", "modality": "light microscopy"},
    )
    count = question("How many?", str(len(boxes) if said is None else said), "number", target="white blood cell")
    return {c: s.truth for c, s in read(made, count).items() if c.finding == "white blood cell"}


def test_boxes_give_counts_and_halves_away_from_the_border():
    found = cells((5, 5, 30, 30))
    assert found[Claim("count", "white blood cell", "1")] is True
    assert found[Claim("count", "white blood cell", "2")] is False
    assert found[Claim("half", "white blood cell", "left half")] is True
    assert found[Claim("half", "white blood cell", "lower half")] is False
    border = cells((52, 5, 60, 30))
    assert Claim("half", "white blood cell", "right half") not in {c for c, t in border.items() if t is not None}
    assert border[Claim("half", "white blood cell", "upper half")] is True
    assert cells((5, 5, 30, 30), (60, 60, 90, 90))[Claim("count", "white blood cell", "2")] is True


def test_boxes_that_are_not_all_counted_say_nothing_of_number_and_place():
    assert {c.statement for c in cells((5, 5, 30, 30), said=2)} == {"presence"}


@pytest.mark.parametrize(
    ("text", "what", "names"),
    [
        ("light microscopy", "modality", ("microscopy",)),
        ("T1-weighted, contrast-enhanced", "view", ("T1-weighted", "with contrast")),
        ("head", "region", ("brain",)),
        ("PA", "view", ("posteroanterior",)),
        ("a map of the apse", "view", ()),
        ("non-contrast CT", "view", ("without contrast",)),
    ],
)
def test_tags_name_modality_view_and_region(text, what, names):
    assert named(text, what) == names
