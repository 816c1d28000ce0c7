import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.scorers.items import answer, item

from auscult.scorers import score
from auscult.scorers.rules import closed, llava_med_closed, medtrinity_closed, pope
from auscult.scorers.rules._choice import parse_choice
from auscult.scorers.rules._yes_no import parse_yes_no

CASES = [json.loads(line) for line in (Path(__file__).parent / "closed_cases.jsonl").read_text("utf-8").splitlines()]
YES_NO = [c for c in CASES if not c["options"]]
CHOICE = [c for c in CASES if c["options"]]
UNREAD = ("unclear", "refused", "off_format", "unread")
NO_POSITION = ("refused", "empty", "cut short", "no language", "no option")
NO_OPTION = (*NO_POSITION, "unclear", "unread", "other language")


def scored(case, truth, rule=closed.rule):
    kind = "choice" if case["options"] else "yes_no"
    return rule(item(truth, case["question"], kind, options=tuple(case["options"])), case["answer"])


def test_there_are_enough_cases():
    assert len(YES_NO) >= 150 and len(CHOICE) >= 80


def test_reads_what_a_physician_would_read():
    for case in CASES:
        verdict, expected = scored(case, "yes"), case["expected"]
        status = "unusable" if expected in NO_POSITION else "unread" if expected == "unread" else "ok"
        assert (verdict.parsed, verdict.status) == (expected, status), case


def agreement(rule, cases):
    """Share of (case, possible truth) pairs in which a rule scores as a physician would; unread counts as not right."""
    pairs = [(c, truth) for c in cases for truth in c["options"] or ("yes", "no")]
    return sum(scored(c, t, rule).values.get("correct", 0.0) == (t == c["expected"]) for c, t in pairs) / len(pairs)


def test_scores_all_cases_where_the_published_rules_fail_a_quarter():
    assert agreement(closed.rule, CASES) == 1.0
    assert agreement(llava_med_closed.rule, YES_NO) < 0.75
    assert agreement(medtrinity_closed.rule, YES_NO) < 0.75
    assert agreement(pope.rule, YES_NO) < 0.75


@pytest.mark.parametrize(
    ("rule", "question", "text", "truth"),
    [
        (llava_med_closed.rule, "Is there an effusion?", "normal heart", "no"),
        (llava_med_closed.rule, "Is there an effusion?", "There is no doubt that there is an effusion.", "no"),
        (llava_med_closed.rule, "Is there an effusion?", "yes and no", "no"),
        (medtrinity_closed.rule, "Is there an effusion?", "The nodule is notable.", "no"),
        (medtrinity_closed.rule, "Is there an effusion?", "I cannot determine from this image.", "no"),
        (pope.rule, "Is there an effusion?", "", "yes"),
        (pope.rule, "Is there an effusion?", "It is unclear.", "yes"),
        (pope.rule, "Is there an effusion?", "NO", "yes"),
    ],
)
def test_published_rules_are_fooled_where_this_one_is_not(rule, question, text, truth):
    assert rule(item(truth, question), text).values["correct"] == 1.0
    assert closed.rule(item(truth, question), text).values.get("correct", 0.0) == 0.0


def test_a_hedge_is_a_reading_that_says_neither_yes_nor_no():
    verdict = closed.rule(item("no", "Is there an effusion?"), "An effusion cannot be excluded.")
    assert verdict.values == {"correct": 0.0, "unclear": 1.0} and verdict.status == "ok"


@pytest.mark.parametrize(
    ("text", "status", "parsed"),
    [
        ("The bones are intact.", "unread", "unread"),
        ("Das Herz ist nicht vergrößert.", "unread", "unread"),
        ("", "unusable", "empty"),
        ("<think>The base is", "unusable", "cut short"),
        ("vlorp gnix trabe wum snoll drif", "unusable", "no language"),
        ("I cannot answer this.", "unusable", "refused"),
    ],
)
def test_what_takes_no_position_is_told_from_what_could_not_be_read(text, status, parsed):
    verdict = closed.rule(item("yes", "Is there an effusion?"), text)
    assert (verdict.status, verdict.parsed) == (status, parsed)
    assert verdict.values == ({} if status == "unread" else {"correct": 0.0}) and verdict.explanation


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Sí", "yes"),
        ("Ja", "yes"),
        ("有", "yes"),
        ("没有", "no"),
        ("No", "no"),
        ("No, no hay gas", "no"),
        ("Non", "no"),
    ],
)
def test_yes_and_no_of_other_languages_are_read(text, said):
    assert closed.rule(item("yes", "Is there an effusion?"), text).parsed == said


def test_a_portuguese_place_is_no_english_no():
    assert closed.rule(item("no", "Is there an effusion?"), "No lobo inferior do pulmão direito").status == "unread"


def test_says_yes_is_told_apart_from_correct():
    assert closed.rule(item("No", "Is there an effusion?"), "Yes").values == {"correct": 0.0, "says_yes": 1.0}


