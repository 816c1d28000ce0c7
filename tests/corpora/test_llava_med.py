import json

import pytest

from auscult.corpora import ReadOptions, read
from auscult.errors import UserError


@pytest.fixture
def published(tmp_path, picture):
    """A folder as LLaVA-Med's is laid out: ``instruct/`` beside ``images/``."""
    for number, name in enumerate(("27166861_F1", "27166861_F2", "29166862_F1")):
        picture(f"images/{name}.jpg", 50 + 40 * number)
    domain = dict.fromkeys(("chest_xray", "mri", "histology", "gross", "ct_scan"), False)
    samples = {
        "ct_scan": [
            {
                "pair_id": "27166861_F1",
                "fig_label": "Fig. 1",
                "fig_caption": "CT of the chest shows a left pleural effusion.",
                "in_text_mention": [{"tokens": "A mass was suspected (Fig. 1)."}],
                "domain": domain | {"ct_scan": True},
            }
        ],
        "mri": [
            {
                "pair_id": "29166862_F1",
                "fig_label": "1",
                "fig_caption": "MRI.",
                "in_text_mention": None,
                "domain": domain,
            }
        ],
    }
    talk = [
        {
            "id": "27166861_F1",
            "image": "27166861_F1.jpg",
            "domain": domain | {"ct_scan": True},
            "conversations": [
                {"from": "human", "value": "<image>\nIs there an effusion?"},
                {"from": "gpt", "value": "Yes."},
                {"from": "human", "value": "On which side?"},
                {"from": "gpt", "value": "It is on the left side."},
            ],
        }
    ]
    alignment = [
        {
            "id": "27166861_F2",
            "image": "27166861_F2.jpg",
            "conversatons": [
                {"from": "human", "value": "<image>\nDescribe the image."},
                {"from": "gpt", "value": "Chest radiograph without pneumothorax."},
            ],
        }
    ]
    for folder, name, content in (
        ("instruct", "llava_med_instruct_fig_captions.json", samples),
        ("instruct", "llava_med_instruct_60k_inline_mention.json", talk),
        ("alignment", "llava_med_alignment_500k.json", alignment),
    ):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / name).write_text(json.dumps(content))
    return tmp_path


def test_captions_of_figures_become_annotations_and_what_the_article_says_of_them_context(published):
    file = published / "instruct" / "llava_med_instruct_fig_captions.json"
    one, other = (b.case for b in read("llava-med", file, ReadOptions()))
    assert (one.source_key, one.annotation) == ("27166861_F1.jpg", "CT of the chest shows a left pleural effusion.")
    assert one.context == {"mentions": "A mass was suspected (Fig. 1)."} and other.context == {}
    assert one.tags == {"modality": "CT"} and other.tags == {}
    assert (one.group, one.group_kind) == ("article 27166861", "study") and one.images[0].width == 8


def test_a_conversation_has_its_questions_and_the_caption_of_its_figure(published):
    (made,) = read("llava-med", published / "instruct", ReadOptions())
    assert made.case.annotation == "CT of the chest shows a left pleural effusion."
    assert [(i.source_id, i.question, i.reference, i.answer_type) for i in made.items] == [
        ("27166861_F1#0", "Is there an effusion?", "yes", "yes_no"),
        ("27166861_F1#1", "On which side?", "It is on the left side.", "open"),
    ]
    assert "questions whose answers a language model wrote (LLaVA-Med)" in made.noted


def test_the_answer_of_an_alignment_record_is_its_caption_and_no_question(published):
    (made,) = read("llava-med", published / "alignment", ReadOptions())
    assert made.case.annotation == "Chest radiograph without pneumothorax." and made.items == ()


def test_several_conversations_in_a_folder_must_be_told_apart(published):
    (published / "instruct" / "llava_med_instruct_10k.json").write_text("[]")
    with pytest.raises(UserError, match=r"holds llava_med_instruct_10k.json, .*60k.*; name the one file"):
        list(read("llava-med", published / "instruct", ReadOptions()))


def test_a_figure_that_was_not_downloaded_is_named_or_left_out(published):
    (published / "images" / "29166862_F1.jpg").unlink()
    file = published / "instruct" / "llava_med_instruct_fig_captions.json"
    with pytest.raises(UserError, match=r"29166862_F1.jpg is missing"):
        list(read("llava-med", file, ReadOptions()))
    (made,) = read("llava-med", file, ReadOptions(skip_bad=True))
    assert made.left_out == {"rows that cannot be used": 1}
