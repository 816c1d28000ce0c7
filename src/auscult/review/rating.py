"""A blinded rating sheet of the answers in runs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from auscult.errors import UserError
from auscult.records import Answer, Case, Item, digest
from auscult.reports.thumbnails import image_folder
from auscult.review.drawing import Drawn, draw
from auscult.review.sheet import Images, Rated, check_new, check_raters, images_of, rated, write_sheet
from auscult.runs.folder import read_manifest
from auscult.runs.ratings import Draw
from auscult.store.tables import read_where


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What ``make_sheet`` wrote: the folder, answers on the sheet, and how they were drawn, run by run."""

    folder: Path
    rows: int
    draws: tuple[Draw, ...]

    @property
    def found(self) -> int:
        """How many answers there were to draw from."""
        return sum(stratum.answers for draw in self.draws for stratum in draw.strata)


def make_sheet(runs: Sequence[Path], out: Path, *, n: int = 100, seed: int = 0, raters: Sequence[str] = ("A",)) -> Made:
    """Draws answers from runs and writes ``OUT/key.json`` and, for each rater, ``OUT/RATER/`` with table and page.

    How they are drawn says ``auscult.review.drawing``; the order is drawn anew for each rater. The same runs, ``n`` and
    seed give the same sheet.

    Raises:
        UserError: a folder is no run, holds no answer, OUT is there already, or a rater's name is no file name.
    """
    check_raters(raters)
    check_new(out)
    manifests = [read_manifest(run) for run in runs]
    drawn = draw(runs, n, seed)
    rows = [row for k, run in enumerate(runs) for row in _rows(run, k, manifests[k], drawn[k], seed)]
    if not rows:
        raise UserError(f"{runs[0]}: holds no answer to a question with its own image; evaluate first")
    images = _images(runs, manifests, rows)
    key = {"runs": [str(run.resolve()) for run in runs], "draws": [asdict(d.draw) for d in drawn]}
    write_sheet(out, rows, images, form="answers", seed=seed, raters=raters, key=key)
    return Made(folder=out, rows=len(rows), draws=tuple(d.draw for d in drawn))


def _rows(run: Path, number: int, manifest: Mapping[str, Any], drawn: Drawn, seed: int) -> Iterator[Rated]:
    wanted = {answer: item for answer, (item, _) in drawn.answers.items()}
    answers = {a.id: a for a in read_where(run / "answers.parquet", Answer, "id", set(wanted))}
    items = {i.id: i for i in read_where(run / "items.parquet", Item, "id", set(wanted.values()))}
    cases = {c.id: c for c in read_where(run / "cases.parquet", Case, "id", {i.case_id for i in items.values()})}
    for name in sorted(answers):
        answer, item = answers[name], items[wanted[name]]
        case, stratum = cases[item.case_id], drawn.draw.strata[drawn.answers[name][1]]
        yield rated(
            item,
            case,
            row=f"r{digest('rating', seed, number, answer.id)[:9]}",
            run=number,
            model=str(manifest["settings"].get("model", "")),
            answer=answer.id,
            options=answer.options,
            text=answer.text,
            reference=item.reference,
            stratum=stratum.name,
            probability=stratum.probability,
        )


def _images(runs: Sequence[Path], manifests: Sequence[Mapping[str, Any]], rows: Sequence[Rated]) -> Images:
    """(run, case) → its images."""
    found: Images = {}
    for number, run in enumerate(runs):
        folder = image_folder(run, manifests[number])
        for case in read_where(run / "cases.parquet", Case, "id", {r.case for r in rows if r.run == number}):
            found[number, case.id] = images_of(folder, case)
    return found
