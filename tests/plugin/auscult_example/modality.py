"""A generator: a true and a false yes/no question about the modality of each image."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from auscult.construction.generators import Generator, Reject
from auscult.records import Case, Item


@dataclass(eq=False)
class Modality(Generator):
    """Attributes:
    other: the modality that is asked about where it is not there.
    """

    version: ClassVar[str] = "1"
    other: str = "ultrasound"

    def make(self, number: int, case: Case, items: Sequence[Item], split: str) -> Iterator[Item | Reject]:
        """Two questions a case."""
        for name in (case.tags["modality"], self.other):
            yield Item(
                id="",
                case_id=case.id,
                source_id=f"{case.source_key}:{name}",
                question=f"Is this a {name}?",
                reference="yes" if name == case.tags["modality"] else "no",
                answer_type="yes_no",
                category="modality",
            )


GENERATOR = Modality
