"""What labels say: names of columns, cells of a finding's column, and which finding a label is."""

import re
from functools import cache
from typing import Any

from auscult.facts.lexicon import lexicon
from auscult.facts.presence_questions import finding_asked
from auscult.records import Presence
from auscult.store.cells import as_text
from auscult.store.files import shipped_table
from auscult.store.rows import NOTHING

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def plain(name: str) -> str:
    """The name of a column or label in lower case, with one space for everything but letters and digits."""
    return " ".join(re.sub(r"[\W_]+", " ", _CAMEL.sub(" ", name).casefold()).split())


def finding_named(label: str) -> str:
    """The finding that a label is, by its canonical name; empty where ``auscult.facts`` knows none of that name."""
    asked = finding_asked(f"Is there {plain(label)}?")
    return asked.name if asked and asked.yes_means == "present" else ""


@cache
def names_of(name: str) -> tuple[str, ...]:
    """What people call the column of a field, in lower case; the first that a table has is taken."""
    text = shipped_table("data/annotated_columns.toml")[name]
    return tuple(plain(n) for n in re.split(r"[;\n]", text) if n.strip())


@cache
def cells(name: str) -> frozenset[str]:
    """What is written in the column of a finding for present, absent or uncertain."""
    return frozenset(shipped_table("data/annotated_columns.toml")["cells"][name].split())


@cache
def says_nothing(label: str) -> bool:
    """Whether a label says that nothing was found: "No Finding"."""
    text = shipped_table("data/annotated_columns.toml")["cells"]["nothing"]
    return plain(label) in {plain(n) for n in re.split(r"[;\n]", text)}


def is_device(finding: str) -> bool:
    """Whether a finding is something that was put in, of which "No Finding" says nothing."""
    return lexicon().region_of_finding.get(finding) == "device"


def said_of(cell: Any) -> Presence:
    """What a cell of a finding's column says of the finding; empty ones say nothing."""
    if isinstance(cell, bool):
        return "present" if cell else "absent"
    text = (as_text(cell) or "").strip().casefold()
    kinds: tuple[Presence, ...] = ("present", "absent", "uncertain")
    return next((kind for kind in kinds if text in cells(kind)), "unmentioned")


def labels_of(cell: Any) -> list[str]:
    """The labels in a cell: a list, or a text that parts them by ``|``, ``;`` or commas."""
    if isinstance(cell, list):
        return [text for v in cell if (text := (as_text(v) or "").strip())]
    text = (as_text(cell) or "").strip()
    if text.casefold() in NOTHING:
        return []
    mark = next((m for m in "|;," if m in text), None)
    return [part.strip() for part in text.split(mark) if part.strip()] if mark else [text] if text else []
