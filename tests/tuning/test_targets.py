"""Learning in stages: what is put and what is to be said, what each stage weighs, and that packing changes nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("peft")

import auscult  # noqa: E402
from auscult.errors import UserError  # noqa: E402
from auscult.items.item_set import ItemSet  # noqa: E402
from auscult.models import ModelOptions  # noqa: E402
from auscult.models.folders import Opened, opened  # noqa: E402
from auscult.models.phantom import bundled  # noqa: E402
from auscult.protocols import Asking, Question  # noqa: E402
from auscult.protocols.staged import Staged  # noqa: E402
from auscult.records import STAGES  # noqa: E402
from auscult.tuning import lora  # noqa: E402
from auscult.tuning.encoding import Encoder  # noqa: E402
from auscult.tuning.learning import Learner  # noqa: E402
from auscult.tuning.lessons import NO_TRACE, Chunk, Lessons  # noqa: E402
from auscult.tuning.options import TuningOptions  # noqa: E402
from auscult.tuning.packing import token_losses_apart  # noqa: E402
from auscult.tuning.targets import Lesson  # noqa: E402

QUICK: dict[str, Any] = {"batch": 8, "learning_rate": 3e-3, "rank": 4, "held_out": 0.0, "offline": True}
UNLIKE = "2,0,0.5,3"


@pytest.fixture(scope="module")
def weights(base: Path) -> Opened:
    return opened(str(base), ModelOptions(offline=True))


def read(lessons: Lessons) -> Iterator[Lesson]:
    for number in lessons.learnt:
        yield from lessons.read(Chunk(number, 0, lessons.pairs([number])))


def test_a_trace_is_learnt_as_the_staged_protocol_asks_for_it(traced: ItemSet) -> None:
    lessons = Lessons(traced, TuningOptions(learn="trace", held_out=0))
    found = {item.source_id: (case, item) for case, items in traced.groups("train") for item in items}
    for lesson in read(lessons):
        case, item = found[lesson.name]
        images = tuple(traced.load_image(image) for image in case.images)
        put = Staged(asking=Asking()).call(Question(item=item, images=images, case=case))
        assert lesson.call == put
        assert lesson.answer == item.trace.text and lesson.answer.endswith(f"[Answer] {item.reference}")
        assert not lesson.weights


def test_items_without_a_gold_trace_are_left_out_by_name_or_learnt_directly_alone(traced: ItemSet) -> None:
    lessons = Lessons(traced, TuningOptions(learn="trace", held_out=0))
    without = [item.source_id for item in traced if item.split == "train" and item.question.endswith("2?")]
    assert without and lessons.left_out == {NO_TRACE: without}
    every = [item.source_id for item in traced if item.split == "train"]
    both = Lessons(traced, TuningOptions(learn="both", held_out=0))
    assert not both.left_out
    assert (lessons.traces, both.traces) == (len(every) - len(without),) * 2
    names = [lesson.name for lesson in read(both)]
    assert sorted(names) == sorted([*every, *(name for name in every if name not in without)])


def test_a_set_without_gold_traces_is_refused_with_the_reason(items: ItemSet) -> None:
    with pytest.raises(UserError, match=r"nothing to learn from.*30 items: no gold trace in three stages"):
        Lessons(items, TuningOptions(learn="trace"))


@pytest.mark.parametrize("model", ["tiny", "phantom"])
def test_each_stage_weighs_what_it_is_to_and_headers_and_end_weigh_one(
    model: str, traced: ItemSet, weights: Opened
) -> None:
    used = weights if model == "tiny" else bundled(ModelOptions(offline=True))
    lessons = Lessons(traced, TuningOptions(learn="trace", stage_weights="2,3,4,5", held_out=0))
    lesson = next(read(lessons))
    [pair] = Encoder(used).shown([lesson]).pairs
    learnt, decode = pair.ids[pair.asked :], used.processor.tokenizer.decode

    def of(weight: float) -> str:
        return str(decode(learnt[pair.weights == weight])).strip()

    gold = next(item.trace for item in traced if item.source_id == lesson.name)
    assert [of(weight) for weight in (2, 3, 4, 5)] == [*(getattr(gold, stage) for stage in STAGES), gold.answer]
    assert of(1).startswith("[Visual Recognition]") and "[Answer]" in of(1) and pair.weights[-1] == 1


def step(weights: Opened, lessons: Lessons, options: TuningOptions, packs: bool) -> tuple[float, dict[str, Any]]:
    """The mean loss of a step of three images, and the gradients."""
    torch.manual_seed(0)
    learner = Learner(lora.with_lora(weights, options), Encoder(weights), options, packs)
    for name, parameter in learner.model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.1)
    kept: dict[str, Any] = {}
    learner.optimizer.step = lambda: kept.update(  # type: ignore[method-assign,assignment]
        {name: p.grad.clone() for name, p in learner.model.named_parameters() if p.requires_grad}
    )
    loss = learner.step(learner.units(lessons, lessons.steps(0, options)[0]), 0.0)
    learner.model.unload()
    return loss, kept


@pytest.mark.parametrize("learn", ["trace", "both"])
def test_packed_traces_give_the_losses_and_gradients_of_traces_alone(
    learn: str, traced: ItemSet, weights: Opened
) -> None:
    options = TuningOptions(learn=learn, stage_weights=UNLIKE, held_out=0, batch=12, rank=4, clip=0)
    lessons = Lessons(traced, options)
    loss, ours = step(weights, lessons, options, packs=True)
    alone, theirs = step(weights, lessons, options, packs=False)
    assert loss == pytest.approx(alone, rel=1e-5)
    assert max(float((ours[n] - t).abs().max() / t.abs().max()) for n, t in theirs.items()) < 1e-5


def test_a_masked_stage_is_read_and_not_learnt(traced: ItemSet, weights: Opened) -> None:
    options = TuningOptions(learn="trace", stage_weights="1,0,1,1", held_out=0, batch=1, rank=4)
    lessons = Lessons(traced, options)
    [[chunk]] = lessons.steps(0, options)[:1]
    shown = Encoder(weights).shown(lessons.read(chunk))
    [pair] = shown.pairs
    each = token_losses_apart(weights.model, shown.pixels, pair)
    masked = pair.weights == 0
    assert 5 < int(masked.sum()) < len(masked) - 5
    learner = Learner(lora.with_lora(weights, options), Encoder(weights), options, packs=True)
    first = learner.step(learner.units(lessons, [chunk]), 0.0)  # of a fresh adapter, which changes nothing yet
    learner.model.unload()
    assert first == pytest.approx(float(each[~masked].mean().detach()), rel=1e-5)
    assert first != pytest.approx(float(each.mean().detach()), rel=1e-5)


def test_stopped_in_the_middle_of_traces_it_comes_to_the_same_bytes(
    traced: ItemSet, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    how = QUICK | {"learn": "both", "stage_weights": UNLIKE, "epochs": 2, "save_every": 0.0}
    adapter = auscult.tune(traced, f"local:{base}", tmp_path / "whole", **how)
    real, taken = Learner.step, []

    def stopped(self: Learner, *args: Any) -> float:
        taken.append(1)
        if len(taken) == 4:
            raise KeyboardInterrupt
        return real(self, *args)

    monkeypatch.setattr(Learner, "step", stopped)
    with pytest.raises(KeyboardInterrupt):
        auscult.tune(traced, f"local:{base}", tmp_path / "again", **how)
    monkeypatch.setattr(Learner, "step", real)
    auscult.tune(traced, f"local:{base}", tmp_path / "again", **how)
    for name in ("curve.csv", "adapter_model.safetensors"):
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    assert adapter.card is not None
    assert adapter.card.items["traces"] < adapter.card.items["pairs"]
    assert adapter.card.outcome["tokens"] > 0
    assert "loss on answers, and on traces" in (tmp_path / "whole" / "README.md").read_text()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"learn": "stages"}, "--learn 'stages' is unknown; known: answer, trace, both"),
        ({"stage_weights": "1,0,1,1"}, "--stage-weights 1,0,1,1 are of traces; add --learn trace"),
        ({"learn": "trace", "stage_weights": "1,1,1"}, "--stage-weights '1,1,1': four numbers"),
        ({"learn": "trace", "stage_weights": "1,1,-1,1"}, "four numbers of 0 or more"),
        ({"learn": "trace", "stage_weights": "1,x,1,1"}, "four numbers of 0 or more"),
        ({"learn": "trace", "stage_weights": "0,0,0,0"}, "at least one is more than 0"),
    ],
)
def test_what_cannot_be_learnt_is_refused(given: dict[str, str], said: str) -> None:
    with pytest.raises(UserError, match=said):
        TuningOptions(**given).check()  # type: ignore[arg-type]
