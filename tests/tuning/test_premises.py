"""What is seen while it learns: how false premises about held-out images are taken, and the chart of it."""

import asyncio
import csv
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("peft")

from tests.tuning.conftest import make_items  # noqa: E402

import auscult  # noqa: E402
from auscult.items.item_set import ItemSet  # noqa: E402
from auscult.models import ModelOptions, create  # noqa: E402
from auscult.models.folders import opened  # noqa: E402
from auscult.protocols import Asking, Question  # noqa: E402
from auscult.protocols.direct import Direct  # noqa: E402
from auscult.records import Item  # noqa: E402
from auscult.tuning import lora  # noqa: E402
from auscult.tuning.checkpoint import Progress  # noqa: E402
from auscult.tuning.curve import MOST, chart  # noqa: E402
from auscult.tuning.encoding import Encoder  # noqa: E402
from auscult.tuning.learning import Learner  # noqa: E402
from auscult.tuning.lessons import Lessons  # noqa: E402
from auscult.tuning.options import TuningOptions  # noqa: E402
from auscult.tuning.premises import Premises  # noqa: E402

SVG = "{http://www.w3.org/2000/svg}"


def with_premise(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """The second item of an image is a polar question about a false premise, the first one its twin."""
    twin, false, *more = items
    twin = replace(twin, answer_type="yes_no", premise_form="neutral")
    false = replace(false, kind="hallucination", premise_form="polar", answer_type="open", twin=twin.id)
    return (twin, false, *more)


@pytest.fixture(scope="module")
def premises(tmp_path_factory: pytest.TempPathFactory) -> ItemSet:
    """Twelve images with a yes/no question, a polar one about a false premise, and one more."""
    rows = [
        f"{n}.png,is there a {word} in the left lung?,no,p{n},q{n}-{word},train"
        for n in range(12)
        for word in ("nodule", "pleural effusion", "normal heart")
    ]
    return make_items(tmp_path_factory.mktemp("premises") / "set", rows, images=12, change=with_premise)


@pytest.mark.parametrize("packs", [True, False])
def test_acceptance_is_counted_by_the_first_word_of_what_the_model_answers(
    packs: bool, premises: ItemSet, base: Path
) -> None:
    options = TuningOptions(held_out=0.5, rank=4)
    weights, lessons = opened(str(base), ModelOptions(offline=True)), Lessons(premises, options)
    learner = Learner(lora.with_lora(weights, options), Encoder(weights), options, packs)
    model, direct = create(f"local:{base}", ModelOptions(offline=True)), Direct(asking=Asking())
    accepted = known = 0
    for case, items in lessons.held_items():
        images = tuple(premises.load_image(image) for image in case.images)
        calls = [direct.call(Question(item=item, images=images, case=case)) for item in items[:2]]
        twin, false = (reply.yes_margin or 0.0 for reply in asyncio.run(model.reply(calls)))
        known += twin < 0
        accepted += twin < 0 < false
    assert Premises(lessons, weights.processor.tokenizer).taken(learner) == (accepted, known)
    assert len(lessons.held) == 6 and known


def test_acceptance_before_and_after_stands_in_card_table_and_chart(
    premises: ItemSet, base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    adapter = auscult.tune(
        premises, f"local:{base}", tmp_path, rank=4, learning_rate=3e-3, held_out=0.5, epochs=2, checks=1, offline=True
    )
    assert adapter.card is not None
    told = adapter.card.outcome["held_out_acceptance"]
    rows = [row for row in csv.DictReader((tmp_path / "curve.csv").read_text().splitlines()) if row["held_out_known"]]
    kept = next(row for row in rows if int(row["step"]) == adapter.card.outcome["kept_step"])
    assert f"{kept['held_out_accepted']} of {kept['held_out_known']} where it is kept" in told
    assert told in (tmp_path / "README.md").read_text() and "(curve.svg)" in (tmp_path / "README.md").read_text()
    assert f"; {kept['held_out_accepted']} of {kept['held_out_known']} false premises" in capsys.readouterr().err
    drawn = ElementTree.fromstring((tmp_path / "curve.svg").read_text())
    assert len(drawn.findall(f".//{SVG}circle")) == 2 + 1 + len(rows)
    assert "false premises" in "".join(drawn.itertext())


def test_the_chart_thins_long_runs_and_leaves_out_what_was_not_looked_at() -> None:
    drawn = ElementTree.fromstring(chart(Progress(step=5000, losses=[2.0 - n / 5000 for n in range(5000)])))
    line = drawn.find(f".//{SVG}polyline[@class='line step']")
    assert line is not None
    points = line.attrib["points"].split()
    assert MOST / 2 < len(points) <= MOST
    heights = [float(point.partition(",")[2]) for point in points]
    assert heights == sorted(heights), "a falling loss falls"
    assert not drawn.findall(f".//{SVG}circle") and len(drawn.findall(f"{SVG}g")) == 1
