"""LLaVA-Med, MedTrinity, POPE, VCD, CARES on yes/no questions."""

import re
from collections.abc import Iterator

import numpy as np
from benchmarks.published_defects.recorded import Said, every, recorded, rule_of, sound_of
from benchmarks.published_defects.table import Row


def of_closed_questions() -> Iterator[Row]:
    """LLaVA-Med, MedTrinity, POPE, VCD, CARES on yes/no questions."""
    said, how = (
        recorded("yes_no"),
        "the decision is read; unsure and refused are not correct, unread is missing",
    )
    sound = sound_of(said, "closed")
    yield Row(
        "LLaVA-Med", "closed: “no” is found inside normal, not, nothing", every(said, "llava-med-closed"), sound, how
    )
    rule = rule_of("llava-med-closed")
    parsed = [rule(s.item, s.text) for s in said if s.text and re.search("yes|no", s.text.lower())]
    hits = [value for value in parsed if value]
    yield Row(
        "LLaVA-Med, before December 2023", "misses are not appended: right ÷ right", float(np.mean(hits)), sound, how
    )
    yield Row(
        "MedTrinity-25M", "closed: the truth anywhere in the answer", every(said, "medtrinity-closed"), sound, how
    )
    kept = [s for s in said if s.text]
    yield Row(
        "MedTrinity-25M",
        "answers that are missing or empty are left out without a word",
        every(kept, "medtrinity-closed"),
        sound,
        "failed requests are missing, in the interval at worst and best; empty answers not correct",
    )
    yield Row("POPE", "whatever is not a plain no is a yes: refusals, empty texts", every(said, "pope"), sound, how)
    truly_yes = [s for s in said if s.item.reference == "yes"]
    yield Row(
        "POPE",
        "the same, as recall of yes",
        every(truly_yes, "pope"),
        sound_of(truly_yes, "closed", "sensitivity"),
        "an answer that decides nothing finds nothing",
    )
    truly_no = [s for s in said if s.item.reference == "no"]
    yield Row(
        "VCD",
        "questions with truth no: “not sure” is right",
        every(truly_no, "vcd"),
        sound_of(truly_no, "closed", "specificity"),
        how,
    )
    yield Row(
        "CARES",
        "only the first sentence is read, and all but no is yes",
        float(np.mean([cares(s) for s in said])),
        sound,
        how,
    )


def cares(said: Said) -> float:
    """CARES' yes/no rule."""
    first = re.split(r"[.!?]", said.text or "")[0].replace(",", "").split()
    return float(("no" if {"No", "no", "not"} & set(first) else "yes") == said.item.reference)
