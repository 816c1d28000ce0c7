"""What an export says of itself: a card for people (``README.md``) and one for machines (``croissant.json``).

Croissant is the metadata format of MLCommons (version 1.0, https://docs.mlcommons.org/croissant/docs/croissant-spec.html).
"""

import datetime
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from auscult.construction import REJECTS
from auscult.construction.card import CARD as COUNTS
from auscult.construction.card import CARD_TEXT
from auscult.construction.card_head import HEAD, HOLDS
from auscult.construction.certified import quality_control
from auscult.construction.contents import Contents, table
from auscult.construction.generators import Reject
from auscult.construction.use import TESTED_ON, use_of
from auscult.items.item_set import ItemSet
from auscult.store.files import content_hash, replace_file
from auscult.store.tables import read_fields

CARD, CROISSANT = "README.md", "croissant.json"
MOST_REASONS = 40
"""Reasons of refusal that the card tells."""
_MEDIA = {".parquet": "application/x-parquet", ".json": "application/json", ".jsonl": "application/jsonlines"}


def write_card(folder: Path, items: ItemSet, form: str, contents: Contents, load: str) -> None:
    """Writes both cards of an export that is whole but for them."""
    files = {path.relative_to(folder).as_posix(): content_hash(path) for path in _tables(folder)}
    replace_file(folder / CARD, "\n".join(_lines(items, form, contents, load, files)).encode() + b"\n")
    croissant = orjson.dumps(_croissant(folder, items, files), option=orjson.OPT_INDENT_2)
    replace_file(folder / CROISSANT, croissant + b"\n")


def _tables(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.suffix in _MEDIA and p.name != CROISSANT)


def _lines(items: ItemSet, form: str, contents: Contents, load: str, files: Mapping[str, str]) -> Iterator[str]:
    m = items.manifest
    yield from ("---", "task_categories: [visual-question-answering]", "tags: [medical, hallucination]", "---", "")
    yield from (f"# {items.folder.resolve().name}: question and answer pairs on medical images", "")
    may = use_of(items)
    yield from (f"**{may.said}** {_here(contents.parts)}".rstrip(), "")
    yield from (may.to_do, "") if may.to_do else ()
    parts = f" ({_counts(contents.parts)})" if contents.parts else ""
    of = f"from {m.cases:,} cases with {m.images:,} images"
    yield f"{sum(contents.parts.values()):,} pairs{parts} {of}, in the form `{form}`."
    if load:
        yield from ("", "```", load, "```")
    yield from contents.lines()
    yield from _made(items)
    yield from ("", "## Where it is from", "")
    yield f"- Source: {m.source['reader']}; made by auscult {m.package}."
    yield f"- Independent units: {_counts(m.groups)}; none lies in two parts."
    if m.left_out:
        yield f"- Left out: {_counts(m.left_out)}."
    yield from (f"- Noted: {what}: {n:,}." for what, n in m.noted.items())
    yield from ("", "## Checksums", "", f"- Digest of the item set: `{m.digest}`.")
    yield from (f"- `{name}`: sha256 `{digest}`." for name, digest in files.items())
    yield "- Images are named by their sha256."
    if (items.folder / COUNTS).is_file():
        text = (items.folder / CARD_TEXT).read_text("utf-8").strip()
        before, mark, held = text.partition(f"\n{HOLDS}\n")
        lines = (before + held[held.find("\n## ") :] if mark and "\n## " in held else before).splitlines()
        below = (f"#{line}" if line.startswith("#") else line for line in lines if not line.startswith(HEAD))
        yield from ("", *below)


def _made(items: ItemSet) -> Iterator[str]:
    """Who made the pairs, who checked them, how far that is tested, and what was refused and why."""
    m = items.manifest
    yield from ("", "## How the pairs were made and checked", "")
    for maker in m.generators:
        if maker.get("model"):
            yield (
                f"- Drafted by the model `{maker['model']}` from {maker['saw']}; prompt `{maker['prompt']}` "
                f"(digest `{maker['prompt_digest']}`)."
            )
        else:
            yield f"- Made by rule: {maker['name']}, version {maker['version']}."
    if not m.generators:
        yield "- Questions and answers are those of the data set."
    for tracer in m.tracers:
        yield f"- Gold traces written by the model `{tracer['model']}`, asked by the protocol `{tracer['protocol']}`."
    for checker in m.checkers:
        yield (
            f"- Checked by the model `{checker['model']}` against the annotation, without the image; prompt "
            f"`{checker['prompt']}` (digest `{checker['prompt_digest']}`)."
        )
    if said := quality_control(m):
        rules = ", ".join(f"{one['name']} {one['version']}" for one in m.checks)
        yield f"- Rules: {rules or 'none'}. {said}"
    yield from (f"- {one['said']}" for one in m.signed if one.get("said"))
    reasons = _reasons(items.folder / REJECTS)
    if reasons:
        yield from ("", "Refused, with the reason:", "")
        shown = reasons.most_common(MOST_REASONS)
        rows = [[check, reason, f"{n:,}"] for (check, reason), n in shown]
        if rest := sum(reasons.values()) - sum(n for _, n in shown):
            rows.append(["", "other reasons, in rejects.parquet", f"{rest:,}"])
        yield from table(["check", "reason", "number"], rows)


def _reasons(rejects: Path) -> Counter[tuple[str, str]]:
    """How often what was refused, and why: what differs from one reject to the next is cut off."""
    found: Counter[tuple[str, str]] = Counter()
    if rejects.is_file():
        for check, reason in read_fields(rejects, Reject, ("check", "reason")):
            found[check or "rule", re.split(r"[:(\"'“]", reason)[0].strip()] += 1
    return found


def _here(parts: Mapping[str, int]) -> str:
    """What of that holds for the parts that are written here."""
    if not parts:
        return ""
    if TESTED_ON not in parts:
        return "No test part is here: do not report figures on these pairs."
    if len(parts) == 1:
        return "The test part alone is here: a model that is tuned on it cannot be tested with it."
    return "Tune on the train part alone: a model that is tuned on the test part cannot be tested with it."


def _counts(of: Mapping[str, int]) -> str:
    return ", ".join(f"{name or 'none'} {n:,}" for name, n in of.items())


def _croissant(folder: Path, items: ItemSet, files: Mapping[str, str]) -> dict[str, Any]:
    """Croissant 1.0: every table as a file with its checksum, images as a set of files."""
    objects = [_file(name, digest) for name, digest in files.items()]
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
        "description": f"Question and answer pairs on medical images, written by auscult. {use_of(items).said}",
        "license": licences or ["not noted"],
        "version": "1.0.0",
        "datePublished": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "distribution": objects,
    }


def _file(name: str, digest: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": name,
        "name": name,
        "contentUrl": name,
        "encodingFormat": _MEDIA[Path(name).suffix],
        "sha256": digest,
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
