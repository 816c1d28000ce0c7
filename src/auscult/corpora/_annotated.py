"""Images and what is known of each, a row an image: captions, reports and labels → cases without questions.

Columns are ours by name, mapped, or named as people name them (``data/annotated_columns.toml``); what was taken is
said. Silence is not absence: a label that an image does not have, an empty cell and what a caption passes over stay
unmentioned. An image is a case, unless rows name one study, or one patient with one and the same caption.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._bundles import DRAFT, seal, settled
from auscult.corpora._grouping import GroupedRows
from auscult.corpora._table_items import TAG
from auscult.errors import UserError
from auscult.facts.lexicon import lexicon
from auscult.facts.presence_questions import finding_asked
from auscult.items.images import MIMES, frame_named, inside, take_image
from auscult.records import Case, Presence
from auscult.store.cells import as_text
from auscult.store.faults import Faults
from auscult.store.files import shipped_table
from auscult.store.rows import NOTHING, Row

FIELDS = ("image", "caption", "labels", "patient", "study", "modality", "anatomy", "view", "licence")
FINDING = "finding."
"""Before the name of a finding, in ``--map finding.pneumonia=COLUMN``."""
SECTIONS = ("findings", "impression")
SUFFIXES = (*MIMES, ".jpeg", ".tiff", ".dcm")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_MOST_VALUES = 12
"""Different values of a column of a finding: present, absent, uncertain, however they are written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where things stand in a table.

    Attributes:
        fields: our field → column.
        sections: columns of a report that comes in parts, where no column holds the whole text.
        findings: column with a cell for each image → finding.
        tags: tag → column.
        said: what was taken for what, and what was left, in words.
        known: all findings that a label of the table names.
    """

    fields: Mapping[str, str]
    sections: tuple[str, ...] = ()
    findings: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    said: tuple[str, ...] = ()
    known: frozenset[str] = frozenset()


def plain(name: str) -> str:
    """The name of a column or label in lower case, with one space for everything but letters and digits."""
    return " ".join(re.sub(r"[\W_]+", " ", _CAMEL.sub(" ", name).casefold()).split())


def finding_named(label: str) -> str:
    """The finding that a label is, by its canonical name; empty where ``auscult.facts`` knows none of that name."""
    asked = finding_asked(f"Is there {plain(label)}?")
    return asked.name if asked and asked.yes_means == "present" else ""


@cache
def _names(name: str) -> tuple[str, ...]:
    text = shipped_table("data/annotated_columns.toml")[name]
    return tuple(plain(n) for n in re.split(r"[;\n]", text) if n.strip())


@cache
def _cells(name: str) -> frozenset[str]:
    return frozenset(shipped_table("data/annotated_columns.toml")["cells"][name].split())


@cache
def _says_nothing(label: str) -> bool:
    """Whether a label says that nothing was found: "No Finding"."""
    text = shipped_table("data/annotated_columns.toml")["cells"]["nothing"]
    return plain(label) in {plain(n) for n in re.split(r"[;\n]", text)}


def said_of(cell: Any) -> Presence:
    """What a cell of a finding's column says of the finding; empty ones say nothing."""
    if isinstance(cell, bool):
        return "present" if cell else "absent"
    text = (as_text(cell) or "").strip().casefold()
    kinds: tuple[Presence, ...] = ("present", "absent", "uncertain")
    return next((kind for kind in kinds if text in _cells(kind)), "unmentioned")


def labels_of(cell: Any) -> list[str]:
    """The labels in a cell: a list, or a text that parts them by ``|``, ``;`` or commas."""
    if isinstance(cell, list):
        return [text for v in cell if (text := (as_text(v) or "").strip())]
    text = (as_text(cell) or "").strip()
    if text.casefold() in NOTHING:
        return []
    mark = next((m for m in "|;," if m in text), None)
    return [part.strip() for part in text.split(mark) if part.strip()] if mark else [text] if text else []


