from dataclasses import replace

import pytest
from tests.construction.checks.test_checks import item

from auscult.construction.checks import checks, first_refusal
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


OLD = Case(
    id="o",
    source="made",
    source_key="3",
    annotation="Old fracture of T6. Granulomas in both lungs. Elevated left hemidiaphragm. The cardiomediastinal "
    "silhouette is normal. Stable scar in the left lung. No pleural effusion.",
)


@pytest.mark.parametrize(
    ("question", "answer", "said"),
    [
        # Of the premise only a part is read: the rest may be what is false.
        ("Why is the granuloma active?", "It isn't active; it is an old one.", "The granuloma is active."),
        # A sentence that only denies what is asked states nothing more, in whatever words.
        (
            "Why are the granulomas confined to one lung?",
            "They aren't confined to one.",
            "The granulomas are confined.",
        ),
        # Another value of what the premise gives puts it right.
        ("Why is the right diaphragm so high?", "The raised one is on the left.", "The right diaphragm is elevated."),
        # An organ that is normal is neither wide nor shifted.
        ("Why is the mediastinum wide?", "It is not wide.", "The mediastinum is widened."),
    ],
)
def test_a_correction_in_words_that_are_read_in_part_is_at_most_doubted(question, answer, said):
    found = FACTS.refuse(OLD, false(question, answer, said, form="presupposition"), [])
    assert not found or found.partition(": ")[0] in FACTS.doubts


def test_a_true_premise_that_is_read_in_full_may_still_not_be_called_false():
    found = FACTS.refuse(OLD, false("Where is the scar?", "There is no scar.", "There is a scar."), [])
    assert found.startswith("a premise that is taken to be false is true")


@pytest.mark.parametrize(
    ("question", "answer", "why"),
    [
        ("What does the mass suggest?", "Such a mass suggests a tumour.", "does not state what the question takes"),
        ("Is the effusion related to the pain?", "It may well be.", "a premise that is taken to be true is false"),
    ],
)
def test_a_question_about_the_meaning_of_a_finding_takes_it_for_granted(question, answer, why):
    asked = item(question, answer, "open", kind="non-hallucination", category="clinical meaning")
    assert why in FACTS.refuse(OLD, asked, [])
    assert not FACTS.refuse(
        OLD, item("What does a mass mean?", "Often a tumour.", "open", category="clinical meaning"), []
    )


def test_whether_something_has_altered_is_no_question_whether_it_is_there():
    assert not FACTS.refuse(OLD, item("Has the scar altered?", "No, it looks as it did.", "open"), [])


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Did a lung collapse?", "No, there is no pneumothorax, and the lungs look clean."),
        ("What about the lungs?", "The pneumonia is still not in evidence."),
    ],
)
def test_what_is_denied_is_not_denied_in_the_next_statement(question, answer):
    clear = replace(OLD, annotation="No pneumothorax. Lungs are clear. No pneumonia.")
    assert not FACTS.refuse(clear, item(question, answer, "open"), [])


@pytest.mark.parametrize(
    ("report", "question", "answer"),
    [
        ("The lungs are clear. Left basilar atelectasis versus scarring.", "Where is the atelectasis?", "On the left."),
        ("The bilateral pneumothoraces have resolved.", "What became of the pneumothoraces?", "Both have resolved."),
        ("No acute disease. The lungs are clear.", "What is seen?", "No acute disease, lungs clear."),
        ("Low lung volumes. Bony thorax is unremarkable.", "Do the bones of the chest look unremarkable?", "Yes."),
        ("Stable interstitial opacity.", "Describe the lungs.", "Interstitial opacity, no different from before."),
    ],
)
def test_what_is_so_in_other_words_is_at_most_doubted(report, question, answer):
    made = item(question, answer, "open", kind="non-hallucination")
    assert FACTS.refuse(replace(REPORT, annotation=report), made, []).partition(": ")[0] in ("", *FACTS.doubts)


def said_of(report: str, question: str, answer: str, premise: str = "", category: str = "findings"):
    case = Case(id="o", source="made", source_key="3", annotation=report)
    kind = "hallucination" if premise else "non-hallucination"
    form = "presupposition" if premise else ""
    made = item(question, answer, "open", premise=premise, premise_form=form, kind=kind, category=category)
    refusal = first_refusal([FACTS], case, made, [])
    return refusal.reason if refusal else ""


@pytest.mark.parametrize(
    ("report", "question", "answer"),
    [
        ("Large mass in the right upper lobe.", "What is it?", "A large mass, and not just a nodule."),
        ("Mild scoliosis. No pneumothorax.", "Sum it up.", "No air leak, an ordinary heart, and mild scoliosis."),
        ("Old right rib fracture.", "Rib fractures: fresh or healed?", "Healed."),
        ("Small right apical pneumothorax.", "What is left?", "A small amount of pleural air is left at the apex."),
        (
            "Left chest port. Right surgical clips.",
            "What is implanted?",
            "A device on the left, clips on the right.",
        ),
        ("Emphysema, stable. Scarring, stable.", "Has the emphysema progressed?", "No, it is as it was."),
        ("Heart and mediastinum normal.", "Does the mediastinum look abnormal?", "It does not; it is normal."),
    ],
)
def test_what_is_said_in_contrast_in_a_list_or_of_a_course_is_not_taken_for_a_finding(report, question, answer):
    assert not said_of(report, question, answer)


WELL = "Low lung volumes. Pulmonary vasculature within normal limits. The trachea is midline. Lumbar spondylosis."


@pytest.mark.parametrize(
    ("question", "answer", "premise"),
    [
        (
            "Why are the vessels congested?",
            "Sorry, they are not; the vessels are normal.",
            "There is congestion.",
        ),
        ("Why is the trachea pushed aside?", "It isn't! It stands in the midline.", "The trachea is shifted."),
        ("How far are the lungs hyperinflated?", "They are not; their volumes are low.", "There is hyperinflation."),
        ("What of the cervical spondylosis?", "It is in the lumbar spine.", "There is cervical spondylosis."),
    ],
)
def test_who_begins_with_a_denial_puts_a_false_premise_right(question, answer, premise):
    assert not said_of(WELL, question, answer, premise, "wrong attribute")


@pytest.mark.parametrize(
    ("question", "answer", "premise"),
    [
        ("Why are the vessels congested?", "They are not; but there is a pneumothorax.", "There is congestion."),
        ("Why are the volumes low?", "They are not; the lungs are hyperinflated.", "Lung volumes are low."),
        ("How far are the lungs hyperinflated?", "Markedly, as in COPD.", "There is hyperinflation."),
    ],
)
def test_a_denial_covers_neither_another_finding_nor_a_premise_that_is_true(question, answer, premise):
    assert said_of(f"{WELL} No pneumothorax.", question, answer, premise, "wrong attribute")
