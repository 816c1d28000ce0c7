"""What a build's card says of its quality control: the certificate of the same checks, in a sentence.

The certificate comes with the package or from ``auscult calibrate quality``; one of other checks, or of other versions
of them, vouches for nothing.
"""

from collections.abc import Sequence
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
    checkers = [str(one["model"]) for one in manifest.checkers]
    strict = any(one.get("strict") for one in manifest.generators)
    return certified([Applied(**one) for one in manifest.checks], checkers, strict=strict)


def checked_line(manifest: ItemSetManifest) -> str:
    """Who made the pairs of a set and who checked them, and how far that is tested; empty where nothing was made."""
    if not (tested := quality_control(manifest)):
        return ""
    drafted = [f"drafted by `{one['model']}` from {one['saw']}" for one in manifest.generators if one.get("model")]
    strict = any(one.get("strict") for one in manifest.generators)
    by = ["rules, whose doubts refuse too" if strict else "rules", *(f"`{one['model']}`" for one in manifest.checkers)]
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
    for instrument in dict.fromkeys((instrument_of(checks, checkers), instrument_of(checks))):
        for one in (*own, *bundled()):
            if one.instrument == instrument:
                return _sentence(one, STRICT if strict and instrument == instrument_of(checks) else "")
    return NONE


@cache
def bundled() -> tuple[Certificate, ...]:
    """The certificate that comes with the package, where there is one."""
    file = files("auscult") / FILE
    return (TypeAdapter(Certificate).validate_json(file.read_bytes()),) if file.is_file() else ()


def _sentence(one: Certificate, by: str = "") -> str:
    """What is caught and kept, of what an author wrote and of what was planted; ``by`` one instrument, or the main."""
    figures: dict[tuple[str, str, str], dict[str, Any]] = {}
    for row in one.figures:  # all together stand before each alone
        if not row["degree"] and row["instrument"] == (by or row["instrument"]):
            figures.setdefault((row["part"], row["what"], row["measure"]), row)

    def told(part: str, what: str, measure: str = "sensitivity") -> str:
        return _of_hundred(figures.get((part, what, measure)))

    def there(*parts: str) -> str:
        return next((p for p in parts if (p, WRONG, "sensitivity") in figures), "")

    by_hand = there(f"{BY_HAND}{TOO}", BY_HAND)
    planted = there(f"{REAL}{TOO}", REAL, f"{PHANTOMS}{TOO}", PHANTOMS)
    said = [("written by hand about real reports", by_hand)] if by_hand else []
    said.append((f"planted into sets from {planted.removesuffix(TOO)}", planted))
    parts = [
        f"of 100 wrong pairs {words} these checks refuse {told(part, WRONG)}, of 100 right ones they keep "
        f"{told(part, 'no error', 'specificity')}"
        for words, part in said
    ]
    verdict = {
        True: "They pass their test.",
        False: "They fail their test.",
        None: "Their test is not decided.",
    }[one.passed]
    knowledge = told(OWN, "knowledge errors")
    whole = f"{'; '.join(parts)}; of 100 errors of medical knowledge they refuse {knowledge}. {verdict}"
    return whole[0].upper() + whole[1:]


def _of_hundred(row: dict[str, Any] | None) -> str:
    if not row or row["value"] is None:
        return "an unknown number"
    value, low, high = (f"{100 * row[name]:.0f}" for name in ("value", "low", "high"))
    return f"{value} ({low} to {high})"
