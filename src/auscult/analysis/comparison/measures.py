"""What runs can be compared by: every quantity that they hold, by kind of item or by data set."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from auscult.analysis.comparison.runs import ComparedRun, Contestant
from auscult.analysis.joined import Bools, Column, Joined
from auscult.analysis.quantities import Quantity
from auscult.analysis.quantities.detection import Errors
from auscult.analysis.quantities.premise import DENIAL, EVASION, KNOWING, Taking, premise_items
from auscult.analysis.samples import Sample
from auscult.errors import UserError, known_names
from auscult.records import Instrument, Value

Block = Literal["findings", "premise", "kinds", "sets"]
BLOCKS: Final[tuple[Block, ...]] = ("findings", "premise", "kinds", "sets")
PARTS: Final = ("non-hallucination", "hallucination")
"""P and N, in the order of the published tables."""
TYPES: Final = {"yes_no": "closed", "choice": "closed", "number": "numbers", "open": "open", "report": "open"}
"""What the columns of a rule are called by the answers that it reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One figure that rows have in common: a quantity on some kind of item.

    Attributes:
        block: the table in which it stands: errors about findings, premises, by kind of item, or by data set.
        group: the data set, where the table goes by data set.
        name: what it is called there.
        part: kind of item, where the table goes by kind.
        types: of answers that count; none: all that the instrument scores.
        quantity: what is measured; figures of different instruments are different measures.
        usable_only: whether an unusable answer would have the best value, so that rows are compared only on items that
            all of them answered usably: silence is not better than an error.
        kind: of the instrument.
        about: one line on the instrument.
        judge: identity of the model that judged; empty where a rule did.
        published: the system whose rule it is; empty for a sound one.
        tested: whether differences in it are tested; a rule that is only shown for the sake of published rows is not.
    """

    block: Block
    group: str = ""
    name: str
    part: str = ""
    types: tuple[str, ...] = ()
    quantity: Quantity
    usable_only: bool = False
    kind: str = "rule"
    about: str = ""
    judge: str = ""
    published: str = ""
    tested: bool = True

    @property
    def scorer(self) -> str:
        """The instrument, ``name@version``."""
        return self.quantity.scorer

    @property
    def scorer_name(self) -> str:
        """Name of the instrument without its version."""
        return self.scorer.partition("@")[0]

    @property
    def value(self) -> str:
        """Name among the instrument's values."""
        return self.quantity.value.name

    @property
    def names(self) -> set[str]:
        """What columns and published tables call it: its instrument, or the instrument and one value."""
        if self.block == "findings":
            return {"findings", f"findings.{self.name}"}
        if self.block == "premise":
            return {"premise", f"premise.{self.name.replace(' ', '-')}"}
        return {self.scorer_name, f"{self.scorer_name}.{self.value}"}

    @property
    def scale(self) -> Value:
        """Least and greatest value, direction, and whether it is a share."""
        return self.quantity.value

    @property
    def higher_is_better(self) -> bool:
        """Which end is the good one."""
        return self.scale.higher_is_better

    @property
    def share(self) -> bool:
        """Whether it is a share of one, shown in percent."""
        return self.scale.share

    @property
    def rounding(self) -> float:
        """The last digit that is shown; figures that agree in it are equal."""
        return 0.001 if self.scale.bounds[1] <= 1 else 0.01


def measures(rows: Sequence[Contestant], wanted: Sequence[str] = (), also: Sequence[str] = ()) -> list[Measure]:
    """All measures that any row holds, in the order of the tables.

    Args:
        rows: to be compared.
        wanted: instruments (``closed``) or single values (``clinical.accuracy``, ``premise``); none: those that lead a
            type of answer, and all judges and text metrics.
        also: published rules that stand beside these for plain questions, shown and not tested.

    Raises:
        UserError: a wanted one is in no run.
    """
    every = bool(wanted)
    found = list(dict.fromkeys(m for row in rows for run in row.runs for m in _of_run(run.joined, every, also)))
    if wanted:
        names = {w: [m for m in found if w in m.names] for w in wanted}
        for name, those in names.items():
            if not those:
                known = {n for m in found for n in m.names}
                raise UserError(f"--columns: no run holds '{name}'; {known_names(name, known)}")
        found = [m for m in found if any(m in those for those in names.values())]
    else:
        found = _without_overlap(found)
    sets = list(dict.fromkeys(m.group for m in found))
    return sorted(found, key=lambda m: (BLOCKS.index(m.block), sets.index(m.group), *_rank(m)))  # else as they stand


def _without_overlap(found: Sequence[Measure]) -> list[Measure]:
    """Counting words in answers to P and N items steps back where a judge or a text metric scored them."""
    scored = any(m.block == "kinds" and not _is_rule(m.kind) for m in found)
    return [m for m in found if not (scored and m.block == "kinds" and m.kind == "rule" and "open" in m.types)]


def _is_rule(kind: str) -> bool:
    return kind in ("rule", "facts", "premise")


def _rank(measure: Measure) -> tuple[int, bool]:
    """Judges first, then text metrics, then rules, published ones last; open questions before closed ones."""
    rule = _is_rule(measure.kind)
    kind = 0 if measure.judge else 1 if not rule else 3 if measure.published else 2
    return kind, rule and not measure.name.startswith(TYPES["open"])


