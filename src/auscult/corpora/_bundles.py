"""From what a reader knows to a finished bundle: ids, groups, and which questions are exact repeats."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from auscult.corpora import Bundle
from auscult.records import Case, Item, case_id, item_id

DRAFT = ""
"""Stands for an id in records that are not yet sealed."""


def seal(case: Case, items: Iterable[Item], payloads: Sequence[Path | bytes] = ()) -> Bundle:
    """Gives a case and its items their ids, the case its group, and marks exact repeats.

    Where no patient or lesion is known, the group is the pixels of the first image, or without image the study.
    """
    key = case_id([i.sha256 for i in case.images], case.source, case.source_key)
    group = case.group or (case.images[0].pixels if case.images else case.source_key)
    seen: dict[tuple[str, tuple[str, ...], str], str] = {}
    sealed = []
    for item in items:
        name = item_id(key, item.question, item.options, item.reference, item.source_id)
        first = seen.setdefault((item.question, item.options, item.reference), name)
        sealed.append(replace(item, id=name, case_id=key, duplicate_of="" if first == name else first))
    return Bundle(replace(case, id=key, group=group), tuple(sealed), tuple(payloads))


def yes_or_no(answer: str) -> str:
    """``yes`` or ``no`` where the whole answer is that word in any case, with or without a full stop; else empty."""
    word = answer.strip().rstrip(".").casefold()
    return word if word in ("yes", "no") else ""
