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
from functools import partial
from pathlib import Path
from typing import Any

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._asked import Asked, one_case_an_image
from auscult.corpora._bundles import drafted
from auscult.corpora.layouts import layout
from auscult.corpora.placeholders import TAG, in_words
from auscult.errors import UserError
from auscult.items.images import inside
from auscult.records import Item, Kind
from auscult.store.rows import Row, read_rows

ABOUT = "MedHallTune: negative/positive JSONL (questions, annotations or judged files); images with --images"
SOURCE = "medhalltune"
KINDS: dict[str, Kind] = {"N": "hallucination", "P": "non-hallucination"}


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
    find = partial(inside, folder, links=options.follow_links) if folder else None
    return one_case_an_image(_asked(files), SOURCE, find, licence=options.licence)


def _asked(files: list[Path]) -> Iterator[Asked]:
    for file in files:
        sign, answered = sign_of(file), None
        for row in read_rows(file):
            item = _item(row, sign)
            if answered not in (None, bool(item.reference)):
                raise UserError(f"{row.where}: gpt4_answer is empty here and not elsewhere; mend the row")
            answered = bool(item.reference)
            images, caption = [row.required("image")], row.text("fig_caption")
            yield Asked(item=item, where=row.where, images=images, annotation=caption)


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


def _item(row: Row, sign: str) -> Item:
    asked = row.required("text") if "text" in row.values else row.required("question")
    question, place = in_words(asked, 1, row.where)
    if not question:
        raise UserError(f"{row.where}: the question is empty; fill it in or take the row out")
    return drafted(
        source_id=f"{sign}-{row.required('question_id')}",
        question=question,
        reference=row.text("gpt4_answer") and row.truth("gpt4_answer"),
        answer_type="open",
        kind=KINDS[sign],
        split="validation",
        tags={TAG: place} if place else {},
    )
