"""Filled sheets → the runs that their answers were drawn from: ``ratings.json``, which figures are corrected by."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from auscult.errors import UserError
from auscult.review.filled import Filled, Key, reached, read_sheet
from auscult.runs.folder import read_manifest
from auscult.runs.ratings import Rating, Ratings, write_ratings


def apply(sheet: Path, filled: Sequence[Path]) -> dict[Path, Ratings]:
    """Writes what raters said into every run of a sheet, in place of earlier ratings.

    A sheet may be filled in part. Rows after the last one that a rater came to count as not drawn: each sheet has an
    order by chance. Rows before it that are empty were passed over, and count as not known.

    Raises:
        UserError: the folder is no sheet, a file is none of its filled sheets, nothing is rated, or a run is gone.
    """
    key, given = read_sheet(sheet, filled)
    for run in key.runs:
        if not run.exists():
            raise UserError(f"{run}: the run is gone from there; put it back, or draw a sheet from where it is now")
        read_manifest(run)
    found = {run: _ratings(key, number, given) for number, run in enumerate(key.runs)}
    for run, ratings in found.items():
        write_ratings(run, ratings)
    return found


def _ratings(key: Key, number: int, given: Mapping[str, Filled]) -> Ratings:
    """What was said of the answers of one run."""
    rows = {name: row for name, row in key.rows.items() if row.run == number}
    seen: set[str] = set().union(*(reached(key.orders[rater], filled) for rater, filled in given.items()))
    return Ratings(
        draw=key.draws[number],
        raters={rater: sum(name in rows for name in filled) for rater, filled in given.items()},
        items={
            row.item: Rating(
                answer=row.answer,
                said={rater: filled[name] for rater, filled in given.items() if name in filled},
                reached=name in seen,
            )
            for name, row in rows.items()
        },
    )
