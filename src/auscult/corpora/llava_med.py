"""LLaVA-Med's data (Li et al. 2023, arXiv 2306.00890): figures of PubMed Central, captions, conversations on them.

Three kinds of file are told apart by their fields. *Captions* (``llava_med_instruct_fig_captions.json``: pair_id,
fig_label, fig_caption, in_text_mention, domain; lists by domain, or one list) are annotations; sentences of the article
that mention a figure are context. *Conversations* (``llava_med_instruct_60k_inline_mention.json``: id, image, domain,
conversations) are questions whose answers a language model wrote from the caption. *Alignment*
(``llava_med_alignment_500k.json``: the same in ``conversatons``, as it is published) has captions as answers, which
become annotations. Captions in the folder of conversations are taken with them. Figures of one article stay together.
"""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

import ijson

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._asked import Asked, one_case_an_image
from auscult.corpora._bundles import settled
from auscult.corpora._conversations import by_model, image_names, pairs, questions
from auscult.corpora._grouping import GroupedRows
from auscult.corpora._image_store import ImageStore
from auscult.errors import UserError
from auscult.store.faults import Faults
from auscult.store.given import ShallowJson, boundary, open_given
from auscult.store.rows import Row, read_rows

ABOUT = "LLaVA-Med: conversation, alignment or caption JSON (or a folder with one and its captions), images/"
SOURCE = "llava-med"
LICENCE = "CC BY-NC 4.0 (texts); figures as their articles in PubMed Central"
CAPTIONS = "*fig_captions*.json"
TURNS = ("conversations", "conversatons")
_DOMAINS = {"chest_xray": "X-ray", "ct_scan": "CT", "mri": "MRI", "histology": "histology", "gross": "gross pathology"}
_ARTICLE = re.compile(r"(PMC\d+|\d{5,})_")


def read(path: Path, options: ReadOptions) -> Iterator[Bundle]:
    """Yields one case a figure, with its caption where a file has it, and the questions on it.

    Args:
        path: a file, or a folder with captions, or with one file of conversations and captions.
        options: folder of the images (else ``images`` beside the files or one folder up, or ``images.zip``); licence.

    Raises:
        UserError: no such file, or several of conversations; a broken record; an image that is missing or broken.
    """
    told, captions = _files(path)
    root = (told or captions[0]).parent
    folders = [options.images] if options.images else [root / "images", root.parent / "images", root]
    find = ImageStore(folders, [root / "images.zip"], options.follow_links).find
    faults = Faults(skip=options.skip_bad)
    asked = _asked(told, captions, faults)
    made = one_case_an_image(asked, SOURCE, find, licence=options.licence or LICENCE, own_ids=False, faults=faults)
    return settled((by_model(bundle, "LLaVA-Med") for bundle in made), faults)


def _files(path: Path) -> tuple[Path | None, list[Path]]:
    """The file of conversations, and those of captions."""
    if not path.is_dir():
        beside = sorted(path.parent.glob(CAPTIONS))
        return (None, [path]) if path in beside else (path, beside)
    captions = sorted(path.glob(CAPTIONS))
    talks = sorted(p for p in path.glob("*.json*") if p not in captions)
    if len(talks) > 1:
        raise UserError(f"{path}: holds {', '.join(p.name for p in talks)}; name the one file that is meant")
    if not talks and not captions:
        raise UserError(f"{path}: holds no JSON of conversations or captions; name the file")
    return talks[0] if talks else None, captions


def _asked(told: Path | None, captions: list[Path], faults: Faults) -> Iterator[Asked]:
    if told is None:
        for row in (row for file in captions for row in _records(file, faults)):
            with faults.row():
                yield _caption(row)
        return
    kept = GroupedRows()
    for row in (row for file in captions for row in _records(file, faults)):
        with faults.row():
            said = _caption(row)
            kept.add(row.required("pair_id"), [said.annotation, said.context, said.tags])
    for row in _records(told, faults):
        with faults.row():
            yield from list(_talk(row, kept, "alignment" in told.name))


def _caption(row: Row) -> Asked:
    name = row.required("pair_id")
    mentions = row.values.get("in_text_mention") or []
    texts = [m.get("tokens", "") if isinstance(m, dict) else str(m) for m in mentions if m]
    context = {"mentions": " ".join(" ".join(texts).split())} if any(texts) else {}
    group, kind = _article(name)
    return Asked(
        item=None,
        where=row.where,
        images=[f"{name}.jpg"],
        annotation=row.text("fig_caption"),
        context=context,
        tags=_tags(row),
        group=group,
        group_kind=kind,
    )


def _talk(row: Row, captions: GroupedRows, alignment: bool) -> Iterator[Asked]:
    """The questions of a record; of an alignment record its one answer, which is the caption."""
    name = row.text("id") or f"row {row.number}"
    images = image_names(row, "image")
    if not images:
        raise UserError(f"{row.where}: no image; LLaVA-Med has one a record")
    turns = next((t for t in TURNS if t in row.values), TURNS[0])
    known = captions.take(PurePosixPath(images[0]).stem) or captions.take(name)
    annotation, context, tags = known[0] if known else ("", {}, {})
    group, kind = _article(PurePosixPath(images[0]).name)
    about = partial(Asked, where=row.where, images=images, context=context, group=group, group_kind=kind)
    about = partial(about, tags=_tags(row) or tags)
    if alignment:
        for _, answer, _ in pairs(row, turns, len(images))[:1]:
            yield about(item=None, annotation=annotation or answer)
        return
    for item in questions(row, turns, name, len(images)):
        yield about(item=item, annotation=annotation)


def _tags(row: Row) -> dict[str, str]:
    """The modality, where a record is of one domain alone."""
    domain = row.values.get("domain")
    named: list[str] = []
    if isinstance(domain, dict):
        named = [_DOMAINS.get(str(name), str(name)) for name, there in domain.items() if there]
    return {"modality": named[0]} if len(named) == 1 else {}


def _article(image: str) -> tuple[str, str]:
    """The article that a figure is from: ``27166861_F2`` and ``PMC123_Fig1_4`` begin with its number."""
    found = _ARTICLE.match(image)
    return (f"article {found[1]}", "study") if found else ("", "image")


def _records(file: Path, faults: Faults) -> Iterator[Row]:
    """The records of a file: a list, lines, or an object of lists by domain."""
    yield from _by_domain(file) if by_domain(file) else read_rows(file, faults=faults)


def by_domain(file: Path) -> bool:
    """Whether a file is an object of lists of records, as the captions are published."""
    with open_given(file) as raw:
        return re.match(rb"\s*\{\s*\"[^\"]*\"\s*:\s*\[\s*\{\s*\"pair_id", raw.read(512)) is not None


def _by_domain(file: Path) -> Iterator[Row]:
    """The records in the lists of an object, one at a time."""
    number = 0
    with boundary(file, "copy it again", "not JSON"), open_given(file) as raw:
        builder: Any = None
        for place, event, value in ijson.parse(ShallowJson(raw), use_float=True):
            if builder is None and event == "start_map" and place.endswith(".item"):
                builder, at = ijson.ObjectBuilder(), place
            if builder is not None:
                builder.event(event, value)
                if event == "end_map" and place == at:
                    number += 1
                    yield Row(number, f"{file}, record {number}", builder.value)
                    builder = None
    if not number:
        raise UserError(f"{file}: holds no records; nothing to read")
