"""Put sides to the scorer of sides, and see whether it reads them."""

from collections.abc import Iterator
from dataclasses import dataclass

from auscult.certificates.cells import Cell, Row
from auscult.certificates.trial import Trial, named
from auscult.engine.session import Show
from auscult.records import Certificate, Item
from auscult_example.names_side import SCORER

ITEM = Item(id="i", case_id="c", source_id="i", question="Which side?", reference="left", answer_type="open")


@dataclass(frozen=True)
class Options:
    """What is put.

    Attributes:
        each: answers of each side.
    """

    each: int = 50


def certify(options: Options, show: Show) -> Certificate:
    """A row of answers that name a side."""

    def rows() -> Iterator[Row]:
        texts = [f"On the {side}." for side in ("left", "right") for _ in range(options.each)]
        read = [SCORER.rule(ITEM, text).values[SCORER.instrument.primary.name] == 1 for text in texts]
        yield Cell("planted answers", "all", "", SCORER.instrument.name, "text").share("read as meant", read, texts)

    trial = Trial(
        instrument=named(SCORER),
        subject="planted answers",
        steps=[rows],
        conclude=lambda made: (made[0]["hits"] == made[0]["n"], f"{made[0]['hits']} of {made[0]['n']} are read."),
    )
    return trial.certificate(show)
