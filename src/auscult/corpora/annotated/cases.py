"""Rows of a table of images with captions, reports or labels → cases without questions.

Silence is not absence: a label that an image does not have, an empty cell and what a caption passes over stay
unmentioned. An image is a case, unless rows name one study, or one patient with one and the same caption.
"""

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._bundles import DRAFT, seal, settled
from auscult.corpora._grouping import GroupedRows
from auscult.corpora._table_items import SPLITS
from auscult.corpora.annotated.columns import Columns
from auscult.corpora.annotated.labels import finding_named, is_device, labels_of, plain, said_of, says_nothing
from auscult.corpora.annotated.sections import split_context
from auscult.errors import UserError
from auscult.items.images import MIMES, frame_named, inside, take_image
from auscult.records import Case, Presence, rank
from auscult.store.faults import Faults
from auscult.store.rows import NOTHING, Row

AGAIN = "the same row again (same image and content)"
SUFFIXES = (*MIMES, ".jpeg", ".tiff", ".dcm")


def annotated(
    path: Path, rows: Iterable[Row], columns: Columns, options: ReadOptions, faults: Faults
) -> Iterator[Bundle]:
    """Yields the cases of a table.

    Args:
        path: of the table, or the folder of the images.
        rows: all rows, again.
        columns: what they hold.
        options: folder of the images, licence, whether labels are complete.
        faults: takes what is wrong with single rows.
    """
    folder = options.images or (path if path.is_dir() else path.parent)
    grouped, shown, owners = GroupedRows(), array("Q"), array("Q")
    for row in rows:
        with faults.row():
            names = [
                _placed(folder, name, row.where, options.follow_links) for name in _images(row, columns.fields["image"])
            ]
            text, patient = caption_of(row, columns), row.text("patient", columns.fields.get("patient", "-"))
            study = row.text("study", columns.fields.get("study", "-"))
            key = f"study {study}" if study else f"{patient} {text}" if patient and text else " ".join(names)
            values = {c: row.values.get(c) for c in columns_read(columns) if c in row.values}
            grouped.add(key, [row.number, row.where, names, values])
            shown.append(rank(*names))
            owners.append(rank(key))
    disputed = _disputed(grouped) if _shared(shown, owners) else {}
    made = (_bundle(path, folder, stored, columns, options, faults, disputed) for stored in grouped)
    yield from settled((bundle for bundle in made if bundle), faults)


def _shared(shown: "array[int]", owners: "array[int]") -> bool:
    """Whether rows on the same images belong to several cases."""
    pairs = np.unique(np.stack([np.frombuffer(keys, np.uint64) for keys in (shown, owners)], axis=1), axis=0)
    return bool((np.diff(pairs[:, 0]) == 0).any())


def _disputed(grouped: GroupedRows) -> dict[str, list[str]]:
    """Images that several cases of a table have, by their key, and where the first row of each of these cases is."""
    shown = np.array([rank(_key_of(stored)) for stored in grouped], dtype=np.uint64)
    values, counts = np.unique(shown, return_counts=True)
    again, found = set(values[counts > 1].tolist()), dict[str, list[str]]()
    for stored in grouped if again else ():
        if rank(key := _key_of(stored)) in again:
            found.setdefault(key, []).append(stored[0][1])
    return found


def _refuse_disputed(stored: list[Any], disputed: dict[str, list[str]]) -> None:
    """Refuses a case another one of which has the same images.

    Raises:
        UserError: naming a row of each.
    """
    where = stored[0][1]
    other = next((one for one in disputed.get(_key_of(stored), ()) if one != where), "")
    if other:
        raise UserError(
            f"{where}: image {'+'.join(stored[0][2])} stands in {other} as well, with another text or patient; which "
            "is right cannot be told: take one out, or give both rows the same study"
        )


def _key_of(stored: list[Any]) -> str:
    return "+".join(dict.fromkeys(name for _, _, held, _ in stored for name in held))


def columns_read(columns: Columns) -> Iterator[str]:
    """The columns that are read beside the images."""
    yield from (c for n, c in columns.fields.items() if n != "image")
    yield from (*columns.sections, *columns.context.values(), *columns.findings, *columns.tags.values())


def _bundle(
    path: Path,
    folder: Path,
    stored: list[Any],
    columns: Columns,
    options: ReadOptions,
    faults: Faults,
    disputed: dict[str, list[str]],
) -> Bundle | None:
    with faults.row(len(stored)):
        _refuse_disputed(stored, disputed)
        rows = [Row(number, where, values) for number, where, _, values in stored]
        names = list(dict.fromkeys(name for _, _, held, _ in stored for name in held))
        files = [inside(folder, name, rows[0].where, options.follow_links) for name in names]
        images = [take_image(f, n, rows[0].where) for f, n in zip(files, names, strict=True)]
        made = seal(case_of(rows, columns, options, source=path.stem, key="+".join(names)), [], images)
        again = len(stored) - len({orjson.dumps([held, values]) for _, _, held, values in stored})
        left_out = {AGAIN: again} if again else {}
        return replace(made, left_out=left_out, noted=(*made.noted, *columns.said), split=split_of(rows, columns))
    return None


