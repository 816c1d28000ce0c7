import os
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auscult.facts.options import prepare
from auscult.scorers.rules._choice import parse_choice

ORGANS = ("Liver", "Spleen", "Kidney", "Pancreas")


def read(text, options=ORGANS, question="Which one is it?"):
    found = parse_choice(question, tuple(options), text)
    return options[found] if isinstance(found, int) else found


WORDS = """
    a an the no not without left right upper lower lobe Hepatitis Weber Type type A B C D IIa T1 N0 M1 effusion mass β α
    µm ER+ ER- HER2 -2.5 2.5 <5 >5 ≤5 mm cm % 50% 1 2 3 two 3.0 1,200 右 左 侧 肺 x-ray X-ray and or both all none of
    above normal abnormal may with contrast . , ( ) - / more less than is yes
    """
PARTS = st.sampled_from(WORDS.split())
OPTION = st.lists(PARTS, min_size=1, max_size=5).map(" ".join)


@settings(max_examples=int(os.environ.get("EXAMPLES", "100")), deadline=None)
@given(st.lists(OPTION, min_size=2, max_size=5, unique=True).map(tuple))
def test_every_option_reads_as_itself_in_every_usual_form(options):
    prepared = prepare(options)
    if prepared.clash:
        return
    for i, text in enumerate(options):
        letter = "ABCDE"[i]
        wide = chr(ord("Ａ") + i)
        for form in (
            text, f"**{text}**", f"{letter}. {text}", f"({letter}) {text}", f"{letter}) {text}", f"{letter}: {text}",
            letter, letter.lower(), wide, f"({letter})", f"{letter}.", f"{letter})", f"**{letter}**",
            f"option {letter}",
            f"The answer is {letter}.", f"The answer is {letter}. {text}", f"Answer: {text}", f"\\boxed{{{letter}}}",
            f'{{"answer": "{letter}"}}', f"Therefore, the correct option is {letter}", f"<think>A? B?</think>{letter}",
        ):  # fmt: skip
            assert parse_choice("Which one is it?", options, form) == i, form


@pytest.mark.parametrize(
    ("options", "text", "said"),
    [
        (("ER+", "ER-"), "ER-", "ER-"),
        (("ER+", "ER-"), "The tumour is ER−.", "ER-"),
        (("<5 mm", ">5 mm"), ">5 mm", ">5 mm"),
        (("<5 mm", ">5 mm"), "It measures more than 5 mm.", ">5 mm"),
        (("-2.5", "2.5"), "2.5", "2.5"),
        (("-84", "12"), "84", "no option"),
        (("α-chain", "β-chain"), "the α-chain", "α-chain"),
        (("alpha chain", "beta chain"), "β chain", "beta chain"),
        (("右侧", "左侧"), "右侧", "右侧"),
        (("Hepatitis A", "Hepatitis B"), "Hepatitis D", "no option"),
        (("Stage IIIa", "Stage IIIb"), "It is stage III", "unread"),
        (("Stage IIIa", "Stage IIIb"), "It is stage IV", "no option"),
        (("Weber A", "Weber B"), "It is a Weber B fracture", "Weber B"),
        (("Weber A", "Weber B"), "a fracture of Weber type B", "Weber B"),
        (("CT scan.", "MRI.", "Ultrasound."), "It was made by computed tomography.", "CT scan."),
        (("Cardiomegaly", "Pneumothorax"), "an enlarged heart", "Cardiomegaly"),
        (("CT", "MRI", "X-ray"), "This is magnetic resonance imaging, not CT.", "MRI"),
        (("CT", "MRI", "X-ray"), "This is not magnetic resonance imaging.", "unclear"),
        (("Type A", "Type B"), "a type III tear", "no option"),
        (("3", "4"), "3.0", "3"),
        (("3", "4"), "There are 4 of them in figure 3.", "4"),
        (("Stage IIa", "Stage IIb"), "Stage IIb.", "Stage IIb"),
    ],
)
def test_signs_letters_and_digits_tell_options_apart(options, text, said):
    assert read(text, options) == said


