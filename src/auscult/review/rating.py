"""A blinded rating sheet of a run's answers: a table and a local page for each rater, and a key that is kept apart.

A sheet shows image, question and answer; never who answered, what a scorer said, or (unless asked for) the reference.
What raters send back is read by ``auscult.review.agreement``.
"""

import base64
import io
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson
from markupsafe import Markup
from PIL import Image

from auscult.errors import UserError
from auscult.records import Answer, Case, ImageFile, Item, digest
from auscult.reports.csv import csv_text
from auscult.reports.html import page
from auscult.reports.text import visible
from auscult.reports.thumbnails import NotShown, decoded, eight_bit, image_folder
from auscult.runs.folder import read_manifest
from auscult.store.files import draft_folder, put_in_place, replace_file
from auscult.store.tables import read_columns, read_where
from auscult.version import __version__

SCHEMA = "auscult.rating/1"
VERDICTS = ("correct", "hallucinated", "partly", "cannot tell")
CATEGORIES = ("nonexistent object", "wrong attribute", "distorted knowledge", "other")
SEVERITIES = ("1", "2", "3", "4", "5")
FILLED = ("verdict", "category", "severity", "comment")
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
        reference: the right answer.
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
    """What ``make_sheet`` wrote: the folder, answers in the sheet, and how many there were to draw from."""

    folder: Path
    rows: int
    found: int
    strata: Mapping[str, int]


def make_sheet(
    runs: Sequence[Path],
    out: Path,
    *,
    n: int = 100,
    seed: int = 0,
    raters: Sequence[str] = ("A", "B"),
    show_reference: bool = False,
) -> Made:
    """Draws answers from runs and writes ``OUT/key.json`` and, for each rater, ``OUT/RATER/`` with table and page.

    Answers to questions with their own image are drawn, the first sample of each, as many from each run, kind and
    category as from any other while they last. The order is drawn anew for each rater. The same runs, ``n`` and seed
    give the same sheet.

    Raises:
        UserError: a folder is no run, holds no answer, OUT is there already, or a rater's name is no file name.
    """
    _check_raters(raters)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UserError(f"{out}: is there already; name a new folder with --out, so that no filled sheet is lost")
    manifests = [read_manifest(run) for run in runs]
    rows, strata, found = _sample(runs, manifests, n, seed)
    if not rows:
        raise UserError(f"{runs[0]}: holds no answer to a question with its own image; evaluate first")
    images = _images(runs, manifests, rows)
    key = {
        "schema": SCHEMA,
        "package": __version__,
        "seed": seed,
        "raters": list(raters),
        "reference_shown": show_reference,
        "runs": [str(run.resolve()) for run in runs],
        "rows": {row.row: asdict(row) for row in rows},
    }
    try:
        with draft_folder(out) as draft:
            for rater in raters:
                _write_for(rater, draft / rater, _shuffled(rows, seed, rater), images, show_reference)
            replace_file(draft / "key.json", orjson.dumps(key, option=orjson.OPT_INDENT_2) + b"\n")
            put_in_place(draft, out)
    except OSError as error:
        raise UserError(f"{out}: cannot be written ({error.strerror}); name another place with --out") from None
    return Made(folder=out, rows=len(rows), found=found, strata=strata)


def _check_raters(raters: Sequence[str]) -> None:
    if not raters or len(set(raters)) < len(raters):
        raise UserError(f"--raters {','.join(raters)}: give each rater a name of their own, for example A,B")
    for name in raters:
        if not name.isalnum() or not name.isascii() or len(name) > 20:
            raise UserError(f"--raters: '{name}' cannot name a file; use letters and digits, for example A,B")


def _sample(
    runs: Sequence[Path], manifests: Sequence[Mapping[str, Any]], n: int, seed: int
) -> tuple[list[Rated], dict[str, int], int]:
    """The rows of the sheet, answers by stratum, and how many answers there were to draw from."""
    strata: defaultdict[tuple[int, str, str], list[tuple[str, str]]] = defaultdict(list)
    for number, run in enumerate(runs):
        table = read_columns(run / "items.parquet", Item, ["id", "kind", "category"]).to_pylist()
        about = {r["id"]: (r["kind"], r["category"]) for r in table}
        columns = ["id", "item_id", "condition", "repeat", "status"]
        for r in read_columns(run / "answers.parquet", Answer, columns).to_pylist():
            if (r["condition"], r["repeat"], r["status"]) == ("with", 0, "ok"):
                strata[number, *about[r["item_id"]]].append((r["id"], r["item_id"]))
    chosen = _spread({k: sorted(v) for k, v in sorted(strata.items())}, n, random.Random(f"draw {seed}"))
    rows: list[Rated] = []
    for number, run in enumerate(runs):
        wanted = {answer: item for (of, _, _), answer, item in chosen if of == number}
        model = str(manifests[number]["settings"].get("model", ""))
        rows += _rows(run, number, model, wanted, seed)
    counts: dict[str, int] = defaultdict(int)
    for (_, kind, category), _, _ in chosen:
        counts[f"{kind}: {category}" if category else kind] += 1
    return rows, dict(counts), sum(len(v) for v in strata.values())


