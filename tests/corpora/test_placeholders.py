import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auscult.corpora._bundles import seal
from auscult.corpora.placeholders import held, in_words
from auscult.errors import UserError
from auscult.records import Case, ImageFile, Item

FORMS = [
    "<image>",
    "<IMAGE>",
    "<image_placeholder>",
    "<|image_pad|>",
    "<|vision_start|><|image_pad|><|vision_end|>",
    "<image 1>",
    "<|image_1|>",
    "<start_of_image>",
    "[IMG]",
    "<ImageHere>",
    "<IMG_CONTEXT>",
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("text", ["{} Free air?", "{}\nFree air?", "Free air? {}", "{}: Free air?", "Free air? ({})"])
def test_a_placeholder_beside_the_words_is_taken_off(form, text):
    question, place = in_words(text.format(form), 1, "row 1")
    assert question == "Free air?"
    assert place == ("before" if text.startswith("{") else "after")


@pytest.mark.parametrize(
    ("text", "images", "words"),
    [
        ("Does <image> show air?", 1, "Does the image show air?"),
        ("Is there air in <image>?", 1, "Is there air in the image?"),
        ("Describe <image>", 1, "Describe the image"),
        ("Describe <image>.", 1, "Describe the image."),
        ("<image> shows which organ?", 1, "the image shows which organ?"),
        ("<image> is there air?", 1, "is there air?"),
        ("Look at this <image>. Is there air?", 1, "Look at this image. Is there air?"),
        ("Is <image 2> older than <image 1>?", 2, "Is image 2 older than image 1?"),
        ("<image> Is this older than <image>?", 2, "image 1 Is this older than image 2?"),
        ("<image><image><image>Which is the oldest?", 3, "Which is the oldest?"),
        ("<image>\nWhich is the oldest?", 3, "Which is the oldest?"),
        ("Compare<image>with<image>now", 2, "Compare image 1 with image 2 now"),
    ],
)
def test_a_placeholder_among_the_words_becomes_a_word(text, images, words):
    assert in_words(text, images, "row 1")[0] == words


@pytest.mark.parametrize(
    ("text", "images"), [("<image> or <image>?", 1), ("<image>?", 0), ("In <image 3>?", 2), ("<image> [img] a?", 1)]
)
def test_more_placeholders_than_images_are_refused_with_the_row(text, images):
    with pytest.raises(UserError, match=r"q.csv, row 4: \d image placeholder.* take out those that stand for no image"):
        in_words(text, images, "q.csv, row 4")


@given(words=st.text(st.characters(codec="ascii", exclude_characters="<[({"), max_size=40))
def test_words_without_placeholder_stay_as_they_are(words):
    assert in_words(words, 1, "row 1") == (words, "")


@given(parts=st.lists(st.sampled_from([*FORMS, "Is ", "it", " wide?", "\n", " "]), max_size=8))
def test_no_placeholder_is_left_in_the_words(parts):
    words, place = in_words("".join(parts), None, "row 1")
    assert held(words) == 0
    assert bool(place) == bool(held("".join(parts)))


def sealed(question, images=1, **fields):
    shown = tuple(ImageFile(path="a.png", sha256=str(n), pixels=str(n)) for n in range(images))
    case = Case(id="", source="made", source_key="k", images=shown)
    kind = "choice" if "options" in fields else "open"
    item = Item(id="", case_id="", source_id="q1", question=question, answer_type=kind, **fields)
    return seal(case, [item]).items[0]


def test_every_reader_hands_out_questions_without_placeholders():
    item = sealed("<image>\nWhich?", reference="<image 2>", options=("<image 1>", "<image 2>"), images=2)
    assert (item.question, item.options, item.reference) == ("Which?", ("image 1", "image 2"), "image 2")
    assert item.tags == {"image_token": "before"}


def test_a_question_of_nothing_but_a_placeholder_is_refused():
    with pytest.raises(UserError, match=re.escape("made, question 'q1' on 'k': the question is empty but")):
        sealed("<image>", reference="x")


def test_a_case_that_is_shown_without_its_images_may_speak_of_them():
    assert sealed("<image> and <image>: which is wider?", reference="x", images=0).tags == {"image_token": "inside"}
