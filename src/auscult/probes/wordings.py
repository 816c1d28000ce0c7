"""The words of probes: several of each kind, of which an item gets one, always the same."""

from auscult.records import Item, rank
from auscult.store.files import shipped_table

PLACE = "probes/wordings.toml"


def version() -> str:
    """Of all the words; it is part of the version of every probe that puts some."""
    return str(shipped_table(PLACE)["version"])


def worded(kind: str, item: Item, **slots: str) -> str:
    """One of the wordings of a kind, drawn by the item, with its slots filled.

    Args:
        kind: a list of the file.
        item: draws the wording.
        **slots: what stands in braces there.
    """
    choices = shipped_table(PLACE)[kind]
    text = str(choices[rank("wording", kind, item.id) % len(choices)])
    for name, value in slots.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def wrong_answer(item: Item) -> str:
    """An answer of the right form that is wrong; empty where none is known.

    The other one of yes and no, another option, or twice or half of a number and beyond its tolerance.
    """
    if item.answer_type == "yes_no":
        return "no" if item.reference == "yes" else "yes"
    draw = rank("wrong", item.id)
    if item.answer_type == "choice":
        others = [option for option in item.options if option != item.reference]
        return others[draw % len(others)] if others else ""
    if item.answer_type == "number":
        return _wrong_number(item, draw)
    return ""


def _wrong_number(item: Item, draw: int) -> str:
    try:
        value = float(item.reference.replace(",", ""))
    except ValueError:
        return ""
    for factor in (2.0, 0.5) if draw % 2 else (0.5, 2.0):
        wrong = value * factor if "." in item.reference else round(value * factor)
        if abs(wrong - value) > 2 * item.tolerance:
            return f"{wrong:g}"
    return ""


def with_unit(item: Item, answer: str) -> str:
    """An answer as it stands in a sentence: a number has its unit."""
    return f"{answer} {item.unit}".strip() if item.answer_type == "number" else answer
