"""The answers of a run as a judge takes them: with item, case, anchor and, for pairs, another run's answer."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from auscult.errors import UserError
from auscult.records import Answer, AnswerType, Case, Condition, Item
from auscult.runs.scores import by_case
from auscult.scorers.judges import Subject
from auscult.scorers.judges.anchors import AnchorFile
from auscult.store.given import open_given
from auscult.store.tables import read_columns, read_rows


@dataclass(frozen=True, slots=True)
class JudgedCase:
    """All answers about one case that are judged: the unit of scheduling."""

    subjects: tuple[Subject, ...]


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Which answers of a run are judged.

    Attributes:
        run: folder of the run.
        conditions: image conditions.
        answer_types: of the items; empty for all.
        anchors: where each item's anchor is looked up.
        against: folder of another run, whose answers are the second ones of pairs.
    """

    run: Path
    conditions: tuple[Condition, ...]
    answer_types: tuple[AnswerType, ...]
    anchors: AnchorFile | None = None
    against: Path | None = None

    def groups(self) -> Iterator[JudgedCase]:
        """The answers case by case, in stored order; cases of which none is judged are left out."""
        questions, cases = by_case(self.run / "items.parquet", Item), read_rows(self.run / "cases.parquet", Case)
        second = _Second(self.against / "answers.parquet") if self.against else None
        for name, answers in by_case(self.run / "answers.parquet", Answer):
            rows = next((rows for other, rows in questions if other == name), None)
            case = next((c for c in cases if c.id == name), None)
            if rows is None or case is None:
                raise UserError(f"{self.run}: its tables do not belong together (case {name}); evaluate again")
            items = {item.id: item for item in rows}
            others = second.of_case(name) if second else {}
            subjects = tuple(
                Subject(
                    item=items[a.item_id],
                    case=case,
                    answer=a,
                    anchor=self.anchors.get(a.item_id) if self.anchors else None,
                    other=others.get((a.item_id, a.condition, a.repeat)),
                )
                for a in answers
                if a.condition in self.conditions and self._wanted(items[a.item_id])
            )
            if subjects:
                yield JudgedCase(subjects)

    def _wanted(self, item: Item) -> bool:
        return not self.answer_types or item.answer_type in self.answer_types

    def count(self) -> int:
        """How many cases have an answer that is judged.

        Raises:
            UserError: none has.
        """
        items = read_columns(self.run / "items.parquet", Item, ["id", "case_id", "answer_type"])
        kinds = items["answer_type"].to_pylist()
        cases = {
            c
            for c, k in zip(items["case_id"].to_pylist(), kinds, strict=True)
            if not self.answer_types or k in self.answer_types
        }
        answered = read_columns(self.run / "answers.parquet", Answer, ["case_id", "condition"])
        pairs = zip(answered["case_id"].to_pylist(), answered["condition"].to_pylist(), strict=True)
        found = len({case for case, condition in pairs if condition in self.conditions and case in cases})
        if not found:
            raise UserError(
                f"{self.run}: there is nothing to judge: no answer to {' or '.join(self.answer_types) or 'any'} items "
                f"under {' or '.join(self.conditions)} image (its items are {', '.join(sorted(set(kinds)))})"
            )
        return found

    def digest(self) -> str:
        """Of all that is judged: the tables' bytes, and which of their rows."""
        hashed = hashlib.blake2b(repr((self.conditions, self.answer_types)).encode(), digest_size=12)
        tables = [self.run / f"{name}.parquet" for name in ("cases", "items", "answers")]
        for table in [*tables, *([self.against / "answers.parquet"] if self.against else [])]:
            hashed.update(file_digest(table).encode())
        return hashed.hexdigest()


def file_digest(path: Path) -> str:
    """Hash of a file's bytes.

    Raises:
        UserError: it cannot be read.
    """
    with open_given(path) as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=12)).hexdigest()


class _Second:
    """Another run's answers, read along with the first one's: both hold their cases in the order of the item set."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._cases = set(read_columns(path, Answer, ["case_id"])["case_id"].to_pylist())
        self._rows = by_case(path, Answer)

    def of_case(self, case: str) -> dict[tuple[str, Condition, int], Answer]:
        """Its answers about a case, by item, condition and sample; none where it was not asked about the case.

        Raises:
            UserError: it holds its cases in another order.
        """
        if case not in self._cases:
            return {}
        for name, answers in self._rows:
            if name == case:
                return {(a.item_id, a.condition, a.repeat): a for a in answers}
        raise UserError(f"{self.path}: its cases are in another order; compare runs of one item set")
