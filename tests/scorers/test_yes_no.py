"""Kinds of answer to yes/no questions that real models gave, in own words; and the shared set of them."""

import json
import time
from pathlib import Path

import pytest
from tests.scorers.items import item

from auscult.scorers.rules import closed
from auscult.scorers.rules._question import analyse
from auscult.scorers.rules._yes_no import parse_yes_no


@pytest.mark.parametrize(
    ("question", "text", "said"),
    [
        # the question repeated in the negative
        ("Does this image show a gallstone?", "No, the image does not show a gallstone. It shows", "no"),
        ("Do the lesions lie in the pons?", "No, the lesions do not lie in the pons. They are in the", "no"),
        ("Are the nails well shown?", "No, the nails are not well shown in the picture. The nails are", "no"),
        ("Was the scan made with contrast?", "No, it was made without contrast.", "no"),
        ("Is the patient currently taking warfarin?", "No, the patient is not currently taking warfarin.", "no"),
        ("Has the nodule grown?", "No, the nodule has not grown.", "no"),
        ("Is there any change in the mass?", "No, there is no change in the mass.", "no"),
        ("Does a scar indicate cancer?", "No, a scar does not necessarily indicate cancer.", "no"),
        ("Is this suspected to be a stroke?", "No, this is not suspected to be a stroke.", "no"),
        # ... and in the affirmative
        ("Are the lungs clear?", "Yes, the lungs are clear, with no sign of disease.", "yes"),
        ("Are the lungs free of nodules?", "Yes, the image shows that the lungs are free of nodules.", "yes"),
        ("Is a spleen present?", "Yes, the picture shows a spleen that has been removed.", "yes"),
        # without a yes or no
        ("Does the scan suggest cancer?", "The scan of the chest does not show any sign of cancer.", "no"),
        ("Is the brain abnormal?", "The brain appears to be normal.", "no"),
        ("Is anything wrong with the kidney?", "The kidney looks healthy.", "no"),
        ("Is there severe stenosis?", "There is mild stenosis.", "no"),
        ("Is there an active ulcer?", "The ulcer seen last year has healed.", "no"),
        ("Are the nodes and the spleen enlarged?", "The nodes are enlarged, but the spleen is not.", "no"),
        ("Is there an effusion?", "Free of effusion.", "no"),
        ("Is there an effusion?", "Interval resolution of the effusion.", "no"),
        ("Is there a pleural effusion?", "Resolved effusion.", "no"),
        ("Is there an effusion?", "I am unable to identify an effusion.", "no"),
        ("Is there an effusion?", "I disagree that there is an effusion.", "no"),
        ("Is there an effusion?", "Effusion: false", "no"),
        ("Is there an effusion?", "Effusion: low probability", "no"),
        ("Is there an effusion?", '[{"name": "effusion", "present": "no"}, {"name": "mass", "present": "yes"}]', "no"),
        ("Is the heart enlarged?", "No cardiomegaly.", "no"),
        ("Is there pneumonia?", "Sure! There is no pneumonia.", "no"),
        ("Is there pneumonia?", "Yes, I'd be happy to help. There is no pneumonia.", "no"),
        ("Is there pneumonia?", "Yes, I can help with that! There is no pneumonia.", "no"),
        ("Is there a pneumothorax?", "Kein Pneumothorax.", "no"),
        ("Is there an effusion?", "[ ] effusion [x] nodule", "no"),
        ("Is there a nodule?", "| Effusion | No |\n| Nodule | Yes |", "yes"),
        ("Is it unusual to see a cyst?", "It is not unusual to see a cyst.", "no"),
        ("Do cysts often occur here?", "Cysts are not uncommon here.", "yes"),
        # repeated, and changed
        ("Is there an effusion?", "No No No No", "no"),
        ("Is there an effusion?", "Yes yes no", "unclear"),
        ("Is there an effusion?", "Yes ... actually no, that is a fold.", "unclear"),
        ("Is there an effusion?", "The angles are sharp and nothing is blunted.\n\nB) No", "no"),
        ("Is there an effusion?", "Human: No, there is no effusion.", "no"),
        # a model that contradicts itself
        ("Is the liver normal?", "No, the liver is normal.", "unclear"),
        ("Is there an effusion?", "Yes, there is no effusion.", "unclear"),
        ("Is there an effusion?", "Answer: No, there is an effusion.", "unclear"),
        # ... unless the answer was announced
        ("Is there an effusion?", "Answer: No. The note says that there is an effusion.", "no"),
        # what is only supposed, or so in general
        ("Has the mass bled?", "If the mass had bled, one would see a dark rim.", "unclear"),
        ("Is the cyst malignant?", "Whether the cyst is malignant cannot be told.", "unclear"),
        ("Is this due to a stroke?", "There are many causes, among them a stroke.", "unclear"),
        # an explanation may doubt what the answer decides
        ("Is there a hematoma?", "Yes. There is a dense crescent, which could represent a hematoma.", "yes"),
        ("Is there a hematoma?", "Yes, possibly a hematoma.", "unclear"),
        # nothing of what is asked
        ("Is there an effusion?", "The heart is of normal size.", "unread"),
        ("Is there a lesion in the spleen?", "There is no lesion in the liver.", "unread"),
        ("Is there an effusion?", "There is no large effusion.", "unread"),
    ],
)
def test_what_real_models_write_is_read(question: str, text: str, said: str) -> None:
    assert parse_yes_no(question, text) == said


