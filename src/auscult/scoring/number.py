"""Numbers with a unit and a tolerance: one measurement is read, converted and compared, or none.

A number counts only with a unit of the right kind. Without a unit it counts where the item has none (a count), or
where the question names the unit. Ranges, limits ("< 5 mm", "at least 3"), possibilities and several different
measurements are unclear, unless a final-answer marker singles one out. "3,500" is three thousand five hundred, "3,5"
is three and a half. Names that hold digits (T1, L4, C6/7, 5th, 3D) are not measurements.
"""

import re
from functools import lru_cache

from auscult.errors import UserError
from auscult.records import Item
from auscult.scoring import Scorer, Verdict
from auscult.scoring._text import after_markers, declined, plain

# Unit → (kind, how many of the kind's base unit).
_UNITS: dict[str, tuple[str, float]] = {
    name: (kind, factor)
    for kind, factor, names in [
        ("length", 1e-3, "µm μm um micron microns micrometer micrometers micrometre micrometres"),
        ("length", 1.0, "mm millimeter millimeters millimetre millimetres"),
        ("length", 10.0, "cm centimeter centimeters centimetre centimetres"),
        ("length", 1000.0, "m meter meters metre metres"),
        ("length", 25.4, "inch inches"),
        ("volume", 1.0, "ml cc milliliter milliliters millilitre millilitres cm3 cm³"),
        ("volume", 100.0, "dl deciliter deciliters decilitre decilitres"),
        ("volume", 1000.0, "l liter liters litre litres"),
        ("angle", 1.0, "° deg degree degrees"),
        ("share", 1.0, "% percent pct"),
    ]
    for name in names.split()
}
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_SPELLED = {w: i for i, w in enumerate(_ONES.split())} | {w: 10 * (i + 2) for i, w in enumerate(_TENS.split())}
_WORD = re.compile(
    rf"\b({_TENS.replace(' ', '|')})(?:[\s-]({_ONES.replace(' ', '|')}))?\b|\b({_ONES.replace(' ', '|')})\b"
)
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+[.,]\d+|\d+"
_MEASURE = re.compile(
    rf"(?<![\w.°])(?P<sign>(?<![\w)])-)?(?P<digits>{_DIGITS})(?!\d|/\d)(?P<gap>[\s-]?)(?P<unit>[a-zµμ]+[³3]?|%|°)?"
)
_PART_OF_NAME = re.compile(r"[a-z]\d*(?:[-/]\d+)*[-/]$|\d/$")
_PRONOUN = re.compile(
    r"\b(?:the|this|that|which|another|other|any|every|each|no|large|larger|small|smaller|first|second|last)\s+$"
)
_LIMIT = re.compile(
    r"(?:[<>≤≥]=?|±|\b(?:less|more|fewer|greater|larger|smaller|under|over|above|below|at least|at most|up to|not|n't"
    r"|exceeds|exceeding|possibly|perhaps|maybe|may be|might be|could be)(?: than)?)\s*(?:about |around )?$"
)
_RANGE_BETWEEN = re.compile(r"^\s*(?:-|to|or|and|x|×|by)\s*$")
_NONE = re.compile(r"^\W*(?:none|zero)\b|\bthere (?:is|are|were) (?:no|none|zero)\b|^\W*no [a-z]+|\bnone\b")


@lru_cache(maxsize=256)
def _kind(unit: str) -> tuple[str, float]:
    """Kind and factor of a unit; a unit that is not in the table is a kind of its own, and "" is a count."""
    unit = unit.strip().lower()
    return _UNITS.get(unit, (unit, 1.0) if unit else ("count", 1.0))


def _digits_for_words(text: str) -> str:
    """Spelled numbers in digits: "21 ribs" for "twenty-one ribs"; "the one" and "one of the" stay words."""

    def digits(m: re.Match[str]) -> str:
        if m[3] == "one" and (_PRONOUN.search(text[: m.start()]) or text.startswith(" of", m.end())):
            return m[0]
        return str(_SPELLED[m[1] or m[3]] + (_SPELLED[m[2]] if m[2] else 0))

    return _WORD.sub(digits, text)


