"""What ``Generating`` asks of items that several generators made of one case."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest

from auscult import construction
from auscult.api.building import build
from auscult.construction import Generating, contradicted
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


@dataclass(kw_only=True, eq=False)
class Twins(Generator):
    """Makes a neutral twin and the premise that it is the twin of."""

    version: ClassVar[str] = "1"
    premise: str

    def make(self, number: int, case: Case, items: Sequence[Item], split: str) -> Iterator[Item | Reject]:
        """See ``Generator``."""
        neutral = Item(
            id="n", case_id="c", source_id="n", question="Is the heart enlarged?", reference="yes",
            answer_type="yes_no", premise_form="neutral", category="presence", premise="The heart is enlarged.",
        )  # fmt: skip
        yield neutral
        yield Item(
            id="p", case_id="c", source_id="p", question="The heart is enlarged, right?", reference=self.premise,
            twin="n", answer_type="open", kind="non-hallucination", premise_form="tag", category="nonexistent object",
            premise="The heart is enlarged.",
        )  # fmt: skip


@pytest.mark.parametrize(("answer", "kept"), [("Yes, the heart is enlarged.", ["n", "p"]), ("No, it is normal.", [])])
def test_a_neutral_twin_whose_premise_was_refused_is_refused_with_it_and_counted(
    tmp_path: Path, answer: str, kept: list[str]
) -> None:
    adding = Generating(tmp_path, [Twins(premise=answer)])
    adding.choose([1], [0])
    assert [item.id for item in adding.make(0, CASE, (), "test")] == kept
    adding.finish()
    reasons = [(r.item_id, r.reason) for r in read_rows(tmp_path / "rejects.parquet", Reject) if r.check == "pair"]
    assert reasons == ([] if kept else [("n", construction.ORPHAN)])


def _captions(tmp_path: Path, name: str, rows: Sequence[tuple[str, str]]) -> Path:
    table = tmp_path / f"{name}.csv"
    lines = [f'{image},"{text}",X-ray,chest' for image, text in rows]
    table.write_text("\n".join(["image,caption,modality,anatomy", *lines]) + "\n")
    return table


def test_of_what_rows_with_the_same_pixels_say_opposite_things_nothing_is_asked_also_across_data_sets(
    tmp_path: Path, picture: Callable[..., Path]
) -> None:
    for name, shade in (("a.png", 1), ("b.png", 2), ("c.png", 1), ("d.png", 250)):
        picture(name, shade)
    one = _captions(
        tmp_path, "one", [("a.png", "No pneumothorax. Cardiomegaly."), ("b.png", "There is no pneumothorax.")]
    )
    other = _captions(
        tmp_path, "other", [("c.png", "Right pneumothorax. No lung mass."), ("d.png", "Large right pneumothorax.")]
    )
    built = build("captions", one, tmp_path / "set", more=[("captions", other)])
    keys = {case.id: case.source_key for case in built.cases()}
    asked = {(keys[i.case_id], i.target): i.reference for i in built}
    assert asked == {
        ("a.png", "cardiomegaly"): "yes",
        ("b.png", "pneumothorax"): "no",
        ("c.png", "lung mass"): "no",
        ("d.png", "pneumothorax"): "yes",
    }
    (said,) = (line for line in built.manifest.noted if line.startswith("rows with the same pixels"))
    assert said.endswith("'c.png' and 'a.png' (pneumothorax)")
    assert [r.check for r in read_rows(built.folder / "rejects.parquet", Reject)] == [contradicted.CHECK] * 2
    counted = built.manifest.counts["presence"]
    assert (counted["yes"], counted["no"], counted["findings"]) == (2, 2, 3), "without those that a check refused"
