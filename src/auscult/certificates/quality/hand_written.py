"""Right and wrong pairs about real reports, written by hand as a careless generator would write them.

The file holds questions and answers in its author's own words, and the number of the report; the report is looked up in
the user's copy of the data set.
"""

from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import files

import orjson

from auscult.certificates.planting.nouns import item_of
from auscult.certificates.quality.pairs import Pair
from auscult.records import AnswerType, Case

HALVES = {0: "development", 1: "development", 2: "held_out", 3: "development"}
"""Number of a report modulo four → the half. Those of 3 were held out until version 3 of the check ``facts``, those of
0 until version 5."""


def hand_written(cases: Sequence[Case], half: str) -> list[Pair]:
    """The pairs of a half about those reports that are there."""
    known = {c.source_key: c for c in cases}
    lines = (files("auscult.certificates.quality") / "hand_written.jsonl").read_bytes().splitlines()
    rows = [orjson.loads(line) for line in lines if line.strip()]
    pairs = []
    for number, row in enumerate(rows):
        case = known.get(str(row["report"]))
        if case is None or HALVES[int(row["report"]) % 4] != half:
            continue
        answer_type: AnswerType = "yes_no" if row["answer"] in ("yes", "no") else "open"
        item = item_of(case.id, row["question"], row["answer"], answer_type, key=f"by hand {number}")
        premise = row.get("premise", "")
        form = "presupposition" if premise else ""
        told = {"kind": row["kind"], "category": row["category"], "premise": premise, "premise_form": form}
        item = replace(item, split="train", tags={"tier": "drafted"}, **told)
        about = {"error": row.get("error", ""), "degree": row.get("degree", 0)}
        pairs.append(Pair(cluster=case.id, origin="hand-written pairs", case=case, item=item, **about))
    return pairs
