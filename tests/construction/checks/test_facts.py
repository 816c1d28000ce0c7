import pytest
from tests.construction.checks.test_checks import item

from auscult.construction.checks import checks
from auscult.records import Case, Fact

(FACTS,) = checks(["facts"])
REPORT = Case(
    id="c",
    source="made",
    source_key="1",
    annotation="There is a small left pleural effusion. No pneumothorax. The heart is normal in size.",
    tags={"modality": "X-ray", "anatomy": "chest"},
)
PHANTOM = Case(
    id="p",
    source="made",
    source_key="2",
    facts=(
        Fact(finding="lung nodule", presence="present", side="left", attributes=("small",)),
        Fact(finding="pleural effusion", presence="present", side="right", attributes=("large",)),
        Fact(finding="modality", presence="present", attributes=("X-ray",)),
    ),
    exhaustive=True,
)


def premise(question, reference, said, kind, form="polar", category="wrong attribute"):
    fields = {"premise": said, "premise_form": form, "kind": kind, "category": category}
    return item(question, reference, "open", **fields)


def false(*args, **more):
    return premise(*args, "hallucination", **more)


def true(*args, **more):
    return premise(*args, "non-hallucination", **more)


NODULE = ("Is that a lung nodule?", "No, there is no lung nodule.", "There is a lung nodule.")
LEFT = ("Is that a left pleural effusion?", "Yes, there is a left effusion.", "There is a left pleural effusion.")
RIGHT = ("Is that a right effusion?", "No, the effusion is on the left.", "There is a right pleural effusion.")
HOW = ("How large is the pneumothorax?", "There is no pneumothorax.", "There is a pneumothorax.")


@pytest.mark.parametrize(
    ("case", "sound"),
    [
        (REPORT, item()),
        (REPORT, item("Is there a pneumothorax?", "no")),
        (REPORT, item("Is there cardiomegaly?", "no")),
        (REPORT, item("Is there a liver lesion?", "no")),
        (REPORT, item("Is this an image of the brain?", "no")),
        (REPORT, item("On which side is the effusion?", "It is on the left.", "open")),
        (REPORT, item("What does the image show?", "A small left pleural effusion without pneumothorax.", "open")),
        (REPORT, item("Is there a rare disease that no lexicon names?", "yes")),
        (REPORT, true(*LEFT)),
        (REPORT, false(*RIGHT)),
        (REPORT, false(*HOW, form="presupposition")),
        (PHANTOM, false("Is that a pneumothorax?", "No, there is none.", "There is a pneumothorax.")),
        (
            PHANTOM,
            false(
                "Is the lung nodule on the same side as the pleural effusion?",
                "No, it is on the other side.",
                "The lung nodule is on the same side as the pleural effusion.",
            ),
        ),
        (Case(id="n", source="made", source_key="3"), false(*NODULE)),
    ],
)
def test_what_the_annotation_bears_out_passes(case, sound):
    assert not FACTS.refuse(case, sound, [])


