"""Figures as people who rated a drawn part of the answers would have them: reader, judge and reference put to the test.

Source: mean(f) + sum((y - f) / pi) / N, see ``auscult.statistics.audited``.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from auscult import statistics
from auscult.analysis.joined import Bools, Floats, Joined
from auscult.analysis.quantities import Board
from auscult.analysis.quantities.detection import about_presence
from auscult.analysis.quantities.opinions import Opinions, opinions
from auscult.analysis.summary import Figure
from auscult.errors import UserError
from auscult.records import Estimate
from auscult.runs.ratings import FAILED, SILENT, Rating, Ratings, Said
from auscult.statistics.audited import Checked, audited_mean, audited_ratio
from auscult.statistics.missing import joined

GROUP = "physician"
AS_SAID = "by the instruments"
INSTRUMENT = "people who rated the answers"
READERS = "the instruments of the run, together"


@dataclass(frozen=True)
class _Sheet:
    """Drawn answers as arrays of shape (items,): stratum (-1: none), drawn, without a text, without an answer.

    ``said``: row → what raters said of it.
    """

    stratum: NDArray[np.int64]
    drawn: Bools
    said: Mapping[int, Rating]
    silent: Bools
    failed: Bools


def physician_figures(board: Board) -> list[Figure]:
    """What people who rated some answers would say of all of them, and what the instruments say; none without ratings.

    Each is a share: of all answers (``correct``, ``invented``, ``missed``, ``harm``, ``severe harm``, ``wrong
    reference``), or of the yes/no questions where the finding is not, or is, there (``fabrication``, ``miss``): by what
    people say of the reference, where they do.
    """
    run = board.run
    if run.ratings is None:
        return []
    try:
        sheet = _sheet(run, run.ratings)
    except UserError as error:
        withheld = Estimate(name="correct", instrument=INSTRUMENT, withheld=str(error))
        return [_figure("correct", withheld, run.ratings)]
    read = opinions(run)
    found = [*_of_all(board, sheet, read), *_of_findings(board, sheet, read)]
    return [*(_figure(e.name, e, run.ratings) for e in found), *_as_said(board, sheet, read)]


def _figure(name: str, estimate: Estimate, ratings: Ratings) -> Figure:
    people = "a physician" if len(ratings.raters) == 1 else f"{len(ratings.raters)} physicians"
    return Figure(
        section="corrected",
        group=GROUP,
        label=f"checked by {people}",
        metric=name,
        scorer=INSTRUMENT,
        higher_is_better=name == "correct",
        with_image=estimate,
    )


def _as_said(board: Board, sheet: _Sheet, read: Opinions) -> Iterator[Figure]:
    """The same before anybody rated: of the answers that instruments could read."""
    run = board.run
    about = about_presence(run)
    for name, values, items in (
        ("correct", np.where(sheet.silent, 0.0, read.right), ~sheet.failed),
        ("fabrication", read.present.astype(float), about & ~run.yes & ~sheet.failed),
        ("miss", read.absent.astype(float), about & run.yes & ~sheet.failed),
    ):
        if items.any():
            found = statistics.mean(
                values[items],
                run.cluster[items],
                name=name,
                instrument=READERS,
                unit=run.unit,
                max_missing=1.0,
                missing=~(read.known | sheet.silent)[items],
                higher_is_better=name == "correct",
            )
            yield Figure(
                section="corrected",
                group=GROUP,
                label=AS_SAID,
                metric=name,
                scorer=READERS,
                higher_is_better=name == "correct",
                with_image=found,
            )


def _sheet(run: Joined, ratings: Ratings) -> _Sheet:
    """The ratings by row.

    Raises:
        UserError: the run was changed since the answers were drawn.
    """
    letters = ratings.draw.of_items
    rows = {name: row for row, name in enumerate(run.ids)}
    if len(letters) != len(run.ids) or not ratings.items.keys() <= rows.keys():
        raise UserError("the answers were drawn from other questions than the run now holds; draw a new sheet")
    codes = np.array(list(letters))
    silent, failed = codes == SILENT, codes == FAILED
    stratum = np.where(silent | failed, -1, [ord(c) - ord("a") for c in letters])
    said = {rows[name]: rating for name, rating in ratings.items.items() if rating.reached}
    drawn = np.zeros(len(run.ids), bool)
    drawn[list(said)] = True
    return _Sheet(stratum, drawn, said, silent, failed)


def _of_all(board: Board, sheet: _Sheet, read: Opinions) -> Iterator[Estimate]:
    """Shares of all answers (references: of those that could be drawn); what no rater was asked is left out."""
    run = board.run
    nothing = np.zeros(len(run.ids))
    present = board.run.yes
    for name, said, word in (
        ("correct", np.where(sheet.silent, 0.0, read.right), _correct),
        ("invented", (read.present & ~present).astype(float), _problem("invented")),
        ("missed", (read.absent & present).astype(float), _problem("missed")),
        ("harm", nothing, _harm({"mild", "severe"})),
        ("severe harm", nothing, _harm({"severe"})),
        ("wrong reference", nothing, _wrong_reference),
    ):
        found = _by_row(sheet, len(run.ids), word)
        if name == "correct" or _was_asked(sheet, name):
            kept = ~(sheet.silent | sheet.failed) if name == "wrong reference" else np.ones_like(sheet.drawn)
            yield _mean(board, sheet, name, said, found, kept)


def _of_findings(board: Board, sheet: _Sheet, read: Opinions) -> Iterator[Estimate]:
    """Inventions where nothing was there, and misses where something was, on yes/no questions about findings."""
    run = board.run
    about = about_presence(run)
    if not about.any() or not _was_asked(sheet, "invented"):
        return
    turned = _by_row(sheet, len(run.ids), _wrong_reference) == 1
    for name, problem, says, there in (
        ("fabrication", "invented", read.present, False),
        ("miss", "missed", read.absent, True),
    ):
        kept = about & (run.yes == there)
        of = np.where(sheet.drawn, about & ((run.yes ^ turned) == there), np.nan)
        wrong = np.where(of == 0, 0.0, _by_row(sheet, len(run.ids), _problem(problem)))
        whole = _mean(board, sheet, name, kept.astype(float), of)
        part = _mean(board, sheet, name, (kept & says).astype(float), wrong)
        yield replace(audited_ratio(part, whole, name=name), note=joined(part.note, _of_references(sheet)))


def _mean(
    board: Board, sheet: _Sheet, name: str, said: Floats, found: Floats, kept: Bools | slice = slice(None)
) -> Estimate:
    checked = Checked(
        said=said[kept],
        stratum=sheet.stratum[kept],
        drawn=sheet.drawn[kept],
        found=found[kept],
        failed=sheet.failed[kept],
    )
    return audited_mean(
        checked,
        board.run.cluster[kept],
        name=name,
        instrument=INSTRUMENT,
        unit=board.run.unit,
        max_missing=board.max_missing,
        higher_is_better=name == "correct",
    )


def _by_row(sheet: _Sheet, items: int, word: Callable[[Said], float]) -> Floats:
    """The mean of what raters say of each drawn answer; NaN where none says anything."""
    found = np.full(items, np.nan)
    for row, rating in sheet.said.items():
        values = [v for s in rating.said.values() if not np.isnan(v := word(s))]
        if values:
            found[row] = float(np.mean(values))
    return found


def _was_asked(sheet: _Sheet, name: str) -> bool:
    """Whether raters answered a question of the sheet at all: a column that all left empty is no finding of none."""
    given: Iterator[Said] = (s for rating in sheet.said.values() for s in rating.said.values())
    if name == "wrong reference":
        return any(s.reference for s in given)
    wrong = [s for s in given if s.verdict in ("partly", "wrong")]
    return not wrong or any(s.harm if "harm" in name else s.problems for s in wrong)


def _of_references(sheet: _Sheet) -> str:
    unsaid = sum(
        not any(s.reference in ("right", "wrong") for s in rating.said.values()) for rating in sheet.said.values()
    )
    return (
        f"the reference of {unsaid} of these was taken as it stands: nobody said whether it is right" if unsaid else ""
    )


def _correct(said: Said) -> float:
    """Partly right is not right."""
    return {"correct": 1.0, "partly": 0.0, "wrong": 0.0}.get(said.verdict, np.nan)


def _problem(name: str) -> Callable[[Said], float]:
    def word(said: Said) -> float:
        if said.verdict == "correct":
            return 0.0
        return float(name in said.problems) if said.problems else np.nan

    return word


def _harm(grades: set[str]) -> Callable[[Said], float]:
    def word(said: Said) -> float:
        if said.verdict == "correct":
            return 0.0
        return float(said.harm in grades) if said.harm else np.nan

    return word


def _wrong_reference(said: Said) -> float:
    return {"right": 0.0, "wrong": 1.0}.get(said.reference, np.nan)
