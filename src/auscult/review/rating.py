"""A blinded rating sheet of a run's answers: a table and a local page for each rater, and a key that is kept apart.

A sheet shows image, question and answer; never who answered or what a scorer said, and the reference only when the
answer was judged. What raters send back is read by ``auscult.review.filled``.
"""

import base64
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson
from markupsafe import Markup
from PIL import Image

from auscult.errors import UserError
from auscult.printing import visible
from auscult.records import Answer, Case, ImageFile, Item, digest
from auscult.reports.csv import csv_text
from auscult.reports.html import page
from auscult.reports.thumbnails import NotShown, decoded, eight_bit, image_folder
from auscult.review.drawing import Drawn, draw, in_order
from auscult.runs.folder import read_manifest
from auscult.runs.ratings import Draw
from auscult.store.files import draft_folder, put_in_place, replace_file
from auscult.store.tables import read_where
from auscult.version import __version__

SCHEMA = "auscult.rating/2"
FILLED = ("verdict", "problems", "harm", "reference_is", "comment")
"""The columns that a rater fills."""
LONG_SIDE = 1024
PLAIN_BYTES = 400_000
"""JPEG files up to this size go into the page as they are; larger lossless ones become JPEG."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """One answer to rate, with all that the key holds of it.

    Attributes:
        row: opaque id, the same for all raters.
        run: number of the run in the key.
        model: who answered.
        answer: id of the answer.
        item: id of the item.
        case: id of the case.
        group: patient, lesion or image; answers of one are not independent.
        group_kind: what ``group`` names.
        kind: of the item.
        category: of the item.
        question: as it was put.
        options: from which the answer was to be chosen, if there were any.
        text: of the answer.
        reference: the right answer, as the data set has it.
        stratum: what it was drawn from: name, as in the draw of its run.
        probability: with which it was drawn.
    """

    row: str
    run: int
    model: str
    answer: str
    item: str
    case: str
    group: str
    group_kind: str
    kind: str
    category: str
    question: str
    options: tuple[str, ...] = ()
    text: str
    reference: str
    stratum: str
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One image of the sheet: its file name beside the table, its type and bytes; or why there is none."""

    name: str = ""
    mime: str = ""
    data: bytes = b""
    reason: str = ""

    @property
    def url(self) -> str:
        """As ``data:`` URL."""
        return f"data:{self.mime};base64,{base64.b64encode(self.data).decode('ascii')}"


Images = dict[tuple[int, str], tuple[Shown, ...]]
"""(run, case) → its images."""


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
    _check_raters(raters)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UserError(f"{out}: is there already; name a new folder with --out, so that no filled sheet is lost")
    manifests = [read_manifest(run) for run in runs]
    drawn = draw(runs, n, seed)
    rows = [row for k, run in enumerate(runs) for row in _rows(run, k, manifests[k], drawn[k], seed)]
    if not rows:
        raise UserError(f"{runs[0]}: holds no answer to a question with its own image; evaluate first")
    images = _images(runs, manifests, rows)
    orders = {r: [rows[k] for k in in_order([(x.row, (x.run, x.stratum)) for x in rows], seed, r)] for r in raters}
    key = {
        "schema": SCHEMA,
        "package": __version__,
        "seed": seed,
        "raters": list(raters),
        "runs": [str(run.resolve()) for run in runs],
        "draws": [asdict(d.draw) for d in drawn],
        "orders": {rater: [row.row for row in order] for rater, order in orders.items()},
        "rows": {row.row: asdict(row) for row in rows},
    }
    try:
        with draft_folder(out) as draft:
            for rater, order in orders.items():
                _write_for(rater, draft / rater, order, images)
            replace_file(draft / "key.json", orjson.dumps(key, option=orjson.OPT_INDENT_2) + b"\n")
            put_in_place(draft, out)
    except OSError as error:
        raise UserError(f"{out}: cannot be written ({error.strerror}); name another place with --out") from None
    return Made(folder=out, rows=len(rows), draws=tuple(d.draw for d in drawn))


def _check_raters(raters: Sequence[str]) -> None:
    if not raters or len(set(raters)) < len(raters):
        raise UserError(f"--raters {','.join(raters)}: give each rater a name of their own, for example A,B")
    for name in raters:
        if not name.isalnum() or not name.isascii() or len(name) > 20:
            raise UserError(f"--raters: '{name}' cannot name a file; use letters and digits, for example A,B")


