"""Numbers with a unit and a tolerance: one measurement is read, converted and compared, or none.

A number counts only with a unit of the right kind. Without a unit it counts where the item has none (a count), or
where the question or the answer names the unit elsewhere and no number has one. Ranges, limits ("< 5 mm", "at least 3")
and possibilities are unclear; of several different measurements none is read, unless an announcement or a concluding
sentence singles one out. "3,500" is three thousand five hundred, "3,5" is three and a half. Where the question names
one side, what is measured on the other side answers it wrongly.
"""

import re

from auscult.errors import UserError
from auscult.facts.numerals import in_digits, numerals
from auscult.facts.reply import advises, answer_part, declined, finals, language, typography, without_markup
from auscult.facts.reply.phrases import any_of, table
from auscult.facts.units import COUNT, TEMPERATURE, UNIT, Unit, asked_unit, converted, unit, unreadable
from auscult.records import Instrument, Item, Value
from auscult.scorers import ACCURACY, UNCLEAR, Scorer, Verdict
from auscult.scorers.rules._sides import side_asked, without_the_other_side
from auscult.scorers.scoring import BY_LANGUAGE, SILENT, silence, unread

_LIMIT = re.compile(
    r"(?:[<>≤≥]=?|±|\b(?:less|more|fewer|greater|larger|smaller|under|over|above|below|at least|at most|up to|not|n't"
    r"|exceeds|exceeding|possibly|perhaps|maybe|may be|might be|could be)(?: than)?)\s*(?:about |around )?$"
)
_RANGE_BETWEEN = re.compile(r"^\s*(?:-|to|or|and|x|×|by)\s*$")
_NONE = re.compile(r"^\W*(?:none|zero)\b|\bthere (?:is|are|were) (?:no|none|zero)\b|^\W*no [a-z]+|\bnone\b")
_SENTENCE_END = re.compile(r"(?<=[a-z\d)%°]{2}[.!?])\s|(?<=\d[.!?])\s|\n")
_CONCLUDES = re.compile(rf"\b{any_of(p for p in table('choosing')['concludes'] if p.isascii())}\b")
_DEGREES = unit("°")
_SEVERAL = "several different measurements, or one without a unit, are given"
_SILENT = SILENT | {"no number": "no measurement of the kind that is asked is given"}


def _unit_after(text: str, at: int, wanted: Unit) -> tuple[Unit | None, int]:
    """The unit that stands at a place, the longest that is known, and where it ends; None without one."""
    text = text[at : at + 60]
    own = wanted.kind[0][0].removeprefix("own:") if wanted.kind and wanted.kind[0][0].startswith("own:") else ""
    if own and (m := re.match(rf"[\s-]?{re.escape(own.removesuffix('s'))}s?\b", text)):
        return wanted, at + m.end()
    start = 1 if text[:1] in "-\u00a0" and text else 0
    m = UNIT.match(text, start)
    while m is not None and m.end() > start:
        found = unit(text[start : m.end()])
        if found is not None and not text[m.end() : m.end() + 1].isalpha():
            return found, at + m.end()
        m = UNIT.match(text[: max(start, _word_before(text, m.end()))], start)
    return None, at


def _word_before(text: str, end: int) -> int:
    """Where the text ends without its last word or sign."""
    at = end - 1
    while at > 0 and text[at - 1].isalnum() and text[at].isalnum():
        at -= 1
    return at


def _measures(text: str, wanted: Unit, bare: bool) -> tuple[set[float], bool, bool]:
    """Measurements of the wanted kind, in it; whether one is a range or a limit; and whether a bare number is there."""
    found: set[float] = set()
    vague, unitless = False, False
    end, last = -1, COUNT
    for number in numerals(text):
        given, stop = _unit_after(text, number.end, wanted)
        if given is None and text[number.end : number.end + 1].isalpha():
            continue  # "5th", "3d"
        if given == _DEGREES and wanted.kind == TEMPERATURE:
            given = wanted
        if number.fraction and given is None and wanted.kind == ():
            continue
        value = converted(number.value, given or COUNT, wanted)
        unitless = unitless or given is None
        if value is None and given is None and bare:
            value = number.value
        if end >= 0 and _RANGE_BETWEEN.match(text[end : number.start]) and last.kind in ((given or COUNT).kind, ()):
            vague = vague or value is not None
        end, last = stop, given or COUNT
        if value is not None:
            found.add(round(value, 9))
            vague = vague or _LIMIT.search(text[max(0, number.start - 40) : number.start]) is not None
    return found, vague, unitless


