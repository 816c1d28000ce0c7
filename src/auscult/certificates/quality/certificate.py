"""The checks of a build, put to the test: wrong pairs are planted into clean sets, and right ones must stay.

What plants (``truth``, ``pairs``, ``wordings.toml``) shares no code, wording or word list with ``construction.checks``
and ``facts``. The held-out half of wordings and reports is reported; pairs that were written by hand are the headline.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from auscult.certificates.cells import Row, clusters, told
from auscult.certificates.quality import QualityOptions, sets
from auscult.certificates.quality.checkers import Panel, sample, unusable
from auscult.certificates.quality.figures import (
    ATTRIBUTE_ERRORS,
    NO_ERROR,
    OBJECT_ERRORS,
    Part,
    Tried,
    refusing,
    set_rows,
)
from auscult.certificates.quality.hand_written import hand_written
from auscult.certificates.quality.knowledge import about_medicine, known_statements, own_statements
from auscult.certificates.quality.pairs import Pair
from auscult.certificates.quality.truth import Truth
from auscult.certificates.trial import Trial, Verdict
from auscult.construction.certified import BY_HAND, OWN, PHANTOMS, REAL, TOO, WRONG, instrument_of
from auscult.construction.checks import Check, checks, first_refusal
from auscult.engine.forecast import Forecast
from auscult.engine.progress import progress
from auscult.engine.session import Show
from auscult.errors import UserError
from auscult.phantoms.distribution import VERSION
from auscult.records import Case, Certificate, Item

SENSITIVITY, SPECIFICITY = 0.90, 0.95
"""Target: of object errors and of attribute errors, at this specificity, also in whole sets."""
SHARES = (0.07, 0.20)
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
        return {k: v for c in self.checks for k, v in refusing(c, c.refuse(pair.case, pair.item, ())).items()}

    def in_turn(self, pairs: Iterable[Pair]) -> list[Tried]:
        """The pairs of one case as a build has them: each beside those that passed before it."""
        kept: list[Item] = []
        tried = []
        for pair in pairs:
            found = first_refusal(self.checks, pair.case, pair.item, kept)
            if not found:
                kept.append(pair.item)
            by_name = {check.name: check for check in self.checks}
            tried.append(Tried(pair, refusing(by_name[found.check], found.reason) if found else {}))
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
        One row a cell. It passes where errors written by hand and errors planted into real reports are refused at the
        target sensitivity, and right pairs kept at the target specificity, also in whole sets; without real reports it
        claims nothing.

    Raises:
        UserError: the data set is there but cannot be read.
    """
    bench = bench or Bench()
    panel = Panel.of(options) if options.checker else None
    checked = [partial(checked_rows, bench, panel, options, show)] if panel else []
    trial = Trial(
        instrument=instrument_of(bench.checks, panel.names if panel else ()),
        subject=f"pairs planted into sets from real reports and phantoms {VERSION}, and pairs written by hand",
        steps=[*checked, *_steps(bench, options)],
        conclude=conclusion,
    )
    return trial.certificate(show)


def forecast(options: QualityOptions) -> Forecast:
    """What the checker models would be asked, without asking.

    Raises:
        UserError: no checker is named.
    """
    if not options.checker:
        raise UserError("nothing is asked of a model; name one with --checker")
    return Panel.of(options).forecast(_sampled(options), _work(options))


def _work(options: QualityOptions) -> Path:
    return options.work or Path("quality.work")


def _steps(bench: Bench, options: QualityOptions) -> Iterator[Callable[[], Iterable[Row]]]:
    """The parts of the certificate, the headline first."""
    truths = sets.scenes(options)
    if cases := sets.cases_in(options.data):
        real = sets.reports(cases, options)
        yield lambda: hand_written_rows(bench, cases, options)
        yield partial(planted_rows, bench, REAL, "report", real, options.seed)
    yield partial(planted_rows, bench, PHANTOMS, "scene", truths, options.seed)
    yield lambda: knowledge_rows(bench, truths, options)


def _sampled(options: QualityOptions) -> list[Pair]:
    """The pairs that checker models are asked about: written by hand and planted."""
    cases = sets.cases_in(options.data)
    truths = sets.reports(cases, options) if cases else sets.scenes(options)
    planted = [p for a in sets.asked(truths, options.seed) for p in (*a.right, *a.wrong)]
    parts = [hand_written(cases, options.half), planted]
    return [p for part in parts for p in sample(part, options.pairs, options.seed)]


