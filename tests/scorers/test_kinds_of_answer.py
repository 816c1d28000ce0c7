"""Kinds of closed answer that were once read wrongly, each as a kind: both heads, several findings and wordings."""

import pytest
from tests.scorers.items import item

from auscult.scorers.rules import closed, number
from auscult.scorers.rules._choice import parse_choice
from auscult.scorers.rules.closed import read_yes_no

QUESTIONS = (
    "Is there a pleural effusion?", "Does the image show a fracture?", "Is the heart enlarged?",
    "Are gallstones present?",
    "Is this an MRI?", "Is the mass on the left side?", "Is the liver normal?", "Is there evidence of a brain tumour?",
)  # fmt: skip
TAILS = (
    "as seen in the picture", "as shown here", "as can be seen", "as is evident from the scan", "as demonstrated",
    "visible in this slice", "clearly visible", "seen in the image", "in the image", "on this film", "obviously",
    "definitely", "clearly", "without any doubt", "as depicted", "according to the scan", "judging from the image",
    "as far as I can see", "in my opinion", "as the picture illustrates", "from what is shown", "certainly",
)  # fmt: skip


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_head_stands_whatever_points_at_the_image_behind_it(question):
    for tail in TAILS:
        for form in ("{}, {}.", "{}, {}", "{} - {}.", "{}. {}."):
            for head in ("Yes", "No"):
                text = form.format(head, tail if form != "{}. {}." else tail.capitalize())
                assert read_yes_no(question, text) == head.lower(), (question, text)


CANNOT = (
    "I don't see any picture attached, so I can't tell whether there is {}.",
    "No picture was uploaded, so I cannot check for {}.",
    "Without the scan I couldn't say whether there is {}.",
    "I don't have the ability to view scans and therefore can't confirm {}.",
    "I cannot see images, therefore I cannot detect {}.",
    "I don't have access to the picture, so {} can neither be confirmed nor excluded.",
    "No statement about {} can be made.",
    "No reliable conclusion on {} can be drawn from one slice.",
    "No information about {} is available.",
    "An evaluation for {} is not possible.",
    "I am not qualified to say if there is {}.",
    "I'm not comfortable commenting on {}.",
    "My guidelines do not allow me to say whether there is {}.",
    "I won't be able to judge whether there is {}.",
    "The image is too dark to see {}.",
    "The image quality is insufficient to exclude {}.",
    "There is not enough detail to say whether there is {}.",
    "I don't know if there is {}.",
    "{} can neither be confirmed nor excluded.",
    "I can't say that there isn't {}.",
)


@pytest.mark.parametrize("text", CANNOT)
def test_who_cannot_tell_says_neither_yes_nor_no(text):
    for finding in ("a pneumothorax", "a fracture", "a mass", "cardiomegaly"):
        verdict = closed.rule(item("no", f"Is there {finding}?"), text.format(finding))
        assert verdict.parsed in ("refused", "unclear"), (finding, verdict)


