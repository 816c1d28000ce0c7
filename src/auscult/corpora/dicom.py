"""A folder of DICOM files, with or without a text beside each: no table is needed, and no header is kept.

A file is a case; of CT, MR and PET a series is one, of which some slices are taken (``slices``), as of a file of
several frames. What a case shows is known by modality, body part and view alone, unless ``NAME.txt`` lies beside
``NAME.dcm``. Files have names of patients: a case is called after the hash of its bytes, and the patient, whose cases
stay together, after that of the first of them.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._bundles import DRAFT, seal, settled
from auscult.corpora._grouping import GroupedRows
from auscult.corpora.annotated.sections import split_context
from auscult.errors import UserError
from auscult.items.dicom import NO_PICTURE, SLICE, is_dicom, read_header
from auscult.items.images import Taken, inside, take_image
from auscult.records import Case, rank
from auscult.store.faults import Faults
from auscult.store.given import open_given, read_given

ABOUT = "a folder of DICOM files (pip install 'auscult[dicom]'), with reports in NAME.txt beside them or without"
SERIES = frozenset({"CT", "MR", "PT", "NM"})
"""Modalities whose files are slices."""
AGAIN = "the same DICOM file again"
NO_DICOM, NO_IMAGE = "files that are no DICOM", "DICOM files without an image (reports, directories)"
SOME = "files or series of which some slices are taken (--slices)"
T = TypeVar("T")
MOST_TEXT = 2**20
"""Bytes of a report."""


def read(path: Path, options: ReadOptions) -> Iterator[Bundle]:
    """Yields one case a file, or series of slices, with the text beside it as annotation; it has no questions yet.

    Raises:
        UserError: no DICOM file; pydicom is not there; files that cannot be shown, all at once.
    """
    faults, left_out = Faults(skip=options.skip_bad), Counter[str]()
    grouped = GroupedRows()
    folder = path if path.is_dir() else path.parent
    for file in sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]:
        with faults.row():
            name = file.relative_to(folder).as_posix()
            _sort_in(inside(folder, name, str(file), options.follow_links), grouped, left_out)
    if not len(grouped) and not faults.count:
        raise UserError(f"{path}: holds no DICOM file with an image; name their folder")
    return settled(_bundles(grouped, options, faults, left_out), faults)


def _sort_in(file: Path, grouped: GroupedRows, left_out: Counter[str]) -> None:
    with open_given(file) as raw:
        known = is_dicom(raw.read(132))
    if not known:
        left_out[NO_DICOM] += file.suffix.lower() != ".txt"
        return
    header = read_header(file)
    if header.unpictured:
        left_out[f"{NO_PICTURE}: {header.unpictured}"] += 1
        return
    if not header.frames:
        left_out[NO_IMAGE] += 1
        return
    key = f"series {header.series}" if header.series and header.modality in SERIES else f"file {file}"
    grouped.add(key, [str(file), header.number, header.frames, header.patient])


def _bundles(grouped: GroupedRows, options: ReadOptions, faults: Faults, left_out: Counter[str]) -> Iterator[Bundle]:
    patients: dict[str, str] = {}
    seen: set[int] = set()
    for files in grouped:
        bundle = _bundle(sorted(files, key=lambda f: (f[1], f[0])), options, patients, faults)
        if bundle is None:
            continue
        if (key := rank(bundle.case.source_key)) in seen:
            left_out[AGAIN] += 1
            continue
        seen.add(key)
        yield replace(bundle, left_out={name: n for name, n in left_out.items() if n})
        left_out.clear()


def _bundle(files: list[Any], options: ReadOptions, patients: dict[str, str], faults: Faults) -> Bundle | None:
    """The case of a file, or of the files of a series in their order; None where none of them can be used."""
    texts: dict[str, str] = {}
    for name, *_ in files:
        with faults.row():
            texts[name] = _beside(Path(name))
    shown = [(name, _frame(name, k, frames)) for name, _, frames, _ in files if name in texts for k in range(frames)]
    chosen, images, several = _taken(shown, options.slices, faults)
    if not images:
        return None
    frames = [frame.rpartition(SLICE)[2] if frame != file else "" for file, frame in chosen]
    keys = [f"{i.original[:16]}{SLICE}{n}" if n else i.original[:16] for i, n in zip(images, frames, strict=True)]
    patient = files[0][3]
    group = patients.setdefault(patient, f"patient {images[0].original[:16]}") if patient else ""
    annotation, context = split_context("\n".join(dict.fromkeys(text for text in texts.values() if text)))
    case = Case(
        id=DRAFT,
        source="dicom",
        source_key="+".join(keys),
        annotation=annotation,
        context=context,
        tags={tag: text.removeprefix("=") for tag, text in options.columns.items() if text.startswith("=")},
        group=group,
        group_kind="patient" if group else "image",
        licence=options.licence,
    )
    made = seal(case, [], images)
    return replace(made, noted=(*made.noted, SOME)) if several else made


def _taken(
    shown: list[tuple[str, str]], wanted: int, faults: Faults
) -> tuple[list[tuple[str, str]], list[Taken], bool]:
    """The frames that are taken, their images, and whether there are more.

    A file that is broken is left out by name, and another frame stands in for its own.
    """
    images: dict[str, Taken] = {}
    while True:
        chosen = evenly(shown, wanted)
        file, frame = next((c for c in chosen if c[1] not in images), ("", ""))
        if not file:
            return chosen, [images[frame] for _, frame in chosen], len(chosen) < len(shown)
        with faults.row():
            images[frame] = _unnamed(take_image(Path(frame), Path(frame).name, file))
        if frame not in images:
            shown = [(other, frame) for other, frame in shown if other != file]


def _unnamed(image: Taken) -> Taken:
    return replace(image, file=replace(image.file, path=f"{image.original[:16]}.png"))


def _frame(name: str, index: int, frames: int) -> str:
    return f"{name}{SLICE}{index + 1}" if frames > 1 else name


def evenly(of: list[T], wanted: int) -> list[T]:
    """So many of a list, each the middle of its share; all where there are no more."""
    if len(of) <= wanted:
        return of
    return [of[(2 * k + 1) * len(of) // (2 * wanted)] for k in range(wanted)]


def _beside(file: Path) -> str:
    """The text of a file's name, where there is one."""
    text = file.with_suffix(".txt")
    if not text.is_file():
        return ""
    try:
        return read_given(text, MOST_TEXT).decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise UserError(f"{text}: not UTF-8; save it with UTF-8 encoding") from None
