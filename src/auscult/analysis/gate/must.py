"""Criteria in a line each, as they are said on a command line: ``inventions <= 10%``; no file is read here."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Any, Final, Literal

from pydantic import ValidationError

from auscult.analysis.gate.criteria import SCHEMA, Criteria
from auscult.errors import UserError
from auscult.store.invalid import wrong_key

Sign = Literal["<=", ">="]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sort:
    """A sort of criterion that a line can ask for.

    Attributes:
        sign: which side of the limit is good; empty where there is no limit.
        made: the keys of the criterion file but name, why and limit.
        key: of the limit.
        about: what it limits, for a list of them.
        example: a line.
        named: whether ``of FINDING, FINDING`` may follow.
        whole: whether it has no groups.
    """

    sign: Sign | Literal[""]
    made: dict[str, Any]
    key: str = "at_most"
    about: str
    example: str
    named: bool = False
    whole: bool = False


def _failures(measure: str) -> dict[str, Any]:
    return {"kind": "failures", "measure": measure}


def _premise(measure: str) -> dict[str, Any]:
    return {"kind": "premise", "measure": measure}


SORTS: Final[dict[str, Sort]] = {
    "inventions": Sort(
        sign="<=",
        made={"kind": "inventions"},
        about="findings that it reports where they are absent",
        example="inventions <= 10%",
        named=True,
    ),
    "misses": Sort(
        sign="<=",
        made={"kind": "misses"},
        about="findings that it does not report where they are present",
        example="misses of pneumothorax <= 20%",
        named=True,
    ),
    "going along": Sort(
        sign="<=",
        made=_premise("knowing acceptance"),
        about="false premises that it goes along with though it knows better",
        example="going along <= 10%",
    ),
    "raw acceptance": Sort(
        sign="<=",
        made=_premise("raw acceptance"),
        about="false premises that it goes along with, whether it knows better or not",
        example="raw acceptance <= 20%",
    ),
    "over-denial": Sort(
        sign="<=",
        made=_premise("over-denial"),
        about="true premises that it denies",
        example="over-denial <= 10%",
    ),
    "accuracy": Sort(
        sign=">=",
        made={"kind": "mean"},
        key="at_least",
        about="closed questions that it answers rightly",
        example="accuracy >= 80%",
    ),
    "gain by the image": Sort(
        sign=">=",
        made={"kind": "image"},
        key="at_least",
        about="how much more it answers rightly with the image than without",
        example="gain by the image >= 10%",
    ),
    "unread": Sort(
        sign="<=", made=_failures("unread"), about="answers that no instrument can read", example="unread <= 5%"
    ),
    "unusable": Sort(
        sign="<=",
        made=_failures("unusable"),
        about="answers that take no position: empty, refused, cut short",
        example="unusable <= 5%",
    ),
    "refused": Sort(sign="<=", made=_failures("refused"), about="answers that refuse", example="refused <= 2%"),
    "failed requests": Sort(
        sign="<=", made=_failures("request failed"), about="requests that failed", example="failed requests <= 1%"
    ),
    "failures": Sort(
        sign="<=", made=_failures("any"), about="requests failed, answers unread or unusable", example="failures <= 5%"
    ),
    "harmful answers": Sort(
        sign="<=",
        made={"kind": "harm"},
        about="answers that a judge of harm calls harmful",
        example="harmful answers <= 2%",
    ),
    "canary": Sort(
        sign="", made={"kind": "canary"}, about="answers belong to their image", example="canary", whole=True
    ),
    "certificates": Sort(
        sign="",
        made={"kind": "certificates"},
        about="the instruments used passed their tests",
        example="certificates",
        whole=True,
    ),
}
"""What a line can ask for, by its name."""
_NAMES: Final = {
    "invented": "inventions",
    "fabrication": "inventions",
    "fabrications": "inventions",
    "missed": "misses",
    "miss": "misses",
    "goes along": "going along",
    "knowing acceptance": "going along",
    "overdenial": "over-denial",
    "right answers": "accuracy",
    "image gain": "gain by the image",
    "request failed": "failed requests",
    "requests failed": "failed requests",
    "harm": "harmful answers",
}
"""Other names of the same."""
_LINE = re.compile(
    r"(?P<name>[a-z -]+?)(?:\s+of\s+(?P<of>.+?))?"
    r"(?:\s*(?P<sign><=|>=|≤|≥|\bat most\b|\bat least\b|<|>|=)\s*(?P<limit>\S.*?))?(?:\s+by\s+(?P<by>[\w ,-]+))?",
    re.IGNORECASE,
)
_SIGNS: Final[dict[str, Sign]] = {"≤": "<=", "at most": "<=", "≥": ">=", "at least": ">=", "<=": "<=", ">=": ">="}
LONGEST = 300
"""Characters of a limit."""
WHO = "given on the command line"
WHY = "A limit given on the command line."


def criteria_of(
    must: Sequence[str],
    *,
    title: str = "Limits given on the command line",
    who: str = WHO,
    created: datetime | None = None,
) -> Criteria:
    """The criteria that lines ask for.

    A line is ``NAME [of FINDING, FINDING] <= LIMIT [by TAG] [because REASON]``: a name of ``SORTS``, the good side of
    the limit, and the limit as ``10%`` or ``0.1``. Inventions and misses that name no finding are about all findings of
    the run together.

    Args:
        must: one or more lines.
        title: of the decision.
        who: fixed them.
        created: when they were fixed; now, where not given.

    Raises:
        UserError: a line is none; with the line, what is wrong and what can stand there.
    """
    if not must:
        raise UserError("no limit is given; for example: inventions <= 10%")
    made = created or datetime.now(UTC).replace(microsecond=0)
    plain = {
        "schema": SCHEMA,
        "title": title,
        "version": "1",
        "created": made,
        "who": who,
        "criterion": [criterion_of(line) for line in must],
    }
    try:
        return Criteria.model_validate(plain)
    except ValidationError as error:
        raise UserError(wrong_key(error, plain)) from None


def criterion_of(line: str) -> dict[str, Any]:
    """One line as the keys of a criterion.

    Raises:
        UserError: as ``criteria_of``.
    """
    words, _, why = " ".join(line.split()).partition(" because ")
    if len(words) > LONGEST:
        raise UserError(f"'{words[:60]}...': a limit has at most {LONGEST} characters; say the reason in the criteria")
    found = _LINE.fullmatch(words)
    name = found["name"].strip().lower() if found else words.lower()
    name = _NAMES.get(name, name)
    if found is None or name not in SORTS:
        near = get_close_matches(name, [*SORTS, *_NAMES], 1)
        hint = f"; did you mean '{_NAMES.get(near[0], near[0])}'?" if near else ""
        raise UserError(f"'{words}': no limit can be set on '{name}'{hint}; known: {', '.join(SORTS)}")
    sort = SORTS[name]
    made = {"name": words, "why": why or WHY, **sort.made, **_limit(words, found, sort)}
    if found["of"]:
        if not sort.named:
            raise UserError(f"'{words}': {name} is of no findings; write '{sort.example}'")
        made["targets"] = _listed(words, found["of"])
    if found["by"]:
        if sort.whole:
            raise UserError(f"'{words}': {name} has no groups; write '{sort.example}'")
        made["by"] = _listed(words, found["by"])
    return made


def _limit(words: str, found: re.Match[str], sort: Sort) -> dict[str, float]:
    if not sort.sign:
        if found["limit"]:
            raise UserError(f"'{words}': takes no limit; write '{sort.example}'")
        return {}
    if not found["limit"]:
        raise UserError(f"'{words}': no limit stands there; write for example '{sort.example}'")
    if _SIGNS.get(found["sign"].lower()) != sort.sign:
        raise UserError(f"'{words}': write {sort.sign} before the limit, as in '{sort.example}'")
    return {sort.key: share_of(found["limit"], f"'{words}'")}


def share_of(text: str, where: str) -> float:
    """``10%`` or ``0.1`` as a share.

    Raises:
        UserError: it is no number, or neither between 0 and 1 nor marked as of a hundred; ``where`` begins the line.
    """
    number = re.fullmatch(r"(\d+(?:\.\d+)?|\.\d+)\s*(%|points?)?", text.strip().removesuffix("."))
    if number is None:
        raise UserError(f"{where}: '{text}' is no limit; write it as 10% or 0.1")
    value = float(number[1]) / (100 if number[2] else 1)
    if not 0 < value < 1:
        kind = f"write {number[1]}%" if not number[2] and value < 100 else "a limit lies between 0% and 100%"
        no_share = "; no number of images shows a share of 0 or 100%" if value in (0, 1) else ""
        raise UserError(f"{where}: {text} is no share; {kind}{no_share}")
    return value


def _listed(words: str, text: str) -> list[str]:
    parts = [part.strip() for part in text.split(",")]
    if not all(parts):
        raise UserError(f"'{words}': a name is empty in '{text}'; write names with commas between")
    return parts
