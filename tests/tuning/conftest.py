"""A tiny LLaVA and an item set to tune it on; real files, made in seconds."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.models.tiny_llava import make_tiny_llava

from auscult.corpora import ROOM, ReadOptions
from auscult.items.item_set import ItemSet
from auscult.items.split import SplitPlan
from auscult.items.writer import SourceNote, write_item_set

IMAGES, TESTED = 15, 3


def make_items(folder: Path, rows: list[str], images: int = IMAGES) -> ItemSet:
    """An item set of pictures of noise, with these lines of questions."""
    folder.mkdir(parents=True)
    for n in range(images):
        noise = np.random.default_rng(n).integers(0, 255, (32, 32, 3), dtype=np.uint8)
        Image.fromarray(noise).save(folder / f"{n}.png")
    (folder / "table.csv").write_text("\n".join(["image,question,answer,patient,id,split", *rows]) + "\n")
    bundles = ROOM.get("image-folder").read(folder / "table.csv", ReadOptions())
    write_item_set(
        bundles, folder / "items", source=SourceNote(reader="image-folder", path=""), split=SplitPlan(published=True)
    )
    return ItemSet(folder / "items")


@pytest.fixture(scope="session")
def items(tmp_path_factory: pytest.TempPathFactory) -> ItemSet:
    """Fifteen images of as many patients, three for the test; one to four questions each, answers of unlike lengths."""
    rows = []
    for n in range(IMAGES):
        part = "test" if n < TESTED else "train"
        for m in range(1 + n % 4):
            asked = f"is there a nodule in the {'left' if m % 2 else 'right'} lung number {m}?"
            answer = ("yes", "no", "a nodule in the left lung", "normal heart")[(n + m) % 4]
            rows.append(f"{n}.png,{asked},{answer},p{n},q{n}-{m},{part}")
    return make_items(tmp_path_factory.mktemp("tuning") / "set", rows)


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
