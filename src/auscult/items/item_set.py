"""The folder that ``build`` writes: ``cases.parquet``, ``items.parquet``, ``images/``, ``manifest.json``.

It explains itself and can be moved. Tables and images are checked against the hashes that were noted when it was made.
"""

import hashlib
from collections.abc import Iterator
from html import escape
from itertools import chain, groupby
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from auscult.errors import UserError
from auscult.items.images import MIMES, image_bytes
from auscult.records import Case, Image, ImageFile, Item
from auscult.store.files import replace_file
from auscult.store.given import read_json
from auscult.store.tables import read_fields, read_rows
from auscult.store.whole import table_digest

CASES, ITEMS, MANIFEST = "cases.parquet", "items.parquet", "manifest.json"
FORMAT = 1


class ItemSetManifest(BaseModel):
    """What ``manifest.json`` of an item set says.

    Attributes:
        format: version of the layout.
        package: version of the package that wrote it.
        source: reader, path as given, options as given.
        split: how items were put into parts: rule, shares, seed, whether a published split stands, and of how many
            cases one does.
        limit: greatest number of cases that was asked for; None: all.
        cases: number of cases.
        items: number of items.
        images: number of different image files.
        groups: what is resampled and split: number by kind (patient, lesion, study, image).
        joined: groups that lie in one part because they share pixels or a near-duplicate image with another.
        counts: items by split, answer type and kind; cases by source.
        duplicates: items that repeat another one of their image, in its words or in content.
        cases_without_items: cases that nothing is asked about.
        licences: cases by licence.
        left_out: rows that are not in the set: reason → number.
        noted: what is peculiar to cases or items that are in the set: what → number.
        generators: what made items beside those of the data set: name and version of each, and of a model who it is,
            what it saw, and its prompt.
        checkers: models that checked what was made.
        checks: rule checks that it passed: name and version of each, in order.
        tracers: models that wrote gold traces of its items, how they were asked, and what checked them.
        signed: sign-offs by people, in turn: who, when, how many items, agreement, and all of it in a sentence.
        patient_data: how they were looked for: version of the rules, what read the pixels, whether rows that may hold
            any were kept.
        digest: of the content: all cases and items, and through them all images.
        tables: sha256 of the two tables.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int
    package: str
    source: dict[str, Any]
    split: dict[str, Any]
    limit: int | None
    cases: int
    items: int
    images: int
    groups: dict[str, int]
    joined: int
    counts: dict[str, dict[str, int]]
    duplicates: int
    cases_without_items: int
    licences: dict[str, int]
    left_out: dict[str, int]
    noted: dict[str, int] = Field(default_factory=dict)
    generators: list[dict[str, Any]] = Field(default_factory=list)
    checkers: list[dict[str, Any]] = Field(default_factory=list)
    checks: list[dict[str, str]] = Field(default_factory=list)
    tracers: list[dict[str, Any]] = Field(default_factory=list)
    signed: list[dict[str, Any]] = Field(default_factory=list)
    patient_data: dict[str, Any] = Field(default_factory=dict)
    digest: str
    tables: dict[str, str]


class ItemSet:
    """An item set, opened for reading. Nothing but the manifest is held in memory.

    Args:
        folder: what ``build`` wrote.

    Raises:
        UserError: there is no such folder, it is no item set, or its tables were altered.
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = folder = Path(folder)
        self.manifest = _manifest(folder)
        for name, noted in self.manifest.tables.items():
            if not (folder / name).is_file():
                raise UserError(f"{folder / name}: missing from the item set; build it again")
            if table_digest(folder / name) != noted:
                raise UserError(
                    f"{folder / name}: altered since the item set was built (sha256 differs); build it again"
                )

    def __len__(self) -> int:
        """How many items there are."""
        return self.manifest.items

    def __iter__(self) -> Iterator[Item]:
        """Streams all items, in stored order."""
        return read_rows(self.folder / ITEMS, Item)

    def __repr__(self) -> str:
        m = self.manifest
        return f"<item set {self.folder}: {m.cases:,} cases, {m.images:,} images, {m.items:,} items>"

    def _repr_html_(self) -> str:
        """Counts by split, type of answer and kind."""
        counts = "".join(
            f"<tr><th>{escape(name)}</th><td>{escape(', '.join(f'{k or none} {n:,}' for k, n in of.items()))}</td></tr>"
            for name, of in self.manifest.counts.items()
            for none in ("none",)
        )
        return f"<p>{escape(repr(self)[1:-1])}</p><table>{counts}</table>"

    @property
    def digest(self) -> str:
        """Hash of the content (all cases and items, and through them all images), for run manifests."""
        return self.manifest.digest

    def cases(self) -> Iterator[Case]:
        """Streams all cases, in stored order."""
        return read_rows(self.folder / CASES, Case)

    def all(self) -> Iterator[Item]:
        """Streams all items, in stored order."""
        return read_rows(self.folder / ITEMS, Item)

    def names(self) -> Iterator[str]:
        """Streams what all items are called: the id and the data set's own id of each."""
        return chain.from_iterable(self.named())

    def named(self) -> Iterator[tuple[str, str]]:
        """Streams id and source id of each item."""
        return read_fields(self.folder / ITEMS, Item, ("id", "source_id"))

    def groups(self, split: str = "") -> Iterator[tuple[Case, list[Item]]]:
        """Streams cases with their items, in stored order; cases without an item are passed over.

        Args:
            split: only items of this part; empty: all.
        """
        cases = self.cases()
        for key, items in groupby(self.all(), key=lambda i: i.case_id):
            case = next(c for c in cases if c.id == key)
            chosen = [i for i in items if not split or i.split == split]
            if chosen:
                yield case, chosen

    def part(self, split: str | None) -> str:
        """A part of the set by its name, or all (``all``, or empty); for None ``test`` where there is one, else all.

        Raises:
            UserError: there is no such part.
        """
        there = self.manifest.counts["split"]
        if split is None:
            return "test" if "test" in there else ""
        if split == "all":
            return ""
        if split and split not in there:
            raise UserError(f"{self.folder}: no split '{split}'; there is: {', '.join(there)}")
        return split

    def load_image(self, image: ImageFile) -> Image:
        """Reads an image of a case.

        Raises:
            UserError: it is gone, or not the one that the item set was built with.
        """
        return load_image(self.folder, image)