def test_unreadable_choice_is_not_the_option_called_unclear():
    verdict = scored(
        {"question": "Side?", "options": ["left", "right", "unclear"], "answer": "left or right"}, "unclear"
    )
    assert verdict.parsed == "unclear" and verdict.values == {"correct": 0.0, "unclear": 1.0}


def test_empty_answer_is_unusable_and_failed_request_stays_missing():
    assert score(closed.SCORER, item("no"), answer("", "unusable")).status == "unusable"
    missing = score(closed.SCORER, item("no"), answer("", "request_failed"))
    assert missing.status == "request_failed" and missing.values == {}


DECORATE = [
    lambda s: f"  {s}\n",
    lambda s: f"**{s}**",
    str.upper,
    lambda s: s.replace(" ", "\u00a0"),
    lambda s: s.replace("'", "\u2019"),
    lambda s: f"<think>yes? no? maybe</think>{s}",
    lambda s: f"# {s}",
]


@pytest.mark.parametrize("decorate", DECORATE)
def test_typography_case_and_markdown_change_nothing(decorate):
    told = [c for c in YES_NO if c["answer"].isascii() and not set("{<#`$*_\\") & set(c["answer"]) and c["answer"]]
    changed = [
        c["answer"]
        for c in told
        if parse_yes_no(c["question"], decorate(c["answer"])) != parse_yes_no(c["question"], c["answer"])
    ]
    assert changed == []


WORDS = 'yes no not there is an effusion normal may likely absent neither answer A B , . ? : ( ) { " - \n'
SPOKEN = st.lists(st.sampled_from(WORDS.split(" ")), max_size=14).map(" ".join)


@given(st.one_of(st.text(), SPOKEN), st.one_of(st.text(), SPOKEN))
def test_yes_no_never_raises(question, text):
    assert parse_yes_no(question, text) in ("yes", "no", *UNREAD)


@given(
    st.lists(st.one_of(st.text(), st.sampled_from(["A", "left", "no effusion", "1", "a.*", "(B)"])), max_size=5),
    st.one_of(st.text(), SPOKEN),
)
def test_choice_never_raises_and_stays_among_the_options(options, text):
    read = parse_choice("Which?", tuple(options), text)
    assert read in NO_OPTION or 0 <= read < len(options)


@given(st.text(alphabet="bcdfghjklmpqrtuvwxz ", min_size=1))
def test_words_without_meaning_are_never_an_answer(text):
    assert parse_yes_no("Is there an effusion?", text) in UNREAD


def test_a_long_answer_takes_no_more_than_proportional_time():
    start = time.process_time()
    for text in ("no effusion, " * 4000, "<think" * 8000, "answer: " * 6000, "a(" * 20000, "- \n" * 15000):
        parse_yes_no("Is there an effusion?", text)
        parse_choice("Which?", ("effusion", "no effusion"), text)
    assert time.process_time() - start < 5


def test_every_yes_no_reference_of_vqa_rad_reads_as_itself(shared_data):
    rows = map(json.loads, (shared_data / "vqa-rad" / "qa.jsonl").read_text("utf-8").splitlines())
    asked = [r for r in rows if r["answer"].strip().lower() in ("yes", "no")]
    assert len(asked) == 1360
    wrong = [r["qid"] for r in asked if parse_yes_no(r["question"], r["answer"]) != r["answer"].strip().lower()]
    assert wrong == []


def test_statements_that_answer_vqa_rad_questions_are_read(shared_data):
    rows = map(json.loads, (shared_data / "vqa-rad" / "qa.jsonl").read_text("utf-8").splitlines())
    asked = [r["question"] for r in rows if r["question"].lower().startswith("is there a ")]
    assert len(asked) > 50
    for question in asked:
        thing = question[len("is there a ") :].strip(" ?")
        for text, expected in [
            (f"There is a {thing}.", "yes"),
            (f"There is no {thing}.", "no"),
            (f"No, there is a {thing}.", "unclear"),
            (f"Yes, there is a {thing}.", "yes"),
        ]:
            assert parse_yes_no(question, text) == expected, (question, text)


def test_negation_of_human_labelled_clinical_sentences_is_read(shared_data):
    rows = map(json.loads, (shared_data / "negation-corpus" / "sentences.jsonl").read_text("utf-8").splitlines())
    right = {"affirmed": "yes", "negated": "no"}
    decided = []
    for row in rows:
        if len(row["sentence"]) <= 400 and row["negation"] in right:
            sentence = row["sentence"].replace(row["concept"].upper(), row["concept"])
            parsed = parse_yes_no(f"Is there {row['concept']}?", sentence)
            if parsed in ("yes", "no"):
                decided.append(parsed == right[row["negation"]])
    assert len(decided) > 1650  # the corpus labels negation alone: a history and a condition are unclear here
    assert sum(decided) / len(decided) > 0.98
