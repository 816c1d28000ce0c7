"""What a build's card says of its quality control: the certificate of the same checks, in a sentence.

The certificate comes with the package or from ``auscult calibrate quality``; one of other checks, or of other versions
of them, vouches for nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Protocol

from pydantic import TypeAdapter

from auscult.items.item_set import ItemSetManifest
from auscult.records import Certificate

FILE = "data/certificates/quality.json"
BY_HAND, REAL, PHANTOMS = "hand-written pairs", "real reports", "phantoms"
"""Parts of the certificate."""
TOO = ", with checker models"
"""Behind the name of a part: models were asked about a sample of it."""
OWN = "knowledge of the certificate"
"""Part of the certificate on statements of medicine that no check was made for."""
WRONG = "object and attribute errors"
STRICT = "all checks, doubts refuse too"
"""Instrument of the rows in which what a check cannot show to be right is refused, as ``--strict`` does."""
CHECKED = "Checks: "
"""How the line of a card begins that says who made and who checked its pairs."""
NONE = "Nobody has tested how many wrong pairs these checks miss; 'auscult calibrate quality' does it."


class Named(Protocol):
    """A check, as far as its certificate goes."""

    @property
    def name(self) -> str:
        """As on the command line."""

    @property
    def version(self) -> str:
        """Changes when any verdict can change."""


@dataclass(frozen=True)
class Applied:
    """A check that a set was put through, as its manifest names it."""

    name: str
    version: str


def quality_control(manifest: ItemSetManifest) -> str:
    """What the card of a set says of its quality control; empty where nothing was made, so that nothing was checked."""
    if not manifest.generators:
        return ""
    return certified(*_checked(manifest), strict=_strict(manifest))


def checked_line(manifest: ItemSetManifest) -> str:
    """Who made the pairs of a set and who checked them, and how far that is tested; empty where nothing was made."""
    if not (tested := quality_control(manifest)):
        return ""
    drafted = [f"drafted by `{one['model']}` from {one['saw']}" for one in manifest.generators if one.get("model")]
    by = [
        "rules, whose doubts refuse too" if _strict(manifest) else "rules",
        *(f"`{one['model']}`" for one in manifest.checkers),
    ]
    return f"{CHECKED}pairs {' and '.join(drafted) or 'made by rules'}, checked by {' and '.join(by)}. {tested}"


def instrument_of(checks: Sequence[Named], checkers: Sequence[str] = ()) -> str:
    """The quality control of a build as one instrument: its checks in order, with their versions, then its checkers."""
    own = "+".join(f"{check.name}-{check.version}" for check in checks)
    return " ".join((f"quality@{own}", *checkers))


def certified(
    checks: Sequence[Named], checkers: Sequence[str] = (), own: Sequence[Certificate] = (), *, strict: bool = False
) -> str:
    """What a card says: how many wrong pairs these checks catch, how many right ones they keep, or that nobody knows.

    Args:
        checks: of the build.
        checkers: identities of the models that checked too. Without a certificate with them, that of the checks alone
            is given.
        own: certificates that the user made, looked at first.
        strict: whether doubts of the checks refused too.
    """
    found = _found(checks, checkers, own, strict=strict)
    return _sentence(*found) if found else NONE


def shortcoming(manifest: ItemSetManifest) -> str:
    """What is wrong with the test of the checks of a set, in a few words; empty where they pass it."""
    found = _found(*_checked(manifest), strict=_strict(manifest))
    if not found:
        return "nobody has tested their checks"
    one, by = found
    if one.passed is None:
        return "the test of their checks is not decided"
    figures = _figures(one, by)
    part = _part(figures, BY_HAND) or _part(figures, REAL, PHANTOMS)
    slips, lost = (_number(figures.get((part, *what))) for what in (_WRONG, _RIGHT))
    return (
        ""
        if one.passed
        else f"their checks fail their test: of 100 wrong pairs {slips} pass, of 100 right {lost} are lost"
    )


def _found(
    checks: Sequence[Named], checkers: Sequence[str] = (), own: Sequence[Certificate] = (), *, strict: bool
) -> tuple[Certificate, str] | None:
    """The certificate of checks, and the instrument whose rows are told; empty: the main one."""
    for instrument in dict.fromkeys((instrument_of(checks, checkers), instrument_of(checks))):
        for one in (*own, *bundled()):
            if one.instrument == instrument:
                return one, STRICT if strict and instrument == instrument_of(checks) else ""
    return None


def _checked(manifest: ItemSetManifest) -> tuple[list[Applied], list[str]]:
    return [Applied(**one) for one in manifest.checks], [str(one["model"]) for one in manifest.checkers]


def _strict(manifest: ItemSetManifest) -> bool:
    return any(one.get("strict") for one in manifest.generators)


@cache
def bundled() -> tuple[Certificate, ...]:
    """The certificate that comes with the package, where there is one."""
    file = files("auscult") / FILE
    return (TypeAdapter(Certificate).validate_json(file.read_bytes()),) if file.is_file() else ()


_WRONG, _RIGHT = (WRONG, "sensitivity"), ("no error", "specificity")
Figures = Mapping[tuple[str, str, str], Mapping[str, Any]]


def _figures(one: Certificate, by: str) -> Figures:
    """The rows of one instrument, or of the main one, by part, what and measure."""
    figures: dict[tuple[str, str, str], dict[str, Any]] = {}
    for row in one.figures:  # all together stand before each alone
        if not row["degree"] and row["instrument"] == (by or row["instrument"]):
            figures.setdefault((row["part"], row["what"], row["measure"]), row)
    return figures


def _part(figures: Figures, *parts: str) -> str:
    """The first of these parts that is there, with checker models before without."""
    both = (name for part in parts for name in (f"{part}{TOO}", part))
    return next((name for name in both if (name, *_WRONG) in figures), "")


def _sentence(one: Certificate, by: str = "") -> str:
    """What slips through and what is lost, of what an author wrote and of what was planted.

    Args:
        one: the certificate.
        by: instrument whose rows are told; empty: the main one.
    """
    figures = _figures(one, by)
    planted = _part(figures, REAL, PHANTOMS)
    parts = [("written by hand", part)] if (part := _part(figures, BY_HAND)) else []
    parts.append((f"planted into {planted.removesuffix(TOO)}", planted))
    told = [
        f"{'of 100 wrong pairs ' if not number else ''}{words} {_slips(figures.get((part, *_WRONG)))} slip through and "
        f"{'of 100 right ones ' if not number else ''}{_slips(figures.get((part, *_RIGHT)))} are lost"
        for number, (words, part) in enumerate(parts)
    ]
    verdict = {
        True: "They pass their test.",
        False: "They fail their test.",
        None: "Their test is not decided.",
    }[one.passed]
    knowledge = _slips(figures.get((OWN, "knowledge errors", "sensitivity")))
    whole = f"{', '.join(told)}; of 100 errors of medical knowledge {knowledge} slip through. {verdict}"
    return whole[0].upper() + whole[1:]


def _slips(row: Mapping[str, Any] | None) -> str:
    """Of a hundred, how many are not as they should be, with limits."""
    if not row or row["value"] is None:
        return "an unknown number"
    return f"{_number(row)} ({100 * (1 - row['high']):.0f} to {100 * (1 - row['low']):.0f})"


def _number(row: Mapping[str, Any] | None) -> str:
    return f"{100 * (1 - row['value']):.0f}" if row and row["value"] is not None else "an unknown number"
