"""Indiana University chest radiograph reports (Demner-Fushman et al., JAMIA 23:304, 2016), one case a study.

Findings and impression are the annotation; indication and comparison are context, which says nothing of the image;
MeSH codes are a tag. The images of a study are taken where a folder holds them (``images/``, or its folder
``images_normalized/`` of the PNG that are published), else its case is text only. A report names what its author chose
to name: it is not exhaustive.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._bundles import DRAFT, drafted, seal
from auscult.corpora._grouping import GroupedRows
from auscult.facts.removed import REMOVED, sentences_of, states_nothing, with_words_removed
from auscult.items.images import inside, take_image
from auscult.records import Case, Item
from auscult.store.rows import read_rows

ABOUT = "Indiana University reports: indiana_reports.csv + indiana_projections.csv, images with --images"
LICENCE = "CC BY-NC-ND 4.0"
NO_IMAGE = "images of a study that are not in the folder of the images"
LEFT_OUT = f"sentences with words taken out ({REMOVED}), which stand in no reference answer"
HALF = (
    f"whole-report questions (a sentence with words taken out, {REMOVED}, may state a finding, and the rest is half a "
    "report)"
)
QUESTION = "Write the findings and the impression of the report on this chest radiograph study."


def read(path: Path, options: ReadOptions) -> Iterator[Bundle]:
    """Yields one case a study; its item asks for the report. A study without findings and impression has no item.

    Sentences of which words were taken out stand in the annotation, and in no reference answer. A report has no item
    where one of these may state a finding: what is left could call clear what the report does not.

    Raises:
        UserError: a table is missing or broken; an image is broken.
    """
    folder = options.images or path / "images"
    if (folder / "images_normalized").is_dir():
        folder = folder / "images_normalized"
    find = partial(inside, folder, links=options.follow_links)
    views = GroupedRows()
    for row in read_rows(path / "indiana_projections.csv"):
        views.add(row.required("uid"), [row.required("filename"), row.required("projection"), row.where])
    for row in read_rows(path / "indiana_reports.csv"):
        named = views.take(row.required("uid"))
        there = [v for v in named if find(v[0], v[2]).is_file()]
        files = [find(name, where) for name, _, where in there]
        images = [take_image(f, v[0], v[2]) for f, v in zip(files, there, strict=True)]
        tags = {"modality": "X-ray", "anatomy": "chest", "mesh": row.text("MeSH"), "problems": row.text("Problems")}
        tags["projections"] = "+".join(view for _, view, _ in there)
        sections = {name: row.truth(name) for name in ("findings", "impression") if row.text(name)}
        case = Case(
            id=DRAFT,
            source="iu-reports",
            source_key=row.required("uid"),
            annotation="\n".join(f"{name.capitalize()}: {text}" for name, text in sections.items()),
            context={name: text for name in ("indication", "comparison") if (text := row.text(name))},
            tags={k: v for k, v in tags.items() if v},
            group=row.required("uid"),
            group_kind="study",
            licence=LICENCE,
        )
        legible = {name: left for name, text in sections.items() if (left := _legible(text))}
        removed = [sentence for text in sections.values() for sentence in with_words_removed(text)]
        half = bool(legible) and not all(map(states_nothing, removed))
        made = seal(case, [_item(case, legible)] if legible and not half else [], images)
        lost = len(named) - len(there) if there or options.images else 0
        noted = (*made.noted, *[NO_IMAGE] * lost, *([] if half else [LEFT_OUT] * len(removed)))
        yield replace(made, noted=noted, left_out={HALF: 1} if half else {})


def _legible(text: str) -> str:
    """A section without the sentences of which words were taken out."""
    return " ".join(s for s in sentences_of(text) if REMOVED not in s) if REMOVED in text else text


def _item(case: Case, sections: dict[str, str]) -> Item:
    return drafted(
        source_id=case.source_key,
        question=QUESTION,
        reference="\n".join(sections.values()),
        answer_type="report",
        category="report",
        tags={"sections": "+".join(sections)},
    )