def _read(text: str, wanted: Unit, bare: bool) -> float | str:
    """The one measurement of a text; ``unclear``, ``unread``, or empty where there is none."""
    found, vague, unitless = _measures(text, wanted, False)
    if not found and bare:
        found, vague, unitless = _measures(text, wanted, True)
    if vague:
        return "unclear"
    if len(found) == 1:
        return found.pop()
    if found:
        ends = [s for s in _SENTENCE_END.split(text) if _CONCLUDES.search(s)]
        last = _measures(ends[-1], wanted, bare)[0] if ends else set()
        return last.pop() if len(last) == 1 else "unread"
    if wanted == COUNT and "pair of" in text:
        return 2.0
    if wanted == COUNT and _NONE.search(text) and "no idea" not in text and "no way" not in text:
        return 0.0
    return "unread" if unitless and wanted != COUNT else ""


def _names_unit(question: str, item: Item, wanted: Unit) -> bool:
    """Whether a text names the unit that is asked, or another of its kind."""
    question = typography(question).lower()
    if item.unit.lower() in question.split() or f"in {item.unit.lower()}" in question:
        return True
    return any(found.kind == wanted.kind for word in re.findall(r"[a-zµμ%°/^\d]+", question) if (found := unit(word)))


def parse_number(item: Item, text: str) -> float | str:
    """Reads one number in ``item.unit``; else ``unclear``, ``other side``, or why none was read.

    Raises:
        UserError: the item's unit is none that can stand in an answer.
    """
    wanted = asked_unit(item.unit)
    if wanted is None:
        raise UserError(f"item {item.id} (source id {item.source_id}): {unreadable(item.unit)}")
    reply = answer_part(text)
    body = without_markup(reply.answer)
    if not body:
        return reply.nothing
    bare = wanted == COUNT or any(_names_unit(told, item, wanted) for told in (item.question, body[:1000]))
    stretches: list[str] = []
    for tail in finals(body):
        stretches += [next(s for s in (*_SENTENCE_END.split(tail), tail) if s), tail]
    side = side_asked(item.question)
    read: float | str = ""
    for stretch in [*stretches, body]:
        told = in_digits(stretch.lower())
        asked = without_the_other_side(told, side)
        read = _read(asked, wanted, bare)
        if not read and asked != told and isinstance(_read(told, wanted, bare), float):
            read = "other side"
        if isinstance(read, float) or read in ("unclear", "other side"):
            break
    if isinstance(read, float) or (read and declined(body) is None):
        return read
    if declined(body) is not None or (not read and advises(body)):
        return "refused"
    return (BY_LANGUAGE | {"english": "no number"})[language(body)]


def rule(item: Item, text: str) -> Verdict:
    """``correct`` (absolute error within ``item.tolerance``) and ``absolute_error`` in ``item.unit``.

    ``absolute_error`` is in the item's unit, lower is better, and absent where no number could be read.

    Raises:
        UserError: the item's reference is not a number, or its unit cannot be read.
    """
    _reference(item)
    read = parse_number(item, text)
    if not isinstance(read, float) and read not in ("unclear", "other side") and read not in _SILENT:
        return unread(_SEVERAL if read == "unread" else read)
    return follows(item, read)


def _reference(item: Item) -> float:
    try:
        return float(item.reference.strip().replace(",", ""))
    except ValueError:
        raise UserError(
            f"item {item.id} (source id {item.source_id}): reference '{item.reference}' is not a number; "
            "give it digits, or another answer type"
        ) from None


def follows(item: Item, reading: str | float) -> Verdict:
    """What follows from a reading: a number in ``item.unit``, unclear, one of the other side, or no position.

    Raises:
        UserError: the item's reference is not a number.
    """
    if reading == "unclear":
        return Verdict(
            values={"correct": 0.0, "unclear": 1.0}, parsed="unclear", explanation="a range, a limit or a possibility"
        )
    if reading == "other side":
        return Verdict(values={"correct": 0.0}, parsed="other side", explanation="measured on the side not asked about")
    if reading in _SILENT:
        return silence(str(reading), {"correct": 0.0}, _SILENT[str(reading)])
    number = float(reading)
    reference = _reference(item)
    error = abs(number - reference)
    # 2.5 against 2.4 with a tolerance of 0.1 is right, whatever binary fractions say.
    correct = error <= item.tolerance + 1e-9 * max(1.0, abs(reference))
    return Verdict(values={"correct": float(correct), "absolute_error": error}, parsed=f"{number:g}")


SCORER = Scorer(
    instrument=Instrument(
        name="number",
        version="5",
        kind="rule",
        values=(
            ACCURACY,
            Value(
                name="absolute_error", high=None, higher_is_better=False, share=False, estimator="none", headline=False
            ),
            UNCLEAR,
        ),
        answer_types=frozenset({"number"}),
        leads=frozenset({"number"}),
    ),
    rule=rule,
    follows=follows,
)
