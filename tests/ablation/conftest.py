"""An item set with premises, a tiny LLaVA and a plan: real files, made in seconds."""

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.models.tiny_llava import make_tiny_llava

from auscult.items.bundle import Bundle
from auscult.items.item_set import ItemSet
from auscult.items.split import SplitPlan
from auscult.items.writer import SourceNote, write_item_set
from auscult.records import Case, ImageFile, Item, Trace, case_id, item_id

FINDINGS = ("nodule", "effusion")


def _item(case: Case, name: str, question: str, reference: str, **more: object) -> Item:
    key = f"{case.source_key}-{name}"
    given: dict[str, object] = {"answer_type": "yes_no", "split": case.tags["part"], **more}
    return Item(
        id=item_id(case.id, question, (), reference, key),
        case_id=case.id,
        source_id=key,
        question=question,
        reference=reference,
        **given,  # type: ignore[arg-type]
    )


def _items(case: Case, present: str) -> Iterator[Item]:
    """Of each finding a neutral question, and two questions that take it for granted: false ones, and true ones."""
    for finding in FINDINGS:
        there = finding == present
        gold = Trace(
            visual_recognition=f"A {present} is in the lung.",
            knowledge_recall=f"A {finding} is white.",
            reasoning="So it is." if there else "So it is not.",
        )
        answer = "yes" if there else "no"
        twin = _item(case, finding, f"is there a {finding}?", answer, premise_form="neutral", trace=gold)
        yield twin
        kind = "non-hallucination" if there else "hallucination"
        long = "" if there else " in the heart or the right lung"
        for form, text in (("polar", f"is this a {finding}?"), ("tag", f"there is a {finding}, right?")):
            yield _item(
                case,
                f"{finding}-{form}",
                text,
                f"yes, a {finding}" if there else f"no, there is no {finding}{long if form == 'tag' else ''}",
                answer_type="open",
                kind=kind,
                category="nonexistent object",
                premise_form=form,
                premise=f"there is a {finding}",
                twin=twin.id,
            )


def make_set(folder: Path, part: str, images: int) -> ItemSet:
    """Pictures of noise of two modalities, each with one of two findings."""
    bundles = []
    for n in range(images):
        raw = io.BytesIO()
        noise = np.random.default_rng([n, len(part)]).integers(0, 255, (32, 32, 3), dtype=np.uint8)
        Image.fromarray(noise).save(raw, "PNG")
        name = hashlib.sha256(raw.getvalue()).hexdigest()
        tags = {"modality": "radiograph" if n % 2 else "MR", "part": part}
        case = Case(
            id=case_id([name], "drawn", f"{part}-{n}"),
            source="drawn",
            source_key=f"{part}-{n}",
            images=(ImageFile(path=f"{n}.png", sha256=name),),
            group=f"{part} patient {n}",
            group_kind="patient",
            tags=tags,
        )
        bundles.append(Bundle(case, tuple(_items(case, FINDINGS[n // 2 % 2])), (raw.getvalue(),), split=part))
    write_item_set(bundles, folder, source=SourceNote(reader="drawn", path=""), split=SplitPlan(published=True))
    return ItemSet(folder)


PLAN = """
schema = "auscult.plan/1"
title = "a small grid"
model = "local:base"
seeds = [0, 1]

[train]
items = "train"

[tuning]
epochs = 1
batch = 8
learning_rate = 1e-2

[match]
pairs = 16

[[set]]
name = "all"
items = "test"

[[set]]
name = "tag questions"
items = "test"
where = { premise_form = "tag" }

[[arm]]
name = "both"

[[arm]]
name = "shuffled"
images = "shuffled"
seeds = 1

[[hypothesis]]
name = "fewer false premises are accepted"
primary = true
set = "all"
measure = "raw acceptance"
arm = "both"
below = 0.0
"""


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a training and a test set, a tiny LLaVA and a plan."""
    folder = tmp_path_factory.mktemp("ablation")
    make_set(folder / "train", "train", 12)
    make_set(folder / "test", "test", 4)
    make_tiny_llava(folder / "base")
    (folder / "plan.toml").write_text(PLAN)
    return folder


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """With so small matrices a second thread only waits."""
    torch = pytest.importorskip("torch")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
