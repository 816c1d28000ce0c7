"""Reads the three-stage trace of a model: as ClinHallu's program does, and as models write it.

A trace has three headed blocks, visual recognition, knowledge recall and reasoning, and an answer. ClinHallu
(arXiv 2606.14697, released code) asks for ``[Visual Recognition]``, ``[Knowledge Recall]``, ``[Reasoning]`` and
``[Answer]``, spelt so. Where a header occurs twice its last block that holds anything wins; the answer is the first
line after ``[Answer]`` in the reasoning, or the next one that is not empty; a trace is valid if each stage has three
words and there is an answer. That forgives more than it seems to: ``read_trace`` says what was forgiven.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from auscult.records import STAGES, Trace

FEWEST_WORDS = 3
_TITLES = {stage: stage.replace("_", " ").title() for stage in STAGES}
_NAMED = "|".join(title.replace(" ", r"[ _]") for title in _TITLES.values())
_PUBLISHED = re.compile(rf"\[({'|'.join(_TITLES.values())})\]")
_BEFORE = r"^[ \t]*(?:#{1,6}[ \t]*)?(?:\d[.)][ \t]*)?(?:\*\*|__)?"
"""What may stand before a header in its line."""
_HEADER = re.compile(
    rf"{_BEFORE}(?:\[({_NAMED})\]|({_NAMED})[ \t]*(?:\*\*|__)?[ \t]*(?=:|$))"
    r"(?:\*\*|__)?[ \t]*:?(?:\*\*|__)?",
    re.IGNORECASE | re.MULTILINE,
)
_PUBLISHED_ANSWER = re.compile(r"\[Answer\]\s*(\S.*)$", re.MULTILINE)
_ANSWER = re.compile(
    rf"(?:{_BEFORE}(?:\[answer\]|(?:final[ \t]+)?answer[ \t]*(?:\*\*|__)?[ \t]*(?::|$))|(?:\*\*|__)?\[answer\])"
    r"(?:\*\*|__)?[ \t:]*\s*(\S.*)$",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadTrace:
    """A trace as it was read.

    Attributes:
        trace: what was found; a stage that is not there is empty.
        invalid: why it is no valid trace, by ClinHallu's rule; empty where it is one.
        forgiven: what a valid trace was forgiven; empty where it was nothing.
    """

    trace: Trace
    invalid: str = ""
    forgiven: tuple[str, ...] = ()


def published_trace(text: str) -> ReadTrace:
    """Reads a trace as the published program does. Never raises."""
    found = dict.fromkeys(STAGES, "")
    for title, block in _blocks(_PUBLISHED, text):
        if block:
            found[_stage(title)] = block
    reasoning = found["reasoning"]
    answers = [match.group(1).strip() for match in _PUBLISHED_ANSWER.finditer(reasoning)]
    found["reasoning"] = _PUBLISHED_ANSWER.sub("", reasoning).strip()
    trace = Trace(**found, answer=answers[0] if answers else "")
    return ReadTrace(trace=trace, invalid=_invalid(trace))


def read_trace(text: str) -> ReadTrace:
    """Reads a trace however its headers are set: in any case, in bold, as headings, with a colon. Never raises.

    What the published program reads as valid is valid here too; what was forgiven is said.
    """
    published, blocks = published_trace(text), list(_blocks(_HEADER, text))
    found = dict.fromkeys(STAGES, "") | {_stage(title): block for title, block in blocks if block}
    answers = _answers(found["reasoning"]) or _answers(text)
    stages = {stage: _ANSWER.sub("", block).strip() for stage, block in found.items()}
    trace = Trace(**stages, answer=answers[0] if answers else "")
    invalid = _invalid(trace)
    if invalid and not published.invalid:
        trace, invalid = published.trace, ""
    if invalid:
        return ReadTrace(trace=trace, invalid=invalid)
    otherwise = ("set otherwise than asked",) if trace != published.trace else ()
    return ReadTrace(trace=trace, forgiven=(*otherwise, *_forgiven(text, blocks)))


def _forgiven(text: str, blocks: list[tuple[str, str]]) -> Iterator[str]:
    """What a stricter reader would not have let pass."""
    order = [_stage(title) for title, _ in blocks]
    if len(order) > len(set(order)):
        yield "a header is repeated"
    if list(dict.fromkeys(order)) != list(STAGES):
        yield "stages out of order"
    if (first := _HEADER.search(text)) and text[: first.start()].strip():
        yield "text before the first stage"
    answers = _answers(text)
    if len({answer.casefold().strip(" .*") for answer in answers}) > 1:
        yield "answers that differ"
    early = "".join(block for title, block in blocks if _stage(title) != "reasoning")
    if _ANSWER.search(early):
        yield "an answer before the reasoning"
    last = max((match.end() for match in _ANSWER.finditer(text)), default=len(text))
    if text[last:].strip():
        yield "text after the answer"


def _answers(text: str) -> list[str]:
    return [match.group(1).strip(" \t*_") for match in _ANSWER.finditer(text)]


def _blocks(header: re.Pattern[str], text: str) -> Iterator[tuple[str, str]]:
    """Each header with the text up to the next one."""
    found = list(header.finditer(text))
    ends = [*(match.start() for match in found[1:]), len(text)]
    for match, end in zip(found, ends, strict=False):
        yield next(group for group in match.groups() if group), text[match.end() : end].strip()


def _stage(title: str) -> str:
    return title.lower().replace(" ", "_")


def _invalid(trace: Trace) -> str:
    for stage in STAGES:
        said = getattr(trace, stage)
        if not said:
            return f"no {stage.replace('_', ' ')}"
        if len(said.split()) < FEWEST_WORDS:
            return f"under {FEWEST_WORDS} words of {stage.replace('_', ' ')}"
    return "" if trace.answer else "no answer"