def checked_rows(bench: Bench, panel: Panel, options: QualityOptions, show: Show) -> list[Row]:
    """What the checks and the models refuse together, of a sample of each part."""
    tried = panel.tried(bench.alone(_sampled(options)), _work(options), show)
    rows: list[Row] = []
    for name in dict.fromkeys(t.pair.origin for t in tried):
        some = [t for t in tried if t.pair.origin == name]
        part = Part(f"{name}{TOO}", "scene" if name == PHANTOMS else "report", bench.names, panel.names)
        rows += part.rows(some)
        for model in panel.names:
            lost = [unusable(t, model) for t in some]
            rows.append(part.cell("all pairs", model).share("no usable verdict", lost, clusters(some)))
    return rows


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
    rows += whole.kept(t for t in tried if t.pair.about not in sets.GENERATORS)
    rows += bench.part(f"made by rules, {name}", unit).kept(t for t in tried if t.pair.about in sets.GENERATORS)
    return rows


def hand_written_rows(bench: Bench, cases: Sequence[Case], options: QualityOptions) -> list[Row]:
    """What authors wrote who had not seen the checks: the headline; then the pairs of each author."""
    tried = bench.alone(hand_written(cases, options.half))
    rows = bench.part(BY_HAND, "report").rows(tried) if tried else []
    for author in sorted({t.pair.author for t in tried} - {""}):
        own = [t for t in tried if t.pair.author == author]
        rows += bench.part(f"{BY_HAND}, author {author}", "report").rows(own)
    return rows


def knowledge_rows(bench: Bench, truths: Sequence[Truth], options: QualityOptions) -> list[Row]:
    """Statements of medicine: those written for the certificate, and those of the table that checks may know."""
    rows: list[Row] = []
    for name, known in ((OWN, own_statements(options.half)), (TABLE, known_statements())):
        pairs = about_medicine(known, truths, options.half, name, options.seed)
        rows += bench.part(name, "statement").rows(bench.alone(pairs), detail=False)
    return rows


Cells = Callable[[str, str, str], Row | None]
"""A row by part, what was put, and measure."""


def conclusion(rows: Sequence[Row]) -> Verdict:
    """Whether every target is met on real reports, and the headline in a sentence, with what was missed."""

    def cell(part: str, what: str, measure: str) -> Row | None:
        wanted = (part, what, measure)
        return next((r for r in rows if (r["part"], r["what"], r["measure"]) == wanted), None)

    there = cell(REAL, WRONG, "sensitivity") is not None
    part = REAL if there else PHANTOMS
    too = TOO if cell(f"{part}{TOO}", WRONG, "sensitivity") else ""
    planted = _pooled(cell, f"{part}{TOO}", "planted") if too else _planted(cell, part)
    asked = {**_pooled(cell, f"{BY_HAND}{too}", "hand-written"), **planted} if there else planted
    missed = [
        name for name, (row, target) in asked.items() if row and row["value"] is not None and row["value"] < target
    ]
    decided = all(row and row["value"] is not None for row, _ in asked.values())
    said_of = "; ".join(f"{name} {told(row)}" for name, (row, _) in asked.items())
    knowledge = told(cell(OWN, "knowledge errors", "sensitivity"))
    verdict = None if not there else False if missed else True if decided else None
    return verdict, (
        f"Refused or kept as they should be, {'real reports' if there else 'phantoms'}: {said_of}; knowledge errors "
        f"{knowledge} (target {SENSITIVITY:.2f} of wrong pairs, {SPECIFICITY:.2f} of right ones)."
        + (f" Missed: {', '.join(missed)}." if missed else "")
        + ("" if there else " Not tested, for want of data: iu-reports.")
    )


def _pooled(cell: Cells, part: str, name: str) -> dict[str, tuple[Row | None, float]]:
    return {
        f"wrong {name} pairs": (cell(part, WRONG, "sensitivity"), SENSITIVITY),
        f"right {name} pairs": (cell(part, NO_ERROR, "specificity"), SPECIFICITY),
    }


def _planted(cell: Cells, part: str) -> dict[str, tuple[Row | None, float]]:
    sets_of = {f"right pairs of sets with {s:.0%} wrong": f"{s:.0%} planted" for s in SHARES}
    whole = {name: (cell(f"sets from {part}", what, "specificity"), SPECIFICITY) for name, what in sets_of.items()}
    return {
        "planted object errors": (cell(part, OBJECT_ERRORS, "sensitivity"), SENSITIVITY),
        "planted attribute errors": (cell(part, ATTRIBUTE_ERRORS, "sensitivity"), SENSITIVITY),
        "right pairs beside planted ones": (cell(part, NO_ERROR, "specificity"), SPECIFICITY),
        **whole,
    }
