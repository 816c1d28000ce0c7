from itertools import product

import numpy as np
import pytest
from PIL import Image

from auscult.api import export
from auscult.api.building import build
from auscult.construction.card_head import head_card, kept_line, limited_line
from auscult.construction.certified import BY_HAND, WRONG, bundled, checked_line
from auscult.construction.leak import FAILED, INSUFFICIENT, PASSED
from auscult.construction.licences import restricted
from auscult.construction.use import Facts, Use, facts_of, use, use_of
from auscult.corpora import ReadOptions, vqa_rad
from auscult.items.item_set import ItemSet, replace_part

BOTH = {"train": 60, "test": 40}
YES = "Use: for testing yes, with 40 questions; for tuning yes, with 60 questions."


def may(**facts) -> Use:
    return use(Facts(**{"parts": BOTH, "images": 9, **facts}))


def test_a_sound_set_is_for_both_with_its_numbers():
    assert may(leak=PASSED) == Use(said=YES, fit=frozenset({"train", "test"}))
    assert may(parts={"": 5}).said == "Use: for testing yes, with 5 questions; for tuning yes, with 5 questions."


def test_a_set_without_questions_or_images_is_for_neither_and_says_what_would_change_it():
    assert may(parts={}).said.startswith("Use: neither for testing nor for tuning, since it holds no questions (captio")
    assert "since no case has an image (give --images FOLDER" in may(images=0).said
    assert not may(parts={}).fit and not may(images=0).fit


@pytest.mark.parametrize(
    ("facts", "tested", "tuned", "why", "remedy"),
    [
        ({"parts": {"test": 9}}, "yes", "no", "Tuning: all of it is kept for testing.", "--train-share 0.5 sets"),
        ({"parts": {"test": 9}, "named": True}, "yes", "no", "all of it is kept for", "--train-share 0.5 --resplit"),
        ({"parts": {"train": 9}, "named": True}, "no", "yes", "it has no test part.", "--train-share 0.5 --resplit"),
        ({"parts": {"train": 9}}, "no", "yes", "Testing: it has no test part.", "A smaller --train-share"),
        ({"leak": FAILED}, "no", "no", "Testing: questions alone tell their answers.", "build it without"),
        ({"drafted": True}, "no", "no", "Both: no audit counts its wrong drafts.", "auscult rate make"),
        ({"drafted": True, "signed": True}, "yes", "yes", "", ""),
        ({"drafted": True, "wrong": 0.04}, "yes", "yes", "Both, mind: up to 4 of 100 pairs may be wrong", "--sign-off"),
        ({"drafted": True, "wrong": 0.08}, "no", "yes", "Testing: up to 8 of 100 pairs may be wrong, by", "--strict"),
        ({"drafted": True, "wrong": 0.101}, "no", "no", "Tuning: up to 10 of 100 pairs may be wrong, by", "--strict"),
        ({"wrong": 0.31}, "no", "no", "up to 31 of 100 pairs may be wrong", "have more pairs read"),
        ({"wrong": 0.31, "signed": True}, "yes", "yes", "", ""),
        ({"lengths": (53, 22)}, "yes", "yes", "Tuning, mind: answers have 53 words", "learns the lengths"),
        ({"lengths": (20, 22)}, "yes", "yes", "", ""),
        ({"drawn": True}, "yes", "yes", "Both, mind: its images are drawn.", "no evidence about real images"),
        ({"asked": (9, 3)}, "yes", "yes", "only 3 questions for a finding", "63 of 100 may be invented"),
        ({"asked": (9, 30)}, "yes", "yes", "", ""),
        ({"asked": (9, 0)}, "only of findings that are there", "yes", "Testing: no question for a finding", "captions"),
        ({"asked": (0, 0)}, "only of what is not a finding", "yes", "Testing: no question asks for a", "captions"),
        ({"closed": {"train": {"no": 89, "yes": 9}}}, "yes", "yes", "Tuning, mind: 89 no to 9 yes in", "say no"),
        ({"closed": {"train": {"no": 9, "yes": 18}}}, "yes", "yes", "Tuning, mind: 18 yes to 9 no in", "say yes"),
        ({"closed": {"train": {"no": 9, "yes": 17}}}, "yes", "yes", "", ""),
        (
            {"closed": {"test": {"no": 89, "yes": 9}}},
            "yes",
            "yes",
            "Testing, mind: 89 no to 9 yes in",
            "right in 91 of",
        ),
        (
            {"closed": {"test": {"no": 9, "yes": 18}}},
            "yes",
            "yes",
            "Testing, mind: 18 yes to 9 no in",
            "always says yes",
        ),
        ({"closed": {"test": {"no": 9, "yes": 17}}}, "yes", "yes", "", ""),
        ({"closed": {"train": {"no": 7103}}}, "yes", "yes", "Tuning, mind: 7,103 no to 0 yes in", "leave 7,103 of"),
        ({"kinds": (20, 9)}, "yes", "yes", "Tuning, mind: 20 false premises to 9 true.", "learns to say no"),
        ({"kinds": (12, 10)}, "yes", "yes", "", ""),
    ],
)
def test_each_use_is_yes_or_no_with_why_and_what_would_change_it(facts, tested, tuned, why, remedy):
    found = may(**facts)
    first = found.said.partition(".")[0]
    assert f"for testing {tested}" in first and f"for tuning {tuned}" in first
    assert why in found.said if why else found.said == YES
    assert remedy in found.to_do if remedy else not found.to_do
    assert found.fit == {part for part, said in (("test", tested), ("train", tuned)) if said != "no"}


