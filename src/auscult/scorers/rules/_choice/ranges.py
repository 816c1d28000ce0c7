"""Options that are ranges of numbers, and the one in which the number of an answer lies: "7 mm" is in "5-10 mm"."""

import re
from collections.abc import Sequence

from auscult.facts.options import Options
from auscult.facts.spoken import spoken
from auscult.facts.units import unit

_QUALIFYING = "no not without never neither nor non unlikely may might could possible possibly perhaps"
QUALIFIES = frozenset(_QUALIFYING.split())
_BOUND = re.compile(r"([<>≤≥])(\d+(?:\.\d+)?)")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def ranges(options: Options) -> bool:
    """Whether every option is a range."""
    return all(_holds(form, 0.0) is not None for form in options.forms)


def within(sentences: Sequence[str], options: Options) -> int | None:
    """The one option in which the one number of some sentences lies, in the options' unit."""
    said = [w for sentence in sentences for w in spoken(sentence)]
    numbers = [n for n, w in enumerate(said) if _NUMBER.fullmatch(w)]
    if len(numbers) != 1 or not ranges(options) or not QUALIFIES.isdisjoint(said):
        return None
    after = said[numbers[0] + 1 : numbers[0] + 2]
    if after and unit(after[0]) is not None and not all(after[0] in form for form in options.forms):
        return None
    found = [i for i, form in enumerate(options.forms) if _holds(form, float(said[numbers[0]]))]
    return found[0] if len(found) == 1 else None


def _holds(form: Sequence[str], number: float) -> bool | None:
    """Whether a number lies in a range, told in words; None where they are no range."""
    if form and (m := _BOUND.fullmatch(form[0])):
        bound = float(m[2])
        return {"<": number < bound, ">": number > bound, "≤": number <= bound, "≥": number >= bound}[m[1]]
    ends = [w for w in form[:3] if w != "to"][:2]
    if len(ends) == 2 and all(map(_NUMBER.fullmatch, ends)):
        return float(ends[0]) <= number <= float(ends[1])
    return None
