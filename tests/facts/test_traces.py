"""Traces, as the published program reads them and as models write them."""

import pytest

from auscult.facts.traces import published_trace, read_trace
from auscult.records import Trace

V, K, R = "The heart is wide.", "A wide heart is enlarged.", "So it is enlarged."
ASKED = f"[Visual Recognition]\n{V}\n[Knowledge Recall]\n{K}\n[Reasoning]\n{R}\n[Answer] yes"
READ = Trace(visual_recognition=V, knowledge_recall=K, reasoning=R, answer="yes")


def test_a_trace_as_it_was_asked_for_is_read_and_forgiven_nothing() -> None:
    assert published_trace(ASKED).trace == read_trace(ASKED).trace == READ
    assert published_trace(ASKED).invalid == "" and read_trace(ASKED).forgiven == ()


def test_the_last_block_of_a_repeated_header_wins() -> None:
    again = published_trace(f"{ASKED}\n[Visual Recognition]\nThe heart is small.")
    assert again.trace.visual_recognition == "The heart is small." and again.invalid == ""
    assert published_trace(f"{ASKED}\n[Visual Recognition]\n").trace.visual_recognition == V  # an empty one is dropped


def test_a_stage_of_two_words_is_invalid() -> None:
    assert published_trace(ASKED.replace(V, "Wide heart.")).invalid == "under 3 words of visual recognition"


def test_the_answer_may_stand_on_the_next_line_that_is_not_empty() -> None:
    assert published_trace(ASKED.replace("[Answer] yes", "[Answer]\n\n  B. Yes")).trace.answer == "B. Yes"
    assert published_trace(ASKED.replace("[Answer] yes", "[Answer]\n")).invalid == "no answer"


def test_every_line_of_an_answer_is_taken_out_of_the_reasoning_and_the_first_counts() -> None:
    two = published_trace(ASKED.replace(R, f"[Answer] no\n{R}"))
    assert two.trace.answer == "no" and two.trace.reasoning == R


@pytest.mark.parametrize(
    "text",
    [
        ASKED.lower(),
        ASKED.replace("[Answer] yes", "Answer: yes"),
        f"**Visual Recognition:** {V}\n**Knowledge Recall:** {K}\n**Reasoning:** {R}\n**Answer:** yes",
        f"## Visual Recognition\n{V}\n\n## Knowledge Recall\n{K}\n\n## Reasoning\n{R}\n\nFinal answer: yes",
        *(
            f"## Visual Recognition\n{V}\n\n## Knowledge Recall\n{K}\n\n## Reasoning\n{R}\n\n{answer}"
            for answer in (
                *(
                    "## Answer: yes",
                    "## Answer\nyes",
                    "### **Answer**\n\nyes",
                    "#### Final answer: yes",
                    "## [Answer] yes",
                ),
                *("4. Answer: yes", "4) **Answer:** yes", "## 4. __Answer__: yes", "**Answer**\nyes", "Answer\nyes"),
            )
        ),
        f"1. Visual Recognition: {V}\n2. Knowledge Recall: {K}\n3. Reasoning: {R}\n[Answer]: yes",
        f"1. **[Visual Recognition]**\n{V}\n2. **[Knowledge Recall]**\n{K}\n3. **[Reasoning]**\n{R}\n**[Answer]** yes",
    ],
)
def test_headers_may_be_set_otherwise_and_that_is_said(text: str) -> None:
    read = read_trace(text)
    stages = (read.trace.visual_recognition, read.trace.knowledge_recall, read.trace.reasoning, read.trace.answer)
    assert [s.lower() for s in stages] == [V.lower(), K.lower(), R.lower(), "yes"]
    assert "set otherwise than asked" in read.forgiven and not read.invalid
    assert published_trace(text).trace != read.trace


@pytest.mark.parametrize(
    ("text", "forgiven"),
    [
        (f"{ASKED}\n[Reasoning]\n{R}\n[Answer] yes", "a header is repeated"),
        (f"[Knowledge Recall]\n{K}\n[Visual Recognition]\n{V}\n[Reasoning]\n{R}\n[Answer] yes", "stages out of order"),
        (f"Here is my analysis.\n{ASKED}", "text before the first stage"),
        (f"{ASKED}\n[Answer] no", "answers that differ"),
        (ASKED.replace(V, f"{V}\n[Answer] yes"), "an answer before the reasoning"),
        (f"{ASKED}\nPlease consult a radiologist.", "text after the answer"),
    ],
)
def test_what_a_valid_trace_was_forgiven_is_said(text: str, forgiven: str) -> None:
    assert published_trace(text).invalid == "" and forgiven in read_trace(text).forgiven


def test_words_that_only_name_a_stage_are_no_header() -> None:
    text = ASKED.replace(R, "The reasoning is simple: visual recognition shows it.")
    assert read_trace(text).trace.reasoning == "The reasoning is simple: visual recognition shows it."
    assert read_trace(text).forgiven == ()


@pytest.mark.parametrize("text", ["", "yes", "[Visual Recognition]", "[Answer]", "[Answer] yes", ASKED[:60]])
def test_a_text_that_is_no_trace_is_invalid_and_says_why(text: str) -> None:
    assert read_trace(text).invalid.startswith(("no ", "under "))


@pytest.mark.parametrize("unit", ["[Visual Recognition]", "[Answer]\n", "**", "answer: ", " \n", "Reasoning:\n"])
def test_long_texts_are_read_in_linear_time(unit: str) -> None:
    import time

    began = time.process_time()
    read_trace(unit * (200_000 // len(unit)))
    assert time.process_time() - began < 5
