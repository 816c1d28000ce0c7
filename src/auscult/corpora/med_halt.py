"""Med-HALT (Pal et al., CoNLL 2023, arXiv 2307.15343): its three reasoning tests, choices without images.

The CSV files of ``openlifescienceai/Med-HALT`` and of the repository, or the same rows as JSON where there is no CSV:
``reasoning_FCT.csv`` (a proposed answer to be judged), ``reasoning_nota.csv`` (the truth replaced by "None of the
above"), ``reasoning_fake.csv`` (questions about what does not exist), in whatever folders. Fields: id, question,
options (an object, mostly as text, by number; in the first test with the proposal under ``correct answer``),
correct_answer and correct_index (not in the fake test), subject_name, dataset. Licence: Apache 2.0 by the data set's
card; the repository has none.

Changes: the proposal is put in words of our own, since published it was a part of the options. In the fake test the
right option is the one that says that it is not known; where none says so, or only one option is there, the question is
left out and counted. What is asked to recall articles by number or title (``IR_*.csv``) is no choice, and not read.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._asked import Asked, one_case_an_image
from auscult.corpora._bundles import drafted
from auscult.corpora._choices import by_text, letters, repeated, same
from auscult.errors import UserError
from auscult.store.rows import Row, read_rows

ABOUT = "Med-HALT: reasoning_FCT.csv, reasoning_nota.csv, reasoning_fake.csv (no images)"
SOURCE, LICENCE = "med-halt", "Apache 2.0"
TESTS = {
    "reasoning_fct": "false confidence",
    "reasoning_nota": "none of the above",
    "reasoning_fake": "fake question",
}
PROPOSED = "correct answer"
"""Key, among the options, of the answer that is proposed."""
UNKNOWN = re.compile(r"\bI (?:do not|don.?t) know\b", re.IGNORECASE)
NO_WAY_OUT = "fake questions none of whose options says that it is not known"


def read(path: Path, options: ReadOptions) -> Iterator[Bundle]:
    """Yields one case a question; cases have no images.

    Raises:
        UserError: none of the files is there; a broken row.
    """
    left_out = Counter[str]()
    asked = (row for file, test in _files(path) for row in _asked(file, test, left_out))
    return one_case_an_image(asked, SOURCE, None, licence=options.licence or LICENCE, left_out=left_out)


def _files(path: Path) -> list[tuple[Path, str]]:
    there = [path] if path.is_file() else sorted(path.rglob("*.csv"))
    if path.is_dir() and not any(file.stem.casefold() in TESTS for file in there):
        there = sorted(file for kind in ("json", "jsonl") for file in path.rglob(f"*.{kind}"))
    found = [(file, file.stem.casefold()) for file in there if file.stem.casefold() in TESTS]
    if not found:
        raise UserError(f"{path}: holds no reasoning_FCT.csv, reasoning_nota.csv or reasoning_fake.csv of Med-HALT")
    return found


def _asked(file: Path, test: str, left_out: Counter[str]) -> Iterator[Asked]:
    for row in read_rows(file):
        given = _options(row)
        proposed = given.pop(PROPOSED, "")
        texts = [given[key] for key in sorted(given, key=lambda key: (len(key), key))]
        if test == "reasoning_fake":
            right = next((text for text in texts if UNKNOWN.search(text)), "")
            if not right or len(texts) < 2:
                left_out[NO_WAY_OUT] += 1
                continue
        else:
            right = row.truth("correct_answer")
        choices, answer = by_text(row, letters(texts), right)
        question = row.required("question")
        if proposed:
            question += f"\nA colleague answers: {proposed}. Which answer is right?"
        tags = {"proposed_answer": proposed, "dataset": row.text("dataset"), "subject": row.text("subject_name")}
        name = f"{test}:{row.required('id')}"
        item = drafted(
            source_id=name,
            question=question,
            reference=answer,
            answer_type="choice",
            options=choices,
            category=TESTS[test],
            split="test",
            tags={tag: said for tag, said in tags.items() if said} | repeated(choices) | _judged(proposed, answer),
        )
        yield Asked(item=item, where=row.where, key=name)


def _judged(proposed: str, answer: str) -> dict[str, str]:
    """Whether the proposal is right; no tag where there is none."""
    return {"proposal": "right" if same(proposed, answer) else "wrong"} if proposed else {}


def _options(row: Row) -> dict[str, str]:
    given, text = row.values.get("options"), ""
    if not isinstance(given, Mapping):
        text = row.required("options")
        try:
            given = ast.literal_eval(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            given = None
    if not isinstance(given, Mapping) or not all(isinstance(part, str) for pair in given.items() for part in pair):
        raise UserError(f"{row.where}: options {text[:40]!r} are no object of numbers and texts; mend the row")
    return {key: said.strip() for key, said in given.items()}
