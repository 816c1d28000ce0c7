import pytest

from auscult.facts.presence_questions import finding_asked


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Is there a pleural effusion?", "pleural effusion"),
        ("Does this chest X-ray show cardiomegaly?", "cardiomegaly"),
        ("Any evidence of pneumothorax", "pneumothorax"),
        ("Is the heart enlarged?", "cardiomegaly"),
        ("Is/Are the heart enlarged? -yes/no", "cardiomegaly"),
        ("Can pneumonia be observed on the lower right lung in this picture?", "right pneumonia (lower zone)"),
        ("Is there a left pleural effusion?", "left pleural effusion"),
        ("Does this image show a tension pneumothorax?", "tension pneumothorax"),
        ("Based on the image, is there a rib fracture? Please answer yes or no.", "rib fracture"),
        ("Question: Are there gallstones?\nAnswer with yes or no.", "gallstone"),
        ("Is there a rib fracture? Tell what speaks for it in one sentence.", "rib fracture"),
        ("Radiological assessment: Is there evidence of edema?", "oedema"),
        ("Pneumothorax present?", "pneumothorax"),
        ("Is this image abnormal?", "any abnormality"),
        ("Is the gallbladder abnormal?", "abnormality (gallbladder)"),
        ("Is this heart failure?", "heart failure"),
        ("Do you see an endotracheal tube?", "endotracheal tube"),
    ],
)
def test_a_question_for_a_finding_names_it(question, name):
    asked = finding_asked(question)
    assert asked is not None
    assert (asked.name, asked.yes_means) == (name, "present")


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("Is there diabetic retinopathy?", "diabetic retinopathy"),
        ("Does this image show actinic keratosis?", "actinic keratosis"),
        ("Is metastatic carcinoma present in this slide?", "metastatic carcinoma"),
        ("Is the appendix enlarged?", "appendix enlarged"),
        ("Is there cardiomyopathy?", "cardiomyopathy"),
    ],
)
def test_a_finding_that_the_lexicon_lacks_or_takes_for_another_keeps_the_words_of_the_question(question, name):
    asked = finding_asked(question)
    assert asked is not None
    assert asked.name == name


@pytest.mark.parametrize(
    "question",
    [
        "Are the lungs clear?",
        "Is the heart size normal?",
        "Are the costophrenic angles sharp?",
        "Does this image look normal?",
        "Is there no pleural effusion?",
    ],
)
def test_a_yes_may_say_that_a_finding_is_not_there(question):
    asked = finding_asked(question)
    assert asked is not None
    assert asked.yes_means == "absent"


@pytest.mark.parametrize(
    "question",
    [
        "Is the mass calcified?",
        "Is the pleural effusion on the left?",
        "Does the mass show calcification?",
        "Does the nodule show a normal ovary?",
        "Is there an effusion or a pneumothorax?",
        "Are there more than two nodules?",
        "Are there multiple fractures?",
        "Is there mass effect from the lesion?",
        "Is there a new consolidation since the last image?",
        "Can a mass in the pancreatic head cause jaundice?",
        "Is the heart size abnormal?",
        "Is there free air in the thorax?",
        "Does the picture contain liver?",
        "Is this a chest radiograph?",
        "Is there contrast in the bowel?",
        "Where is the pleural effusion?",
        "What abnormalities are visible? If none are visible, say so.",
        "In this patient with pneumonia, is there a collapse of the lobe?",
        "Is there a possible fracture? Is it old?",
        "",
    ],
)
def test_a_question_about_anything_else_names_no_finding(question):
    assert finding_asked(question) is None
