"""Hidden-Flaws-GPT-4V (Jin et al., npj Digit Med 7:190, 2024): NEJM image challenges with GPT-4V's rationale, judged.

The Parquet file published on Hugging Face (``ncbi/Hidden-Flaws-GPT-4V``): image, idx, question, choices (one text),
specialty, p_correct (percent of physicians), the three parts of GPT-4V's rationale (image_comprehension,
recall_of_mediacl_knowledge, spelt so, step_by_step_reasoning), final_answer, and for each part whether physicians found
it right (image_correctness, recall_correctness, reason_correctness, final_correctness) with their comments.

The rationale is a model's, not gold: ``rationales`` gives it as recorded traces with the labels of its stages. The data
do not say which choice is right; where GPT-4V's answer is, it is that one. Other questions have no reference and are
counted, not taken. The gold trace of an item holds the stages that physicians found right, and no others.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from string import ascii_uppercase

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._bundles import DRAFT, drafted, seal, settled
from auscult.corpora._choices import same, unlabelled
from auscult.corpora._hf_tables import table_columns, table_rows, tables_of
from auscult.errors import UserError
from auscult.items.images import take_image
from auscult.records import STAGES, Case, Trace
from auscult.store.faults import Faults
from auscult.store.rows import Row

ABOUT = "Hidden-Flaws-GPT-4V: data/*.parquet (NEJM image challenges with a judged rationale)"
SOURCE, LICENCE = "hidden-flaws", "public domain (United States government work)"
COLUMNS = ("image_comprehension", "recall_of_mediacl_knowledge", "step_by_step_reasoning")
LABELS = ("image_correctness", "recall_correctness", "reason_correctness")
COMMENTS = ("image_comment", "recall_comment", "reason_comment")
UNKNOWN = "questions that GPT-4V answered wrongly: the data do not say which choice is right"
UNCHOSEN = "questions whose final answer is none of their choices"
_LETTERED = re.compile(r"(?:^|[\n;,{(])\s*['\"(]?([A-H])['\"]?\s*[.):]\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rationale:
    """GPT-4V's rationale on one question, with what physicians said of its parts.

    Attributes:
        name: the question's id in the data set.
        trace: the rationale.
        right: stage → 1 where physicians found it right, 0 where not, between where partly; without those not judged.
        comments: stage → what they said of it.
        answered: whether the final answer is right.
        where: file and row.
    """

    name: str
    trace: Trace
    right: dict[str, float]
    comments: dict[str, str]
    answered: bool
    where: str


def rationales(path: Path) -> Iterator[Rationale]:
    """Streams the rationales with their labels.

    Raises:
        UserError: not these data; a broken row.
    """
    for row, _ in table_rows(path if path.is_dir() else path.parent, _shards(path)):
        yield _rationale(row)


def read(path: Path, options: ReadOptions) -> Iterator[Bundle]:
    """Yields one case a question whose right choice is known.

    Raises:
        UserError: not these data; a broken row; an image that is broken.
    """
    faults = Faults(skip=options.skip_bad)
    return settled(_bundles(path, options, faults), faults)


def _bundles(path: Path, options: ReadOptions, faults: Faults) -> Iterator[Bundle]:
    left_out, ahead = Counter[str](), None
    for row, _ in table_rows(path if path.is_dir() else path.parent, _shards(path)):
        with faults.row():
            told, choices = _rationale(row), _choices(row)
            right = _chosen(choices, told.trace.answer)
            if not told.answered or not right:
                left_out[UNCHOSEN if told.answered else UNKNOWN] += 1
                continue
            if ahead:
                yield ahead
            ahead = _bundle(row, told, choices, right, options)
    if ahead:
        yield replace(ahead, left_out=dict(left_out))


def is_hidden_flaws(path: Path) -> bool:
    """Whether a file or folder looks like these data."""
    tables = tables_of(path) if path.is_dir() or path.suffix == ".parquet" else []
    return bool(tables) and {*COLUMNS, *LABELS} <= set(table_columns(tables[0]))


def _shards(path: Path) -> list[Path]:
    if not is_hidden_flaws(path):
        raise UserError(f"{path}: holds no Parquet file with {COLUMNS[0]} and {LABELS[0]}; name the downloaded folder")
    return tables_of(path)


def _rationale(row: Row) -> Rationale:
    parts = dict(zip(STAGES, COLUMNS, strict=True))
    marks = {stage: _mark(row, column) for stage, column in zip(STAGES, LABELS, strict=True)}
    return Rationale(
        name=row.required("idx"),
        trace=Trace(**{stage: row.text(column) for stage, column in parts.items()}, answer=row.text("final_answer")),
        right={stage: mark for stage, mark in marks.items() if mark is not None},
        comments={stage: said for stage, column in zip(STAGES, COMMENTS, strict=True) if (said := row.text(column))},
        answered=_mark(row, "final_correctness") == 1,
        where=row.where,
    )


def _mark(row: Row, column: str) -> float | None:
    """A label, from 0 (wrong) to 1 (right); None where there is none."""
    given = row.values.get(column)
    if given is None or given != given:
        return None
    if not isinstance(given, int | float) or not 0 <= given <= 1:
        raise UserError(f"{row.where}: {column} is {given!r:.40}, no label from 0 to 1; mend the row")
    return float(given)


def _choices(row: Row) -> tuple[str, ...]:
    """The choices of a question, without their letters: a list as text, or one a letter or line."""
    text = row.required("choices")
    try:
        given = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        given = None
    if isinstance(given, Mapping):
        given = list(given.values())
    if isinstance(given, list | tuple) and all(isinstance(choice, str) for choice in given):
        parts = [choice.strip() for choice in given]
    elif len(marks := list(_LETTERED.finditer(text))) > 1:
        ends = [*(mark.start() for mark in marks[1:]), len(text)]
        parts = [text[mark.end() : end].strip(" ;,\n") for mark, end in zip(marks, ends, strict=True)]
    else:
        parts = [line.strip() for line in text.splitlines()]
    bare = [unlabelled(letter, part) for letter, part in zip(ascii_uppercase, parts, strict=False)]
    choices = tuple(filter(None, bare))
    if len(choices) < 2:
        raise UserError(f"{row.where}: choices {text[:40]!r} are no list of two or more; mend the row")
    return choices


def _chosen(choices: tuple[str, ...], answer: str) -> str:
    """The choice that an answer is, by its letter or its words; empty where it is not one of them."""
    for letter, choice in zip(ascii_uppercase, choices, strict=False):
        if same(answer, choice) or same(unlabelled(letter, answer), choice) or answer.strip(" .():").upper() == letter:
            return choice
    named = [choice for choice in choices if choice.casefold() in answer.casefold()]
    return named[0] if len(named) == 1 else ""


def _bundle(row: Row, told: Rationale, choices: tuple[str, ...], right: str, options: ReadOptions) -> Bundle:
    given = row.values.get("image")
    content = given.get("bytes") if isinstance(given, Mapping) else given
    if not isinstance(content, bytes):
        raise UserError(f"{row.where}: image holds no bytes; download the file again")
    stages = {stage: getattr(told.trace, stage) for stage in STAGES if told.right.get(stage) == 1}
    labels = {f"{stage}_right": f"{mark:g}" for stage, mark in told.right.items()}
    physicians = {"physicians_right": row.text("p_correct")} if row.text("p_correct") else {}
    item = drafted(
        source_id=told.name,
        question=row.required("question"),
        reference=right,
        answer_type="choice",
        options=choices,
        category=row.text("specialty").casefold(),
        split="test",
        tags=labels | physicians,
        trace=Trace(**stages, answer=right) if stages else Trace(),
    )
    case = Case(
        id=DRAFT,
        source=SOURCE,
        source_key=told.name,
        tags={"specialty": row.text("specialty")} if row.text("specialty") else {},
        licence=options.licence or LICENCE,
    )
    return seal(case, [item], [take_image(content, f"{told.name}.jpg", row.where)])
