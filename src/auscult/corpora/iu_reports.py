"""Indiana University chest radiograph reports (Demner-Fushman et al., JAMIA 23:304, 2016), one case a study.

Reports are the annotation; MeSH codes are a tag. The images of a study are taken where a folder holds them, else its
case is text only. A report names what its author chose to name: it is not exhaustive.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._bundles import DRAFT, drafted, seal
from auscult.corpora._grouping import GroupedRows
from auscult.items.images import inside, take_image
from auscult.records import Case, Item
from auscult.store.rows import read_rows

ABOUT = "Indiana University reports: indiana_reports.csv + indiana_projections.csv, images with --images"
LICENCE = "CC BY-NC-ND 4.0"
QUESTION = "Write the findings and the impression of the report on this chest radiograph study."


def read(path: Path, options: ReadOptions) -> Iterator[Bundle]:
    """Yields one case a study; its item asks for the report. A study without findings and impression has no item.

    Raises:
        UserError: a table is missing or broken; an image is broken.
    """
    find = partial(inside, options.images or path / "images", links=options.follow_links)
    views = GroupedRows()
    for row in read_rows(path / "indiana_projections.csv"):
        views.add(row.required("uid"), [row.required("filename"), row.required("projection"), row.where])
    for row in read_rows(path / "indiana_reports.csv"):
        there = [v for v in views.take(row.required("uid")) if find(v[0], v[2]).is_file()]
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
            tags={k: v for k, v in tags.items() if v},
            group=row.required("uid"),
            group_kind="study",
            licence=LICENCE,
        )
        yield seal(case, [_item(case, sections)] if sections else [], images)


def _item(case: Case, sections: dict[str, str]) -> Item:
    return drafted(
        source_id=case.source_key,
        question=QUESTION,
        reference="\n".join(sections.values()),
        answer_type="report",
        category="report",
        tags={"sections": "+".join(sections)},
    )