def _value(digits: str) -> float:
    """The value of digits: 3500 for "3,500", 3.5 for "3,5"."""
    if "," in digits and "." not in digits and not re.fullmatch(r"[1-9]\d{0,2}(?:,\d{3})+", digits):
        digits = digits.replace(",", ".")
    return float(digits.replace(",", ""))


def _measures(text: str, unit: str, bare_counts: bool) -> tuple[set[float], bool]:
    """Measurements of the right kind in a text, in ``unit``; and whether one is a range or a limit."""
    kind, factor = _kind(unit)
    found: set[float] = set()
    vague = False
    end, last_kind = -1, ""
    for m in _MEASURE.finditer(text):
        before, named = text[: m.start()], m["unit"] or ""
        known = named in _UNITS or named == unit.lower() != ""
        if _PART_OF_NAME.search(before) or (named and not known and not m["gap"]):
            continue
        is_kind, is_factor = _kind(named) if known else ("count", 1.0)
        fits = is_kind == kind or (bare_counts and is_kind == "count")
        if end >= 0 and _RANGE_BETWEEN.match(text[end : m.start()]) and last_kind in (is_kind, "count"):
            vague = vague or fits
        end, last_kind = m.end() if known else m.end("digits"), is_kind
        if fits:
            value = _value(m["digits"]) * (-1 if m["sign"] and text[m.start() - 1 : m.start()] != "-" else 1)
            found.add(round(value * (is_factor / factor if is_kind == kind else 1.0), 9))
            vague = vague or _LIMIT.search(before) is not None
    return found, vague


def _read(text: str, item: Item) -> float | str:
    """The one measurement of a text, or unclear or off_format."""
    names_unit = bool(item.unit) and any(
        word == item.unit.lower() or (word in _UNITS and _kind(word) == _kind(item.unit))
        for word in re.findall(r"[a-zµμ]+|%|°", item.question.lower())
    )
    found, vague = _measures(text, item.unit, bare_counts=not item.unit or names_unit)
    if vague or len(found) > 1:
        return "unclear"
    if found:
        return found.pop()
    if not item.unit and "pair of" in text:
        return 2.0
    if not item.unit and _NONE.search(text) and "no idea" not in text and "no way" not in text:
        return 0.0
    return "off_format"


def parse_number(item: Item, text: str) -> float | str:
    """Reads one number in ``item.unit``, or says ``unclear``, ``refused`` or ``off_format``."""
    text = _digits_for_words(plain(text).lower())
    for stretch in [*after_markers(text), text]:
        read = _read(stretch, item)
        if isinstance(read, float):
            return read
        if read == "unclear":
            return "refused" if declined(text) else read
    return "refused" if declined(text) is not None else "off_format"


def rule(item: Item, text: str) -> Verdict:
    """``correct`` (absolute error within ``item.tolerance``) and ``absolute_error`` in ``item.unit``.

    ``absolute_error`` is in the item's unit, lower is better, and absent where no number could be read.

    Raises:
        UserError: the item's reference is not a number.
    """
    try:
        reference = float(item.reference.strip().replace(",", ""))
    except ValueError:
        raise UserError(
            f"item {item.id} (source id {item.source_id}): reference '{item.reference}' is not a number; "
            "give it digits, or another answer type"
        ) from None
    parsed = parse_number(item, text)
    if isinstance(parsed, str):
        return Verdict(
            values={"correct": 0.0}, parsed=parsed, status="unusable", explanation="no single measurement could be read"
        )
    error = abs(parsed - reference)
    # 2.5 against 2.4 with a tolerance of 0.1 is right, whatever binary fractions say.
    correct = error <= item.tolerance + 1e-9 * max(1.0, abs(reference))
    return Verdict(values={"correct": float(correct), "absolute_error": error}, parsed=f"{parsed:g}")


SCORER = Scorer(
    name="number",
    version="1",
    answer_types=frozenset({"number"}),
    primary="correct",
    rule=rule,
)
