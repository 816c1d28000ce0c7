import pytest

from auscult.corpora._either_or import either_or


@pytest.mark.parametrize(
    ("question", "reference", "options", "right"),
    [
        ("Is the lesion on the left or right?", "Right", ("left", "right"), "right"),
        ("Is the lesion on the left or right side of the brain?", "Left", ("left", "right"), "left"),
        (
            "Is the largest cyst in the left or right kidney?",
            "Left kidney",
            ("left kidney", "right kidney"),
            "left kidney",
        ),
        ("Is this an AP or PA film?", "PA", ("AP", "PA"), "PA"),
        ("Is this image normal or abnormal?", "Abnormal", ("normal", "abnormal"), "abnormal"),
        (
            "Was it taken with or without contrast?",
            "With contrast",
            ("with contrast", "without contrast"),
            "with contrast",
        ),
        ("Is this an abscess or cancer?", "Abscess", ("abscess", "cancer"), "abscess"),
        ("Which is bigger in this image,liver or left lung?", "Left Lung", ("liver", "left lung"), "left lung"),
        ("Which modality is shown, MRI, CT or X-Ray?", "X-Ray", ("MRI", "CT", "X-Ray"), "X-Ray"),
    ],
)
def test_options_are_read_from_the_question(question, reference, options, right):
    assert either_or(question, reference) == (options, right)


@pytest.mark.parametrize(
    ("question", "reference"),
    [
        ("Is this a T1 weighted or T2 weighted MRI image?", "T2"),  # the first option would read "weighted"
        ("Is this a T1 weighted, T2 weighted, or FLAIR image?", "FLAIR"),
        ("Is a pneumonia or pleural effusion seen in this image?", "pleural effusion"),
        ("Is the contrast in the bowels or the vasculature?", "In the bowels"),
        ("Is the pathologic part of this image the small bowel or colon?", "Small bowel"),
        ("Which is highlighted in this image, white or gray matter?", "Gray matter"),  # "white" alone is cut short
        ("Where is the lesion located?", "Right"),
        ("Is this an infectious process?", "Maybe"),
        ("Is the lesion on the left or right?", "Both"),  # the reference is neither
        ("Are pleural opacities on the left, right, or both sides of the lung?", "Both"),
    ],
)
def test_a_question_whose_options_are_in_doubt_stays_open(question, reference):
    assert either_or(question, reference) is None
