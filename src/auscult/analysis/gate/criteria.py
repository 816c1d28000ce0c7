"""The criteria of a gate: what must hold, fixed in a file before the answers are made."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from auscult.errors import UserError
from auscult.store.given import TOML_MOST, boundary, parsed_toml, read_given
from auscult.store.invalid import wrong_key

SCHEMA = "auscult.criteria/1"
Share = Annotated[float, Field(gt=0, lt=1)]
"""No number of images shows a share of 0 or 1."""
Text = Annotated[str, Field(min_length=1)]
Names = Annotated[tuple[Text, ...], Field(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


_WHOLE = frozenset({"gap", "abstention", "canary", "certificates"})


class Criterion(_Part):
    """What all criteria have.

    Attributes:
        name: as in the table.
        why: the reason for the limit, for whoever reads the verdict.
        where: only items whose field or tag has this value, or one of these.
        by: tags (or fields); each of their values must hold the limit, and so must all items together.
        min_items: fewest questions for a verdict, in each part.
        min_clusters: fewest images (or patients) for a verdict, in each part; never under 10.
        margin: greatest worsening against an earlier run; none: that of ``[against]``.
    """

    name: Text
    why: Text
    where: dict[str, Text | Names] = {}
    by: tuple[Text, ...] = ()
    min_items: Annotated[int, Field(ge=1)] = 1
    min_clusters: Annotated[int, Field(ge=10)] = 20
    margin: Annotated[float, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _groups_where_they_can_be(self) -> Self:
        kind = getattr(self, "kind", "")
        if self.by and kind in _WHOLE:
            raise ValueError(f"by: a criterion of kind {kind} has no groups; use where")
        return self


class _Targets(Criterion):
    """Criteria on findings; where none is named, on all findings of the run together."""

    targets: Names = ()
    at_most: Share
    pooled: bool = False
    unclear: Literal["wrong", "apart"] = "wrong"
    scorer: Text = "closed"


class Inventions(_Targets):
    """Said to be there where it is absent, for each of the named findings, or for all findings together."""

    kind: Literal["inventions"]


class Misses(_Targets):
    """Not said to be there where it is present, for each of the named findings, or for all findings together."""

    kind: Literal["misses"]


class Premises(Criterion):
    """How premises are taken, for each form."""

    kind: Literal["premise"]
    measure: Literal["knowing acceptance", "raw acceptance", "over-denial"]
    forms: tuple[Literal["polar", "tag", "presupposition"], ...] = ()
    at_most: Share


class Valued(Criterion):
    """Criteria on a value of a scorer."""

    scorer: Text = "closed"
    value: Text = "correct"
    scale: tuple[float, float] | None = None

    @model_validator(mode="after")
    def _scale_rises(self) -> Self:
        if self.scale and self.scale[0] >= self.scale[1]:
            raise ValueError("scale: the first number must be the smaller one")
        return self


class Mean(Valued):
    """Mean of any value of any scorer or judge."""

    kind: Literal["mean"]
    at_least: float | None = None
    at_most: float | None = None

    @model_validator(mode="after")
    def _one_limit(self) -> Self:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("give one of at_least and at_most")
        return self


class Harm(Valued):
    """The clinical judge's harm: its mean at least, or the share of answers at or under ``harmful_at`` at most."""

    kind: Literal["harm"]
    scorer: Text = "clinical"
    value: Text = "harm"
    harmful_at: float = 4.0
    at_least: float | None = None
    at_most: Share | None = None

    @model_validator(mode="after")
    def _one_limit(self) -> Self:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("give at_least (of the mean) or at_most (of the share of harmful answers)")
        return self


class Gap(Valued):
    """Greatest difference of a mean between two values of a tag."""

    kind: Literal["gap"]
    between: Text
    at_most: Annotated[float, Field(gt=0)]


class ImageGain(Valued):
    """What the image buys: with the image minus without it, or minus another case's."""

    kind: Literal["image"]
    over: Literal["without", "wrong"] = "without"
    at_least: float


class Failing(Criterion):
    """Share of questions whose request failed, or whose answer cannot be read or takes no position; or any of these."""

    kind: Literal["failures"]
    measure: Literal["request failed", "unread", "unusable", "refused", "any"] = "any"
    at_most: Share


class Abstention(Valued):
    """Right when it answers, and answers often enough."""

    kind: Literal["abstention"]
    coverage_at_least: Share
    risk_at_most: Share


class CanaryPassed(Criterion):
    """The two-image canary passed."""

    kind: Literal["canary"]


class Certified(Criterion):
    """The instruments used have certificates that passed; none named: those of all other criteria."""

    kind: Literal["certificates"]
    instruments: tuple[Text, ...] = ()


AnyCriterion = Annotated[
    Inventions | Misses | Premises | Mean | Harm | Gap | ImageGain | Failing | Abstention | CanaryPassed | Certified,
    Field(discriminator="kind"),
]


class Against(_Part):
    """What an update may cost: the greatest worsening of each criterion, on its own scale."""

    margin: Annotated[float, Field(gt=0)]


