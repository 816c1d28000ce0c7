"""Reading facts from answers, beside plain NegEx over the same terms.

Run: python benchmarks/facts.py --out facts.json

``read``     answers a second of ``read_facts``: findings, presence, side, place, attributes, size, comparison.
``compare``  reading and checking against a reference of eight findings.
``NegEx``    what a user would write: one regular expression of all terms, one of NegEx's triggers, presence only.

The answers are of two sentences, put together from parts; one core; the median of ``--repeats`` turns, taken in turn.
"""

import argparse
import json
import os
import platform
import random
import re
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from auscult.certificates.facts.baselines import NegEx, triggers
from auscult.facts import compare, read_facts
from auscult.facts.lexicon import lexicon

SIDES = ("left", "right", "bilateral")
FINDINGS = ("pleural effusion", "pneumothorax", "consolidation", "lung nodule", "atelectasis", "rib fracture")
FRAMES = (
    "There is a small {side} {finding}.",
    "No evidence of {finding} or {other} is seen.",
    "The heart is enlarged, and there is a {side} {finding} measuring 12 mm.",
    "The lungs are clear without {finding}.",
    "A {side} {finding} cannot be excluded; the {other} is unchanged.",
    "Heart size and mediastinal contours are within normal limits.",
)
_SENTENCE_END = re.compile(r"(?<=[.;?!])\s+")
REFERENCE = (
    "Small left pleural effusion. Cardiomegaly. A 12 mm nodule in the right upper zone. No pneumothorax. Atelectasis "
    "at the left base. Old rib fractures on the right. Tortuous aorta. No consolidation."
)


def answers(count: int, seed: int) -> list[str]:
    draw = random.Random(seed)

    def sentence() -> str:
        finding, other = draw.sample(FINDINGS, 2)
        return draw.choice(FRAMES).format(side=draw.choice(SIDES), finding=finding, other=other)

    return [f"{sentence()} {sentence()}" for _ in range(count)]


def plain_negex() -> Callable[[str], list[tuple[str, str]]]:
    """One pattern over all terms, and NegEx for each that is found; sentences end at full stops."""
    terms = {" ".join(phrase): roles.finding for phrase, roles in lexicon().trie if roles.finding}
    negex = NegEx(triggers(), None)
    pattern = re.compile(r"\b(?:" + "|".join(map(re.escape, sorted(terms, key=len, reverse=True))) + r")s?\b")

    def read(text: str) -> list[tuple[str, str]]:
        return [
            (m[0], "absent" if negex.negated(sentence, m.start(), m.end()) else "present")
            for sentence in _SENTENCE_END.split(text.lower())
            for m in pattern.finditer(sentence)
        ]

    return read


def seconds(work: Callable[[str], object], texts: list[str]) -> float:
    began = time.process_time()
    for text in texts:
        work(text)
    return time.process_time() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answers", type=int, default=5000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    texts = answers(args.answers, args.seed)
    known = read_facts(REFERENCE)
    ways: dict[str, Callable[[str], object]] = {
        "read": read_facts,
        "compare": lambda text: compare(read_facts(text), known, exhaustive=True),
        "NegEx": plain_negex(),
    }
    for work in ways.values():
        seconds(work, texts[:200])
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(args.repeats):
        for name, work in ways.items():
            taken[name].append(seconds(work, texts))
    rate = {name: round(len(texts) / statistics.median(runs)) for name, runs in taken.items()}
    found = {
        "machine": {"cores": os.cpu_count(), "python": platform.python_version()},
        "answers": len(texts),
        "mean characters": round(statistics.mean(map(len, texts)), 1),
        "answers/s of one core": rate,
        "read against NegEx": round(rate["read"] / rate["NegEx"], 2),
    }
    print(json.dumps(found, indent=2))
    if args.out:
        args.out.write_text(json.dumps(found, indent=2) + "\n")
        print(args.out)


if __name__ == "__main__":
    main()