def case_of(rows: list[Row], columns: Columns, options: ReadOptions, *, source: str, key: str) -> Case:
    """The case of the rows on one image or study, not yet sealed and without its images.

    Args:
        rows: of the case.
        columns: what they hold.
        options: whether labels are complete, and the licence of rows that name none.
        source: name of the data set.
        key: its own name of the case.
    """
    reports = [report_of(row, columns) for row in rows]
    patient = rows[0].text("patient", columns.fields.get("patient", "-"))
    return Case(
        id=DRAFT,
        source=source,
        source_key=key,
        annotation="\n".join(dict.fromkeys(text for text, _ in reports if text)),
        context={name: said for _, context in reversed(reports) for name, said in context.items()},
        findings=findings_of(rows, columns, complete=options.complete),
        tags=_tags(rows[0], columns),
        group=patient,
        group_kind="patient" if patient else "image",
        licence=rows[0].text("licence", columns.fields.get("licence", "-")) or options.licence,
    )


def split_of(rows: list[Row], columns: Columns) -> str:
    """The part that the rows of a case are in, where a column names one of the parts that there are.

    Raises:
        UserError: they are in several.
    """
    column = columns.fields.get("split", "-")
    parts = {part for row in rows if (part := SPLITS.get(row.text("split", column).casefold(), ""))}
    if len(parts) > 1:
        raise UserError(
            f"{rows[-1].where}: rows of one study or image are in several parts ({', '.join(sorted(parts))}); "
            f"an image belongs in one: mend column '{column}'"
        )
    return next(iter(parts), "")


def report_of(row: Row, columns: Columns) -> tuple[str, dict[str, str]]:
    """What a row says of its image, with its sections by their headings; and its context, which says nothing of it."""
    text, context = split_context(caption_of(row, columns))
    own = {name: row.text(column) for name, column in columns.context.items()}
    return text, context | {name: said for name, said in own.items() if said and said.casefold() not in NOTHING}


def caption_of(row: Row, columns: Columns) -> str:
    """The text of a row: its caption, or the sections of its report; empty where there is none."""
    if not columns.sections:
        text = row.text("caption", columns.fields.get("caption", "-"))
        return "" if text.casefold() in NOTHING else text
    texts = [(c, t) for c in columns.sections if (t := row.text(c)) and t.casefold() not in NOTHING]
    return "\n".join(f"{column.capitalize()}: {text}" for column, text in texts)


def _tags(row: Row, columns: Columns) -> dict[str, str]:
    own = {n: columns.fields[n] for n in ("modality", "anatomy", "view") if n in columns.fields}
    found = {tag: row.text(tag, column) for tag, column in (own | dict(columns.tags)).items()}
    return {tag: text for tag, text in found.items() if text and text.casefold() not in NOTHING}


def _images(row: Row, column: str) -> list[str]:
    value = row.values.get(column)
    return [str(v) for v in value] if isinstance(value, list) and value else [row.required("image", column)]


def _placed(folder: Path, name: str, where: str, links: bool) -> str:
    """Where an image lies in its folder: as it is named, with the suffix that a table leaves out, or under ``images``.

    Raises:
        UserError: it is nowhere there.
    """
    for place in (name, f"images/{name}"):
        for suffix in ("", *(SUFFIXES if Path(name).suffix.lower() not in SUFFIXES else ())):
            if frame_named(inside(folder, place + suffix, where, links))[0].is_file():
                return Path(place + suffix).as_posix()
    raise UserError(f"{where}: image {folder / name} is missing; put it there, or name its folder with --images")


def findings_of(rows: list[Row], columns: Columns, *, complete: bool) -> dict[str, Presence]:
    """What the labels of a case say: present where one of its rows says so, absent where all that say anything do.

    Args:
        rows: of one case.
        columns: where labels stand.
        complete: whether a finding without a label is absent.
    """
    told: dict[str, list[Presence]] = {}
    nothing = False
    for row in rows:
        for label in labels_of(row.values.get(columns.fields.get("labels", "-"))):
            nothing |= says_nothing(label)
            if not says_nothing(label):
                told.setdefault(finding_named(label) or plain(label), []).append("present")
        for column, name in columns.findings.items():
            if says_nothing(column):
                nothing |= said_of(row.values.get(column)) == "present"
            else:
                told.setdefault(name, []).append(said_of(row.values.get(column)))
    order: tuple[Presence, ...] = ("present", "uncertain", "absent")
    found: dict[str, Presence] = {}
    for name, said in told.items():
        found[name] = next((p for p in order if p in said), "unmentioned")
    clean = nothing and all(said != "present" or is_device(name) for name, said in found.items())
    for name in sorted(columns.known):
        denied = complete or (clean and not is_device(name))
        if denied and found.get(name, "unmentioned") == "unmentioned":
            found[name] = "absent"
    return {name: said for name, said in found.items() if said != "unmentioned"}
