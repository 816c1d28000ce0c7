"""One row of a table that a user wrote → one question. Columns are ours by name, or mapped."""

import math
from collections.abc import Sequence
from string import ascii_uppercase
from typing import get_args

from auscult.corpora._bundles import DRAFT, drafted, yes_or_no
from auscult.corpora._either_or import closed
from auscult.corpora.annotated.sections import split_context
from auscult.corpora.placeholders import in_words
from auscult.errors import UserError
from auscult.facts.options import prepare
from auscult.facts.units import asked_unit, unreadable
from auscult.records import AnswerType, Case, Item, Kind
from auscult.store.cells import as_text
from auscult.store.rows import NOTHING, Row

FIELDS = (
    "image",
    "question",
    "answer",
    "id",
    "patient",
    "options",
    "answer_type",
    "split",
    "kind",
    "category",
    "premise",
    "premise_form",
    "target",
    "unit",
    "tolerance",
    "paraphrase_group",
    "annotation",
    "licence",
    "modality",
    "anatomy",
)
TAG = "tag."
CLOSED = "closed"
"""LLaVA-Med's word for a question with yes, no or a short list of answers."""
UNSAID = frozenset({"n/a", "not available", "not applicable"})
"""Answers, in lower case, that hold no truth; as an option of a choice they may be right."""
TRUTH_VALUES = ("true", "false", "t", "f", "y", "n", "1", "0")
ASKS_YES_OR_NO = frozenset(
    ("is", "are", "was", "were", "do", "does", "did", "has", "have", "had", "can", "could", "will", "would", "should")
)
SPLITS = {"train": "train", "validation": "validation", "validate": "validation", "val": "validation", "test": "test"}


def check_columns(columns: dict[str, str]) -> None:
    """Refuses a mapping of a field that does not exist.

    Raises:
        UserError: naming the fields that do.
    """
    for name in columns:
        if name not in FIELDS and not name.startswith(TAG):
            raise UserError(f"--map {name}=...: no such field; fields: {', '.join(FIELDS)}, {TAG}NAME")


def check_needed(row: Row, columns: dict[str, str], needed: Sequence[str]) -> None:
    """Refuses a table that lacks a column, by its first row and not by every one.

    Raises:
        UserError: naming the columns that are there.
    """
    for name in needed:
        column = columns.get(name, name)
        if row.value(column) is None and column not in row.values:
            row.required(name, column)


def _one_of(row: Row, name: str, value: str, known: tuple[str, ...]) -> str:
    if value and value not in known:
        raise UserError(f"{row.where}: {name} {value!r} is unknown; known: {', '.join(known)}")
    return value


def _is_another(columns: dict[str, str], name: str) -> bool:
    """Whether the column that is called as a field holds another one: a truth called target is no finding as well."""
    return name not in columns and name in columns.values()


def _options(row: Row, columns: dict[str, str]) -> tuple[str, ...]:
    if _is_another(columns, "options"):
        return ()
    column = columns.get("options", "options")
    value = row.values.get(column)
    if isinstance(value, list):
        found = tuple((as_text(v) or "").strip() for v in value)
    else:
        found = tuple(v.strip() for v in row.text("options", column).split("|")) if row.text("options", column) else ()
    if found and (len(set(found)) != len(found) or len(found) < 2 or not all(found)):
        raise UserError(f"{row.where}: options {list(found)} must be two or more different ones, parted by |")
    if len(found) > len(ascii_uppercase):
        raise UserError(
            f"{row.where}: {len(found)} options; at most {len(ascii_uppercase)} have a letter; leave some out"
        )
    if found and (clash := prepare(found).clash):
        raise UserError(f"{row.where}: {clash}, so that no answer could choose between them; reword the options")
    return found


def _optional(row: Row, columns: dict[str, str], name: str) -> str:
    """A field that may be empty, but not what a program writes for empty: a patient called nan joins strangers."""
    text = "" if _is_another(columns, name) else row.text(name, columns.get(name, ""))
    if text.casefold() in NOTHING:
        raise UserError(
            f"{row.where}: {columns.get(name, name)} is {text!r}, which programs write for a missing value; "
            "leave the cell empty"
        )
    return text


