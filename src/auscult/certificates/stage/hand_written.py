"""Stages that were written by hand: of each case the gold ones, the same said otherwise, and wrong ones."""

from collections.abc import Iterator
from typing import Any

from auscult.certificates.stage.put import BY_HAND, BY_HAND_DEVELOPMENT, Asked, Put
from auscult.records import STAGES, Case, Trace, case_id
from auscult.store.files import shipped_table

_LETTERS = dict(zip(("V", "K", "R"), STAGES, strict=True))


def by_hand(half: str) -> Iterator[list[Put]]:
    """All stages of a case of that half: ``held out`` or ``development``."""
    for number, row in enumerate(shipped_table("certificates/stage/hand_written.toml")["case"]):
        if row["half"] == half:
            yield list(_puts(number, row))


def _puts(number: int, row: dict[str, Any]) -> Iterator[Put]:
    """Each stage stands among the gold ones of its case, whose author says that nothing else is to be seen."""
    name = f"by hand {number}"
    case = Case(
        id=case_id([], "by hand", name),
        source="by hand",
        source_key=name,
        annotation=row["known"],
        group=name,
        exhaustive=True,
    )
    gold = {stage: row[letter]["gold"] for letter, stage in _LETTERS.items()}
    asked = Asked(
        origin=BY_HAND if row["half"] == "held out" else BY_HAND_DEVELOPMENT,
        cluster=name,
        case=case,
        question=row["question"],
        reference=row["answer"],
        gold=Trace(**gold, answer=row["answer"]),
        answer_type="yes_no" if row["answer"] in ("yes", "no") else "open",
    )
    for letter, stage in _LETTERS.items():
        yield asked.put(stage, asked.gold, kind="gold")
        for text in row[letter]["right"]:
            yield asked.put(stage, Trace(**gold | {stage: text}, answer=row["answer"]), kind="said otherwise")
        for line in row[letter]["wrong"]:
            kind, degree, *own, text = line.split(" | ")
            answer = own[0] if own else row["answer"]
            yield asked.put(stage, Trace(**gold | {stage: text}, answer=answer), True, kind, degree)
