"""Right and wrong pairs about real reports, written by hand as a careless generator would write them.

The files hold questions and answers in their authors' own words, and the number of the report; the report is looked up
in the user's copy of the data set.
"""

from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import files

import orjson

from auscult.certificates.planting.nouns import item_of
from auscult.certificates.quality.pairs import Pair
from auscult.records import AnswerType, Case

FILES = {"development": "hand_written.jsonl", "held_out": "held_out.jsonl"}
"""The half → its pairs. Pairs that makers of checks have looked at are moved from the second to the first."""


def hand_written(cases: Sequence[Case], half: str) -> list[Pair]:
    """The pairs of a half about those reports that are there; of each its author, where the file names several."""
    known = {c.source_key: c for c in cases}
    file = files("auscult.certificates.quality") / FILES[half]
    rows = [orjson.loads(line) for line in file.read_bytes().splitlines() if line.strip()]
    pairs = []
    for number, row in enumerate(rows):
        case = known.get(str(row["report"]))
        if case is None:
            continue
        answer_type: AnswerType = "yes_no" if row["answer"] in ("yes", "no") else "open"
        item = item_of(case.id, row["question"], row["answer"], answer_type, key=f"by hand {half} {number}")
        premise = row.get("premise", "")
        form = "presupposition" if premise else ""
        told = {"kind": row["kind"], "category": row["category"], "premise": premise, "premise_form": form}
        item = replace(item, split="train", tags={"tier": "drafted"}, **told)
        about = {"error": row.get("error", ""), "degree": row.get("degree", 0), "author": row.get("author", "")}
        pairs.append(Pair(cluster=case.id, origin="hand-written pairs", case=case, item=item, **about))
    return pairs