@pytest.mark.parametrize(
    ("case", "faulty", "why"),
    [
        (REPORT, item("Is there a pneumothorax?", "yes"), "contradicts"),
        (REPORT, item(reference="no"), "contradicts"),
        (REPORT, item("Is there a lung nodule?", "no"), "does not exclude"),
        (REPORT, item("Is there a lung nodule?", "yes"), "does not mention"),
        (REPORT, item("On which side is the effusion?", "On the right.", "open"), "contradicts"),
        (REPORT, item("What does the image show?", "A left effusion and a rib fracture.", "open"), "does not mention"),
        (REPORT, item("What is seen?", "A large left pleural effusion.", "open"), "contradicts"),
        (REPORT, item("Where is the lung nodule?", "In the left lung.", "open"), "does not state"),
        (REPORT, item("Where is the pneumothorax?", "At the apex.", "open"), "taken to be true is false"),
        (REPORT, false(*LEFT), "taken to be false is true"),
        (REPORT, true(*RIGHT), "taken to be true is false"),
        (REPORT, false(*NODULE), "does not exclude"),
        (REPORT, true(NODULE[0], "Yes, there is one.", NODULE[2]), "does not state"),
        (REPORT, false(RIGHT[0], "Yes, there is a right effusion.", RIGHT[2]), "goes along"),
        (REPORT, false(RIGHT[0], "It is best seen on the lateral view.", RIGHT[2]), "does not say"),
        (REPORT, true(LEFT[0], "No, there is no effusion.", LEFT[2]), "denies a true premise"),
        (REPORT, true(LEFT[0], "Yes, a left effusion and a pneumothorax.", LEFT[2]), "contradicts"),
        (REPORT, false("Is this an image of the chest?", "No.", "This is an image of the chest."), "is true"),
        (
            PHANTOM,
            true(
                "Is the lung nodule on the same side as the pleural effusion?",
                "Yes, it is.",
                "The lung nodule is on the same side as the pleural effusion.",
            ),
            "taken to be true is false",
        ),
    ],
)
def test_what_the_annotation_speaks_against_or_leaves_open_is_refused(case, faulty, why):
    assert why in FACTS.refuse(case, faulty, [])


def test_a_tag_says_what_kind_of_image_it_is_whatever_other_study_the_caption_names():
    case = Case(
        id="c", source="made", source_key="1", annotation="Opacities as on the recent CT.", tags={"modality": "X-ray"}
    )
    assert not FACTS.refuse(case, item("Is this a CT scan?", "no"), [])


@pytest.mark.parametrize(
    "answer",
    [
        "There is an effusion, but it is on the left.",
        "It is on the other side.",
        "No, on the left.",
        "The effusion is seen on the left, not on the right.",
    ],
)
def test_a_false_side_may_be_put_right_in_any_words(answer):
    assert not FACTS.refuse(REPORT, false("Is there a right effusion?", answer, "There is a right effusion."), [])


@pytest.mark.parametrize(
    ("question", "answer", "sound"),
    [
        ("How large is the effusion?", "Small.", True),
        ("How large is the effusion?", "It is large.", False),
        ("How does the heart look?", "It is of normal size.", True),
        ("How does the heart look?", "It is moderately enlarged.", False),
        ("Which side shows a pneumothorax?", "Neither.", True),
        ("Is there a pneumothorax?", "The study is negative for pneumothorax.", True),
        ("What is seen of the left lung?", "A normal chest.", False),
    ],
)
def test_what_an_answer_leaves_out_is_taken_from_the_question(question, answer, sound):
    assert bool(FACTS.refuse(REPORT, item(question, answer, "open"), [])) != sound


def test_what_an_image_is_instead_may_be_said_of_it():
    said = "This is not a CT scan; it is an X-ray."
    wrong = false("Which part of the body does this CT scan show?", said, "This is a CT scan.", form="presupposition")
    assert not FACTS.refuse(REPORT, wrong, [])


def test_a_denial_of_what_no_reader_knows_passes():
    cells = Case(id="b", source="made", source_key="4", findings={"platelet": "absent"})
    wrong = false("On what kind of image is the platelet seen?", "There is no platelet.", "There is a platelet.")
    assert not FACTS.refuse(cells, wrong, [])


OTHERWISE = Case(
    id="o",
    source="made",
    source_key="5",
    annotation="No lung nodules or masses. No pneumothorax. Lungs are clear. No acute bony findings. Low lung volumes. "
    "Stable emphysema. The endotracheal tube has been removed. Old right rib fractures.",
    tags={"modality": "X-ray", "anatomy": "chest"},
)


