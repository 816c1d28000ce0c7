"""What an audit of a generator came to, as plain values: every number of its page (``drawing.json``)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from auscult.errors import UserError
from auscult.records import Estimate
from auscult.store.files import write_json
from auscult.store.given import JSON_MOST, NoSuchFile, read_given
from auscult.store.invalid import first_wrong

SCHEMA = "auscult.drawing.figures/1"
FIGURES = "drawing.json"
ALL = "all"
"""All wordings, or all kinds of additions, together."""

Section = Literal["compliance", "difference", "additions", "side", "refusals", "outcome", "decoys"]
"""Parts of an audit, in the order of its page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure, as one reader sees it.

    What ``what`` says, by section:

    - compliance: share of the drawings of impossible prompts that show what cannot be; ``wording``, or all.
    - difference: that share minus the plain wording's, paired by content; ``wording``.
    - additions: drawings of all that came as images, that show clips, tubes, text, a second organ, or any (all).
    - side: of drawings in which the side was left open and one was drawn, those on the right.
    - refusals: share of drawings that were refused; ``kind`` plausible or impossible; ``wording``, or all.
    - outcome: share of drawings with an outcome (``what``), by ``kind``.
    - decoys: drawings in which a judge saw what nobody had asked for.

    Attributes:
        section: part of the page.
        reader: who read the drawings: pixels, judge, people; ``judge by people`` where the first is corrected by the
            second.
        what: within the section.
        kind: of the prompts: plausible, impossible, or empty for both.
        wording: of the prompts, or all.
        estimate: the figure.
    """

    section: Section
    reader: str
    what: str = ""
    kind: str = ""
    wording: str = ALL
    estimate: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many drawings of a kind and wording had an outcome, by a reader; or, of no reader, what came of them."""

    reader: str
    kind: str
    wording: str
    what: str
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Variance:
    """Where the variance of implausible compliance comes from, by a reader; ``wording``, or all.

    Attributes:
        reader: who read the drawings.
        wording: of the prompts.
        total: variance of the rate, of contents and draws.
        draws: the part that more drawings of each prompt would remove; by chance it can exceed the total.
        repeats: drawings of each prompt.
    """

    reader: str
    wording: str
    total: float
    draws: float
    repeats: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What the certificate of a reader says.

    Attributes:
        whole: whether it passed.
        passes: what the reader is certified to see.
        fails: what it was tried on and does not see well enough.
    """

    whole: bool
    passes: tuple[str, ...] = ()
    fails: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What an audit came to.

    Attributes:
        schema: of the file.
        prompts: how many.
        contents: of them, which are resampled.
        draws: of each prompt.
        drawings: in all.
        readers: who read them, the one that leads first.
        figures: every figure.
        counts: outcomes as counted.
        variances: of implausible compliance, by reader and wording, where prompts were drawn several times.
        faults: name → drawings that were none, or that never came.
        alike: prompts whose drawings are all one picture.
        uncertified: readers without a certificate that passed.
        tried: of them, reader → what its certificate says, where it has one.
        remarks: what must be read with the figures, in whole sentences.
    """

    schema: str = SCHEMA
    prompts: int
    contents: int
    draws: int
    drawings: int
    readers: tuple[str, ...]
    figures: tuple[Figure, ...] = ()
    counts: tuple[Count, ...] = ()
    variances: tuple[Variance, ...] = ()
    faults: dict[str, int]
    alike: int = 0
    uncertified: tuple[str, ...] = ()
    tried: Mapping[str, Tried] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    @property
    def leads(self) -> str:
        """The reader whose figures stand on the first screen."""
        return self.readers[0]

    def of(
        self, section: Section, *, reader: str | None = None, wording: str | None = None, kind: str | None = None
    ) -> tuple[Figure, ...]:
        """The figures of a section, of one reader, wording or kind."""
        return tuple(
            f
            for f in self.figures
            if f.section == section
            and reader in (None, f.reader)
            and wording in (None, f.wording)
            and kind in (None, f.kind)
        )

    def one(
        self, section: Section, what: str = "", *, reader: str | None = None, wording: str = ALL, kind: str = ""
    ) -> Estimate | None:
        """The first such figure, of the reader that leads; None where there is none."""
        found = self.of(section, reader=reader or self.leads, wording=wording, kind=kind)
        return next((f.estimate for f in found if f.what == what), None)


_ADAPTER = TypeAdapter(Figures)


def figures_schema() -> dict[str, Any]:
    """JSON schema of ``drawing.json``."""
    return _ADAPTER.json_schema()


def save_figures(folder: Path, figures: Figures) -> None:
    """Writes ``drawing.json`` by atomic rename."""
    write_json(folder / FIGURES, figures)


def read_figures(folder: Path) -> Figures:
    """Reads and checks ``drawing.json``.

    Raises:
        UserError: the file is missing or is none of this version.
    """
    path = folder / FIGURES
    try:
        return _ADAPTER.validate_json(read_given(path, JSON_MOST))
    except NoSuchFile:
        raise UserError(f"{folder}: this audit is not finished; run the same command again") from None
    except ValidationError as error:
        raise UserError(f"{path}: not an audit of this version ({first_wrong(error)}); audit again") from None