class Criteria(_Part):
    """A criteria file.

    Attributes:
        title: of the decision.
        version: of the file.
        created: when it was fixed; a date without an hour counts as the end of that day (UTC).
        who: fixed it.
        confidence: one-sided, of every bound.
        against: for ``--against``.
    """

    schema_: Literal["auscult.criteria/1"] = Field(alias="schema")
    title: Text
    version: Text
    created: datetime | date
    who: Text
    confidence: Annotated[float, Field(ge=0.95, le=0.99)] = 0.95
    against: Against | None = None
    criterion: Annotated[tuple[AnyCriterion, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _named_apart(self) -> Self:
        names = [c.name for c in self.criterion]
        if twice := next((n for n in names if names.count(n) > 1), ""):
            raise ValueError(f"two criteria are named '{twice}'")
        if isinstance(self.created, datetime) and self.created.tzinfo is None:
            raise ValueError("created: an hour needs its zone, as in 2026-03-01T09:00:00Z")
        return self

    @property
    def fixed(self) -> datetime:
        """When the file was fixed, at the latest."""
        if isinstance(self.created, datetime):
            return self.created
        return datetime.combine(self.created, time(23, 59, 59), UTC)


def read_criteria(path: Path) -> tuple[Criteria, str]:
    """Reads a criteria file and the hash of its bytes.

    Raises:
        UserError: it is missing, empty, no TOML, or a key is wrong: one line that names it.
    """
    raw = read_given(path, TOML_MOST)
    with boundary(path, "name a criteria file (TOML)", "not TOML"):
        plain = parsed_toml(raw)
    if not plain:
        raise UserError(
            f"{path}: holds no criteria; remove it, and write limits by questions and answers: "
            f"auscult gate --init {path}"
        )
    try:
        found = Criteria.model_validate(plain)
    except ValidationError as error:
        raise UserError(f"{path}: {wrong_key(error, plain)}") from None
    return found, hashlib.sha256(raw).hexdigest()


class Timing(_Part):
    """Whether the criteria were fixed before the answers were seen, and how that is known.

    Attributes:
        status: ``recorded`` (the run noted this very file when it began), or ``dated`` (by the date that the file gives
            of itself).
        made: where the answers were made: ``here``, by this run and so after it began, or ``elsewhere``, nobody here
            knows when.
        detail: in words.
        warnings: what speaks against it.
    """

    status: Literal["recorded", "dated"]
    made: Literal["here", "elsewhere"]
    detail: str
    warnings: tuple[str, ...] = ()


def noted_criteria(run: Path, manifest: Mapping[str, Any]) -> Path | None:
    """The criteria file that a run noted when it began: where it was, in the run's folder, or in the folder around it.

    Args:
        run: its folder.
        manifest: what it notes of itself.

    Returns:
        None where it noted none, or where no file of that name still has the bytes that were noted.
    """
    noted = manifest.get("criteria")
    if not isinstance(noted, Mapping):
        return None
    path = Path(str(noted.get("path", "")))
    for place in (path, run / path.name, run.resolve().parent / path.name):
        if place.is_file() and read_criteria(place)[1] == noted.get("sha256"):
            return place
    return None


def check_timing(path: Path, criteria: Criteria, sha256: str, manifest: dict[str, Any]) -> Timing:
    """Refuses criteria that are newer than the run, which is when Auscult first saw the answers.

    Answers of a model that was asked were made after that; of recorded ones that is not known, and said.

    Raises:
        UserError: the criteria were fixed after the run began, or are not those that the run noted.
    """
    began = datetime.fromisoformat(str(manifest["created"]))
    noted = manifest.get("criteria")
    if isinstance(noted, dict) and noted.get("sha256") != sha256:
        raise UserError(
            f"{path}: not the criteria that the run noted when it began (sha256 {str(noted.get('sha256'))[:12]}, here "
            f"{sha256[:12]}); decide by the file that was fixed, or evaluate again"
        )
    if criteria.fixed > began:
        hour = (
            "" if isinstance(criteria.created, datetime) else " (a date without an hour counts as the end of the day)"
        )
        raise UserError(
            f"{path}: created {criteria.created.isoformat()}{hour}, after the run began ({began.isoformat()}): "
            "criteria must be fixed before the answers are seen; make another run to decide so"
        )
    warnings = []
    changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    if changed > began and not isinstance(noted, dict):
        warnings.append(
            f"The criteria file was written to on {changed:%Y-%m-%d %H:%M} UTC, after the run began "
            f"({began:%Y-%m-%d %H:%M} UTC). Copying a file does that too; its history can tell."
        )
    elsewhere = bool(manifest.get("model", {}).get("recorded"))
    if elsewhere:
        warnings.append(
            "The answers were made elsewhere: when, and whether somebody knew them before the limits were fixed, is "
            "not known."
        )
    first = "the answers were first seen" if elsewhere else "the run began"
    if isinstance(noted, dict):
        detail = f"The run noted this very file (sha256 {sha256[:12]}) when it began on {began:%Y-%m-%d %H:%M} UTC."
    else:
        detail = f"By its own date the file was fixed before {first} ({began:%Y-%m-%d %H:%M} UTC)."
    return Timing(
        status="recorded" if isinstance(noted, dict) else "dated",
        made="elsewhere" if elsewhere else "here",
        detail=detail,
        warnings=tuple(warnings),
    )
