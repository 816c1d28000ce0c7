"""Promise: a tuning that something goes wrong in says in one line what, and leaves nothing broken behind.

The faults are real ones: an image that is deleted, a disk that is full (a limit on the size of files, which all that is
written meets), a rate at which the loss is no number, a model of another family, weights that were exchanged.
"""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("peft")

from tests.cli.conftest import Auscult, Ran  # noqa: E402
from tests.models.tiny_llava import make_tiny_llava  # noqa: E402
from tests.models.tiny_others import saved, text, tokens  # noqa: E402
from tests.tuning.conftest import asked, make_items  # noqa: E402

from auscult.items.item_set import ItemSet  # noqa: E402
from auscult.records import Item  # noqa: E402
from auscult.tuning.learning import Learner  # noqa: E402

HOW = {"epochs": 3, "batch": 8, "rank": 4, "learning-rate": 0.003, "save-every": 0, "held-out": 0}
MADE = ("adapter_model.safetensors", "adapter_config.json", "curve.csv", "README.md", "auscult.json")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_llava(tmp_path_factory.mktemp("base") / "tiny")


@pytest.fixture
def items(tmp_path: Path) -> Path:
    return make_items(tmp_path / "set", asked()).folder


def tune(items: Path, base: Path, out: Path, **more: Any) -> tuple[object, ...]:
    """What is typed."""
    how = HOW | {name.replace("_", "-"): value for name, value in more.items()}
    options = [word for name, value in how.items() for word in (f"--{name}", value)]
    return "tune", items, "--model", f"local:{base}", "--out", out, *options


def one_line(ran: Ran) -> str:
    """What was said of a failure: one line at the end, no traceback, and the exit code of bad input."""
    assert ran.code == 2 and "Traceback" not in ran.err and not ran.out
    return ran.err.strip().splitlines()[-1]


def nothing_half_made(out: Path) -> None:
    assert not [name for name in MADE if (out / name).exists()]
    assert not [path for path in out.iterdir() if path.suffix == ".tmp" or path.is_dir()]


def finite(checkpoint: Path) -> dict[str, Any]:
    state: dict[str, Any] = torch.load(checkpoint, weights_only=True)
    assert all(bool(torch.isfinite(tensor).all()) for tensor in state["adapter"].values())
    return state


