"""What the reader of closed questions makes of answers that are hard to read, by an author who had not seen it.

Run: python -m benchmarks.hard_answers            (--unsure counts the answers too that two readers may take otherwise)

``hard_answers.jsonl``: 367 answers to yes/no and choice questions in 126 manners in which models answer, written one by
one by a language model, with what each means. They are harder than what models give (of those see the certificate): one
word and plain sentences are few. A row: ``question``, ``options``, ``answer``, ``meant`` (yes, no, the text of an
option; *unclear*, *refused*, *none*: no side), ``style``, ``sure``.

By what is meant: *as meant*; *unread* (missing, and in the bounds); *takes no side* (scored as wrong); *misread* as
another side. An answer without a side is as meant where no side is read.
"""

import argparse
import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from auscult.records import Item
from auscult.scorers.rules.closed import rule
from auscult.scorers.scoring import UNREAD
from auscult.statistics.mean import mean

ANSWERS = Path(__file__).with_name("hard_answers.jsonl")
SIDES = ("yes", "no")


def read_as(row: dict[str, Any]) -> str:
    """What is read: a side, an option's text, unclear, or why there is none."""
    options = tuple(row["options"] or ())
    item = Item(
        id="",
        case_id="",
        source_id="",
        question=row["question"],
        reference=options[0] if options else "yes",
        answer_type="choice" if options else "yes_no",
        options=options,
    )
    return rule(item, row["answer"]).parsed


def became(row: dict[str, Any], read: str) -> str:
    """One of the four words above."""
    sides = row["options"] or SIDES
    if read in sides:
        return "as meant" if read == row["meant"] else "misread"
    if row["meant"] not in sides:
        return "as meant"
    return "unread" if read in UNREAD else "takes no side"


def main(words: list[str] | None = None) -> None:
    """Prints a line for each class of what is meant."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--unsure", action="store_true")
    unsure = parser.parse_args(words).unsure
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for line in ANSWERS.read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["sure"] or unsure:
            side = row["meant"] in (row["options"] or SIDES)
            name = ("an option" if row["options"] else row["meant"]) if side else "no side"
            counts[f"{'choice' if row['options'] else 'yes/no'}, {name}"][became(row, read_as(row))] += 1
    for name, found in sorted(counts.items()):
        n, right = found.total(), found["as meant"]
        share = mean([1.0] * right + [0.0] * (n - right), list(range(n)), name=name, unit="answer")
        rest = ", ".join(f"{key} {found[key]}" for key in ("unread", "takes no side", "misread"))
        print(f"{name}: as meant {right} of {n}, {share.value:.2f} ({share.low:.2f} to {share.high:.2f}); {rest}")


if __name__ == "__main__":
    main()
