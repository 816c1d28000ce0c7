import pytest
from PIL import Image

from auscult.api import export
from auscult.api.building import build
from auscult.construction.certified import checked_line
from auscult.construction.leak import FAILED, INSUFFICIENT, PASSED
from auscult.construction.use import Facts, head_card, use, use_of
from auscult.corpora import ReadOptions, vqa_rad
from auscult.items.item_set import ItemSet, replace_part

BOTH = {"train": 60, "test": 40}


def said(**facts):
    return use(Facts(**{"parts": BOTH, "images": 9, **facts}))


def test_a_sound_set_is_for_both_with_its_numbers():
    assert said(leak=PASSED) == "Use: for testing yes, with 40 questions; for tuning yes, with 60 questions."
    assert said(parts={"": 5}) == "Use: for testing yes, with 5 questions; for tuning yes, with 5 questions."


def test_a_set_without_questions_or_images_is_for_neither_and_says_what_would_change_it():
    assert said(parts={}).startswith("Use: neither for testing nor for tuning, since it holds no questions (captions")
    assert "since no case has an image (give --images FOLDER" in said(images=0)


@pytest.mark.parametrize(
    ("facts", "tested", "tuned"),
    [
        ({"parts": {"test": 9}}, "yes", "no, since all of it is kept for testing (--train-share 0.5"),
        ({"parts": {"train": 9}}, "no, since it has no test part (build it with a smaller --train-share)", "yes"),
        ({"leak": FAILED}, "no, since questions alone tell their answers", "no, since a model would learn the words"),
        ({"drafted": True}, "no, since nobody has read how many", "yes, with 60 questions, minding that how many"),
        ({"drafted": True, "signed": True}, "yes, with 40 questions", "yes, with 60 questions"),
        ({"drafted": True, "wrong": 0.04}, "yes", "yes, with 60 questions, minding that up to 4 of 100"),
        (
            {"drafted": True, "wrong": 0.31},
            "no, since up to 31 of 100 drafted pairs may be wrong (5",
            "yes",
        ),
        (
            {"lengths": (53, 22)},
            "yes",
            "yes, with 60 questions, minding that answers have 53 words on hall",
        ),
        ({"lengths": (20, 22)}, "yes", "yes, with 60 questions."),
        ({"drawn": True}, "yes, with 40 questions, minding that its images are drawn (no evidence", "yes"),
        ({"denied": 3}, "yes, with 40 questions, minding that only 3 questions for a finding", "yes"),
        ({"denied": 30}, "yes, with 40 questions;", "yes"),
    ],
)
def test_each_use_is_yes_or_no_with_why_and_what_would_change_it(facts, tested, tuned):
    sentence = said(**facts)
    assert f"for testing {tested}" in sentence and f"for tuning {tuned}" in sentence
    assert sentence.count(". ") == 0 and sentence.endswith(".")


def test_one_question_tells_nothing_and_five_on_one_image_do_not_either():
    assert "for testing no, since 1 question can tell nothing (add more images)" in said(parts={"test": 1})
    assert "for testing no, since 1 image can tell nothing (add more images)" in said(parts={"test": 5}, images=1)


def test_insufficient_says_what_follows_from_it():
    sentence = said(leak=INSUFFICIENT, needed=820)
    assert "for testing yes, with 40 questions, minding that there are too few hallucination items" in sentence
    assert "baseline:question-only beside every figure; 820 questions of a category could tell" in sentence


def test_none_invented_among_three_may_still_be_63_in_100():
    assert "so that none invented may still be 63 in 100 (images without findings" in said(denied=3)


def test_a_set_on_disk_says_it_of_itself(tmp_path):
    items = build("vqa-rad", vqa_rad.sample_path(), tmp_path / "items", limit=6)
    assert use_of(items).startswith("Use: for testing yes, with ")
    card = (items.folder / "card.md").read_text()
    assert card.startswith(f"# Data card\n\n**{use_of(items)}**\n")
    head_card(items)
    assert (items.folder / "card.md").read_text() == card and ItemSet(items.folder).digest == items.digest


def test_the_card_of_a_set_without_hallucination_items_tells_what_the_set_holds(tmp_path):
    (tmp_path / "pictures").mkdir()
    Image.new("L", (16, 16), 9).save(tmp_path / "pictures" / "a.png")
    (tmp_path / "c.csv").write_text("image,caption\na.png,There is a pleural effusion. No pneumothorax.\n")
    items = build("captions", tmp_path / "c.csv", tmp_path / "items", options=ReadOptions(images=tmp_path / "pictures"))
    card = (items.folder / "card.md").read_text()
    assert "- 1 case with 1 image; 2 questions." in card
    assert "- Questions by part: test 2." in card and "- By type of answer: yes_no 2." in card
    assert "no 1" in card and "yes 1" in card
    export(items, "hf", tmp_path / "out")
    assert "What it holds" not in (tmp_path / "out" / "README.md").read_text(), "its own counts stand there"


def test_a_card_keeps_what_stands_below_its_head(tmp_path):
    items = build("vqa-rad", vqa_rad.sample_path(), tmp_path / "items", limit=4)
    replace_part(items.folder, "card.md", b"# Data card: mine\n\n**Use: an older one.**\n\n## Items\n")
    said = head_card(ItemSet(items.folder))
    assert (items.folder / "card.md").read_text() == f"# Data card: mine\n\n**{said}**\n\n## Items\n"


def test_a_card_says_once_who_made_and_checked_the_pairs_and_how_far_that_is_tested(tmp_path):
    items = build("vqa-rad", vqa_rad.sample_path(), tmp_path / "items", limit=6, generate=["premises"])
    card = (items.folder / "card.md").read_text()
    line = checked_line(items.manifest)
    assert line.startswith("Checks: pairs made by rules, checked by rules. Of 100 wrong pairs ")
    assert f"\n\n{line}\n\n" in card
    head_card(ItemSet(items.folder))
    assert (items.folder / "card.md").read_text() == card
    export(items, "hf", tmp_path / "out")
    assert (tmp_path / "out" / "README.md").read_text().count("Of 100 wrong pairs") == 1


def test_a_drafted_set_names_its_models_and_whether_doubts_refused(tmp_path):
    made = build("vqa-rad", vqa_rad.sample_path(), tmp_path / "items", limit=6, generate=["premises"]).manifest
    by = {"name": "drafted", "version": "1", "model": "openai:g", "saw": "annotation alone", "strict": True}
    said = checked_line(made.model_copy(update={"generators": [by], "checkers": [{"model": "openai:c"}]}))
    assert (
        "drafted by `openai:g` from annotation alone, checked by rules, whose doubts refuse too and `openai:c`." in said
    )
