"""A small item set with all that a page of items must show, and with texts that must do nothing there."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from PIL import Image

from auscult.construction import REJECTS
from auscult.construction.generators import Reject
from auscult.corpora._bundles import seal
from auscult.items.images import take_image
from auscult.items.item_set import ItemSet
from auscult.items.writer import Added, SourceNote, write_item_set
from auscult.records import Case, Item, item_id
from auscult.store.tables import RowWriter

CAPTION = "Small  left pleural\neffusion. No pneumothorax. The heart is of normal size."
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)> \u202eneddih\u202c \x1b[31m </script> {{ 7*7 }}"
LONG = "Words without end, " * 5_300


class Rejecting:
    """An ``Addition`` that makes no item and writes some rejects."""

    def __init__(self, folder: Path, rejects: Sequence[Reject]) -> None:
        self._writer, self._rejects = RowWriter(folder / REJECTS, Reject), rejects
        self._cases: list[str] = []

    def look(self, case: Case, items: Sequence[Item]) -> None:
        self._cases.append(case.id)

    def choose(self, parts: Sequence[int], alike: Sequence[int]) -> None: ...

    def make(self, number: int, case: Case, items: Sequence[Item], split: str) -> Iterable[Item]:
        return ()

    def finish(self) -> Added:
        for reject in self._rejects:
            self._writer.write(replace(reject, case_id=self._cases[int(reject.case_id)]))
        self._writer.commit()
        generators = [{"name": "drafted", "version": "1", "model": EVIL, "saw": "annotation alone"}]
        return Added(counts={"rejected": {"the answer contradicts the annotation": 2}}, generators=generators)

    def close(self) -> None:
        self._writer.discard()


def question(name: str, text: str, reference: str, **more: object) -> Item:
    of_type = {"answer_type": "open", **more}
    return Item(id="", case_id="", source_id=name, question=text, reference=reference, **of_type)  # type: ignore[arg-type]


REJECTED = (
    Reject(case_id="0", split="test", reason="the answer contradicts the annotation", check="facts",
           question="Is there a pneumothorax?", reference="Yes.", kind="non-hallucination", category="findings",
           evidence="a pneumothorax of the left side", said=EVIL, item_id="0" * 24),
    Reject(case_id="1", split="test", reason="no JSON", check="reply", said=LONG[:2_000]),
    Reject(case_id="1", split="test", reason="unmentioned", statement="presence", finding="lung nodule",
           truth="unmentioned", category="nonexistent object"),
)  # fmt: skip


def make_set(folder: Path, hostile: bool = True) -> ItemSet:
    """Two cases: five items with twin, options and a number, and one whose texts are hostile; three rejects."""
    images = []
    for name, shade in (("one", 60), ("two", 160)):
        path = folder.parent / f"{folder.name}-{name}.png"
        Image.new("L", (96, 64), shade).save(path)
        images.append(take_image(path, path.name, "row 1"))
    first = seal(Case(id="", source="made", source_key="one", annotation=CAPTION, group="P1", group_kind="patient",
                      tags={"modality": "X-ray"}, findings={"pneumothorax": "absent"}),
                 [question("q1", "Is there a pleural effusion?", "yes", answer_type="yes_no", target="pleural effusion",
                           premise_form="neutral", category="findings"),
                  question("q2", "Which side is the effusion on?", "left", answer_type="choice",
                           options=("left", "right")),
                  question("q3", "How wide is it in mm?", "13", answer_type="number", unit="mm", tolerance=1.0),
                  ], [images[0]])  # fmt: skip
    text = "How far does the pneumothorax reach?"
    twin = first.items[0].id
    false = question("q4", text, "There is no pneumothorax.", kind="hallucination", category="nonexistent object",
                     premise="There is a pneumothorax.", premise_form="presupposition", evidence="No pneumothorax",
                     style="plain", difficulty="hard", twin=twin)  # fmt: skip
    false = replace(false, case_id=first.case.id, id=item_id(first.case.id, text, (), false.reference, "q4"))
    first = replace(first, items=(*first.items, false))
    evil, long = (EVIL, LONG) if hostile else ("Cardiomegaly.", "The heart is wide.")
    second = seal(Case(id="", source="made", source_key="two", annotation=evil, group="P2", group_kind="patient",
                       tags={"modality": evil}),
                  [question("q5", f"What of the heart? {evil}", f"{evil} {long}", category=evil,
                            evidence="words that stand nowhere")], [images[1]])  # fmt: skip
    write_item_set([first, second], folder, source=SourceNote(reader="made", path="x"),
                   add=lambda draft: Rejecting(draft, REJECTED))  # fmt: skip
    return ItemSet(folder)
