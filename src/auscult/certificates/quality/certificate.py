"""The checks of a build, put to the test: wrong pairs are planted into clean sets, and right ones must stay.

What plants (``truth``, ``pairs``, ``wordings.toml``) shares no code, wording or word list with ``construction.checks``
and ``facts``. The held-out half of wordings and reports is reported; real reports are the headline.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from auscult.certificates.cells import ENOUGH, INSUFFICIENT, Row
from auscult.certificates.quality import QualityOptions, sets
from auscult.certificates.quality.figures import (
    ATTRIBUTE_ERRORS,
    NO_ERROR,
    OBJECT_ERRORS,
    Part,
    Tried,
    set_rows,
)
from auscult.certificates.quality.hand_written import hand_written
from auscult.certificates.quality.knowledge import about_medicine, known_statements, own_statements
from auscult.certificates.quality.pairs import Pair
from auscult.certificates.quality.truth import Truth
from auscult.certificates.trial import Trial, Verdict
from auscult.construction.certified import OWN, instrument_of
from auscult.construction.checks import Check, checks, first_refusal
from auscult.engine.progress import progress
from auscult.engine.session import Show
from auscult.phantoms.distribution import VERSION
from auscult.records import Certificate, Item

SENSITIVITY, SPECIFICITY = 0.90, 0.95
"""Target: of object errors and of attribute errors, at this specificity, also in whole sets."""
SHARES = (0.07, 0.20)
REAL, PHANTOMS, BY_HAND = "real reports", "phantoms", "hand-written pairs"
TABLE = "knowledge of the table"


@dataclass(frozen=True)
class Bench:
    """The checks, and how a pair is put to them."""

    checks: Sequence[Check] = field(default_factory=checks)

    @property
    def names(self) -> tuple[str, ...]:
        """Of the checks, in order."""
        return tuple(c.name for c in self.checks)

    def alone(self, pairs: Iterable[Pair]) -> list[Tried]:
        """Each pair by itself, put to each check."""
        return [Tried(p, self._all(p)) for p in pairs]

    def _all(self, pair: Pair) -> dict[str, str]:
        said = {c.name: c.refuse(pair.case, pair.item, ()) for c in self.checks}
        return {name: why for name, why in said.items() if why}

    def in_turn(self, pairs: Iterable[Pair]) -> list[Tried]:
        """The pairs of one case as a build has them: each beside those that passed before it."""
        kept: list[Item] = []
        tried = []
        for pair in pairs:
            found = first_refusal(self.checks, pair.case, pair.item, kept)
            if not found:
                kept.append(pair.item)
            tried.append(Tried(pair, {found.check: found.reason} if found else {}))
        return tried

    def part(self, name: str, unit: str) -> Part:
        """A part of the certificate."""
        return Part(name, unit, self.names)


def certify(options: QualityOptions, show: Show = progress, bench: Bench | None = None) -> Certificate:
    """Plants wrong pairs and counts which the checks refuse.

    Args:
        options: without data only phantoms are put.
        show: how progress is shown.
        bench: the checks, those of every build by default.

    Returns:
        One row a cell. It passes where object errors and attribute errors in real reports reach the target sensitivity
        at the target specificity; without real reports it claims nothing.

    Raises:
        UserError: the data set is there but cannot be read.
    """
    bench = bench or Bench()
    trial = Trial(
        instrument=instrument_of(bench.checks),
        subject=f"pairs planted into sets from real reports and phantoms {VERSION}, and pairs written by hand",
        steps=list(_steps(bench, options)),
        conclude=conclusion,
    )
    return trial.certificate(show)


def _steps(bench: Bench, options: QualityOptions) -> Iterator[Callable[[], Iterable[Row]]]:
    """The parts of the certificate, the headline first."""
    folder = options.data / "iu-reports" if options.data else None
    truths = sets.scenes(options)
    if folder and (folder / sets.REPORTS).is_file():
        cases = sets.report_cases(folder)
        real = sets.reports(cases, options)
        yield partial(planted_rows, bench, REAL, "report", real, options.seed)
        yield lambda: _by_hand(bench, folder, options)
    yield partial(planted_rows, bench, PHANTOMS, "scene", truths, options.seed)
    yield lambda: knowledge_rows(bench, truths, options)


def planted_rows(bench: Bench, name: str, unit: str, truths: Sequence[Truth], seed: int) -> list[Row]:
    """Pairs one by one; pairs that generators make; sets with a share of wrong ones."""
    asked = list(sets.asked(truths, seed))
    part = bench.part(name, unit)
    alone = bench.alone(p for a in asked for p in (*a.right, *a.wrong))
    rows = part.rows(alone)
    made = sets.generated(truths, seed)
    whole = bench.part(f"sets from {name}", unit)
    for share in SHARES:
        tried: list[Tried] = []
        for one, clean in zip(asked, made, strict=True):
            tried += bench.in_turn(sets.planted([*one.right, *clean], one.wrong, share, seed))
        rows += set_rows(whole, tried, share)
    rows += whole.kept(tried)
    return rows


def _by_hand(bench: Bench, folder: Path, options: QualityOptions) -> list[Row]:
    pairs = hand_written(sets.report_cases(folder), options.half)
    return bench.part(BY_HAND, "report").rows(bench.alone(pairs)) if pairs else []


def knowledge_rows(bench: Bench, truths: Sequence[Truth], options: QualityOptions) -> list[Row]:
    """Statements of medicine: those written for the certificate, and those of the table that checks may know."""
    rows: list[Row] = []
    for name, known in ((OWN, own_statements(options.half)), (TABLE, known_statements())):
        pairs = about_medicine(known, truths, options.half, name, options.seed)
        rows += bench.part(name, "statement").rows(bench.alone(pairs), detail=False)
    return rows


def conclusion(rows: Sequence[Row]) -> Verdict:
    """Whether the target is met on real reports, and the headline in a sentence."""

    def cell(part: str, what: str, measure: str) -> Row | None:
        wanted = (part, what, measure)
        return next((r for r in rows if (r["part"], r["what"], r["measure"]) == wanted), None)

    def figures(part: str) -> list[tuple[Row | None, float]]:
        wrong = [(cell(part, what, "sensitivity"), SENSITIVITY) for what in (OBJECT_ERRORS, ATTRIBUTE_ERRORS)]
        whole = [(cell(f"sets from {part}", f"{s:.0%} planted", "specificity"), SPECIFICITY) for s in SHARES]
        return [*wrong, (cell(part, NO_ERROR, "specificity"), SPECIFICITY), *whole]

    real = figures(REAL)
    there = real[0][0] is not None
    shown = real if there else figures(PHANTOMS)
    objects, attributes, none = (said(row) for row, _ in shown[:3])
    passed = all(row and row["value"] is not None and row["value"] >= target for row, target in real) if there else None
    knowledge = cell(OWN, "knowledge errors", "sensitivity")
    return passed, (
        f"{'Real reports' if there else 'Phantoms'}: of wrong pairs {objects} with object errors and {attributes} with "
        f"attribute errors refused, {none} of right pairs kept (target {SENSITIVITY:.2f} at {SPECIFICITY:.2f}); "
        f"knowledge errors {said(knowledge)}." + ("" if there else " Not tested, for want of data: iu-reports.")
    )


def said(row: Row | None) -> str:
    """A figure with its interval."""
    if not row or row["value"] is None:
        return f"{INSUFFICIENT} (under {ENOUGH})"
    return f"{row['value']:.3f} ({row['low']:.3f}-{row['high']:.3f}, n {row['n']})"