@contextmanager
def room_for(most: int) -> Iterator[None]:
    """Within it no file grows beyond this many bytes, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("every", [False, True], ids=["some", "every"])
def test_empty_answers_are_counted_by_name_and_a_set_of_nothing_else_is_refused(
    every: bool, auscult: Auscult, base: Path, tmp_path: Path
) -> None:
    def emptied(items: tuple[Item, ...]) -> tuple[Item, ...]:
        return tuple(replace(i, reference=" ") if every or i.source_id.endswith("-0") else i for i in items)

    made = make_items(tmp_path / "emptied", asked(), change=emptied)
    ran = auscult(*tune(made.folder, base, tmp_path / "out", epochs=1))
    if every:
        assert "nothing to learn from in its split 'train'; 30 items: the right answer is empty" in one_line(ran)
        assert not (tmp_path / "out").exists()
    else:
        assert ran.code == 0
        assert "12 items are left out (the right answer is empty): q3-0, q4-0, q5-0" in ran.err


def test_an_image_that_is_gone_in_the_second_epoch_is_named_and_back_again_the_same_adapter_comes_of_it(
    auscult: Auscult, items: Path, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert auscult(*tune(items, base, tmp_path / "whole")).code == 0
    last = [case for case, _ in ItemSet(items).groups("train")][-1].images[0]
    stored, real, steps = items / last.path, Learner.step, []

    def step(self: Learner, *given: Any) -> float:
        steps.append(1)
        if len(steps) == 5:  # of four to an epoch
            stored.rename(tmp_path / "aside")
        return real(self, *given)

    monkeypatch.setattr(Learner, "step", step)
    ran = auscult(*tune(items, base, tmp_path / "out"))
    assert last.path in one_line(ran)
    nothing_half_made(tmp_path / "out")
    assert finite(tmp_path / "out" / "checkpoint.pt")["step"] >= 4
    (tmp_path / "aside").rename(stored)
    assert auscult(*tune(items, base, tmp_path / "out")).code == 0
    for name in ("curve.csv", "adapter_model.safetensors"):
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_a_loss_that_is_no_number_stops_it_with_the_rows_and_a_checkpoint_of_numbers(
    auscult: Auscult, items: Path, base: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    command = tune(items, base, out, learning_rate=1e30, warmup=0)
    said = one_line(auscult(*command))
    assert "the loss is no number at step 2, of questions q" in said and "smaller --learning-rate" in said
    nothing_half_made(out)
    assert finite(out / "checkpoint.pt")["step"] == 1
    assert one_line(auscult(*command)) == said, "the same command says the same"
    refused = auscult("evaluate", items, "--model", f"local:{out}", "--out", tmp_path / "run")
    exported = auscult("export", out, "--to", "merged", "--out", tmp_path / "merged")
    drawn = auscult("evaluate", items, "--model", f"phantom:{out}", "--out", tmp_path / "run")
    for one in (refused, exported, drawn):
        assert "this tuning is not finished; the same command goes on: auscult tune" in one_line(one)


def test_a_family_that_is_not_known_is_refused_with_those_that_are(
    auscult: Auscult, items: Path, tmp_path: Path
) -> None:
    transformers = pytest.importorskip("transformers")
    from tests.models.tiny_families import CLIP
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    tokenizer, side = tokens(), {"height": 32, "width": 32}
    config = transformers.VipLlavaConfig(
        vision_config=CLIP,
        text_config=text(tokenizer, model_type="llama"),
        image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
        vision_feature_layers=[-1],
    )
    images = CLIPImageProcessorPil(size=side, crop_size=side)
    processor = transformers.LlavaProcessor(images, tokenizer, patch_size=8, vision_feature_select_strategy="default")
    saved(tmp_path / "other", config, processor)
    said = one_line(auscult(*tune(items, tmp_path / "other", tmp_path / "out")))
    assert "models of type 'vipllava' cannot be tuned; known: gemma3, idefics3" in said
    assert not (tmp_path / "out").exists()


def test_an_adapter_whose_base_was_exchanged_is_refused_and_no_run_is_begun(
    auscult: Auscult, items: Path, tmp_path: Path
) -> None:
    mine = make_tiny_llava(tmp_path / "mine")
    adapter = tmp_path / "adapter"
    assert auscult(*tune(items, mine, adapter, epochs=1)).code == 0
    make_tiny_llava(mine, seed=1)
    said = one_line(auscult("evaluate", items, "--model", f"local:{adapter}", "--out", tmp_path / "run"))
    assert f"{adapter}: is an adapter of local:{mine}" in said and "bring that base back, or tune this one" in said
    assert not (tmp_path / "run").exists()


def test_a_disk_that_is_full_leaves_the_checkpoint_before_or_none_and_with_room_it_goes_on(
    auscult: Auscult, items: Path, base: Path, tmp_path: Path
) -> None:
    assert auscult(*tune(items, base, tmp_path / "whole", rank=32)).code == 0
    size = (tmp_path / "whole" / "adapter_model.safetensors").stat().st_size
    for most in (size - 1000, size // 2):  # too little for a checkpoint, which holds the state of the optimiser too
        with room_for(most):
            said = one_line(auscult(*tune(items, base, tmp_path / "out", rank=32)))
        assert "make room and run the same command again" in said and "checkpoint.pt" in said
        nothing_half_made(tmp_path / "out")
        assert not (tmp_path / "out" / "checkpoint.pt").exists()
    assert auscult(*tune(items, base, tmp_path / "out", rank=32)).code == 0
    for name in ("curve.csv", "adapter_model.safetensors"):
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_a_disk_that_is_full_when_the_adapter_is_written_leaves_no_adapter_and_keeps_what_was_learnt(
    auscult: Auscult, items: Path, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from auscult.tuning import lora

    out, real = tmp_path / "out", lora.save

    def full(model: Any, folder: Path) -> None:
        with room_for(5000):
            real(model, folder)

    command = tune(items, base, out, epochs=1)
    with monkeypatch.context() as patched:
        patched.setattr(lora, "save", full)
        said = one_line(auscult(*command))
    assert "the adapter cannot be written" in said and "make room and run the same command again" in said
    nothing_half_made(out)
    learnt = finite(out / "checkpoint.pt")["step"]
    assert auscult(*command).code == 0 and (out / "adapter_config.json").is_file()
    assert len((out / "curve.csv").read_text().splitlines()) == learnt + 1