class Survey:
    """What must be known of all rows before the first is read: which columns are findings, and all labels.

    Args:
        mapped: what the user says of the columns.
        path: of the table, for messages.
        labels: whether labels are asked for; else they are read only where the user names them.
    """

    def __init__(self, mapped: Mapping[str, str], path: Path, *, labels: bool) -> None:
        for name in mapped:
            if name not in FIELDS and not name.startswith((TAG, FINDING)):
                known = ", ".join((*FIELDS, f"{FINDING}NAME", f"{TAG}NAME"))
                raise UserError(f"--map {name}=...: no such field; fields: {known}")
        self._mapped, self._path, self._labels = mapped, path, labels
        self._values: dict[str, set[str]] = {}
        self._known: set[str] = set()
        self._fields: dict[str, str] = {}

    def look(self, row: Row) -> None:
        """Takes note of a row."""
        if not self._fields:
            self._fields = self._named(row)
        for column, value in row.values.items():
            seen = self._values.setdefault(column, set())
            if len(seen) <= _MOST_VALUES:
                seen.add("" if isinstance(value, list | dict) else str(value).strip().casefold())
        if "labels" in self._fields:
            column = self._fields["labels"]
            found = (label for label in labels_of(row.values.get(column)) if not _says_nothing(label))
            self._known.update(finding_named(label) or plain(label) for label in found)

    def _named(self, row: Row) -> dict[str, str]:
        fields = {n: c for n, c in self._mapped.items() if n in FIELDS}
        for name, column in fields.items():
            if column not in row.values and not column.startswith("="):
                there = ", ".join(row.values)
                raise UserError(f"{self._path}: no column '{column}' for {name}; columns there are: {there}")
        by_name = {plain(c): c for c in reversed(list(row.values))}
        for name in FIELDS:
            free = (by_name[n] for n in _names(name) if n in by_name and by_name[n] not in fields.values())
            column = next(free, "")
            if column and name not in fields and (name != "labels" or self._labels):
                fields[name] = column
        return fields

    def columns(self, needed: str) -> Columns:
        """What each column is.

        Args:
            needed: ``caption`` or ``labels``.

        Raises:
            UserError: the table has no image, or not what is needed.
        """
        sections: tuple[str, ...] = ()
        there = {plain(c): c for c in self._values}
        if "caption" not in self._mapped and all(s in there for s in SECTIONS):
            sections = tuple(there[s] for s in SECTIONS)
        findings = {c: n.removeprefix(FINDING) for n, c in self._mapped.items() if n.startswith(FINDING)}
        left, free = [], [c for c in self._values if c not in (*self._fields.values(), *sections, *findings)]
        for column in (c for c in free if self._is_finding(c)):
            name = finding_named(column) or (plain(column) if _says_nothing(column) else "")
            if name and self._labels:
                findings[column] = name
            elif name or self._labels:
                left.append(column)
        missing = {
            "caption": not sections and "caption" not in self._fields,
            "labels": not findings and not self._known,
        }
        if "image" not in self._fields or missing[needed]:
            lacks = "image" if "image" not in self._fields else needed
            raise UserError(self._without(lacks))
        tags = {n.removeprefix(TAG): c for n, c in self._mapped.items() if n.startswith(TAG)}
        tags |= {c.removeprefix(TAG): c for c in self._values if c.startswith(TAG)}
        known = self._known | {n for c, n in findings.items() if not _says_nothing(c)}
        return Columns(
            fields=self._fields,
            sections=sections,
            findings=findings,
            tags=tags,
            said=tuple(self._said(sections, findings, left)),
            known=frozenset(known),
        )

    def _is_finding(self, column: str) -> bool:
        """Whether what stands in a column is yes, no and the like."""
        values = self._values[column] - {"", *NOTHING}
        known = _cells("present") | _cells("absent") | _cells("uncertain")
        return bool(values) and values <= known and bool(values & (_cells("present") | _cells("absent")))

    def _without(self, lacks: str) -> str:
        about = {
            "image": "of image files; name it with --map image=COLUMN",
            "caption": "of captions or reports; name it with --map caption=COLUMN",
            "labels": "of labels (joined by |), and none with 0 and 1 that is called after a finding; name it with "
            "--map labels=COLUMN or --map finding.NAME=COLUMN",
        }[lacks]
        return f"{self._path}: no column {about}; columns there are: {', '.join(self._values)}"

    def _said(self, sections: tuple[str, ...], findings: Mapping[str, str], left: list[str]) -> Iterator[str]:
        taken = {n: c for n, c in self._fields.items() if n != c and n not in self._mapped}
        if sections:
            taken.pop("caption", None)
            yield f"cases whose report is columns {' and '.join(sections)}"
        yield from (f"cases whose {name} is column '{column}'" for name, column in taken.items())
        guessed = {c: n for c, n in findings.items() if f"{FINDING}{n}" not in self._mapped}
        yield from (f"cases with a column '{c}' for {name}" for c, name in guessed.items())
        yield from (f"cases with a column '{c}', not read though it looks like a finding" for c in left)


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
    grouped = GroupedRows()
    for row in rows:
        with faults.row():
            names = [
                _placed(folder, name, row.where, options.follow_links) for name in _images(row, columns.fields["image"])
            ]
            text, patient = caption_of(row, columns), row.text("patient", columns.fields.get("patient", "-"))
            study = row.text("study", columns.fields.get("study", "-"))
            key = f"study {study}" if study else f"{patient} {text}" if patient and text else " ".join(names)
            values = {c: row.values.get(c) for c in _wanted(columns) if c in row.values}
            grouped.add(key, [row.number, row.where, names, values])
    made = (_bundle(path, folder, stored, columns, options, faults) for stored in grouped)
    yield from settled((bundle for bundle in made if bundle), faults)