def load_image(folder: Path, image: ImageFile) -> Image:
    """Reads an image of a case of the item set in a folder, or of one that is being written there.

    Raises:
        UserError: it is gone, or not the one that the item set was built with.
    """
    file = folder / image.path
    data = image_bytes(file, image.path, str(folder))
    if hashlib.sha256(data).hexdigest() != image.sha256:
        raise UserError(f"{file}: altered since the item set was built (sha256 differs); build it again")
    return Image(data, MIMES[file.suffix], image.sha256, image.path)


IN_PYTHON = " (from Python: auscult.build(FORMAT, PATH, FOLDER))"


def _manifest(folder: Path) -> ItemSetManifest:
    file = folder / MANIFEST
    if not folder.is_dir():
        raise UserError(
            f"{folder}: no such folder; make an item set with: auscult build --from FORMAT PATH --out FOLDER{IN_PYTHON}"
        )
    if not file.is_file():
        raise UserError(
            f"{folder}: no item set (no {MANIFEST}); make one with: auscult build --from FORMAT PATH --out FOLDER"
            f"{IN_PYTHON}"
        )
    values = read_json(file, "build the item set again")
    if isinstance(values, dict) and str(values.get("schema", "")).startswith("auscult.run/"):
        of = dict(values.get("items", {})).get("path", "the folder that build wrote")
        raise UserError(f"{folder}: is a run and no item set; name its item set: {of}")
    if isinstance(values, dict) and values.get("format", FORMAT) != FORMAT:
        raise UserError(f"{file}: layout {values['format']} is not {FORMAT}, which this version reads; build it again")
    try:
        return ItemSetManifest.model_validate(values)
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"])) or "the whole"
        raise UserError(f"{file}: no manifest of an item set ({where} is missing or wrong); build it again") from None


def replace_part(folder: Path, name: str, data: bytes) -> None:
    """Writes a file of an item set anew, its card for example, and notes its hash; cases and items stay as they are.

    The set can be read at every moment: while the file changes, the manifest does not name it.

    Raises:
        UserError: the folder is no item set, or its tables were altered.
    """
    manifest = ItemSet(folder).manifest
    others = {k: v for k, v in manifest.tables.items() if k != name}
    for tables in (others, None, others | {name: hashlib.sha256(data).hexdigest()}):
        if tables is None:
            replace_file(folder / name, data)
        else:
            kept = manifest.model_copy(update={"tables": tables})
            replace_file(folder / MANIFEST, kept.model_dump_json(indent=2).encode() + b"\n")