@pytest.mark.parametrize(
    ("question", "reference", "sound"),
    [
        ("Is there a mass?", "no", True),
        ("Is there a mass?", "yes", False),
        ("Has the left lung collapsed?", "no", True),
        ("Is there a vertebral fracture?", "no", True),
        ("Is there a kidney stone?", "yes", False),
        ("Is there a pleural plaque?", "no", False),
    ],
)
def test_a_denial_in_other_words_denies(question, reference, sound):
    assert bool(FACTS.refuse(OTHERWISE, item(question, reference), [])) != sound


@pytest.mark.parametrize(
    ("question", "answer", "sound"),
    [
        ("Am I right in reading this as emphysema?", "Yes, that is emphysema.", True),
        ("What is left of the emphysema?", "It is on the right.", False),
        ("What is left of the emphysema?", "It is unchanged.", True),
        ("Has the emphysema changed?", "No, it is stable.", True),
        ("Has the emphysema changed?", "It has increased.", False),
        ("Are the lung volumes normal?", "No, they are low.", True),
        ("Are the lungs clear?", "No, there is a left effusion.", False),
        ("Which tube was taken out?", "The endotracheal tube.", True),
        ("Which tube was taken out?", "The chest tube.", False),
        ("Is anything on this radiograph urgent?", "Nothing significant.", True),
        ("Is this a radiograph?", "No, it is a CT.", False),
        ("The heart is enlarged, isn't it?", "It is, the heart takes up most of the chest.", False),
        ("Are the rib fractures fresh?", "No, they are old ones.", True),
        ("Are the rib fractures fresh?", "Yes, they are.", False),
        ("Which lung disease is chronic here?", "Emphysema.", True),
        ("What do the soft tissues show?", "Nothing abnormal.", True),
        ("What does the image show?", "A normal study.", False),
    ],
)
def test_a_question_in_other_words_than_the_annotation_is_understood(question, answer, sound):
    assert bool(FACTS.refuse(OTHERWISE, item(question, answer, "open"), [])) != sound


@pytest.mark.parametrize(
    "answer", ["None.", "Neither, both are clear.", "There is none.", "On neither side.", "It hasn't."]
)
def test_none_of_what_is_asked_for_denies_a_false_premise(answer):
    said = ("On which side is the pneumothorax?", answer, "There is a pneumothorax.")
    assert not FACTS.refuse(OTHERWISE, false(*said, form="presupposition"), [])


def test_not_quite_puts_right_and_denies_nothing():
    said = ("Is the effusion on the right?", "Not quite: the effusion is on the left.", "There is a right effusion.")
    assert not FACTS.refuse(REPORT, false(*said), [])


@pytest.mark.parametrize(
    ("reported", "answer", "sound"),
    [
        ("No pneumothorax or pleural effusion.", "no", True),
        ("No pneumothorax or pleural effusion.", "yes", False),
        ("Small pleural effusion. No pneumothorax.", "yes", True),
        ("Small pleural effusion. No pneumothorax.", "no", False),
        ("No pneumothorax.", "no", False),
    ],
)
def test_of_two_findings_joined_by_or_one_is_enough_for_yes_and_both_are_denied_by_no(reported, answer, sound):
    case = Case(id="o", source="made", source_key="9", annotation=reported)
    assert bool(FACTS.refuse(case, item("Is there pneumothorax or pleural effusion?", answer), [])) != sound


def test_a_premise_of_two_findings_joined_by_or_is_false_where_both_are_denied():
    case = Case(id="o", source="made", source_key="9", annotation="There is no pneumothorax or pleural effusion.")
    answer, premise = "No, there is no pneumothorax or pleural effusion.", "There is pneumothorax or pleural effusion."
    assert not FACTS.refuse(case, false("Is there pneumothorax or pleural effusion?", answer, premise), [])


def test_a_denial_in_a_draft_that_a_question_quotes_denies_nothing_in_the_answer() -> None:
    question = "“The study demonstrates a small lung nodule. The midline is not shifted.” Does this draft agree?"
    answer = "Yes: the study demonstrates a small left lung nodule."
    assert not FACTS.refuse(PHANTOM, item(question, answer, "open"), [])