def _wanted(columns: Columns) -> Iterator[str]:
    yield from (c for n, c in columns.fields.items() if n != "image")
    yield from (*columns.sections, *columns.findings, *columns.tags.values())


def _bundle(
    path: Path, folder: Path, stored: list[Any], columns: Columns, options: ReadOptions, faults: Faults
) -> Bundle | None:
    with faults.row():
        rows = [Row(number, where, values) for number, where, _, values in stored]
        names = list(dict.fromkeys(name for _, _, held, _ in stored for name in held))
        files = [inside(folder, name, rows[0].where, options.follow_links) for name in names]
        images = [take_image(f, n, rows[0].where) for f, n in zip(files, names, strict=True)]
        texts = list(dict.fromkeys(text for row in rows if (text := caption_of(row, columns))))
        case = Case(
            id=DRAFT,
            source=path.stem,
            source_key="+".join(names),
            annotation="\n".join(texts),
            findings=findings_of(rows, columns, complete=options.complete),
            tags=_tags(rows[0], columns),
            group=(patient := rows[0].text("patient", columns.fields.get("patient", "-"))),
            group_kind="patient" if patient else "image",
            licence=rows[0].text("licence", columns.fields.get("licence", "-")) or options.licence,
        )
        made = seal(case, [], images)
        return replace(made, noted=(*made.noted, *columns.said))
    return None


def caption_of(row: Row, columns: Columns) -> str:
    """The text of a row: its caption, or the sections of its report; empty where there is none."""
    if not columns.sections:
        text = row.text("caption", columns.fields.get("caption", "-"))
        return "" if text.casefold() in NOTHING else text
    texts = [(c, t) for c in columns.sections if (t := row.text(c)) and t.casefold() not in NOTHING]
    return "\n".join(f"{column.capitalize()}: {text}" for column, text in texts)


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
            nothing |= _says_nothing(label)
            if not _says_nothing(label):
                told.setdefault(finding_named(label) or plain(label), []).append("present")
        for column, name in columns.findings.items():
            if _says_nothing(column):
                nothing |= said_of(row.values.get(column)) == "present"
            else:
                told.setdefault(name, []).append(said_of(row.values.get(column)))
    order: tuple[Presence, ...] = ("present", "uncertain", "absent")
    found: dict[str, Presence] = {}
    for name, said in told.items():
        found[name] = next((p for p in order if p in said), "unmentioned")
    clean = nothing and all(said != "present" or _is_device(name) for name, said in found.items())
    for name in sorted(columns.known):
        denied = complete or (clean and not _is_device(name))
        if denied and found.get(name, "unmentioned") == "unmentioned":
            found[name] = "absent"
    return {name: said for name, said in found.items() if said != "unmentioned"}


def _is_device(finding: str) -> bool:
    """Whether a finding is something that was put in, of which "No Finding" says nothing."""
    return lexicon().region_of_finding.get(finding) == "device"


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
