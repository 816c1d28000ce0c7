"""Units of measurement: what kind a unit is of, and its size. "mg/dl", "cm2", "cubic mm" and "beats per minute" too.

The units themselves are data (``lexicons/units.toml``); squares, cubes and ratios are put together here.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from auscult.facts.reply import typography
from auscult.store.files import shipped_table

_NAME = r"[a-zµμ%‰°]+(?:\s(?:hg|h2o|celsius|fahrenheit|[cf])\b)?"
_FACTOR = r"(?:10\s?\^\s?\d{1,2}|\d+\.\d+)"
_ATOM = rf"(?:(?:square|cubic|sq\.?|cu\.?)\s+)?(?:{_FACTOR}\s?)?{_NAME}(?:\^?-?[123](?!\d))?"
_LINK = r"(?:\s?[/·]\s?|\s(?:per|a)\s)"
UNIT = re.compile(rf"\s?(?:/\s?|per\s)?{_ATOM}(?:{_LINK}{_ATOM})*")
"""What may be a unit, in lower-case text; ``unit`` says whether it is."""
_PARTS = re.compile(
    rf"\s*(?P<link>/|·|\b(?:per|a)\b)?\s*(?P<word>square|cubic|sq\.?|cu\.?)?\s*(?P<factor>{_FACTOR})?\s*"
    rf"(?P<name>{_NAME})?(?:\^?(?P<power>-?[123])(?!\d))?\s*"
)
_WORDS = {"mm hg": "mmhg", "cm h2o": "cmwater", "cmh2o": "cmwater", "degrees": "°", "degree": "°", "bpm": "beats/min"}
_REWRITTEN = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b")
_POWER = {"square": 2, "sq": 2, "sq.": 2, "cubic": 3, "cu": 3, "cu.": 3}
_OWN = re.compile(r"[^\W\d_]+(?:[ -][^\W\d_]+){0,2}")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit.

    Attributes:
        kind: base kinds with their powers, sorted: (("length", 2),) is an area; empty for a count.
        size: how many of the kind's first units it is.
    """

    kind: tuple[tuple[str, int], ...]
    size: float = 1.0


COUNT = Unit(())
TEMPERATURE = (("temperature", 1),)
FAHRENHEIT = (("fahrenheit", 1),)


@lru_cache(maxsize=1)
def _known() -> dict[str, tuple[str, int, float]]:
    """Name → kind, power and size of it; a volume is a cube of lengths."""
    table = shipped_table("data/lexicons/units.toml")
    found: dict[str, tuple[str, int, float]] = {}
    for kind, sizes in table.items():
        for size, names in sizes.items():
            base, power = ("length", 3) if kind == "volume" else (kind, 1)
            found |= {name: (base, power, float(size)) for name in names.split()}
    return found


@lru_cache(maxsize=4096)
def unit(text: str) -> Unit | None:
    """A unit in lower case ("mg/dl", "cm^2", "10^9/l", "bpm"); None where it is not known."""
    text = _REWRITTEN.sub(lambda m: _WORDS[m[0]], text.strip())
    powers: dict[str, int] = {}
    size, at = 1.0, 0
    while at < len(text):
        m = _PARTS.match(text, at)
        if m is None or not (m["name"] or m["factor"]) or (m["link"] is None and at):
            return None
        under = m["link"] in ("/", "per", "a")
        size *= _factor(m["factor"] or "1") ** (-1 if under else 1)
        if m["name"]:
            known = _known().get(m["name"].replace("° ", "°"))
            if known is None:
                return None
            kind, power, factor = known
            times = int(m["power"] or _POWER.get(m["word"] or "", 1)) * (-1 if under else 1)
            powers[kind] = powers.get(kind, 0) + power * times
            size *= factor**times
        at = m.end()
    return Unit(tuple(sorted((k, p) for k, p in powers.items() if p)), size) if text else COUNT


def _factor(text: str) -> float:
    """A number inside of a unit: 1e9 for "10^9", 1.73 for "1.73"."""
    return 10.0 ** int(text.rpartition("^")[2]) if "^" in text else float(text)


@lru_cache(maxsize=1024)
def asked_unit(text: str) -> Unit | None:
    """The unit of an item; words that name no known unit ("points", "lung zones") are a kind of their own.

    None where it can be neither: a reader would never find it in an answer.
    """
    plain = typography(text).strip().lower()
    found = unit(plain)
    if found is None and _OWN.fullmatch(plain):
        return Unit(((f"own:{plain}", 1),))
    return found


def unreadable(name: str) -> str:
    """What to say of a unit that cannot be read."""
    return f"unit {name!r} cannot be read in an answer; write it like mm, cm2, mg/dL, beats/min or 10^9/L"


def converted(value: float, given: Unit, wanted: Unit) -> float | None:
    """A value in another unit; None where the kinds differ. Degrees Fahrenheit become Celsius and back."""
    if given.kind == wanted.kind:
        return value * given.size / wanted.size
    if (given.kind, wanted.kind) == (FAHRENHEIT, TEMPERATURE):
        return (value - 32) / 1.8
    if (given.kind, wanted.kind) == (TEMPERATURE, FAHRENHEIT):
        return value * 1.8 + 32
    return None
