"""MedHallTune's own JSON Lines (Yan et al. 2025, arXiv 2502.20780).

Four kinds of file are told apart by their fields, hallucination questions (N) from non-hallucination ones (P) by
``negative`` or ``positive`` (``postive``, as one is published) in the file's name:

- questions: question_id, image, question; as released now, without answers, so that nothing can be scored from it;
- annotations: question_id, image, text (the question), gpt4_answer (the reference), fig_caption;
- judged: the same, and question, answer (of the model), result (the judgement);
- predictions: question_id, image, question, answer (of the model).

A ``question_id`` repeats between the files of N and P: an item's source id is ``N-7`` or ``P-7``. The image token of a
question is taken off and its place noted in the tag ``image_token``. Images do not come with the files; without a
folder of them cases have none.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._bundles import DRAFT, seal
from auscult.corpora._grouping import GroupedRows
from auscult.corpora._source_ids import SourceIds
from auscult.corpora.layouts import layout
from auscult.corpora.placeholders import TAG, in_words
from auscult.errors import UserError
from auscult.items.images import inside, read_image
from auscult.records import Case, Item, Kind
from auscult.store.rows import Row, read_rows

ABOUT = "MedHallTune: negative/positive JSONL (questions, annotations or judged files); images with --images"
SOURCE = "medhalltune"
KINDS: dict[str, Kind] = {"N": "hallucination", "P": "non-hallucination"}
_OTHER_CAPTION = "a caption that differs from the first one on its image"


def sign_of(path: Path) -> str:
    """``N`` or ``P``, from the name of a file.

    Raises:
        UserError: it says neither, or both.
    """
    if not (sign := layout("MedHallTune").named(path)):
        raise UserError(
            f"{path}: its name says neither negative (hallucination questions) nor positive; rename it, "
            "for example to predictions-negative.jsonl"
        )
    return sign


def read(path: Path, options: ReadOptions) -> Iterator[Bundle]:
    """Yields one case an image with all its questions.

    Args:
        path: a file, or a folder of which the fullest file of each kind is taken.
        options: folder of the images (else ``images`` beside the files, else none); licence.

    Raises:
        UserError: no such file, or several that could be meant; a broken row; a question without a reference among
            others that have one; an image that is missing or broken.
    """
    files = question_files(path)
    folder = options.images or next((f.parent / "images" for f in files if (f.parent / "images").is_dir()), None)
    grouped, ids = GroupedRows(), SourceIds()
    for file in files:
        sign, answered = sign_of(file), None
        for row in read_rows(file):
            plain = _plain(row, sign)
            if answered not in (None, bool(plain["reference"])):
                raise UserError(f"{row.where}: gpt4_answer is empty here and not elsewhere; mend the row")
            answered = bool(plain["reference"])
            ids.check(plain["id"], row.where, plain["image"], plain["question"], plain["reference"])
            grouped.add(plain["image"], plain)
    for rows in grouped:
        yield _bundle(rows, folder, options.licence)


def question_files(path: Path, holding: str = "") -> list[Path]:
    """The files of N and P questions: annotations before judged files before questions before predictions.

    Args:
        path: a file, which is taken as it is, or a folder.
        holding: only files that have this field, for example ``result``.

    Raises:
        UserError: there is none, or two of one kind are equally full.
    """
    if path.is_file():
        return [path]
    ranked: dict[str, list[tuple[int, Path]]] = {}
    for file in sorted(path.glob("*.jsonl")):
        if any(name in file.name.casefold() for name in layout("MedHallTune").signs):
            fields = next(iter(read_rows(file))).values
            if not holding or holding in fields:
                ranked.setdefault(sign_of(file), []).append((_rank(fields), file))
    chosen = []
    for sign in sorted(ranked):
        best = [file for rank, file in ranked[sign] if rank == min(ranked[sign])[0]]
        if len(best) > 1:
            raise UserError(
                f"{path}: {best[0].name} and {best[1].name} could both hold the {KINDS[sign]} questions; "
                "name one file, or take the others out"
            )
        chosen += best
    if not chosen:
        what = f" with the field '{holding}'" if holding else ""
        raise UserError(f"{path}: holds no negative or positive JSONL file{what}; name such a file, or its folder")
    return chosen


def _rank(fields: Mapping[str, Any]) -> int:
    kinds = ("gpt4_answer" in fields, "result" in fields, "answer" in fields)
    return {(True, False): 0, (True, True): 1}.get(kinds[:2], 3 if kinds[2] else 2)


def _plain(row: Row, sign: str) -> dict[str, Any]:
    asked = row.required("text") if "text" in row.values else row.required("question")
    question, place = in_words(asked, 1, row.where)
    if not question:
        raise UserError(f"{row.where}: the question is empty; fill it in or take the row out")
    return {
        "id": f"{sign}-{row.required('question_id')}",
        "image": row.required("image"),
        "question": question,
        "token": place,
        "reference": row.text("gpt4_answer") and row.truth("gpt4_answer"),
        "caption": row.text("fig_caption"),
        "sign": sign,
        "where": row.where,
    }


def _bundle(rows: list[dict[str, Any]], folder: Path | None, licence: str) -> Bundle:
    name, where = rows[0]["image"], rows[0]["where"]
    files = [inside(folder, name, where)] if folder else []
    captions = [row["caption"] for row in rows if row["caption"]]
    others = sum(caption != captions[0] for caption in captions)
    case = Case(
        id=DRAFT,
        source=SOURCE,
        source_key=name,
        images=tuple(read_image(file, name, where) for file in files),
        annotation=captions[0] if captions else "",
        licence=licence,
    )
    bundle = seal(case, [_item(row) for row in rows], files)
    return replace(bundle, left_out={_OTHER_CAPTION: others} if others else {})


def _item(row: dict[str, Any]) -> Item:
    return Item(
        id=DRAFT,
        case_id=DRAFT,
        source_id=row["id"],
        question=row["question"],
        reference=row["reference"],
        answer_type="open",
        kind=KINDS[row["sign"]],
        split="validation",
        tags={TAG: row["token"]} if row["token"] else {},
    )