def test_unread_drafts_whose_checks_fail_their_test_are_for_neither_and_the_sentence_says_how_they_fail():
    failed = "their checks fail their test: of 100 wrong pairs 11 pass, of 100 right 25 are lost"
    found = may(drafted=True, checks=failed, licence="CC BY-NC-ND 4.0: no commercial use, no sharing altered texts")
    assert found.said == (
        f"Use: for testing no; for tuning no. Both: no audit counts its wrong drafts; {failed}. "
        "Licence CC BY-NC-ND 4.0: no commercial use, no sharing altered texts."
    )
    assert "auscult rate apply" in found.to_do and "at most 5 of 100" in found.to_do and "10 for tuning" in found.to_do


def test_the_sentence_has_45_words_at_most_says_the_licence_and_that_more_stands_below():
    failed = "their checks fail their test: of 100 wrong pairs 11 pass, of 100 right 25 are lost"
    licence = "CC BY-NC-ND 4.0 and others: no commercial use, no sharing altered texts"
    of = {
        "parts": [BOTH, {"test": 3}, {"train": 9}],
        "leak": ["", FAILED, INSUFFICIENT],
        "checks": ["", failed],
        "wrong": [None, 0.08],
        "asked": [None, (9, 3), (0, 0)],
        "closed": [{}, {"train": {"no": 89, "yes": 9}, "test": {"no": 89, "yes": 9}}],
        "lengths": [(0, 0), (53, 22)],
        "licence": ["", licence],
    }
    below = 0
    for values in product(*of.values()):
        facts = dict(zip(of, values, strict=True))
        found = may(**facts, drafted=bool(facts["checks"]), kinds=(20, 9), drawn=True)
        assert len(found.said.split()) <= 45, found.said
        assert not facts["licence"] or found.said.endswith(f"Licence {licence}.")
        assert not facts["checks"] or facts["wrong"] or failed in f"{found.said} {found.to_do}"
        below += "More below." in found.said
    assert below


def test_one_question_tells_nothing_and_five_on_one_image_do_not_either():
    assert "Testing: 1 question can tell nothing." in may(parts={"test": 1}).said
    assert "Testing: 1 image can tell nothing." in may(parts={"test": 5}, images=1).said


def test_insufficient_says_what_follows_from_it():
    found = may(leak=INSUFFICIENT, needed=820)
    assert "Testing, mind: too few hallucination items to tell whether words give answers away." in found.said
    assert "baseline:question-only beside every figure; 820 questions of a category could tell" in found.to_do


