"""A small item set with gold traces, and models in this process that write traces as they are told."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image

from auscult.corpora._bundles import seal
from auscult.items.bundle import Bundle
from auscult.items.images import take_image
from auscult.items.item_set import ItemSet
from auscult.items.writer import SourceNote, write_item_set
from auscult.models import Model
from auscult.records import Call, Case, Item, Reply, Trace

SEEN = "A {shade} round patch lies in the left upper zone."
KNOWN = "A nodule is round and {shade} on a film."
FOLLOWS = "The patch is round, so that it is a nodule."


def gold(reference: str, shade: str) -> Trace:
    return Trace(
        visual_recognition=SEEN.format(shade=shade),
        knowledge_recall=KNOWN.format(shade=shade),
        reasoning=FOLLOWS,
        answer=reference,
    )


def question(name: str, reference: str = "yes", shade: str = "white", **more: object) -> Item:
    usual = {"question": f"Is there a nodule, {name}?", "answer_type": "yes_no", "trace": gold(reference, shade)}
    return Item(id="", case_id="", source_id=name, reference=reference, **{**usual, **more})  # type: ignore[arg-type]


def item_set(folder: Path, *studies: Sequence[Item]) -> ItemSet:
    """One case with a picture of its own for each group of items."""

    def bundle(n: int, items: Sequence[Item]) -> Bundle:
        picture = folder.parent / f"{folder.name}-{n}.png"
        picture.parent.mkdir(parents=True, exist_ok=True)
        Image.effect_noise((16, 16), 40 + n).save(picture)
        case = Case(id="", source="made", source_key=f"s{n}", group=f"patient {n}", group_kind="patient")
        return seal(case, list(items), [take_image(picture, picture.name, "row 1")])

    bundles = (bundle(n, items) for n, items in enumerate(studies))
    write_item_set(bundles, folder, source=SourceNote(reader="made", path="here"))
    return ItemSet(folder)


def two_by_two(folder: Path) -> ItemSet:
    return item_set(
        folder,
        [question("a", "yes"), question("b", "no")],
        [question("c", "no", "dark"), question("d", "yes", "dark")],
    )


def trace(answer: str = "yes", seen: str = "I see a patch.", known: str = "A nodule is round.") -> str:
    return Trace(visual_recognition=seen, knowledge_recall=known, reasoning="So it is said.", answer=answer).text


def rest(text: str, answer: str = "yes") -> str:
    """What a model writes that is put ``text``: the stages that are still wanted."""
    whole = trace(answer)
    if "Two stages are finished" in text or "Two stages of this answer" in text:
        return whole[whole.index("[Reasoning]") :]
    if "stage is finished" in text or "is finished:" in text:
        return whole[whole.index("[Knowledge Recall]") :]
    return whole


class Writer(Model):
    """Answers by a function of the call; ``calls`` are those that it was put."""

    def __init__(self, says: Callable[[Call], str | Reply] | None = None, batch: int = 1, name: str = "writer") -> None:
        self.identity, self.batch, self.calls = name, batch, list[Call]()
        self.requests: Counter[int] = Counter()
        self._says = says or (lambda call: rest(call.messages[-1].text))

    async def reply(self, calls: Sequence[Call]) -> list[Reply]:
        self.calls += calls
        self.requests[len(calls)] += 1
        said = [self._says(call) for call in calls]
        return [s if isinstance(s, Reply) else Reply(text=s, finish="stop", tokens_in=20, tokens_out=9) for s in said]
