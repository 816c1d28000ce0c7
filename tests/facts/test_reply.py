import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auscult.facts.reply import (
    LONGEST,
    advises,
    answer_part,
    declined,
    finals,
    language,
    plain,
    yes_no_elsewhere,
)

THOUGHT = "Round and smooth, so the answer is A? No, wait."


@pytest.mark.parametrize(
    "reply",
    [
        f"<think>{THOUGHT}</think>Spleen",
        f"<think>\n{THOUGHT} <think> again</think>\n\nSpleen",
        f"{THOUGHT}</think>\nSpleen",
        f"<THINKING>{THOUGHT}</THINKING> Spleen",
        f"<unused94>thought\n{THOUGHT}<unused95>Spleen",
        f"[THINK]{THOUGHT}[/THINK]Spleen",
        f"◁think▷{THOUGHT}◁/think▷Spleen",
        f"<seed:think>{THOUGHT}</seed:think>Spleen",
        f"<|channel>thought\n{THOUGHT}<channel|>Spleen<turn|>",
        f"<|START_THINKING|>{THOUGHT}<|END_THINKING|><|START_RESPONSE|>Spleen<|END_RESPONSE|>",
        f"<|channel|>analysis<|message|>{THOUGHT}<|end|><|start|>assistant<|channel|>final<|message|>Spleen<|return|>",
        f"analysis{THOUGHT}assistantfinalSpleen",
        f"## Thinking\n\n{THOUGHT}\n\n## Final Response\n\nSpleen",
        f"Thinking...\n{THOUGHT}\n...done thinking.\n\nSpleen",
    ],
)
def test_what_was_thought_before_the_answer_is_taken_off(reply):
    taken = answer_part(reply)
    assert (taken.answer, taken.thought, taken.thought_open) == ("Spleen", True, False)


@pytest.mark.parametrize(
    "reply",
    ["<think>So it", "[THINK] maybe A", "<unused94>thought\nYes, or", "analysisWe need", "## Thinking\n\nFirst,"],
)
def test_a_thought_that_never_ends_is_told_and_is_no_answer(reply):
    taken = answer_part(reply)
    assert taken.thought_open and taken.answer == ""


def test_a_word_before_a_lone_closing_mark_is_all_that_was_said():
    assert answer_part("no.</think>").answer == "no." and answer_part("<think>no.</think>").answer == ""
    assert answer_part(f"{THOUGHT * 3}</think>").answer == ""


def test_an_answer_tag_ends_a_thought_that_was_not_closed():
    taken = answer_part("<think>Dark on T1. <answer>No</answer>")
    assert not taken.thought_open and finals(taken.answer) == ["No"]


def test_analysis_is_a_word_too():
    assert answer_part("Analysis of the film shows a fracture.").answer == "Analysis of the film shows a fracture."


@pytest.mark.parametrize(
    "reply",
    [
        "Spleen</s>USER: And the liver? ASSISTANT: normal",
        "Spleen\n\nQuestion: Where is the liver?\nAnswer: right",
        "Spleen<|im_end|>\n<|im_start|>user\nNext one",
        "Spleen\n### Human: thanks",
        "Spleen USER: thanks",
        "Spleen<end_of_turn>\n<start_of_turn>user\nhm",
        "ASSISTANT: Spleen\nUser: and the size?",
        "<|im_start|>assistant\nSpleen\nQ: Is it large?\nA: No",
    ],
)
def test_what_others_say_after_the_answer_is_not_the_answer(reply):
    taken = answer_part(reply)
    assert taken.answer == "Spleen" and taken.talks_on


@pytest.mark.parametrize(
    "reply",
    [
        "Question: Which organ is it? Answer: Spleen",
        "USER: Which organ? ASSISTANT: Spleen",
        "Here it is:\nQuestion: Which organ is it?\nAnswer: Spleen",
        "Assistant: Spleen",
        "### Response: Spleen</s>",
        "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nWhich organ?<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\nSpleen<|eot_id|>",
    ],
)
def test_an_echo_of_the_prompt_is_no_turn(reply):
    assert answer_part(reply).answer.removeprefix(": ") == "Spleen"


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        ('{"answer": "C"}', "C"),
        ('{"answer": ["C"]}', "C"),
        ('["C"]', "C"),
        ('```json\n{"reason": "No gas is seen.", "final_answer": "yes"}\n```', "yes"),
        ('{"mass": false, "left_effusion": true, "size": {"cm": 2}}', "mass: no\nleft effusion: yes\nsize cm: 2"),
        ('{"answer": "C", "reason": "cut sho', "C"),
    ],
)
def test_json_is_its_answer_or_its_entries(reply, answer):
    assert answer_part(reply).answer == answer


def test_json_in_prose_announces_an_answer():
    assert finals(plain('I looked at it twice. {"answer": "C"}')) == ["C"]


@pytest.mark.parametrize("reply", ["| Mass | No |\n| Gas | Yes |", "- no mass\n- gas", "1. Mass\n2. Gas"])
def test_layout_stays_for_readers_of_lists_and_tables(reply):
    assert answer_part(reply).answer == reply


