"""What an export says of itself: a card for people (``README.md``) and one for machines (``croissant.json``).

Croissant is the metadata format of MLCommons (version 1.0, https://docs.mlcommons.org/croissant/docs/croissant-spec.html).
"""

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from auscult.items.item_set import ItemSet
from auscult.store.files import content_hash, replace_file

CARD, CROISSANT = "README.md", "croissant.json"
TESTED_ON = "test"
_MEDIA = {".parquet": "application/x-parquet", ".json": "application/json", ".jsonl": "application/jsonlines"}


def write_card(folder: Path, items: ItemSet, form: str, pairs: dict[str, int], load: str) -> None:
    """Writes both cards of an export that is whole but for them."""
    replace_file(folder / CARD, "\n".join(_lines(items, form, pairs, load)).encode() + b"\n")
    replace_file(folder / CROISSANT, orjson.dumps(_croissant(folder, items), option=orjson.OPT_INDENT_2) + b"\n")


def _lines(items: ItemSet, form: str, pairs: dict[str, int], load: str) -> Iterator[str]:
    m = items.manifest
    yield from ("---", "task_categories: [visual-question-answering]", "tags: [medical, hallucination]", "---", "")
    yield from (f"# {items.folder.name}: question and answer pairs on medical images", "")
    of = f"from {m.cases:,} cases with {m.images:,} images"
    yield f"{sum(pairs.values()):,} pairs ({_counts(pairs)}) {of}, in the form `{form}`."
    yield ""
    yield _use(pairs)
    yield ""
    if load:
        yield from ("```", load, "```", "")
    for title, name in (("Kinds", "kind"), ("Types of answer", "answer_type"), ("Categories", "category")):
        if found := m.counts.get(name):
            yield f"- {title}: {_counts(found)}."
    if forms := m.counts.get("premise_form"):
        yield f"- Forms of the question: {_counts(forms)}."
    if rejected := m.counts.get("rejected"):
        yield f"- Not made, with the reason: {_counts(rejected)}."
    if m.left_out:
        yield f"- Left out: {_counts(m.left_out)}."
    yield f"- Independent units: {_counts(m.groups)}; none lies in two parts."
    yield f"- Licences, cases: {_counts(m.licences) or 'none noted'}."
    yield f"- Source: {m.source['reader']}; made by auscult {m.package}."
    yield f"- Digest of the item set: `{m.digest}`."
    if (items.folder / "card.md").is_file():
        yield from ("", (items.folder / "card.md").read_text("utf-8").strip())


def _use(pairs: dict[str, int]) -> str:
    """What the parts may be used for, in a sentence."""
    if TESTED_ON not in pairs:
        return "**There is no test part here: do not report figures on these pairs.**"
    if len(pairs) == 1:
        return "**The test part alone: for evaluation; a model that is tuned on it cannot be tested with it.**"
    return (
        "**Tune on the train part; the test part is for evaluation, and a model tuned on it cannot be tested with it.**"
    )


def _counts(of: dict[str, int]) -> str:
    return ", ".join(f"{name or 'none'} {n:,}" for name, n in of.items())


def _croissant(folder: Path, items: ItemSet) -> dict[str, Any]:
    """Croissant 1.0: every table as a file with its checksum, images as a set of files."""
    tables = sorted(p for p in folder.rglob("*") if p.suffix in _MEDIA and p.name != CROISSANT)
    objects: list[dict[str, Any]] = [_table(folder, path) for path in tables]
    if any(folder.glob("*/images")):
        objects.append(
            {
                "@type": "cr:FileObject",
                "@id": "folder",
                "name": "folder",
                "contentUrl": ".",
                "encodingFormat": "text/directory",
                "sha256": items.digest,
            }
        )
        objects.append(
            {
                "@type": "cr:FileSet",
                "@id": "images",
                "name": "images",
                "containedIn": {"@id": "folder"},
                "encodingFormat": "image/*",
                "includes": "*/images/**",
            }
        )
    licences = [name for name in items.manifest.licences if name]
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": items.folder.resolve().name,
        "description": "Question and answer pairs on medical images, written by auscult.",
        "license": licences or ["not noted"],
        "version": "1.0.0",
        "datePublished": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "distribution": objects,
    }


def _table(folder: Path, path: Path) -> dict[str, Any]:
    name = path.relative_to(folder).as_posix()
    return {
        "@type": "cr:FileObject",
        "@id": name,
        "name": name,
        "contentUrl": name,
        "encodingFormat": _MEDIA[path.suffix],
        "sha256": content_hash(path),
    }


_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
