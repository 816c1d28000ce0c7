"""Which column of a table of images holds what: ours by name, mapped, or named as people name them.

The names are data (``data/annotated_columns.toml``); what was taken is said, and so is what was passed over.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from auscult.corpora._table_items import TAG
from auscult.corpora.annotated.labels import cells, finding_named, labels_of, names_of, plain, says_nothing
from auscult.corpora.annotated.sections import context_names
from auscult.errors import UserError
from auscult.store.rows import NOTHING, Row

FIELDS = ("image", "caption", "labels", "patient", "study", "modality", "anatomy", "view", "licence", "split")
FINDING = "finding."
"""Before the name of a finding, in ``--map finding.pneumonia=COLUMN``."""
SECTIONS = ("findings", "impression")
_MOST_VALUES = 12
"""Different values of a column of a finding: present, absent, uncertain, however they are written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where things stand in a table.

    Attributes:
        fields: our field → column.
        sections: columns of a report that comes in parts, where no column holds the whole text.
        context: section of what was known before the image was read → column.
        findings: column with a cell for each image → finding.
        tags: tag → column.
        said: what was taken for what, and what was left, in words.
        known: all findings that a label of the table names.
    """

    fields: Mapping[str, str]
    sections: tuple[str, ...] = ()
    context: Mapping[str, str] = field(default_factory=dict)
    findings: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    said: tuple[str, ...] = ()
    known: frozenset[str] = frozenset()


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
            found = (label for label in labels_of(row.values.get(column)) if not says_nothing(label))
            self._known.update(finding_named(label) or plain(label) for label in found)

    def _named(self, row: Row) -> dict[str, str]:
        fields = {n: c for n, c in self._mapped.items() if n in FIELDS}
        for name, column in fields.items():
            if column not in row.values and not column.startswith("="):
                there = ", ".join(row.values)
                raise UserError(f"{self._path}: no column '{column}' for {name}; columns there are: {there}")
        by_name = {plain(c): c for c in reversed(list(row.values))}
        for name in FIELDS:
            free = (by_name[n] for n in names_of(name) if n in by_name and by_name[n] not in fields.values())
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
        whole = "caption" in self._mapped or ("caption" in self._fields and not all(s in there for s in SECTIONS))
        if not whole and (not self._labels or all(s in there for s in SECTIONS)):
            sections = tuple(there[s] for s in SECTIONS if s in there)
        context = {name: there[n] for name, names in context_names().items() for n in names if n in there}
        context = {name: c for name, c in context.items() if c not in self._fields.values()}
        findings = {c: n.removeprefix(FINDING) for n, c in self._mapped.items() if n.startswith(FINDING)}
        left, free = (
            [],
            [c for c in self._values if c not in (*self._fields.values(), *sections, *findings, *context.values())],
        )
        for column in (c for c in free if self._is_finding(c)):
            name = finding_named(column) or (plain(column) if says_nothing(column) else "")
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
        known = self._known | {n for c, n in findings.items() if not says_nothing(c)}
        return Columns(
            fields=self._fields,
            sections=sections,
            context=context,
            findings=findings,
            tags=tags,
            said=tuple(self._said(sections, context, findings, left)),
            known=frozenset(known),
        )

    def _is_finding(self, column: str) -> bool:
        """Whether what stands in a column is yes, no and the like."""
        values = self._values[column] - {"", *NOTHING}
        known = cells("present") | cells("absent") | cells("uncertain")
        return bool(values) and values <= known and bool(values & (cells("present") | cells("absent")))

    def _without(self, lacks: str) -> str:
        about = {
            "image": "of image files; name it with --map image=COLUMN",
            "caption": "of captions or reports; name it with --map caption=COLUMN",
            "labels": "of labels (joined by |), and none with 0 and 1 that is called after a finding; name it with "
            "--map labels=COLUMN or --map finding.NAME=COLUMN",
        }[lacks]
        return f"{self._path}: no column {about}; columns there are: {', '.join(self._values)}"

    def _said(
        self, sections: tuple[str, ...], context: Mapping[str, str], findings: Mapping[str, str], left: list[str]
    ) -> Iterator[str]:
        taken = {n: c for n, c in self._fields.items() if n != c and n not in self._mapped}
        if sections:
            taken.pop("caption", None)
            yield f"cases whose report is column{'s' * (len(sections) > 1)} {' and '.join(sections)}"
        yield from (f"cases whose {name} is column '{column}'" for name, column in taken.items())
        yield from (f"cases whose {n} is column '{c}', kept as no evidence of findings" for n, c in context.items())
        guessed = {c: n for c, n in findings.items() if f"{FINDING}{n}" not in self._mapped}
        yield from (f"cases with a column '{c}' for {name}" for c, name in guessed.items())
        yield from (f"cases with a column '{c}', not read though it looks like a finding" for c in left)
