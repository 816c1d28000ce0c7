"""What ``Generating`` asks of items that several generators made of one case."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest

from auscult import construction
from auscult.construction import Generating
from auscult.construction.checks import Check, Refusal
from auscult.construction.generators import Generator, Reject
from auscult.records import Case, Item
from auscult.store.tables import read_rows

CASE = Case(id="c", source="s", source_key="k", annotation="The heart is enlarged.", group="c", group_kind="image")


@dataclass(kw_only=True, eq=False)
class Fixed(Generator):
    """Makes one item a question."""

    version: ClassVar[str] = "1"
    questions: Sequence[str]

    def make(self, number: int, case: Case, items: Sequence[Item], split: str) -> Iterator[Item | Reject]:
        """See ``Generator``."""
        for n, question in enumerate(self.questions):
            key = f"{type(self).__name__}:{n}"
            yield Item(
                id="", case_id="c", source_id=key, question=question, reference="It is enlarged.", answer_type="open"
            )


class Checked(Fixed):
    """Has had its items checked."""

    checked: ClassVar[bool] = True


def test_items_that_were_checked_are_held_against_those_of_other_generators_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str]] = []
    usual = construction.first_refusal  # type: ignore[attr-defined]

    def noted(checks: Sequence[Check], case: Case, item: Item, kept: Sequence[Item]) -> Refusal | None:
        asked.extend((check.name, item.source_id) for check in checks)
        refusal: Refusal | None = usual(checks, case, item, kept)
        return refusal

    monkeypatch.setattr(construction, "first_refusal", noted)
    first = Fixed(questions=("How large is the heart?",))
    second = Checked(questions=("How large is the heart?", "How does the heart look here?"))
    adding = Generating(tmp_path, [first, second])
    adding.choose([1], [0])
    kept = [item.source_id for item in adding.make(0, CASE, (), "test")]
    adding.finish()
    assert kept == ["Fixed:0", "Checked:1"]
    assert [r.check for r in read_rows(tmp_path / "rejects.parquet", Reject)] == ["duplicates"]
    assert {name for name, key in asked if key.startswith("Checked")} == {"patient data", "duplicates"}
    assert len({name for name, key in asked if key.startswith("Fixed")}) > 1