def _rows(run: Path, number: int, manifest: Mapping[str, Any], drawn: Drawn, seed: int) -> Iterator[Rated]:
    wanted = {answer: item for answer, (item, _) in drawn.answers.items()}
    answers = {a.id: a for a in read_where(run / "answers.parquet", Answer, "id", set(wanted))}
    items = {i.id: i for i in read_where(run / "items.parquet", Item, "id", set(wanted.values()))}
    cases = {c.id: c for c in read_where(run / "cases.parquet", Case, "id", {i.case_id for i in items.values()})}
    for name in sorted(answers):
        answer, item = answers[name], items[wanted[name]]
        case, stratum = cases[item.case_id], drawn.draw.strata[drawn.answers[name][1]]
        yield Rated(
            row=f"r{digest('rating', seed, number, answer.id)[:9]}",
            run=number,
            model=str(manifest["settings"].get("model", "")),
            answer=answer.id,
            item=item.id,
            case=case.id,
            group=f"{case.source}/{case.group or case.id}",
            group_kind=case.group_kind,
            kind=item.kind,
            category=item.category,
            question=item.question,
            options=tuple(answer.options or item.options),
            text=answer.text,
            reference=item.reference,
            stratum=stratum.name,
            probability=stratum.probability,
        )


def _images(runs: Sequence[Path], manifests: Sequence[Mapping[str, Any]], rows: Sequence[Rated]) -> Images:
    """(run, case) → its images, named by chance so that a file name says nothing."""
    found: Images = {}
    for number, run in enumerate(runs):
        folder = image_folder(run, manifests[number])
        for case in read_where(run / "cases.parquet", Case, "id", {r.case for r in rows if r.run == number}):
            found[number, case.id] = tuple(
                _shown(folder, image, digest("picture", case.id, k)[:9]) for k, image in enumerate(case.images)
            )
    return found


def _shown(folder: Path, image: ImageFile, name: str) -> Shown:
    """An image for a browser: as it is where it can be, else converted; never raises on a bad image."""

    def encoded(opened: Image.Image, data: bytes) -> Shown:
        if not _bare_jpeg(opened, data):
            return _encoded(eight_bit(opened), name)
        opened.load()
        return Shown(name=f"{name}.jpeg", mime="image/jpeg", data=data)

    try:
        return decoded(folder, image, encoded)
    except NotShown as why:
        return Shown(reason=f"{why}.")


def _bare_jpeg(image: Image.Image, data: bytes) -> bool:
    """Whether a file can go out as it is: small, and without metadata, which may name the patient or the data set."""
    segments = {name for name, _ in getattr(image, "applist", [("?", b"")])}
    return image.format == "JPEG" and image.mode in ("L", "RGB") and segments <= {"APP0"} and len(data) <= PLAIN_BYTES


def _encoded(image: Image.Image, name: str) -> Shown:
    """Pixels only: PNG, or JPEG where that is large."""
    image.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
    pixels = Image.frombytes(image.mode, image.size, image.tobytes())
    out = io.BytesIO()
    pixels.save(out, "PNG")
    if out.tell() <= PLAIN_BYTES:
        return Shown(name=f"{name}.png", mime="image/png", data=out.getvalue())
    out = io.BytesIO()
    pixels.save(out, "JPEG", quality=92)
    return Shown(name=f"{name}.jpeg", mime="image/jpeg", data=out.getvalue())


def _write_for(
    rater: str, folder: Path, rows: Sequence[Rated], images: Mapping[tuple[int, str], tuple[Shown, ...]]
) -> None:
    """The folder of one rater: ``sheet-RATER.csv``, ``sheet-RATER.html``, ``references-RATER.csv``, ``images/``."""
    (folder / "images").mkdir(parents=True)
    pictures = [images[row.run, row.case] for row in rows]
    for picture in {s.name: s for several in pictures for s in several if s.name}.values():
        (folder / "images" / picture.name).write_bytes(picture.data)
    lines = [
        {
            "rater": rater,
            "row": row.row,
            "image": " ".join(f"images/{s.name}" for s in several if s.name),
            "question": row.question,
            "options": "; ".join(row.options),
            "answer": row.text,
        }
        for row, several in zip(rows, pictures, strict=True)
    ]
    _write_table(folder / f"sheet-{rater}.csv", (*lines[0], *FILLED), lines)
    references = [{"row": row.row, "reference": row.reference} for row in rows]
    _write_table(folder / f"references-{rater}.csv", ("row", "reference"), references)
    replace_file(folder / f"sheet-{rater}.html", _page(rater, rows, pictures).encode())


def _write_table(path: Path, columns: Sequence[str], lines: Sequence[Mapping[str, str]]) -> None:
    """As spreadsheets read it: with the mark that says UTF-8, and no cell a formula."""
    seen = ({name: visible(text) for name, text in line.items()} for line in lines)
    replace_file(path, csv_text(columns, seen, quoted=True, newline="\r\n").encode("utf-8-sig"))


def _page(rater: str, rows: Sequence[Rated], pictures: Sequence[tuple[Shown, ...]]) -> str:
    urls = {s.name: s.url for several in pictures for s in several if s.name}
    return page(
        "rating.html.j2",
        styles=("rating.css",),
        scripts=("rating.js",),
        whole=True,
        rater=rater,
        # names the stored ratings in the browser: another sheet never finds them
        sheet=digest("sheet", rater, [row.row for row in rows]),
        rows=list(zip(rows, pictures, strict=True)),
        urls=Markup(orjson.dumps(urls).decode().replace("<", "\\u003c")),
    )