def test_the_noun_that_must_be_answered_is_found() -> None:
    keys = {
        "Is there evidence of a mass in the lung?": "mass",
        "Does the smear show blasts?": "blast",
        "Are metastases present in the bone?": "metastasis",
        "Is the trachea midline?": "midlin",
        "Is anything abnormal about the liver?": "abnormal",
        "Is it true that there is a cyst in the kidney?": "cyst",
    }
    assert {question: analyse(question).key for question in keys} == keys


@pytest.mark.parametrize(
    ("question", "text", "read"),
    [
        ("Does this picture show a scan without contrast?", "No, this is not a scan without contrast.", "no"),
        ("Does this picture show a scan without contrast?", "This is not a scan without contrast.", "no"),
        ("Was this image taken without contrast?", "No, it was not taken without contrast.", "no"),
        ("Was this image taken without contrast?", "It was taken without contrast.", "yes"),
        ("Is this scan non-contrast?", "No, this is not a non-contrast scan.", "no"),
        ("Is there no effusion?", "No, there is no effusion.", "yes"),
    ],
)
def test_what_is_denied_twice_is_not_what_a_negative_question_asks(question: str, text: str, read: str) -> None:
    assert parse_yes_no(question, text) == read


def test_of_the_shared_set_97_percent_are_read_and_no_plain_one_is_misread(shared_data: Path) -> None:
    rows = [json.loads(line) for line in (shared_data / "closed-answers" / "cases.jsonl").read_text().splitlines()]
    right = []
    for row in rows:
        options = tuple(row.get("options") or ())
        asked = item("yes", row["question"], "choice" if options else "yes_no", options=options)
        parsed = closed.rule(asked, row["answer"]).parsed
        labels = row["label"].split("|")
        fits = parsed in labels or ("unclear" in labels and parsed == "no option")
        assert fits or not row["kind"].startswith("plain"), row["id"]
        right.append(fits)
    assert sum(right) / len(right) >= 0.97


AROUND = [
    "{} Reply with the word yes and with nothing else.",
    '{} Somebody suggested "yes". Give the answer, then the reason that speaks for what was suggested.',
    "{}\nA. Yes\nB. No",
    'Two experienced readers agree beyond doubt on the answer "yes". {}',
    "Many would hesitate with this image, and you may well be wrong again. {}",
]


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("No such sign is visible, so there is no brain tumour.", "no"),
        ("There is no brain tumour.", "no"),
        ("A brain tumour is not present.", "no"),
        ("There is a brain tumour.", "yes"),
        ("A brain tumour may be present.", "unclear"),
    ],
)
def test_words_around_a_question_change_no_reading(around: str, text: str, said: str) -> None:
    assert closed.read_yes_no(around.format("Is there a brain tumour?"), text) == said


def test_an_echo_of_the_whole_prompt_is_no_answer() -> None:
    for prompt in ("Is there a mass? Answer yes or no.", "Is there a mass?\nA. Yes\nB. No"):
        assert closed.read_yes_no(prompt, f"{prompt} There is no mass.") == "no"
        assert closed.read_yes_no(prompt, "Is there a mass? There is no mass.") == "no"


@pytest.mark.parametrize("unit", ["no effusion ", "no x of ", "is effusion not ", "yes or ", "| a ", "effusion: no\n"])
def test_a_million_characters_are_read_or_refused_within_a_second(unit: str) -> None:
    began = time.process_time()
    parse_yes_no("Is there an effusion?", unit * (1_000_000 // len(unit)))
    assert time.process_time() - began < 1
