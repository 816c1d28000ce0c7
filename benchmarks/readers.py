"""Readers of answers, beside the rules of thumb that a user would write instead.

Run: python benchmarks/readers.py --out readers.json

``short``   yes/no answers of one to eight words.
``three``   yes/no answers of three sentences.
``facts``   two-sentence answers, all findings of them.
``beside``  the same answers by LLaVA-Med's rule (does the text hold "yes" or "no"?), which reads no sentence.
``longest`` seconds for texts of a million characters that repeat one phrase: the slowest of them.

All answers of a set differ. One core; the median of ``--repeats`` turns, taken in turn.
"""

import argparse
import json
import os
import platform
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from auscult.facts import read_facts
from auscult.facts.reply import answer_part
from auscult.scorers.rules import _yes_no, closed

FINDINGS = ("pleural effusion", "pneumothorax", "consolidation", "lung nodule", "rib fracture", "renal cyst", "mass")
SIDES = ("left", "right", "small left", "large right", "mild", "subtle")
SHORT = (
    "Yes.", "No.", "Yes", "no", "Yes, there is.", "No, there is none.", "Yes, there is a {side} {finding}.",
    "No {finding} is seen.", "There is no {finding}.", "A {side} {finding} is present.",
    "No, there is no {side} {finding}.", "Possibly a {side} {finding}.",
)  # fmt: skip
LEADS = ("Yes, there is a {side} {finding}.", "No, the image does not show a {finding}.", "The image shows a chest.")
BODIES = (
    "The {side} {other} appears to be stable in size.",
    "There is no sign of a {other} on the {side} side.",
    "The heart is of normal size and the lungs are clear.",
    "Further imaging may be useful to rule out a {other}.",
)
LONG = ("no effusion ", "no x of ", "yes or ", "| a ", "effusion: no\n", "[ ] ", '{"a": ', "not ", ", it ", "(((")
QUESTIONS = tuple(f"Is there a {finding}?" for finding in FINDINGS)


def answers(templates: tuple[tuple[str, ...], ...], count: int, seed: int) -> list[tuple[str, str]]:
    """Questions and answers, put together from one template of each tuple."""
    draw = random.Random(seed)
    found = []
    for _ in range(count):
        finding, other = draw.sample(FINDINGS, 2)
        text = " ".join(draw.choice(t) for t in templates)
        found.append((f"Is there a {finding}?", text.format(finding=finding, other=other, side=draw.choice(SIDES))))
    return found


def rate(work: Callable[[], object], count: int) -> float:
    began = time.process_time()
    work()
    return count / (time.process_time() - began)


def slowest(read: Callable[[str], object]) -> float:
    """Seconds for the slowest of the long texts."""
    seconds = []
    for unit in LONG:
        text = unit * (1_000_000 // len(unit))
        began = time.process_time()
        read(text)
        seconds.append(time.process_time() - began)
    return max(seconds)


def llava_med(text: str) -> str:
    """The rule in one line, without its scoring."""
    told = text.lower()
    return "yes" if "yes" in told else "no" if "no" in told else ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=4000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    short, three = answers((SHORT,), given.count, 1), answers((LEADS, BODIES, BODIES), given.count, 2)
    two = [text for _, text in answers((BODIES, BODIES), given.count, 3)]
    for question in QUESTIONS:  # a data set asks few distinct questions: they are taken apart once
        closed.read_yes_no(question, "maybe")
    work: dict[str, Callable[[], object]] = {
        "short": lambda: [closed.read_yes_no(q, a) for q, a in short],
        "short beside": lambda: [llava_med(a) for _, a in short],
        "three": lambda: [closed.read_yes_no(q, a) for q, a in three],
        "three beside": lambda: [llava_med(a) for _, a in three],
        "facts": lambda: [read_facts(a) for a in two],
    }
    turns: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(given.repeats):
        for name, run in work.items():
            turns[name].append(rate(run, given.count))
    found: dict[str, object] = {f"{name}, answers a second": round(statistics.median(t)) for name, t in turns.items()}
    found["longest closed, seconds"] = round(slowest(lambda t: _yes_no.parse_yes_no(QUESTIONS[0], t)), 2)
    found["longest facts, seconds"] = round(slowest(lambda t: read_facts(answer_part(t).answer)), 2)
    found |= {"python": platform.python_version(), "cores": os.cpu_count(), "count": given.count}
    print(json.dumps(found, indent=2))
    if given.out:
        given.out.write_text(json.dumps(found, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