def _answered(row: Row, columns: dict[str, str], options: tuple[str, ...]) -> tuple[str, str]:
    """The reference answer of a row, and its answer type: one of ours, or ``closed``.

    Raises:
        UserError: no answer, one that cannot be of its type, or a truth value that would be taken for a text.
    """
    column = columns.get("answer", "")
    answer = row.required("answer", column) if options else row.truth("answer", column)
    word = yes_or_no(answer)
    said = _one_of(
        row, "answer_type", _optional(row, columns, "answer_type").casefold(), (*get_args(AnswerType), CLOSED)
    )
    polar = word and {o.casefold() for o in options} in (set(), {"yes", "no"})
    kind = said if said not in ("", CLOSED) else "yes_no" if polar else "choice" if options else said or "open"
    if kind == "yes_no":
        if not word:
            raise UserError(f"{row.where}: the answer to a yes_no question is {answer[:40]!r}; write yes or no")
        answer = word
    elif kind == "choice":
        found = [o for o in options if o.casefold() == answer.casefold()]
        if len(found) != 1:
            raise UserError(f"{row.where}: the answer {answer[:40]!r} is not one of the options {list(options)}")
        answer = found[0]
    elif kind == "number":
        _number(row, "answer", answer)
        if asked_unit(name := _optional(row, columns, "unit")) is None:
            raise UserError(f"{row.where}: {unreadable(name)}")
    elif answer.casefold() in UNSAID or answer == "NA":
        raise UserError(
            f"{row.where}: the answer is {answer!r}, which says nothing of the image; write what is right, or take the "
            "row out"
        )
    return answer, kind


def _no_truth_value(row: Row, question: str, answer: str) -> None:
    """Refuses ``True`` or ``1`` under a question that asks for yes or no: as an open reference nothing would match it.

    Raises:
        UserError: naming the row.
    """
    asked = question.casefold().split(maxsplit=1)[0].strip("\"'(") in ASKS_YES_OR_NO
    if answer.casefold() in TRUTH_VALUES[:2] or (asked and answer.casefold() in TRUTH_VALUES):
        raise UserError(
            f"{row.where}: the answer is {answer!r} and would be taken as an open text; write yes or no, or say "
            "answer_type open"
        )


def draft_item(row: Row, columns: dict[str, str], images: int | None = None) -> Item:
    """The question of a row, not yet sealed.

    The answer type is what the row says (``closed`` and ``open`` too, as LLaVA-Med has it); else ``yes_no`` where the
    answer is yes or no and there are no other options, ``choice`` where there are options, ``open`` otherwise. Columns
    that are called ``tag.NAME``, or mapped to it, become tags. ``images`` is how many images the row comes with, where
    that is known.

    Raises:
        UserError: a column is missing; the question has more image placeholders than images; a field is empty or not
            one of what it can be; the answer to a choice is not among its options.
    """

    def get(name: str) -> str:
        return _optional(row, columns, name)

    question = row.truth("question", columns.get("question", ""))
    in_words(question, images, row.where)  # so that the row is named; what comes of the words is seal's
    options = _options(row, columns)
    answer, kind = _answered(row, columns, options)
    if kind == "open" and not get("answer_type"):
        _no_truth_value(row, question, answer)
    split = get("split").casefold()
    if split not in ("", *SPLITS):
        _one_of(row, "split", split, tuple(SPLITS))
    tags = {c.removeprefix(TAG): row.text(c) for c in row.values if c.startswith(TAG) and not _is_another(columns, c)}
    tags |= {f.removeprefix(TAG): row.text(f, c) for f, c in columns.items() if f.startswith(TAG)}
    item = drafted(
        source_id=get("id") or f"row {row.number}",
        question=question,
        reference=answer,
        answer_type="open" if kind == CLOSED else kind,  # type: ignore[arg-type]  # checked against the literal above
        options=() if kind == "yes_no" else options,
        kind=_one_of(row, "kind", get("kind"), get_args(Kind)) or "question",  # type: ignore[arg-type]
        category=get("category"),
        premise=get("premise"),
        premise_form=get("premise_form"),
        target=get("target"),
        unit=get("unit"),
        tolerance=_number(row, "tolerance", get("tolerance") or "0"),
        paraphrase_group=get("paraphrase_group"),
        split=SPLITS.get(split, ""),
        tags={k: v for k, v in tags.items() if v},
    )
    return closed(item) if kind == CLOSED else item


def _number(row: Row, name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise UserError(f"{row.where}: {name} {text[:40]!r} is no number; write digits, and the unit in its own column")
    return value


def draft_case(row: Row, columns: dict[str, str], source: str, key: str, licence: str) -> Case:
    """What a row says of its case, not yet sealed and without images."""

    def get(name: str) -> str:
        return _optional(row, columns, name)

    patient = get("patient")
    annotation, context = split_context(get("annotation"))
    return Case(
        id=DRAFT,
        source=source,
        source_key=key,
        annotation=annotation,
        context=context,
        tags={t: get(t) for t in ("modality", "anatomy") if get(t)},
        group=patient,
        group_kind="patient" if patient else "image",
        licence=get("licence") or licence,
    )


def one_case(cases: list[Case], where: str) -> Case:
    """The case of several rows on one image, which must say the same of it.

    Raises:
        UserError: they name different patients, modalities, annotations, ...
    """
    first = cases[0]
    for other in cases[1:]:
        for name in ("group", "annotation", "licence", "tags"):
            if getattr(other, name) != getattr(first, name):
                said = "patient" if name == "group" else name
                raise UserError(
                    f"{where}: {said} {getattr(other, name)!r} differs from {getattr(first, name)!r} "
                    f"in another row on the same image '{first.source_key}'; one of them is wrong"
                )
    return first