@pytest.mark.parametrize(
    ("options", "clash"),
    [
        (("2", "two"), "the same words"),
        (("a mass", "mass"), "the same words"),
        (("x-ray", "X ray"), "the same words"),
        (("B", "A"), "called like the letter"),
        (("B. liver", "A. spleen"), "out of order"),
        (("...", "liver"), "no word or sign"),
        (ORGANS, ""),
        (("ER+", "ER-"), ""),
    ],
)
def test_options_that_no_reader_could_tell_apart_are_named(options, clash):
    assert clash in prepare(options).clash and bool(clash) == bool(prepare(options).clash)


@pytest.mark.parametrize(
    ("options", "text", "said"),
    [
        (("None", "One", "Two"), "Two masses, none of them large.", "Two"),
        (("Left", "Right", "Both"), "Right. Both sides were looked at.", "Right"),
        (("Left", "Right", "Both"), "Both left and right.", "Both"),
        (("Cyst", "Abscess", "None of the above"), "Abscess; none of the above fits better", "Abscess"),
        (("Cyst", "Abscess", "None of the above"), "It is none of the above.", "None of the above"),
    ],
)
def test_an_option_for_all_or_none_counts_only_where_it_is_what_is_said(options, text, said):
    assert read(text, options) == said


@pytest.mark.parametrize(
    "text",
    [
        "Ans: C",
        "Choice: C",
        "Selected: C",
        "I think it's C",
        "I would choose option c",
        "C C C",
        "A is wrong. C is right.",
        '{"answer": ["C"]}',
        '{"label": "kidney", "reason": "It is bean-shaped."}',
        "C (Kidney)\n\nNote: had the outline been ragged, the answer would be A.",
        "The outline is smooth.\n\nTherefore, it is C.",
        "Going through them:\n\nA. Liver: too large.\nB. Spleen: no.\nC. Kidney: fits.\nD. Pancreas: no.\n\nC",
        "A) Liver\nB) Spleen\nC) Kidney\nD) Pancreas\n\nThe shape is that of a bean, so the kidney.",
        "Most of it is dark. The most likely organ is **C. Kidney**. Liver and spleen are larger.",
        "- **Liver**: would be larger.\n- **Spleen**: would be higher.\n\nThe best match is the kidney.",
        "La respuesta correcta es C.",
        "答案：C",
        "正しい選択肢は C です。",
        "A opção C",
    ],
)
def test_plain_choices_are_read_whatever_stands_around_them(text):
    assert read(text) == "Kidney"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("This isn't the liver, so it has to be the spleen.", "Spleen"),
        ("It is not the liver or kidney; it is the spleen.", "Spleen"),
        ("Neither the liver nor the kidney but the spleen", "Spleen"),
        ("The spleen, rather than a kidney or the liver.", "Spleen"),
        ("Spleen, not kidney, liver or pancreas", "Spleen"),
        ("It's not a kidney or liver.", "unclear"),
        ("It's not a kidney, a liver or a pancreas.", "unread"),
        ("I would go for spleen, as liver and kidney would look darker.", "Spleen"),
        ("C) Kidney is wrong because it has no pelvis.", "unclear"),
        ("A: wrong\nB: right\nC: wrong", "Spleen"),
        ("A) Liver - no\nB) Spleen - yes\nC) Kidney - no", "Spleen"),
        ("| Organ | Verdict |\n|---|---|\n| A. Liver | incorrect |\n| B. Spleen | correct |", "Spleen"),
        ("Liver: incorrect, spleen: correct, kidney: incorrect.", "Spleen"),
        ("(A) false (B) true (C) false", "Spleen"),
        ("A: wrong\nC: wrong", "unclear"),
        ("A is less likely. B fits best.", "Spleen"),
        ("B is the best answer.", "Spleen"),
        ("Unlike a kidney, the spleen has no pelvis.", "Spleen"),
        ("None of the options (A, B, C, D) are correct.", "no option"),
        ("C is unlikely since it is smooth; B is the diagnosis.", "Spleen"),
        ("Option 2", "Spleen"),
        ("I take option 2, I guess.", "unread"),
        ("2", "unread"),
        ("7", "no option"),
    ],
)
def test_denial_reaches_over_or_and_a_verdict_belongs_to_the_option_before_it(text, said):
    assert read(text) == said


