"""Bundles → an item set on disk, streamed; the folder appears under its name only when it is whole."""

import errno
import gc
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from itertools import chain, islice, repeat
from pathlib import Path
from typing import Any, Protocol

from PIL import Image

from auscult.errors import UserError
from auscult.items.bundle import Bundle
from auscult.items.first_pass import FirstPass, feed, nth
from auscult.items.images import image_bytes
from auscult.items.item_set import CASES, FORMAT, ITEMS, MANIFEST, ItemSet, ItemSetManifest
from auscult.items.likeness import Pairs, alike, tells
from auscult.items.patient_data.screening import PatientData, Screening
from auscult.items.repeats import Repeats
from auscult.items.split import PARTS, Parts, SplitLeak, SplitPlan, Splitter
from auscult.records import Case, ImageFile, Item
from auscult.store.files import content_hash, draft_folder, put_in_place, replace_file
from auscult.store.given import FULL, read_json
from auscult.store.tables import RowWriter, read_rows

DRAFTS = "drafts.parquet"
"""The data set's own items, until their parts are known."""
Progress = Callable[[int, int], None]
NO_IMAGES = "no images: give --images FOLDER before a model is tested or tuned on it; cases"
OPEN_ANSWERS = ("open answers", "words of open answers")
"""What the manifest counts by kind, so that the mean length of reference answers can be compared."""


@dataclass(frozen=True, kw_only=True)
class SourceNote:
    """Where an item set comes from, as the user said it, for its manifest."""

    reader: str
    path: str
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Added:
    """What was added to the items of a data set, for the manifest.

    Attributes:
        counts: what is counted, by name.
        generators: what made the items.
        checkers: models that checked them.
        checks: rule checks that they passed.
        tracers: models that wrote gold traces.
        signed: who signed the items off.
        left_out: reason → what is not in the set for it.
        noted: what a user should know, and how often.
    """

    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    generators: list[dict[str, Any]] = field(default_factory=list)
    checkers: list[dict[str, Any]] = field(default_factory=list)
    checks: list[dict[str, str]] = field(default_factory=list)
    tracers: list[dict[str, Any]] = field(default_factory=list)
    signed: list[dict[str, Any]] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    noted: dict[str, int] = field(default_factory=dict)


class Addition(Protocol):
    """Who adds items to those of a data set, in two passes over its cases, and files to the folder."""

    def look(self, case: Case, items: Sequence[Item]) -> None:
        """First pass: the next case with its items."""
        ...

    def choose(self, parts: Sequence[int], alike: Sequence[int]) -> None:
        """Between the passes: the part of each case, 1 + its index in ``PARTS``, and its near-duplicate group, or 0."""
        ...

    def make(self, number: int, case: Case, items: Sequence[Item], split: str) -> Iterable[Item]:
        """Second pass: the items to add to a case; ``number`` is its place."""
        ...

    def finish(self) -> Added:
        """Writes what it writes beside the items; returns what the manifest says of them."""
        ...

    def close(self) -> None:
        """Leaves nothing half-written behind."""
        ...


def write_item_set(
    bundles: Iterable[Bundle],
    out: Path,
    *,
    source: SourceNote,
    split: SplitPlan | None = None,
    limit: int | None = None,
    overwrite: bool = False,
    add: Callable[[Path], Addition] | None = None,
    progress: Progress | None = None,
    say: Callable[[str], None] | None = None,
    patient_data: PatientData | None = None,
) -> ItemSetManifest:
    """Writes an item set: cases, items, images by content, manifest; without what may tell of a person.

    Args:
        bundles: from a reader; streamed once.
        out: folder to make. Nothing is there until all is written.
        source: noted in the manifest.
        split: how to split; default: two thirds train, one third test, a published split stands.
        limit: at most that many cases.
        overwrite: replace another item set that is there.
        add: opens who adds items to those of the data set; it is given the folder, and may write files there.
        progress: called after every case with the numbers of cases and items so far.
        say: takes a line for the user.
        patient_data: what is done about patient data, which are always looked for; default: the rows are left out.

    Returns:
        The manifest. Where ``out`` already holds the identical set it is left as it is.

    Raises:
        UserError: from the reader; ``out`` holds something else; no cases, or none without patient data; one source id
            with two contents; a published split that leaks; the disk is full.
    """
    _check_target(out, overwrite)
    plan = split or SplitPlan()
    try:
        with _few_collections(), draft_folder(out) as draft, closing(add(draft)) if add else nullcontext() as adding:
            screening = (patient_data or PatientData()).screening(draft, out, source.reader)
            manifest = _write(islice(bundles, limit), draft, source, plan, limit, progress, adding, screening)
            if say and screening.unlooked:
                say(screening.unlooked)
            return _move(draft, out, manifest, overwrite, say)
    except OSError as error:
        if error.errno in FULL:
            raise UserError(f"{out}: the disk is full; make room and run the same command again") from None
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR):
            raise UserError(f"{out}: cannot be written ({error.strerror}); name another folder with --out") from None
        raise