def _of_run(run: Joined, every: bool, also: Sequence[str]) -> Iterator[Measure]:
    if (column := run.column(run.reader)) is not None:
        yield from _findings(run, column)
    for instrument, column in run.scored():
        if instrument.kind == "premise":
            yield from _premises(run)
        elif not _is_rule(instrument.kind):
            yield from _valued(run, column, instrument, instrument.values, every, True)
        elif every or instrument.leads or instrument.name in also or not (instrument.headline or instrument.published):
            values = instrument.values if every else (instrument.primary,)
            yield from _valued(run, column, instrument, values, every, instrument.name not in also)


def _valued(
    run: Joined, column: Column, instrument: Instrument, values: Sequence[Value], every: bool, tested: bool
) -> Iterator[Measure]:
    """The values that have a figure; a plain mean of routed verdicts would be biased."""
    rule = _is_rule(instrument.kind)
    for value in values:
        if value.estimator not in ("mean", "partial") or not (value.headline or every):
            continue
        base = Measure(
            block="kinds",
            name=value.title,
            types=tuple(t for t in TYPES if t in instrument.leads) if tested and not every else (),
            quantity=Quantity(name=value.title, scorer=instrument.id, value=value),
            usable_only=value.silence == "best",
            kind=instrument.kind,
            about="" if rule else instrument.about,
            judge=instrument.judge,
            published=instrument.published,
            tested=every or tested,
        )
        of = ", ".join(dict.fromkeys(TYPES[t] for t in TYPES if t in instrument.answer_types)) if rule else ""
        for measure in _by_items(run, column, base, of):
            if measure.tested or measure.block == "sets":
                yield measure


def _findings(run: Joined, column: Column) -> Iterator[Measure]:
    """Findings made up and findings missed, as in the report, where a question of each kind was asked."""
    asked = column.asked & _about_findings(run)
    for name, present in (("inventions", False), ("misses", True)):
        if (asked & (run.yes == present)).any():
            errors = Errors(name=name, scorer=run.reader, present=present)
            yield Measure(block="findings", name=name, quantity=errors)


def _about_findings(run: Joined) -> Bools:
    return np.asarray(run.where("answer_type", "yes_no") & (run.labels["target"] > 0))


def _premises(run: Joined) -> Iterator[Measure]:
    for name in (KNOWING, DENIAL, EVASION):
        yield Measure(
            block="premise",
            name=name,
            quantity=Taking.named(name, run),
            usable_only=name != EVASION,
            kind="premise",
        )


def _by_items(run: Joined, column: Column, measure: Measure, of: str) -> Iterator[Measure]:
    """The measure on the kinds of items that occur: P and N, and plain questions by data set."""
    asked = column.asked & _of_types(run, measure)
    for part in PARTS:
        if (asked & run.where("kind", part)).any():
            yield replace(measure, part=part)
    plain = asked & run.where("kind", "question")
    for code in np.unique(run.labels["source"][plain]):
        name = f"{of}: {measure.name}" if of else measure.name
        yield replace(measure, block="sets", group=run.codes["source"].names[code], name=name)


def _of_types(run: Joined, measure: Measure) -> Bools:
    if not measure.types:
        return np.ones(len(run.ids), bool)
    return np.asarray(np.any([run.where("answer_type", t) for t in measure.types], axis=0))


def take(row: Contestant, measure: Measure) -> Sample | None:
    """What came of a measure in all runs of a row, by the numbers of the items; None where none was asked it."""
    found = [taken for run in row.runs if (taken := _take(run, measure)) is not None]
    return Sample.joined(found) if found else None


def _take(compared: ComparedRun, measure: Measure) -> Sample | None:
    run = compared.joined
    if run.column(measure.scorer) is None:
        return None
    if measure.block == "findings":
        taken = measure.quantity.sample(run, _about_findings(run))
        # who hedges or says nothing neither invents nor misses: compared where both took a stand
        taken = taken.at(np.asarray(~(np.isnan(taken.values) & ~taken.lost).any(axis=1)))
        return replace(taken, rows=compared.numbers[taken.rows]) if len(taken.rows) else None
    if measure.block == "premise":
        items = ~premise_items(run).knowledge
    elif measure.block == "kinds":
        items = run.where("kind", measure.part) & _of_types(run, measure)
    else:
        items = run.where("kind", "question") & run.where("source", measure.group) & _of_types(run, measure)
    taken = measure.quantity.sample(run, items)
    return replace(taken, rows=compared.numbers[taken.rows]) if len(taken.rows) else None


def apart(rows: Sequence[Contestant], shown: Sequence[Measure]) -> Iterator[str]:
    """Instruments of one name that are not the same."""
    for name in dict.fromkeys(m.scorer_name for m in shown):
        versions = list(dict.fromkeys(m.scorer for m in shown if m.scorer_name == name))
        if len(versions) > 1:
            held = "; ".join(
                f"{version}: {', '.join(r.label for r in rows if _holds(r, version))}" for version in versions
            )
            yield (
                f"{name} was used with different judges or in different versions: their scores stand in columns of "
                f"their own and are not compared ({held})."
            )


def _holds(row: Contestant, scorer: str) -> bool:
    return any(run.joined.column(scorer) is not None for run in row.runs)