def test_a_set_on_disk_says_it_of_itself(tmp_path):
    items = build("vqa-rad", vqa_rad.sample_path(), tmp_path / "items", limit=6)
    assert use_of(items).said.startswith("Use: for testing yes, with ")
    card = (items.folder / "card.md").read_text()
    assert card.startswith(f"# Data card\n\n**{use_of(items).said}**\n")
    head_card(items)
    assert (items.folder / "card.md").read_text() == card and ItemSet(items.folder).digest == items.digest


def asked_no(folder, licence=""):
    """A set of eight questions to be answered no and two to be answered yes, all for tuning."""
    rows = ["image,question,answer,split,licence"]
    for n in range(10):
        Image.fromarray(np.random.default_rng(n).integers(0, 256, (32, 32), dtype=np.uint8)).save(folder / f"{n}.png")
        rows.append(f"{n}.png,Is there a nodule?,{'yes' if n < 2 else 'no'},train,{licence}")
    (folder / "q.csv").write_text("\n".join(rows) + "\n")
    return build("image-folder", folder / "q.csv", folder / "items", options=ReadOptions(images=folder))


def test_answers_of_the_train_part_are_counted_and_what_licences_forbid_is_said(tmp_path):
    items = asked_no(tmp_path, "CC BY-NC-ND 4.0 (as published)")
    card = (items.folder / "card.md").read_text()
    assert "Tuning, mind: 8 no to 2 yes in the part for tuning." in card
    assert "Licence CC BY-NC-ND 4.0: no commercial use, no sharing altered texts.**" in card
    assert "\n\nWhat to do: " in card
    head_card(items)
    assert (items.folder / "card.md").read_text() == card, "once, however often it is written"


@pytest.mark.parametrize(
    ("licences", "said"),
    [
        ({"CC0 1.0": 3, "CC BY 4.0": 2, "not stated": 1}, ""),
        ({"cc-by-nc-4.0": 3}, "cc-by-nc-4.0: no commercial use"),
        ({"CC BY-ND 4.0": 1}, "CC BY-ND 4.0: no sharing altered texts"),
        ({"for non-commercial research": 1}, "for non-commercial research: no commercial use"),
        (
            {"CC BY-NC 4.0 (texts); figures as their articles": 1, "CC BY-NC-ND 4.0": 9, "MIT": 20},
            "CC BY-NC-ND 4.0 and others: no commercial use, no sharing altered texts",
        ),
    ],
)
def test_licences_that_forbid_something_are_known_by_their_names(licences, said):
    assert restricted(licences) == said


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
    found = head_card(ItemSet(items.folder))
    assert found.to_do
    head = f"# Data card: mine\n\n**{found.said}**\n\n{found.to_do}"
    said = [head, kept_line(items.manifest), limited_line(items.manifest)]
    assert (items.folder / "card.md").read_text() == "\n\n".join([*said, "## Items\n"])


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


def test_how_the_checks_of_drafts_fail_their_test_comes_from_their_certificate(tmp_path):
    made = build("vqa-rad", vqa_rad.sample_path(), tmp_path / "items", limit=6, generate=["premises"]).manifest
    drafted = made.model_copy(update={"generators": [{"name": "drafted", "version": "1", "model": "openai:g"}]})
    (row,) = (
        row
        for row in bundled()[0].figures
        if (row["part"], row["what"], row["measure"]) == (BY_HAND, WRONG, "sensitivity")
        and (row["instrument"], row["degree"]) == ("all checks", "")
    )
    slips = f"of 100 wrong pairs {100 * (1 - row['value']):.0f} pass, of 100 right "
    assert facts_of(drafted, {}, None).checks.startswith(f"their checks fail their test: {slips}")
    assert facts_of(made, {}, None).checks == "", "rules make pairs of what is known"
    other = drafted.model_copy(update={"checks": [{"name": "facts", "version": "0"}]})
    assert facts_of(other, {}, None).checks == "nobody has tested their checks"
