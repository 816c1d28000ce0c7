"""A blinded sheet: a table and a local page for each rater, and a key that is kept apart.

A sheet shows image, question and answer; never who made the answer or what an instrument said of it, and the reference
only when the answer was judged. What raters send back is read by ``auscult.review.filled``.
"""

import base64
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import orjson
from markupsafe import Markup
from PIL import Image

from auscult.errors import UserError
from auscult.printing import visible
from auscult.records import Case, ImageFile, Item, digest
from auscult.reports.csv import csv_text
from auscult.reports.html import page
from auscult.reports.thumbnails import NotShown, decoded, eight_bit
from auscult.review.drawing import in_order
from auscult.store.files import draft_folder, put_in_place, replace_file, write_json
from auscult.version import __version__

SCHEMA, KEY = "auscult.rating/3", "key.json"
Form = Literal["answers", "pairs"]
"""What a sheet asks about: answers that models gave in a run, or the pairs of an item set."""
FILLED: Mapping[Form, tuple[str, ...]] = {
    "answers": ("verdict", "problems", "harm", "reference_is", "comment"),
    "pairs": ("at_first", "verdict", "problems", "comment"),
}
"""The columns that a rater fills."""
LONG_SIDE = 1024
PLAIN_BYTES = 400_000
"""JPEG files up to this size go into the page as they are; larger lossless ones become JPEG."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """One answer or pair to rate, with all that the key holds of it.

    Attributes:
        row: opaque id, the same for all raters.
        run: number of the run in the key; 0 for pairs.
        model: who answered; for pairs accepted, rejected or planted.
        answer: id of the answer; of the item for pairs.
        item: id of the item.
        case: id of the case.
        group: patient, lesion or image; answers of one are not independent.
        group_kind: what ``group`` names.
        kind: of the item.
        category: of the item.
        question: as it was put.
        options: from which the answer was to be chosen, if there were any.
        text: of the answer; the reference answer of a pair.
        reference: the right answer, as the data set has it; for pairs what is known of the image.
        stratum: what it was drawn from: name, as in the draw of its run.
        probability: with which it was drawn; 0 for planted pairs.
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


def rated(
    item: Item,
    case: Case,
    *,
    row: str,
    run: int = 0,
    model: str,
    answer: str = "",
    options: Sequence[str] = (),
    text: str,
    reference: str,
    stratum: str,
    probability: float,
) -> Rated:
    """A row about an item: as ``Rated``, where nothing else is given answer and options of the item itself."""
    return Rated(
        row=row,
        run=run,
        model=model,
        answer=answer or item.id,
        options=tuple(options or item.options),
        item=item.id,
        case=case.id,
        group=f"{case.source}/{case.group or case.id}",
        group_kind=case.group_kind,
        kind=item.kind,
        category=item.category,
        question=item.question,
        text=text,
        reference=reference,
        stratum=stratum,
        probability=probability,
    )


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


def write_sheet(
    out: Path,
    rows: Sequence[Rated],
    images: Images,
    *,
    form: Form,
    seed: int,
    raters: Sequence[str],
    key: Mapping[str, Any],
) -> None:
    """Writes ``OUT/key.json`` and, for each rater, ``OUT/RATER/`` with table and page, the order drawn anew for each.

    Args:
        out: new folder; it is there when all is written.
        rows: in any order.
        images: of the rows.
        form: what is asked.
        seed: of the orders.
        raters: their names.
        key: what the key holds beside rows and orders.

    Raises:
        UserError: OUT cannot be written.
    """
    of = [(x.row, (x.run, x.stratum)) for x in rows]
    orders = {r: [rows[k] for k in in_order(of, seed, r)] for r in raters}
    whole = {
        "schema": SCHEMA,
        "package": __version__,
        "form": form,
        "seed": seed,
        "raters": list(raters),
        **key,
        "orders": {rater: [row.row for row in order] for rater, order in orders.items()},
        "rows": {row.row: asdict(row) for row in rows},
    }
    try:
        with draft_folder(out) as draft:
            for rater, order in orders.items():
                _write_for(rater, draft / rater, order, images, form)
            write_json(draft / KEY, whole)
            put_in_place(draft, out)
    except OSError as error:
        raise UserError(f"{out}: cannot be written ({error.strerror}); name another place with --out") from None


def check_new(out: Path) -> None:
    """Refuses a folder that holds something.

    Raises:
        UserError: it does.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UserError(f"{out}: is there already; name a new folder with --out, so that no filled sheet is lost")


def images_of(folder: Path, case: Case) -> tuple[Shown, ...]:
    """The images of a case, named by chance so that a file name says nothing."""
    return tuple(shown(folder, image, digest("picture", case.id, k)[:9]) for k, image in enumerate(case.images))


def check_raters(raters: Sequence[str]) -> None:
    """Refuses names of raters that are no file names.

    Raises:
        UserError: what to give.
    """
    if not raters or len(set(raters)) < len(raters):
        raise UserError(f"--raters {','.join(raters)}: give each rater a name of their own, for example A,B")
    for name in raters:
        if not name.isalnum() or not name.isascii() or len(name) > 20:
            raise UserError(f"--raters: '{name}' cannot name a file; use letters and digits, for example A,B")


def shown(folder: Path, image: ImageFile, name: str) -> Shown:
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


def _write_for(rater: str, folder: Path, rows: Sequence[Rated], images: Images, form: Form) -> None:
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
    _write_table(folder / f"sheet-{rater}.csv", (*lines[0], *FILLED[form]), lines)
    references = [{"row": row.row, "reference": row.reference} for row in rows]
    _write_table(folder / f"references-{rater}.csv", ("row", "reference"), references)
    replace_file(folder / f"sheet-{rater}.html", _page(rater, rows, pictures, form).encode())


def _write_table(path: Path, columns: Sequence[str], lines: Sequence[Mapping[str, str]]) -> None:
    """As spreadsheets read it: with the mark that says UTF-8, and no cell a formula."""
    seen = ({name: visible(text) for name, text in line.items()} for line in lines)
    replace_file(path, csv_text(columns, seen, quoted=True, newline="\r\n").encode("utf-8-sig"))


def _page(rater: str, rows: Sequence[Rated], pictures: Sequence[tuple[Shown, ...]], form: Form) -> str:
    urls = {s.name: s.url for several in pictures for s in several if s.name}
    return page(
        "rating.html.j2",
        styles=("rating.css",),
        scripts=("rating.js",),
        whole=True,
        rater=rater,
        pairs=form == "pairs",
        fields=FILLED[form],
        # names the stored ratings in the browser: another sheet never finds them
        sheet=digest("sheet", rater, [row.row for row in rows]),
        rows=list(zip(rows, pictures, strict=True)),
        urls=Markup(orjson.dumps(urls).decode().replace("<", "\\u003c")),
    )
