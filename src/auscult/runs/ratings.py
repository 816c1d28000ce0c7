"""What people said of answers that were drawn from a run: ``ratings.json``, in its folder, with how each was drawn."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from auscult.errors import UserError
from auscult.store.files import write_json
from auscult.store.given import NoSuchFile, read_json

RATINGS, SCHEMA = "ratings.json", "auscult.ratings/1"
VERDICTS = ("correct", "partly", "wrong", "cannot tell")
PROBLEMS = ("invented", "missed", "other")
"""What is wrong with an answer: it states what is not there, leaves out or denies what is, or errs otherwise."""
HARMS = ("none", "mild", "severe")
REFERENCES = ("right", "wrong", "cannot tell")
FAILED, SILENT = ".", "-"
"""Stand in ``Draw.of_items`` for an item without an answer, and for an answer without a text: nobody can rate these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One person's word on one answer or pair; empty where that person did not say.

    ``at_first`` is what they said of a pair by its image alone.
    """

    verdict: str
    problems: tuple[str, ...] = ()
    harm: str = ""
    reference: str = ""
    at_first: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """Answers that were drawn with one probability.

    Attributes:
        name: what they have in common.
        answers: how many there were to draw from.
        drawn: how many stand on the sheet.
    """

    name: str
    answers: int
    drawn: int

    @property
    def probability(self) -> float:
        """With which each of them was drawn."""
        return self.drawn / self.answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """How answers were drawn from a run.

    Attributes:
        strata: in order.
        of_items: a letter an item, in the order of the run's items: its stratum, ``a`` the first, or one of the two
            marks above.
    """

    strata: tuple[Stratum, ...]
    of_items: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """A drawn answer.

    Attributes:
        answer: its id.
        said: rater → what was said of it.
        reached: whether a rater came as far: one that nobody reached counts as not drawn, since each sheet has an order
            of its own, by chance; one that was passed over counts as not known.
    """

    answer: str
    said: Mapping[str, Said]
    reached: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratings:
    """All that people said of a run.

    Attributes:
        draw: how the answers were drawn.
        raters: rater → answers rated.
        items: item id → the drawn answer to it.
        schema: of the file.
    """

    draw: Draw
    raters: Mapping[str, int]
    items: Mapping[str, Rating] = field(default_factory=dict)
    schema: str = SCHEMA


_ADAPTER = TypeAdapter(Ratings)


def write_ratings(run: Path, ratings: Ratings) -> None:
    """Writes them into a run, in place of earlier ones."""
    write_json(run / RATINGS, asdict(ratings))


def read_ratings(run: Path) -> Ratings | None:
    """What people said of a run; None where nobody did.

    Raises:
        UserError: the file is damaged.
    """
    path = run / RATINGS
    remedy = "make it again with 'auscult rate apply', or remove it"
    try:
        return _ADAPTER.validate_python(read_json(path, remedy))
    except NoSuchFile:
        return None
    except ValidationError:
        raise UserError(f"{path}: no ratings of this version; {remedy}") from None