@contextmanager
def _few_collections() -> Iterator[None]:
    """Rows are made by the million and hold no cycles: looking for cycles after every 700 takes a sixth of the time."""
    usual = gc.get_threshold()
    gc.set_threshold(100_000, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def holds_another(out: Path) -> UserError:
    """What is said where a folder holds an item set that is not the one to be written."""
    return UserError(f"{out}: holds another item set; name another folder, or replace it with --overwrite")


def _check_target(out: Path, overwrite: bool) -> None:
    if out.exists() and not out.is_dir():
        raise UserError(f"{out}: is a file; name a folder with --out")
    if out.is_dir() and any(out.iterdir()) and not (out / MANIFEST).is_file():
        raise UserError(f"{out}: is not empty and holds no item set; name another folder with --out")
    if out.is_dir() and (out / MANIFEST).is_file():
        others = sorted({p.name for p in out.iterdir()} - {MANIFEST, "images", *_tables(out)})
        if overwrite and others:
            raise UserError(
                f"{out}: holds {others[0]!r} beside an item set, which --overwrite would delete; move it, or name "
                "another folder"
            )
        if not overwrite:
            ItemSet(out)


def _tables(folder: Path) -> Iterable[str]:
    """The files that an item set says are its own."""
    try:
        return list(read_json(folder / MANIFEST, "build the item set again")["tables"])
    except (UserError, KeyError, TypeError):
        return CASES, ITEMS


def _move(
    made: Path, out: Path, manifest: ItemSetManifest, overwrite: bool, say: Callable[[str], None] | None
) -> ItemSetManifest:
    if out.is_dir() and (out / MANIFEST).is_file() and not overwrite:
        there = ItemSet(out)
        if there.digest != manifest.digest:
            raise holds_another(out)
        if say:
            say(f"{out}: already holds the identical item set; left as it is")
        return there.manifest
    put_in_place(made, out)
    return manifest


def _write(
    bundles: Iterable[Bundle],
    folder: Path,
    source: SourceNote,
    plan: SplitPlan,
    limit: int | None,
    progress: Progress | None,
    adding: Addition | None,
    screening: Screening,
) -> ItemSetManifest:
    drafts = folder / DRAFTS
    first = FirstPass(Splitter(plan), plan.published)
    with RowWriter(folder / CASES, Case) as cases, RowWriter(drafts, Item) as items:
        for bundle in screening.passed(bundles):
            case = replace(bundle.case, images=_store_images(bundle, folder))
            cases.write(case)
            for item in bundle.items:
                items.write(item)
            first.add(bundle, case)
            if adding:
                adding.look(case, bundle.items)
            if progress:
                progress(cases.rows, items.rows)
    if not cases.rows:
        raise UserError(f"{source.path}: no cases; nothing to build")
    kept = first.kept(folder / CASES, drafts)
    split = _parts(first.splitter, folder)
    first.note_alike(split, folder / CASES)
    tally = _second_pass(folder, drafts, split, kept, adding, first.repeats)
    drafts.unlink()
    first.left_out.update(screening.left_out)
    first.noted.update(screening.noted)
    added = adding.finish() if adding else Added()
    first.left_out.update(added.left_out)
    first.noted.update(added.noted)
    tables = (CASES, ITEMS, *sorted({p.name for p in folder.iterdir() if p.is_file()} - {CASES, ITEMS}))
    manifest = ItemSetManifest(
        format=FORMAT,
        package=version("auscult"),
        source={"reader": source.reader, "path": source.path, "options": source.options},
        split={
            "rule": "hash of the group (patient, lesion, study or image); groups with shared pixels or near-duplicate "
            "images together",
            "shares": dict(plan.shares),
            "seed": plan.seed,
            "published": plan.published,
            "named": first.splitter.named,
        },
        limit=limit,
        cases=cases.rows,
        items=tally.items,
        images=sum(1 for _ in (folder / "images").glob("*/*")),
        groups=first.group_counts(),
        joined=split.joined,
        counts={name: dict(sorted(counter.items())) for name, counter in tally.counts.items()}
        | {"source": dict(sorted(first.sources.items()))}
        | added.counts,
        duplicates=tally.duplicates,
        cases_without_items=tally.silent,
        licences=dict(sorted(first.licences.items())),
        left_out=dict(+first.left_out),
        noted=dict(sorted((first.noted + Counter({NO_IMAGES: 0 if first.pictured else cases.rows})).items())),
        generators=added.generators,
        checkers=added.checkers,
        checks=added.checks,
        tracers=added.tracers,
        signed=added.signed,
        patient_data=screening.about(),
        digest=_combined(first.digest, tally.digest),
        tables={name: content_hash(folder / name) for name in tables},
    )
    replace_file(folder / MANIFEST, manifest.model_dump_json(indent=2).encode() + b"\n")
    return manifest


def _combined(cases: Any, items: Any) -> str:
    return hashlib.blake2b(cases.digest() + items.digest(), digest_size=16).hexdigest()


def _parts(splitter: Splitter, folder: Path) -> Parts:
    try:
        return splitter.parts(_near_duplicates(splitter, folder))
    except SplitLeak as leak:
        one, other = (nth(folder / CASES, Case, i).source_key for i in (leak.one, leak.other))
        raise UserError(
            f"the published split leaks: cases '{one}' and '{other}' share a patient or an image but lie in different "
            f"parts; split anew with --resplit"
        ) from None


def _near_duplicates(splitter: Splitter, folder: Path) -> Pairs:
    """Pairs of images that are the same picture: those whose looks nearly agree, looked at again."""
    pairs = splitter.candidates()
    wanted = {number for pair in pairs for number in pair}
    looks = (
        image
        for case in (read_rows(folder / CASES, Case) if pairs else ())
        for image in case.images
        if tells(image.look)
    )
    paths = {number: folder / image.path for number, image in enumerate(looks) if number in wanted}

    def load(number: int) -> Image.Image:
        with Image.open(paths[number]) as image:
            image.load()
            return image

    return alike(pairs, load)


@dataclass
class _Tally:
    items: int = 0
    duplicates: int = 0
    silent: int = 0
    digest: Any = field(default_factory=hashlib.blake2b)
    counts: dict[str, Counter[str]] = field(
        default_factory=lambda: {name: Counter() for name in ("split", "answer_type", "kind")}
    )
    words: dict[str, Counter[str]] = field(default_factory=lambda: {name: Counter() for name in OPEN_ANSWERS})

    def add(self, item: Item) -> None:
        feed(self.digest, item)
        self.items += 1
        self.duplicates += bool(item.duplicate_of)
        for name, counter in self.counts.items():
            counter[getattr(item, name)] += 1
        if item.answer_type == "open":
            answers, words = OPEN_ANSWERS
            self.words[answers][item.kind] += 1
            self.words[words][item.kind] += len(item.reference.split())


def _second_pass(
    folder: Path, drafts: Path, split: Parts, kept: Any, adding: Addition | None, repeats: Repeats
) -> _Tally:
    """Writes the items with their split, case by case, and after those of the data set what is added to them."""
    tally, place = _Tally(), 0
    if adding:
        adding.choose(split.parts, split.alike)
    rows = read_rows(drafts, Item)
    ahead = next(rows, None)
    with RowWriter(folder / ITEMS, Item) as writer:
        for number, case in enumerate(read_rows(folder / CASES, Case)):
            part, own, stay, written = PARTS[split.parts[number] - 1], [], list[Item](), tally.items
            while ahead is not None and ahead.case_id == case.id:
                own.append(ahead)
                if kept[place]:
                    stay.append(ahead)
                ahead, place = next(rows, None), place + 1
            gone = {item.id for item in own} - {item.id for item in stay}
            repeats.begin(number)
            made = adding.make(number, case, own, part) if adding else ()
            for item, is_made in chain(zip(stay, repeat(False)), zip(made, repeat(True))):
                again = repeats.first(item, made=is_made)
                written_as = _settled(item if item.duplicate_of else replace(item, duplicate_of=again), part, gone)
                writer.write(written_as)
                tally.add(written_as)
            tally.silent += tally.items == written
    return tally


def _settled(item: Item, part: str, gone: Set[str]) -> Item:
    """An item in its part, which names no other one that is gone."""
    twin, first = ("" if name in gone else name for name in (item.twin, item.duplicate_of))
    if (item.split, item.twin, item.duplicate_of) == (part, twin, first):
        return item
    return replace(item, split=part, twin=twin, duplicate_of=first)


def _store_images(bundle: Bundle, folder: Path) -> tuple[ImageFile, ...]:
    """Copies the images of a case to ``images/ab/<sha256>.<ext>``, unaltered, each content once."""
    stored = []
    for image, payload in zip(bundle.case.images, bundle.payloads, strict=True):
        path = Path("images") / image.sha256[:2] / f"{image.sha256}{Path(image.path).suffix}"
        target = folder / path
        if not target.exists():
            data = image_bytes(payload, image.path, f"case '{bundle.case.source_key}'")
            if hashlib.sha256(data).hexdigest() != image.sha256:
                raise UserError(
                    f"case '{bundle.case.source_key}': image {image.path} changed while it was read; run again"
                )
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        stored.append(replace(image, path=path.as_posix()))
    return tuple(stored)