@pytest.mark.parametrize(
    ("reply", "text"),
    [
        ("–40 HU", "-40 HU"),
        ("−40", "-40"),
        ("3–4 cm", "3-4 cm"),
        ("clear – no mass", "clear  -  no mass"),
        ("ER–", "ER-"),
        ("10⁶", "10^6"),
        ("cm²", "cm^2"),
        ("2½", "2 1/2"),
        (">5 mm", ">5 mm"),
        ("&lt;5 mm", "<5 mm"),
        ("**Ｂ**", "B"),
        (r"$3 \times \text{mm}$", "3 × mm"),
        ("β-cell", "β-cell"),
    ],
)
def test_signs_that_carry_meaning_survive_typography(reply, text):
    assert plain(reply) == text


@pytest.mark.parametrize(
    ("text", "tails"),
    [
        ("It is dark. Answer: C", ["C"]),
        ("Ans: C", ["C"]),
        ("Choice: C", ["C"]),
        ("Final Response: yes", ["yes"]),
        ("The correct answer to this question is most likely C", ["C"]),
        ("So the best option would be C.", ["C."]),
        ("If I had to choose, my answer is C", ["C"]),
        ("La respuesta correcta es C", ["C"]),
        ("答案:C", ["C"]),
        ("Answer: C\nHad it been round, the answer would be A.", ["C\nHad it been round, the answer would be A."]),
        ("If there is gas, the answer is A.", []),
        ("The answer is A? It cannot be.", []),
        ("This answers nothing.", []),
    ],
)
def test_an_announced_answer_is_found_unless_it_is_only_supposed(text, tails):
    assert finals(text) == tails


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("I am unable to reliably determine this.", "determine"),
        ("This cannot be assessed here.", "assessed"),
        ("As an AI model, I only see text.", ""),
        ("There is not enough clinical information.", ""),
        ("I cannot see an effusion.", None),
    ],
)
def test_what_is_declined_is_named(text, act):
    assert declined(text) == act


def test_advice_is_told_from_an_answer():
    assert advises("Please have it reviewed by a board-certified radiologist.")
    assert not advises("The radiologist sees a fracture.")


@pytest.mark.parametrize(
    "text",
    ["RLL PNA", "T2 FLAIR", "5", "cholelithiasis", "CHF, COPD, CABG, AVR", "Cardiomegaly.", "ER+ PR- HER2-", "HCC", "E",
     "Lungs clear, heart normal, bones intact, no acute disease.", "xanthogranulomatous pyelonephritis"],
)  # fmt: skip
def test_terse_clinical_answers_are_language(text):
    assert language(text) == "english"


@pytest.mark.parametrize(
    "text", ["!!!!", "", "( ) - ?", "la " * 40, "vex gorf plun drabe wum snell triff okdo", "qqqqqqqqq", "zxcvbnmkl"]
)
def test_what_nobody_knows_is_no_language(text):
    assert language(text) == "none"


@pytest.mark.parametrize(
    "text",
    [
        "左肺结节",
        "Das Herz ist nicht vergrößert",
        "El riñón es normal",
        "Плевральный выпот",
        "Il n'y a pas de fracture",
    ],
)
def test_other_languages_are_told(text):
    assert language(text) == "other"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Sí", "yes"), ("Ja.", "yes"), ("有", "yes"), ("没有。", "no"), ("Não, está normal", "no"),
        ("はい、あります", "yes"),
        ("아니요", "no"), ("Нет", "no"), ("نعم", "yes"), ("नहीं", "no"), ("La respuesta es sí", "yes"),
        ("Sì. No.", "unclear"),
        ("没有胸腔积液", ""), ("Japan", ""), ("", ""),
    ],
)  # fmt: skip
def test_yes_and_no_of_other_languages_stand_alone_or_first(text, said):
    assert yes_no_elsewhere(plain(text)) == said


READERS = (answer_part, plain, finals, declined, advises, language, yes_no_elsewhere)


PIECES = ["<think>", "</think>", "[", "{", '"', ":", "Answer:", "\n", "Q:", "</s>", "B", " "]


@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES)).map("".join)))
def test_any_text_can_be_taken_apart(text):
    for reader in READERS:
        reader(text)


@pytest.mark.parametrize(
    "text",
    ["<think", "<think>", "{", "\\boxed{", '"answer": "', "\n   Question:", "answer: ", "if the answer is ",
     "cannot a b ", "see a b c ", "&amp;", "[", "–", "* ", "<a ", "<|", "a⁶", "\ufdfa", "analysis", " ", "Q: A: "],
)  # fmt: skip
def test_a_million_characters_take_no_longer_than_a_second(text):
    long = text * (1_000_000 // len(text))
    for reader in (plain, finals, declined, advises):
        start = time.process_time()
        reader(long)
        assert time.process_time() - start < 1, reader.__name__


@pytest.mark.parametrize("junk", [" –\u00a0", "no mass. ", "The spleen is an organ of the abdomen. ", "x"])
def test_a_loop_at_the_end_is_cut_to_one_turn_of_it(junk):
    taken = answer_part("Answer: No. The lungs are clear.\n" + junk * 30_000)
    assert (
        taken.answer.startswith("Answer: No. The lungs are clear.") and len(taken.answer) < 200 and not taken.too_long
    )


def test_an_answer_beyond_all_measure_is_not_read():
    taken = answer_part(" ".join(map(str, range(LONGEST))))
    assert taken.too_long and taken.answer == ""
    assert answer_part(f"<think>{'no ' * LONGEST}</think>Yes").answer == "Yes"
