"""A tiny LLaVA and an item set to tune it on; real files, made in seconds."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.models.tiny_llava import make_tiny_llava

from auscult.corpora import ROOM, ReadOptions
from auscult.items.item_set import ItemSet
from auscult.items.split import SplitPlan
from auscult.items.writer import SourceNote, write_item_set
from auscult.records import Item, Trace

IMAGES, TESTED = 15, 3


def with_traces(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """The items of an image with gold traces."""
    return tuple(map(with_trace, items))


def with_trace(item: Item) -> Item:
    """The item with a gold trace, of unlike lengths; those whose question ends in 2 have none."""
    if item.question.endswith("2?"):
        return item
    more = "the left lung is normal. " * (len(item.reference) % 3)
    trace = Trace(
        visual_recognition=f"there is a nodule in the right lung. {more}".strip(),
        knowledge_recall="a nodule [of the lung] is an opacity",
        reasoning=f"{more}it is there, so that the answer follows",
        answer=item.reference,
    )
    return replace(item, trace=trace)


Items = tuple[Item, ...]


def make_items(
    folder: Path, rows: list[str], images: int = IMAGES, change: Callable[[Items], Items] | None = None
) -> ItemSet:
    """An item set of pictures of noise, with these lines of questions; ``change`` is made to those of each image."""
    folder.mkdir(parents=True)
    for n in range(images):
        noise = np.random.default_rng(n).integers(0, 255, (32, 32, 3), dtype=np.uint8)
        Image.fromarray(noise).save(folder / f"{n}.png")
    (folder / "table.csv").write_text("\n".join(["image,question,answer,patient,id,split", *rows]) + "\n")
    bundles = ROOM.get("image-folder").read(folder / "table.csv", ReadOptions())
    if change:
        bundles = (replace(b, items=change(b.items)) for b in bundles)
    write_item_set(
        bundles, folder / "items", source=SourceNote(reader="image-folder", path=""), split=SplitPlan(published=True)
    )
    return ItemSet(folder / "items")


def asked() -> list[str]:
    """Questions about fifteen images, one to four each, with answers of unlike lengths."""
    rows = []
    for n in range(IMAGES):
        part = "test" if n < TESTED else "train"
        for m in range(1 + n % 4):
            asked = f"is there a nodule in the {'left' if m % 2 else 'right'} lung number {m}?"
            answer = ("yes", "no", "a nodule in the left lung", "normal heart")[(n + m) % 4]
            rows.append(f"{n}.png,{asked},{answer},p{n},q{n}-{m},{part}")
    return rows


@pytest.fixture(scope="session")
def items(tmp_path_factory: pytest.TempPathFactory) -> ItemSet:
    """Fifteen images of as many patients, three for the test; one to four questions each."""
    return make_items(tmp_path_factory.mktemp("tuning") / "set", asked())


@pytest.fixture(scope="session")
def traced(tmp_path_factory: pytest.TempPathFactory) -> ItemSet:
    """The same with gold traces, but for those that are asked with the number 2."""
    return make_items(tmp_path_factory.mktemp("tuning-traced") / "set", asked(), change=with_traces)


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny LLaVA."""
    return make_tiny_llava(tmp_path_factory.mktemp("tuning-base") / "tiny")


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """With so small matrices a second thread only waits."""
    torch = pytest.importorskip("torch")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
