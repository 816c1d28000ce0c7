"""VQA-RAD (Lau et al., Sci Data 5:180251, 2018): clinicians' questions on radiographs, CT and MRI.

Two layouts are read: ``items.jsonl`` + ``qa.jsonl`` + ``images/``, and the Parquet shards published on Hugging Face
(``flaviagiammarino/vqa-rad``: image, question, answer), which hold no types and no question ids.

Answers: yes and no become ``yes_no``; a closed question with two or three named options a ``choice`` where the
question's own words give the options without doubt (``_either_or``); everything else is ``open``. The official split
shares images between its parts: it is kept as a tag, never as the split.

Paraphrase groups. Neither layout publishes the links, but question numbers run on over both official parts: a question
(``freeform`` or ``para``) is followed by its template form (``frame``), and a freeform question stands next to its
paraphrase. A frame joins the question numbered just before it; a freeform question and a paraphrase join where their
numbers follow each other and either both have frames of the same words or neither has one. All members need the same
image, the same answer (case and punctuation apart) and the same question types, and none may ask what, where or how and
be answered yes or no. This gives 688 groups with 1,950 of the 2,443 questions of the copy that was looked at; groups
whose two frames differ in words are left apart, since some of them do not mean the same.
"""

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._bundles import drafted, polar, seal, yes_or_no
from auscult.corpora._either_or import closed
from auscult.corpora._grouping import GroupedRows
from auscult.corpora._hf_tables import read_tables, shards_of, split_name
from auscult.corpora._labelled import studies
from auscult.errors import UserError
from auscult.records import Item
from auscult.store.rows import Row, read_rows

ABOUT = "VQA-RAD: questions on radiographs, CT and MRI (items.jsonl + qa.jsonl + images/, or the Hugging Face Parquet)"
SOURCE, LICENCE = "vqa-rad", "CC0 1.0"
CATEGORIES = {
    "PRES": "presence",
    "POS": "position",
    "ABN": "abnormality",
    "MODALITY": "modality",
    "PLANE": "plane",
    "ORGAN": "organ",
    "SIZE": "size",
    "COLOR": "color",
    "COUNT": "count",
    "ATTRIB": "attribute",
    "OTHER": "other",
}
_FIELDS = ("qid", "question", "answer", "answer_type", "phrase_type", "official_split")


def sample_path() -> Path:
    """The folder of the bundled sample: 25 images with all their questions."""
    return Path(str(files("auscult").joinpath("data", "vqa-rad-sample")))


def read(path: Path, options: ReadOptions) -> Iterator[Bundle]:
    """Yields one case an image with all its questions.

    Raises:
        UserError: neither layout is there; a broken row; a question without image; an image that is missing or broken.
    """
    if (path / "qa.jsonl").is_file():
        return _folder(path, options)
    shards = shards_of(path)
    if shards:
        return read_tables(path, shards, ReadOptions(licence=LICENCE), source=SOURCE, draft=_published)
    raise UserError(f"{path}: holds neither qa.jsonl nor data/*.parquet; name the folder of VQA-RAD")


def _folder(path: Path, options: ReadOptions) -> Iterator[Bundle]:
    asked, taken = GroupedRows(), 0
    for row in read_rows(path / "qa.jsonl"):
        image = row.required("image_id")
        types = row.values.get("question_type")
        if not isinstance(types, list) or not all(isinstance(t, str) and t in CATEGORIES for t in types):
            raise UserError(f"{row.where}: question_type {types} is no list of {', '.join(CATEGORIES)}")
        question = {name: row.required(name) for name in _FIELDS} | {"answer": row.truth("answer")}
        asked.add(image, question | {"types": types, "image_id": image, "where": row.where})
    for _, case, picture in studies(path, options, SOURCE, LICENCE):
        rows = asked.take(case.source_key)
        taken += bool(rows)
        groups = _paraphrases(case.source_key, rows)
        yield seal(case, [_item(r, groups.get(r["qid"], "")) for r in rows], [picture])
    if taken != len(asked):
        known = {row.text("id") for row in read_rows(path / "items.jsonl")}
        lost = next(r[0] for r in asked if r[0]["image_id"] not in known)
        raise UserError(f"{lost['where']}: image_id '{lost['image_id']}' is not in items.jsonl; add or remove it")


def _item(row: dict[str, str], group: str) -> Item:
    item = drafted(
        source_id=row["qid"],
        question=row["question"],
        reference=row["answer"],
        answer_type="open",
        category="+".join(CATEGORIES[t] for t in row["types"]),
        paraphrase_group=group,
        tags={
            "phrase_type": row["phrase_type"],
            "question_type": "+".join(row["types"]),
            "answer_type": row["answer_type"],
            "official_split": row["official_split"],
        },
    )
    return closed(item) if row["answer_type"] == "CLOSED" else item


def _published(row: Row, shard: str) -> list[Item]:
    item = drafted(
        source_id=f"{shard}:{row.number}",
        question=row.required("question"),
        reference=row.truth("answer"),
        answer_type="open",
        tags={"official_split": split_name(shard)},
    )
    return [polar(item)]


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text.casefold()).strip()


def _paraphrases(image: str, rows: list[dict[str, str]]) -> dict[str, str]:
    """Question id → name of its paraphrase group, for the questions of one image; see the module's docstring."""
    numbers = {r["qid"]: int(match[1]) for r in rows if (match := re.search(r"-(\d+)$", r["qid"]))}
    parts: list[list[dict[str, str]]] = []
    for row in sorted((r for r in rows if r["qid"] in numbers), key=lambda r: numbers[r["qid"]]):
        last = parts[-1][-1] if parts else None
        follows = last is not None and numbers[row["qid"]] == numbers[last["qid"]] + 1 and _alike(last, row)
        if row["phrase_type"] == "frame" and follows and len(parts[-1]) == 1:
            parts[-1].append(row)
        elif row["phrase_type"] != "frame":
            parts.append([row])
    groups: list[list[dict[str, str]]] = []
    paired = False
    for part in parts:
        paired = not paired and bool(groups) and _pair(groups[-1], part, numbers)
        if paired:
            groups[-1] += part
        else:
            groups.append(list(part))
    return {r["qid"]: f"{image}:{numbers[group[0]['qid']]}" for group in groups if len(group) > 1 for r in group}


def _alike(one: dict[str, str], other: dict[str, str]) -> bool:
    word = yes_or_no(one["answer"])
    asks_what = re.compile(r"(?i)(what|where|which|how|why|who|name|describe)\b")
    return (
        _plain(one["answer"]) == _plain(other["answer"])
        and sorted(one["types"]) == sorted(other["types"])
        and not (word and any(asks_what.match(r["question"]) for r in (one, other)))
    )


def _pair(one: list[dict[str, str]], other: list[dict[str, str]], numbers: dict[str, int]) -> bool:
    follows = numbers[other[0]["qid"]] == numbers[one[-1]["qid"]] + 1
    kinds = {one[0]["phrase_type"], other[0]["phrase_type"]} == {"freeform", "para"}
    same_frame = len(one) == 1 or _plain(one[-1]["question"]) == _plain(other[-1]["question"])
    return follows and kinds and len(one) == len(other) and same_frame and _alike(one[0], other[0])