@pytest.mark.parametrize("text", ["I cannot see a {}.", "I can't identify any {} in this image.", "No {} can be seen."])
def test_who_looked_and_saw_nothing_says_no(text):
    assert read_yes_no("Is there a fracture?", text.format("fracture")) == "no"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("This is more likely a vessel than a nodule.", "no"),
        ("The shadow looks more like a rib than a nodule.", "no"),
        ("The opacity is due to a nodule, not to a vessel.", "yes"),
        ("The opacity is due to a vessel, not to a nodule.", "no"),
        ("A resident reported a nodule here. I disagree.", "no"),
        ("Some would call this a nodule, but I would not.", "no"),
        ("The report mentions no nodule, but that is wrong.", "yes"),
        ("At first I thought there was a nodule, but there is none.", "no"),
        ("Clinical history: nodule. Findings: no nodule.", "no"),
        ("Indication: rule out nodule. Findings: A nodule is seen in the left lung.", "yes"),
        ("The film shows a vessel, which may mimic a nodule.", "no"),
        ("There is no shadow, as one would expect with a nodule.", "no"),
        ("A nodule is not unlikely.", "unclear"),
        ("It would be wrong to say that there is no nodule.", "yes"),
        ("Probability of a nodule: 92%", "yes"),
        ("The likelihood of a nodule is about 4 percent.", "no"),
        ("Probability of a nodule: 50%", "unclear"),
        ("If I had to choose, I'd say yes.", "yes"),
        ("If I had to choose, I'd say no.", "no"),
        ("I lean towards no.", "no"),
        ("I'm leaning yes", "yes"),
        ("TL;DR: no", "no"),
        ("Option A: Yes", "yes"),
        ("Choice B: no", "no"),
        ("The model predicts: negative", "no"),
        ("Short answer: no. Long answer: the film shows a vessel, which can look like a nodule.", "no"),
        ("No, although a small nodule can be missed.", "no"),
        ("It is hard to see, but yes.", "yes"),
        ("Yes, I have received the image. It shows no nodule.", "no"),
        ("No disclaimer needed: a nodule is present.", "yes"),
        ("That is not the case.", "no"),
        ("By no means.", "no"),
        ("That is indeed the case.", "yes"),
        ("No, the right lung shows a nodule.", "unclear"),
        ("Low suspicion for a nodule.", "no"),
        ("High suspicion for a nodule.", "yes"),
    ],
)
def test_a_side_that_is_taken_is_read(text, said):
    assert read_yes_no("Is there a nodule?", text) == said


@pytest.mark.parametrize(
    ("question", "text", "said"),
    [
        ("Is there a mass or a cyst?", "There is a cyst but no mass.", "yes"),
        ("Is there a mass or a cyst?", "Neither is seen.", "no"),
        ("Is there an enlarged heart or an effusion?", "The heart is enlarged; no effusion.", "yes"),
        ("Is there a lesion larger than 3 cm?", "The lesion measures 4.2 cm.", "yes"),
        ("Is there a lesion larger than 3 cm?", "The lesion measures 12 mm.", "no"),
        ("Is the lesion smaller than 5 mm?", "It measures 3 mm.", "yes"),
        ("Is there pneumonia?", "Yes, the lungs are clear.", "unclear"),
        ("Is there atelectasis?", "Atelectasis or pneumonia at the left base.", "unclear"),
        ("Is there pneumonia?", "The lungs are clear. Follow-up for pneumonia if symptoms persist.", "no"),
    ],
)
def test_what_is_asked_decides_what_a_statement_says(question, text, said):
    assert read_yes_no(question, text) == said


FINDINGS = ("Pneumonia", "Pneumothorax", "Cardiomegaly", "Normal")
SIDES = ("Left lung", "Right lung", "Both lungs", "Neither lung")


@pytest.mark.parametrize(
    ("options", "text", "said"),
    [
        (FINDINGS, "Nothing abnormal.", 3),
        (FINDINGS, "No abnormality detected.", 3),
        (FINDINGS, "The heart is enlarged.", 2),
        (FINDINGS, "Not A, not B. I'd go for C.", 2),
        (FINDINGS, "A? No. C.", 2),
        (FINDINGS, "A. Pneumonia B. Pneumothorax C. Cardiomegaly D. Normal", "unread"),
        (SIDES, "Bilateral", 2),
        (SIDES, "The right and the left lung are both affected.", 2),
        (SIDES, "Neither the left nor the right lung is affected.", 3),
        (("Benign", "Malignant"), "The lesion is not malignant.", 0),
        (("X-ray", "CT", "MRI"), "XR", 0),
        (("Pneumonia", "Pneumothorax", "Oedema", "None"), "Neither pneumonia nor oedema.", "unclear"),
    ],
)
def test_an_option_is_read_in_other_words(options, text, said):
    assert parse_choice("What is shown?", options, text) == said


def test_an_option_that_cannot_be_placed_is_missing_and_not_wrong():
    assert parse_choice("What is shown?", ("Glioma", "Meningioma"), "An extra-axial dural process.") == "unread"


@pytest.mark.parametrize(
    "text", ["No measurement can be given.", "The image is too blurry for 3 readings.", "No image was provided."]
)
def test_who_cannot_measure_gives_no_number(text):
    sized = item("3", "How large is the mass?", "number", unit="cm", tolerance=0.1)
    assert number.rule(sized, text).parsed in ("refused", "no number", "unread")