SIDES = ("left", "right", "both")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("The left kidney is not affected.", "unclear"),
        ("The left kidney is spared; the right is affected.", "right"),
        ("The stone is on the left, while the right kidney is normal.", "left"),
        ("Both kidneys are normal except the left upper pole.", "left"),
        ("That's right.", "no option"),
        ("You are right that it is only one. It is the left.", "left"),
        ("The left one, right?", "left"),
        ("Bilateral.", "both"),
        ("The right kidney is affected. On the image the left of the patient is to the right.", "right"),
        ("The left kidney is large. The right kidney is small.", "unread"),
    ],
)
def test_a_side_that_is_spared_or_a_courtesy_is_not_chosen(text, said):
    assert read(text, SIDES, "Which kidney is affected?") == said


def test_an_option_asked_for_as_the_normal_one_is_chosen_by_what_is_normal():
    assert read("The left kidney is normal.", SIDES, "Which kidney is normal?") == "left"


@pytest.mark.parametrize(
    ("options", "text", "said"),
    [
        (("PR+", "PR-"), "It is PR positive.", "PR+"),
        (("PR+", "PR-"), "PR (+)", "PR+"),
        (("PR positive", "PR negative"), "PR-", "PR negative"),
        (("PR+", "KI67-"), "PR negative", "unread"),
        (("PR+", "KI67-"), "PR+ and KI67+", "PR+"),
        (("<3 cm", "3-5 cm", ">5 cm"), "about 4 cm", "3-5 cm"),
        (("<3 cm", "3-5 cm", ">5 cm"), "It is larger than 5 cm", ">5 cm"),
        (("<3 cm", "3 to 5 cm", ">5 cm"), "40 mm", "unread"),
        (("<3 cm", "3-5 cm", ">5 cm"), "from 2 to 4 cm", "unread"),
        (("<3 cm", "3-5 cm", ">5 cm"), "It may be 4 cm", "unread"),
        (("b800 map with contrast", "ADC"), "A b800 image. ADC is dark in it.", "unread"),
    ],
)
def test_an_option_in_other_signs_words_or_numbers_is_read_where_exact_and_else_unread(options, text, said):
    assert read(text, options) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("A. B. C. D.", "unread"),
        ("A) Liver\nB) Spleen\nC) Kidney\nD) Pancreas", "unread"),
        ("The final answer is:\n\nA) Liver\nB) Spleen\nC)", "no option"),
        ("Please choose one of the options (A, B, C, or D).", "no option"),
        ("Liver or spleen", "unclear"),
        ("It may be the liver.", "unclear"),
        ("B. This is the kidney.", "unclear"),
        ("The liver and the kidney.", "unread"),
        ("Ultrasound", "no option"),
        ("I cannot tell from this image.", "refused"),
        ("Please see a radiologist.", "refused"),
        ("La imagen muestra un órgano del abdomen y no es posible decir cuál de ellos está sano.", "other language"),
        ("wug drabe splin torve nacke", "no language"),
        ("<think>Liver?", "cut short"),
        ("", "empty"),
    ],
)
def test_what_is_no_choice_is_told_by_its_kind(text, said):
    assert read(text) == said


def test_of_two_options_a_comparison_in_the_other_direction_means_the_other():
    pair = ("pancreas", "stomach")
    assert read("The stomach is larger than the pancreas.", pair, "Which is smaller?") == "pancreas"
    assert read("The stomach is larger than the pancreas.", pair, "Which is larger?") == "stomach"
    assert read("Compared with the pancreas, the stomach is larger.", pair, "Which is larger?") == "stomach"


@pytest.mark.parametrize(
    "text",
    [
        "3 cm, ",
        "liver, ",
        "**B. Spleen** ",
        "A) Liver\n",
        "A or B, ",
        "a: ",
        "(B) ",
        "if the answer is A ",
        "no liver or ",
        "x: no, ",
        "Liver: wrong, spleen (yes) ",
    ],
)
def test_a_long_answer_takes_no_more_than_proportional_time(text):
    for length in (49_000, 1_000_000):
        start = time.process_time()
        read(text * (length // len(text)), (*ORGANS, "3"))
        assert time.process_time() - start < 1
