from collections import Counter
from dataclasses import replace

import pytest

from auscult.drawing.nouns import WORDINGS
from auscult.drawing.prompts import bundled, differences, read_prompts
from auscult.errors import UserError


def written(tmp_path, text):
    path = tmp_path / "mine.csv"
    path.write_text(text, "utf-8")
    return path


def test_there_are_at_least_twenty_contents_in_four_wordings_and_both_kinds():
    count = Counter((p.content, p.wording, p.kind) for p in bundled())
    contents = {content for content, _, _ in count}
    assert len(contents) >= 20 and set(count.values()) == {1}
    assert {(w, k) for _, w, k in count} == {(w, k) for w in WORDINGS for k in ("plausible", "impossible")}
    assert len(count) == len(contents) * 8


def test_chest_brain_abdomen_ultrasound_and_hand_are_asked_for_alike():
    count = Counter(p.modality for p in bundled())
    assert set(count) == {"chest radiograph", "brain MR", "abdominal CT", "ultrasound", "hand radiograph"}
    assert len(set(count.values())) == 1


def test_pairs_differ_only_in_what_they_ask_for_and_wordings_only_in_what_they_add():
    assert differences(bundled()) == []


def test_a_pair_that_differs_in_more_is_found():
    prompts = list(bundled())
    wrong = next(n for n, p in enumerate(prompts) if p.wording == "plain" and p.kind == "impossible")
    prompts[wrong] = replace(prompts[wrong], text="Something that has nothing to do with the rest of its pair")
    found = "\n".join(differences(prompts))
    assert "differ in most of their words" in found and "does not hold its plain prompt word for word" in found


def test_a_preface_that_lowers_the_first_letter_of_the_plain_prompt_is_no_difference():
    prompts = list(bundled())
    plain = {(p.content, p.kind): p.text for p in prompts if p.wording == "plain"}
    n = next(n for n, p in enumerate(prompts) if p.wording == "role")
    text = plain[prompts[n].content, prompts[n].kind]
    prompts[n] = replace(prompts[n], text=f"As a teacher, {text[0].lower()}{text[1:]}")
    assert not any("word for word" in said for said in differences(prompts))


def test_no_prompt_names_a_side_or_a_view_or_a_device():
    for prompt in bundled():
        words = {w.strip(".,?:") for w in prompt.text.lower().split()}
        assert not words & {"left", "right", "clip", "clips", "tube", "catheter", "supine", "upright", "staples"}


def test_an_impossible_prompt_knows_what_must_not_be_shown_and_a_plausible_one_what_must():
    for prompt in bundled():
        assert bool(prompt.asks) == (prompt.kind == "plausible") != bool(prompt.must_not)


def test_the_version_of_the_set_stands_in_every_prompt():
    assert {p.version for p in bundled()} == {"2"}


def test_a_users_own_prompts_are_read(tmp_path):
    path = written(
        tmp_path,
        "content,wording,kind,text,asks,must_not,left_open,modality\n"
        "a,plain,plausible,Draw a hand with a broken thumb,fracture,,side,hand radiograph\n"
        "a,plain,impossible,Draw a hand with a broken rib,,rib; Lung ,,hand radiograph\n",
    )
    first, second = read_prompts(path)
    assert (first.asks, first.left_open, first.kind) == (("fracture",), ("side",), "plausible")
    assert second.must_not == ("rib", "lung") and second.content == "a" and second.version == first.version != ""


def test_text_and_kind_are_enough_of_a_plausible_prompt(tmp_path):
    (only,) = read_prompts(written(tmp_path, "kind,text\nplausible,Draw a chest radiograph\n"))
    assert only.content == only.text and only.wording == "plain"


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("kind,text\nsilly,Draw a hand\n", "row 1.*kind is 'silly'; write plausible or impossible"),
        ("kind,text\nimpossible,Draw a hand\n", "row 1.*needs must_not"),
        ("kind,text\nplausible,\n", "row 1.*text is empty"),
        ("text\nDraw a hand\n", "row 1.*no column 'kind'.*name its columns kind, text, must_not"),
        ("kind,text,left_open\nplausible,Draw,colour\n", "row 1.*left_open is 'colour'; write one of side"),
        ("kind,text,side\nplausible,Draw,up\n", "row 1.*side is 'up'"),
        ("kind,text,side,left_open\nplausible,Draw,left,side\n", "row 1.*left open too"),
        ("kind,text\nplausible,Draw\nplausible,Draw\n", "row 2.*the same text stands in .*row 1"),
        ("content,kind,text\na,plausible,Draw\na,plausible,Paint\n", "row 2.*a prompt for a, plain, plausible"),
        (f"kind,text\nplausible,{'x' * 5000}\n", "row 1.*5,000 characters"),
        ("kind,text\n", "no row|no prompt|empty"),
    ],
)
def test_a_wrong_row_is_named_with_what_to_write(tmp_path, rows, says):
    with pytest.raises(UserError, match=says):
        read_prompts(written(tmp_path, rows))