def _spread(
    strata: Mapping[tuple[int, str, str], list[tuple[str, str]]], n: int, rng: random.Random
) -> list[tuple[tuple[int, str, str], str, str]]:
    """Takes one answer from each stratum in turn until there are ``n``, or none left."""
    pools = [(name, rng.sample(answers, len(answers))) for name, answers in strata.items()]
    rng.shuffle(pools)
    taken: list[tuple[tuple[int, str, str], str, str]] = []
    while len(taken) < n and (pools := [p for p in pools if p[1]]):
        for name, answers in pools[: n - len(taken)]:
            taken.append((name, *answers.pop()))
    return taken


def _rows(run: Path, number: int, model: str, wanted: Mapping[str, str], seed: int) -> Iterator[Rated]:
    answers = {a.id: a for a in read_where(run / "answers.parquet", Answer, "id", set(wanted))}
    items = {i.id: i for i in read_where(run / "items.parquet", Item, "id", set(wanted.values()))}
    cases = {c.id: c for c in read_where(run / "cases.parquet", Case, "id", {i.case_id for i in items.values()})}
    for name in sorted(answers):
        answer, item = answers[name], items[wanted[name]]
        case = cases[item.case_id]
        yield Rated(
            row=f"r{digest('rating', seed, number, answer.id)[:9]}",
            run=number,
            model=model,
            answer=answer.id,
            item=item.id,
            case=case.id,
            group=f"{case.source}/{case.group or case.id}",
            group_kind=case.group_kind,
            kind=item.kind,
            category=item.category,
            question=item.question,
            options=tuple(item.options),
            text=answer.text,
            reference=item.reference,
        )


def _shuffled(rows: Sequence[Rated], seed: int, rater: str) -> list[Rated]:
    return random.Random(f"order {seed} {rater}").sample(sorted(rows, key=lambda r: r.row), len(rows))


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
    rater: str,
    folder: Path,
    rows: Sequence[Rated],
    images: Mapping[tuple[int, str], tuple[Shown, ...]],
    reference: bool,
) -> None:
    """The folder of one rater: ``sheet-RATER.csv``, ``sheet-RATER.html``, ``images/``."""
    (folder / "images").mkdir(parents=True)
    pictures = [images[row.run, row.case] for row in rows]
    for picture in {s.name: s for several in pictures for s in several if s.name}.values():
        (folder / "images" / picture.name).write_bytes(picture.data)
    shown = ("question", "options", "answer", *(("reference",) if reference else ()))
    lines = (
        {
            "rater": rater,
            "row": row.row,
            "image": " ".join(f"images/{s.name}" for s in several if s.name),
            "question": row.question,
            "options": "; ".join(row.options),
            "answer": row.text,
            **({"reference": row.reference} if reference else {}),
        }
        for row, several in zip(rows, pictures, strict=True)
    )
    seen = ({name: visible(text) for name, text in line.items()} for line in lines)
    table = csv_text(("rater", "row", "image", *shown, *FILLED), seen, quoted=True, newline="\r\n")
    # with the mark, spreadsheets read the file as UTF-8
    replace_file(folder / f"sheet-{rater}.csv", table.encode("utf-8-sig"))
    replace_file(folder / f"sheet-{rater}.html", _page(rater, rows, pictures, reference).encode())


def _page(rater: str, rows: Sequence[Rated], pictures: Sequence[tuple[Shown, ...]], reference: bool) -> str:
    urls = {s.name: s.url for several in pictures for s in several if s.name}
    return page(
        "rating.html.j2",
        styles=("rating.css",),
        script="rating.js",
        rater=rater,
        # names the stored ratings in the browser: another sheet never finds them
        sheet=digest("sheet", rater, [row.row for row in rows]),
        rows=list(zip(rows, pictures, strict=True)),
        urls=Markup(orjson.dumps(urls).decode().replace("<", "\\u003c")),
        reference=reference,
        verdicts=VERDICTS,
        categories=CATEGORIES,
        severities=SEVERITIES,
    )
