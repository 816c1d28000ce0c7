"""Wrong pairs for an audit, planted among the others to see how many its readers find.

Each is a pair of the set whose answer is made wrong: the premise accepted that it corrects, the one denied that it
confirms, a word exchanged for its opposite, a number multiplied. Question and image stay as they are. Nothing here is
shared with what checks pairs.
"""

import re
from dataclasses import replace
from random import Random

from auscult.records import Item
from auscult.store.files import shipped_table

_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.]*\w)")
_NEGATIONS = (
    (re.compile(r"\b(is|are|was|were|does|do|has|have) not\b", re.I), r"\1"),
    (re.compile(r"\bno (?:evidence of |signs? of )?(?=[a-z])", re.I), ""),
    (re.compile(r"\bwithout (?:evidence of |any )?", re.I), "with "),
    (re.compile(r"\bthere (is|are) (?:an? |some )?", re.I), r"there \1 no "),
    (re.compile(r"\b(is|are|was|were|has|have)\b", re.I), r"\1 not"),
)


def planted(item: Item, rng: Random) -> Item | None:
    """The pair with a wrong answer; None where no way is known to make it wrong."""
    wrong = _wrong(item, rng)
    return replace(item, reference=wrong) if wrong and wrong.casefold() != item.reference.casefold() else None


def _wrong(item: Item, rng: Random) -> str:
    if item.answer_type == "yes_no":
        return {"yes": "no", "no": "yes"}.get(item.reference.casefold(), "")
    if item.answer_type == "choice":
        others = [o for o in item.options if o != item.reference]
        return rng.choice(others) if others else ""
    if item.answer_type == "number":
        return _other_number(item.reference, item.tolerance, rng)
    if item.answer_type != "open":
        return ""
    ways = [way for way in (_premise(item), _swapped(item.reference, rng), _negated(item.reference)) if way]
    return rng.choice(ways[:2]) if ways else ""


def _other_number(reference: str, tolerance: float, rng: Random) -> str:
    try:
        value = float(reference)
    except ValueError:
        return ""
    wrong = value + max(2 * tolerance, abs(value), 1.0) * rng.choice((1, 2))
    return f"{wrong:g}"


def _premise(item: Item) -> str:
    """A false premise accepted, a true one denied."""
    premise = item.premise.strip()
    if not premise or item.kind == "question":
        return ""
    opened = item.premise_form != "presupposition"
    if item.kind == "hallucination":
        return _sentence(f"Yes, {_low(premise)}" if opened else premise)
    denied = _negated(premise)
    return _sentence(f"No, {_low(denied)}" if opened else denied) if denied else ""


def _swapped(text: str, rng: Random) -> str:
    """One word exchanged for its opposite, or one number for thrice that."""
    table: dict[str, str] = {}
    for one, other in shipped_table("review/planting.toml")["swaps"]:
        table.setdefault(one, other)
        table.setdefault(other, one)
    found = [m for m in re.finditer(r"[A-Za-z]+", text) if m.group().casefold() in table]
    numbers = list(_NUMBER.finditer(text))
    if not found and not numbers:
        return ""
    place = rng.choice([*found, *numbers])
    word = place.group()
    new = table.get(word.casefold()) or f"{float(word) * 3:g}"
    new = new.capitalize() if word[0].isupper() else new
    return f"{text[: place.start()]}{new}{text[place.end() :]}"


def _negated(text: str) -> str:
    """The opposite of the first statement; empty where none is seen."""
    opened = re.match(r"(yes|no)[,.]\s*", text.strip(), re.I)
    body = text.strip()[opened.end() :] if opened else text.strip()
    turned = {"yes": "No, ", "no": "Yes, "}[opened.group(1).casefold()] if opened else ""
    for pattern, new in _NEGATIONS:
        changed = pattern.sub(new, body, count=1)
        if changed != body:
            return _sentence(turned + _low(changed) if turned else changed)
    return ""


def _low(text: str) -> str:
    """Begins in lower case, but for what is written in capitals."""
    return text[0].lower() + text[1:] if len(text) > 1 and not text[1].isupper() else text


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    text = text[0].upper() + text[1:] if text else ""
    return text if text.endswith((".", "!", "?")) else f"{text}."
