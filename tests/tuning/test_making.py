"""Tuning for real, on a tiny LLaVA: what is learnt, what is kept, what goes on after a kill, what is refused."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
peft = pytest.importorskip("peft")

from tests.tuning.vllm_form import vllm_refuses  # noqa: E402

import auscult  # noqa: E402
from auscult.errors import UserError  # noqa: E402
from auscult.items.item_set import ItemSet  # noqa: E402
from auscult.models import ModelOptions, create  # noqa: E402
from auscult.models.adapters import read_adapter  # noqa: E402
from auscult.models.folders import opened  # noqa: E402
from auscult.reports.cautions import on_face  # noqa: E402
from auscult.tuning import checkpoint, learning  # noqa: E402
from auscult.tuning.course import rate  # noqa: E402
from auscult.tuning.encoding import Encoder  # noqa: E402
from auscult.tuning.lessons import Chunk, Lessons  # noqa: E402
from auscult.tuning.making import hardly_moved, next_line, outcome_lines  # noqa: E402
from auscult.tuning.merging import Merged  # noqa: E402
from auscult.tuning.options import SOURCES, TuningOptions  # noqa: E402
from auscult.tuning.packing import token_losses_apart  # noqa: E402

QUICK = {"batch": 8, "learning_rate": 3e-3, "rank": 4, "offline": True}


def tune(items: ItemSet, base: Path, out: Path, **more: Any) -> dict[str, Any]:
    adapter = auscult.tune(items, f"local:{base}", out, **(QUICK | more))
    assert adapter.card is not None
    return adapter.card.model_dump()


def curve(out: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((out / "curve.csv").read_text().splitlines()))


@pytest.fixture(scope="module")
def tuned(items: ItemSet, base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("tuned") / "adapter"
    tune(items, base, out, epochs=6)
    return out


def test_the_loss_on_answers_falls_and_the_card_says_what_was_done(tuned: Path, items: ItemSet) -> None:
    card = read_adapter(tuned).card
    assert card is not None
    assert card.outcome["last_loss"] < 0.7 * card.outcome["first_loss"]
    assert card.items["digest"] == items.digest
    assert (card.items["cases"], card.items["held_out_cases"]) == (11, 1)
    trained = {image.pixels for case, _ in items.groups("train") for image in case.images}
    assert set(card.images) == trained
    assert card.sources.keys() == SOURCES.keys()
    assert card.sources["epochs"] == "given" and "2310.03744" in card.sources["warmup"]
    text = (tuned / "README.md").read_text()
    assert card.base["hash"] in text and "library_name: peft" in text and "{" not in text
    steps = curve(tuned)
    assert [int(row["step"]) for row in steps] == list(range(1, card.outcome["steps"] + 1))
    assert min(float(row["held_out_loss"]) for row in steps if row["held_out_loss"]) == pytest.approx(
        card.outcome["held_out_loss"], abs=1e-5
    )


def test_the_end_names_what_to_run_next_and_a_tuning_that_taught_nothing_says_so(
    tuned: Path, items: ItemSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = read_adapter(tuned).card
    assert card is not None and "note" not in outcome_lines(card)
    told = next_line(card, items.folder, tuned)
    assert told.startswith(f"auscult evaluate {items.folder} --split test --model local:{tuned} --out run-after")
    assert told.endswith("auscult compare run-before run-after")
    whole = card.model_copy(update={"items": {**card.items, "split": "all"}})
    assert next_line(whole, items.folder, tuned).startswith("auscult evaluate OTHER-ITEMS --model ")
    trains = shutil.copytree(items.folder, tmp_path / "trains")
    manifest = json.loads((trains / "manifest.json").read_text())
    del manifest["counts"]["split"]["test"]
    (trains / "manifest.json").write_text(json.dumps(manifest))
    assert next_line(card, trains, tuned).startswith("auscult evaluate OTHER-ITEMS --model "), "it has no test part"
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run-after").mkdir()
    (tmp_path / "run-after-2").mkdir()
    assert next_line(card, items.folder, tuned).endswith("auscult compare run-before-3 run-after-3")

    flat, falling = [2.0] * 20, [2.0 - n / 20 for n in range(20)]
    assert hardly_moved(falling, {}, 20) == ""
    assert hardly_moved(flat, {}, 20).startswith("the loss hardly moved (2.000 at first, 2.000 at last): it answers")
    assert "held-out premises" in hardly_moved(flat, {0: (20, 40), 20: (19, 40)}, 20)
    assert hardly_moved(flat, {0: (20, 40), 20: (10, 40)}, 20) == "", "the loss is not all that may move"


def test_only_the_language_model_is_adapted(tuned: Path) -> None:
    from safetensors import safe_open

    with safe_open(tuned / "adapter_model.safetensors", "pt") as file:
        names = list(file.keys())
    assert len(names) == 2 * 2 * 7, "two layers of seven linear maps, two matrices each"
    assert all(".model.language_model.layers." in name for name in names)
    assert not vllm_refuses(tuned)


def test_where_it_is_named_what_sees_is_adapted_too_and_stopped_it_goes_on_to_the_same_adapter(
    items: ItemSet, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from safetensors import safe_open

    whole, out, every = tmp_path / "whole", tmp_path / "out", "language,connector,vision"
    card = tune(items, base, whole, adapt=every, gradient_checkpointing=True)
    with safe_open(whole / "adapter_model.safetensors", "pt") as file:
        names = list(file.keys())
    counts = [sum(f".{part}." in n for n in names) for part in ("vision_tower", "multi_modal_projector")]
    assert len(vllm_refuses(whole)) == sum(counts), "it passes over what is not of the language model"
    assert counts == [2 * 6 * 2, 2 * 2], "two layers that are seen of, six linear maps each, two matrices"
    assert card["settings"]["adapt"] == every and card["sources"]["adapt"] == "given"
    text = " ".join((whole / "README.md").read_text().split())
    assert "changes the language model, what sees and what leads from there to the language model. Some" in text

    real, steps = learning.Learner.step, []

    def stopped(self: Any, *given: Any) -> float:
        steps.append(1)
        if len(steps) == 4:
            raise UserError("stopped")
        return real(self, *given)

    with monkeypatch.context() as patched:
        patched.setattr(learning.Learner, "step", stopped)
        with pytest.raises(UserError, match="stopped"):
            tune(items, base, out, adapt=every, save_every=0.0)
    with pytest.raises(UserError, match=r"begun with another adapt \('language,connector,vision', now 'language'\)"):
        tune(items, base, out)
    tune(items, base, out, adapt=every)
    for name in ("curve.csv", "adapter_model.safetensors"):
        assert (out / name).read_bytes() == (whole / name).read_bytes()
    merged = auscult.export(out, "merged", tmp_path / "merged")
    assert isinstance(merged, Merged)
    quick: dict[str, Any] = {"canary": False, "controls": 0, "max_tokens": 4, "offline": True}
    runs = [
        auscult.evaluate(items, f"local:{folder}", tmp_path / f"run-{folder.name}", **quick)
        for folder in (out, tmp_path / "merged")
    ]
    said = [[row["text"] for row in run.answers] for run in runs]
    assert said[0] == said[1]


def test_a_base_that_is_named_from_here_is_found_from_everywhere(
    items: ItemSet, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recwarn: pytest.WarningsRecorder
) -> None:
    with monkeypatch.context() as here:
        here.chdir(base.parent)
        auscult.tune(items, f"local:{base.name}", tmp_path / "out", **(QUICK | {"epochs": 1}))
    assert not [str(w.message) for w in recwarn if "base_model_name_or_path" in str(w.message)]
    assert json.loads((tmp_path / "out" / "adapter_config.json").read_text())["base_model_name_or_path"] == str(base)
    assert opened(str(tmp_path / "out"), ModelOptions(offline=True)).folder.samefile(base)


def test_a_part_that_is_unknown_or_has_no_layer_for_it_is_refused(items: ItemSet, tmp_path: Path) -> None:
    from tests.models.tiny_others import MAKERS

    for adapt, said in (("language,eyes", "eyes"), ("", ""), ("vision,", "")):
        with pytest.raises(UserError, match=f"--adapt '{said}' is unknown; known: connector, language, vision"):
            TuningOptions(adapt=adapt).check()
    gemma = MAKERS["gemma3"](tmp_path / "gemma")
    with pytest.raises(UserError, match="its connector part has no linear layer .*; leave connector out of --adapt"):
        tune(items, gemma, tmp_path / "out", adapt="connector")


def test_plain_peft_loads_it_and_merged_and_unmerged_logits_agree(tuned: Path, base: Path, items: ItemSet) -> None:
    from transformers import AutoModelForImageTextToText

    weights = opened(str(base), ModelOptions(offline=True))
    lessons = Lessons(items, TuningOptions(held_out=0))
    shown = Encoder(weights).shown(lessons.read(Chunk(lessons.learnt[0], 0, 1)))
    plain = AutoModelForImageTextToText.from_pretrained(base).eval()

    def losses(model: Any) -> Any:
        with torch.no_grad():
            return token_losses_apart(model, shown.pixels, shown.pairs[0])

    before = losses(plain)
    unmerged = peft.PeftModel.from_pretrained(plain, tuned).eval()
    apart = losses(unmerged)
    merged = losses(opened(str(tuned), ModelOptions(offline=True)).model)
    assert torch.allclose(apart, merged, rtol=1e-4, atol=1e-5)
    assert not torch.allclose(before, merged, rtol=0.05)


def test_the_same_seed_gives_the_same_adapter_and_packing_changes_nothing_that_is_learnt(
    tuned: Path, items: ItemSet, base: Path, tmp_path: Path
) -> None:
    tune(items, base, tmp_path / "again", epochs=6)
    assert (tmp_path / "again" / "curve.csv").read_bytes() == (tuned / "curve.csv").read_bytes()
    tune(items, base, tmp_path / "apart", epochs=6, pack=False)
    ours = [float(row["loss"]) for row in curve(tuned)]
    assert [float(row["loss"]) for row in curve(tmp_path / "apart")] == pytest.approx(ours, rel=1e-3)
    tune(items, base, tmp_path / "short", epochs=6, tokens=60)
    assert [float(row["loss"]) for row in curve(tmp_path / "short")] == pytest.approx(ours, rel=1e-3)


def test_the_same_call_leaves_a_finished_adapter_and_another_one_is_refused(
    tuned: Path, items: ItemSet, base: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (tuned / "adapter_model.safetensors").stat().st_mtime_ns
    tune(items, base, tuned, epochs=6)
    assert "already holds this adapter" in capsys.readouterr().err
    assert (tuned / "adapter_model.safetensors").stat().st_mtime_ns == before
    with pytest.raises(UserError, match=r"begun with another rank \(4, now 5\).*another --out"):
        tune(items, base, tuned, epochs=6, rank=5)


def command(items: ItemSet, base: Path, out: Path) -> list[str]:
    return [
        *(sys.executable, "-m", "auscult", "tune", str(items.folder), "--model", f"local:{base}", "--out", str(out)),
        *("--epochs", "6", "--batch", "8", "--learning-rate", "0.003", "--rank", "4", "--save-every", "0"),
    ]


def test_killed_in_the_middle_it_goes_on_to_the_same_losses_and_the_same_adapter(
    tuned: Path, items: ItemSet, base: Path, tmp_path: Path
) -> None:
    out = tmp_path / "killed"
    program = subprocess.Popen(command(items, base, out), stderr=subprocess.PIPE, env=os.environ)
    while not (out / "checkpoint.pt").exists():
        assert program.poll() is None, program.stderr and program.stderr.read().decode()
        time.sleep(0.005)
    program.send_signal(signal.SIGKILL)
    program.wait()
    assert not (out / "adapter_config.json").exists(), "killed too late to tell anything"
    steps = torch.load(out / "checkpoint.pt", weights_only=True)["step"]
    assert 0 < steps < len(curve(tuned))
    assert subprocess.run(command(items, base, out), check=False).returncode == 0
    assert (out / "curve.csv").read_bytes() == (tuned / "curve.csv").read_bytes()
    assert (out / "adapter_model.safetensors").read_bytes() == (tuned / "adapter_model.safetensors").read_bytes()
    assert not (out / "checkpoint.pt").exists()


def hears() -> None:
    """Hears Ctrl-C, also where the tests run in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_ended_before_its_first_checkpoint_it_says_that_the_same_command_begins_anew(
    items: ItemSet, base: Path, tmp_path: Path
) -> None:
    out = tmp_path / "early"
    words = [{"6": "500", "0": "1000"}.get(word, word) for word in command(items, base, out)] + ["--held-out", "0"]
    program = subprocess.Popen(words, stderr=subprocess.PIPE, env=os.environ, preexec_fn=hears)
    while not (out / "tuning.json").exists():
        assert program.poll() is None, program.stderr and program.stderr.read().decode()
        time.sleep(0.005)
    program.send_signal(signal.SIGINT)
    _, told = program.communicate()
    said = told.decode()
    assert program.returncode == 130 and "stopped before the first checkpoint; the same command begins anew" in said
    assert "goes on from here" not in said and not (out / "checkpoint.pt").exists()


def test_ended_by_a_scheduler_it_says_that_the_same_command_goes_on_and_then_from_which_step(
    items: ItemSet, base: Path, tmp_path: Path
) -> None:
    out = tmp_path / "ended"
    program = subprocess.Popen(command(items, base, out), stderr=subprocess.PIPE, env=os.environ)
    while not (out / "checkpoint.pt").exists():
        assert program.poll() is None, program.stderr and program.stderr.read().decode()
        time.sleep(0.005)
    program.send_signal(signal.SIGTERM)
    _, told = program.communicate()
    assert program.returncode == 130 and b"stopped; the same command goes on from here" in told
    steps = torch.load(out / "checkpoint.pt", weights_only=True)["step"]
    again = subprocess.run(command(items, base, out), check=False, stderr=subprocess.PIPE)
    assert again.returncode == 0 and f"goes on after step {steps} of ".encode() in again.stderr


def test_it_stops_early_where_held_out_images_gain_nothing_and_keeps_the_best(
    items: ItemSet, base: Path, tmp_path: Path
) -> None:
    card = tune(items, base, tmp_path / "out", epochs=40, learning_rate=0.03, held_out=0.3, patience=2, checks=1)
    outcome = card["outcome"]
    assert "no better 2 times" in outcome["ended"]
    assert outcome["epochs"] < 40 and outcome["kept_step"] < outcome["steps"]
    held = {int(r["step"]): float(r["held_out_loss"]) for r in curve(tmp_path / "out") if r["held_out_loss"]}
    assert min(held, key=lambda step: held[step]) == outcome["kept_step"]


def test_a_loss_that_is_no_number_stops_it_names_the_rows_and_keeps_the_last_good_state(
    items: ItemSet, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = learning.token_losses, []

    def broken(model: Any, packed: Any) -> Any:
        calls.append(1)
        losses = real(model, packed)
        return losses.where(packed.pair != 1, float("nan")) if len(calls) > 2 else losses

    monkeypatch.setattr(learning, "token_losses", broken)
    out = tmp_path / "out"
    with pytest.raises(UserError) as error:
        tune(items, base, out, held_out=0.0)
    assert "no number at step 3, of questions q" in str(error.value) and "after step 2 is kept" in str(error.value)
    assert torch.load(out / "checkpoint.pt", weights_only=True)["step"] == 2
    assert not (out / "adapter_config.json").exists()
    with pytest.raises(UserError, match="this tuning is not finished; the same command goes on"):
        auscult.evaluate(items, f"local:{out}", tmp_path / "run")
    monkeypatch.setattr(learning, "token_losses", real)
    assert tune(items, base, out, held_out=0.0)["outcome"]["steps"] > 2


def test_an_image_that_goes_missing_in_the_second_epoch_is_named_and_what_was_learnt_is_kept(
    items: ItemSet, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, read = ItemSet.load_image, []

    def fading(self: ItemSet, image: Any) -> Any:
        read.append(image.path)
        if len(read) > 40:
            raise UserError(f"{image.path}: missing from the item set; build it again")
        return real(self, image)

    monkeypatch.setattr(ItemSet, "load_image", fading)
    with pytest.raises(UserError, match=r"\.png: missing from the item set"):
        tune(items, base, tmp_path / "out", save_every=0.0, epochs=6)
    assert torch.load(tmp_path / "out" / "checkpoint.pt", weights_only=True)["step"] > 0


def test_a_full_disk_during_a_checkpoint_leaves_the_one_before(
    items: ItemSet, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, written = Path.write_bytes, []

    def full(self: Path, data: Any) -> int:
        if "checkpoint" in self.name:
            written.append(1)
            if len(written) == 3:
                real(self, data[:100])
                raise OSError(28, "No space left on device", str(self))
        return real(self, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(UserError, match="checkpoint.pt: cannot be written .No space left.*make room"):
        tune(items, base, tmp_path / "out", save_every=0.0)
    assert torch.load(tmp_path / "out" / "checkpoint.pt", weights_only=True)["step"] == 2
    monkeypatch.setattr(Path, "write_bytes", real)
    assert tune(items, base, tmp_path / "out", save_every=0.0)["outcome"]["epochs"] == 3


def test_a_full_disk_at_the_first_checkpoint_promises_none_before(
    items: ItemSet, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, _: bytes) -> None:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr("auscult.tuning.checkpoint.replace_file", full)
    with pytest.raises(UserError, match="run the same command again, it begins at the first step"):
        tune(items, base, tmp_path / "out", save_every=0.0)


def test_too_little_memory_says_what_to_lower(
    items: ItemSet, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: Any) -> Any:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(learning, "token_losses", refuses)
    with pytest.raises(UserError, match=r"lower --tokens \(now 4,096\) or the size.*add --grad.* another --out"):
        tune(items, base, tmp_path / "out")


def test_checkpointed_activations_change_nothing_that_is_learnt(
    tuned: Path, items: ItemSet, base: Path, tmp_path: Path
) -> None:
    tune(items, base, tmp_path / "out", epochs=6, gradient_checkpointing=True)
    ours = [float(row["loss"]) for row in curve(tuned)]
    assert [float(row["loss"]) for row in curve(tmp_path / "out")] == pytest.approx(ours, rel=1e-4)


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("openai:x@http://localhost:1/v1", "what is tuned lies on this machine; name local:FOLDER, or phantom"),
        ("local:", "name local:FOLDER"),
        ("local:/nowhere", "'/nowhere' is no model folder"),
    ],
)
def test_what_cannot_be_tuned_is_refused(spec: str, said: str, items: ItemSet, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=said):
        auscult.tune(items, spec, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_adapter_and_a_folder_of_something_else_are_refused(
    tuned: Path, items: ItemSet, base: Path, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match="is an adapter"):
        auscult.tune(items, f"local:{tuned}", tmp_path / "out")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x")
    with pytest.raises(UserError, match="not empty and no folder of a tuning"):
        tune(items, base, tmp_path / "mine")
    with pytest.raises(UserError, match="--targets 'all' is unknown; known: attention, linear"):
        tune(items, base, tmp_path / "out", targets="all")
    for rate_ in (0.0, -1.0, float("nan")):
        with pytest.raises(UserError, match="learning-rate must be"):
            tune(items, base, tmp_path / "out", learning_rate=rate_)
    assert not (tmp_path / "out").exists()


def test_the_rate_rises_to_its_greatest_and_falls_to_nothing() -> None:
    options = TuningOptions(learning_rate=1.0, warmup=0.1)
    rates = [rate(step, 100, options) for step in range(100)]
    assert rates[:10] == pytest.approx([0.1 * n for n in range(1, 11)])
    assert rates[10] == 1.0 and rates[55] == pytest.approx(0.5)
    assert rates[10:] == sorted(rates[10:], reverse=True) and rates[-1] < 0.001


def test_images_that_it_was_tuned_on_are_left_out_of_an_evaluation_and_named(
    tuned: Path, items: ItemSet, base: Path, tmp_path: Path
) -> None:
    quick: dict[str, Any] = {"canary": False, "controls": 0, "max_tokens": 4, "offline": True}
    with pytest.raises(UserError, match="tuned on every image of its split 'train'.*--split test"):
        auscult.evaluate(items, f"local:{tuned}", tmp_path / "none", split="train", **quick)
    auscult.evaluate(items, f"local:{tuned}", tmp_path / "run", split="all", **quick)
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text())
    assert len(manifest["tuned_on"]) == 12
    assert any("Left out are 30 questions about 12 cases, as the model was tuned" in n for n in manifest["notes"])
    asked = {i["source_id"].partition("-")[0] for i in auscult.Run(tmp_path / "run").items}
    assert asked == {"q0", "q1", "q2"}
    auscult.evaluate(items, f"local:{base}", tmp_path / "base", split="all", **quick)
    assert "tuned_on" not in json.loads((tmp_path / "base" / "manifest.json").read_text())


@pytest.fixture
def damaged(tuned: Path, tmp_path: Path) -> Callable[..., Path]:
    """A copy of the adapter with one file changed."""

    def make(name: str, old: str, new: str) -> Path:
        copy = tmp_path / "copy"
        copy.mkdir()
        for file in tuned.iterdir():
            (copy / file.name).write_bytes(file.read_bytes())
        text = (copy / name).read_text()
        assert old in text
        (copy / name).write_text(text.replace(old, new))
        return copy

    return make


def test_an_adapter_of_another_base_is_refused(
    damaged: Callable[..., Path], tuned: Path, base: Path, tmp_path: Path
) -> None:
    from tests.models.tiny_llava import make_tiny_llava

    other = make_tiny_llava(tmp_path / "other", seed=1)
    copy = damaged("adapter_config.json", str(base), str(other))
    with pytest.raises(UserError, match=rf"is an adapter of local:{base} \(weights .*{other} holds other ones"):
        opened(str(copy), ModelOptions(offline=True))
    with pytest.raises(UserError, match="is an adapter of local:"):
        create(f"phantom:{tuned}", ModelOptions(offline=True))


def test_an_adapter_whose_base_has_gone_says_where_it_is_looked_for(damaged: Callable[..., Path], base: Path) -> None:
    copy = damaged("adapter_config.json", str(base), "/nowhere/at/all")
    with pytest.raises(UserError, match="its base cannot be opened .'/nowhere/at/all' .*base_model_name_or_path"):
        opened(str(copy), ModelOptions(offline=True))


def test_merged_and_written_it_is_a_model_that_answers_as_the_adapter_and_knows_what_it_learnt(
    tuned: Path, base: Path, items: ItemSet, tmp_path: Path
) -> None:
    written = auscult.export(tuned, "merged", tmp_path / "merged")
    assert isinstance(written, Merged) and (written.base, written.dtype) == (base.resolve(), "float32")
    weights, own = (opened(str(folder), ModelOptions(offline=True)) for folder in (tuned, tmp_path / "merged"))
    lessons = Lessons(items, TuningOptions(held_out=0))
    shown = Encoder(weights).shown(lessons.read(Chunk(lessons.learnt[0], 0, 1)))
    with torch.no_grad():
        losses = [token_losses_apart(one.model, shown.pixels, shown.pairs[0]) for one in (weights, own)]
    assert torch.equal(*losses)
    assert own.tuned_on == weights.tuned_on and len(own.tuned_on) == 12
    for name in ("generation_config.json", "tokenizer.json", "processor_config.json"):
        assert (tmp_path / "merged" / name).read_bytes() == (base / name).read_bytes()
    assert not list((tmp_path / "merged").glob("adapter_*"))
    text = (tmp_path / "merged" / "README.md").read_text()
    assert "library_name: transformers" in text and "{" not in text


def test_what_cannot_be_merged_is_one_line_and_writes_nothing(
    damaged: Callable[..., Path], tuned: Path, base: Path, items: ItemSet, tmp_path: Path
) -> None:
    from tests.models.tiny_llava import make_tiny_llava

    out = tmp_path / "merged"
    other = make_tiny_llava(tmp_path / "other", seed=1)
    copy = damaged("adapter_config.json", str(base), str(other))
    with pytest.raises(UserError, match="is an adapter of local:.* holds other ones"):
        auscult.export(copy, "merged", out)
    for folder in (base, items.folder, tmp_path / "none"):
        with pytest.raises(UserError, match="is no adapter"):
            auscult.export(folder, "merged", out)
    with pytest.raises(UserError, match="is an adapter; give --to merged"):
        auscult.export(tuned, "hf", out)
    with pytest.raises(UserError, match="is there already"):
        auscult.export(tuned, "merged", other)
    with pytest.raises(UserError, match=r"/proc/merged: cannot be written \(No such file or directory\); make room"):
        auscult.export(tuned, "merged", "/proc/merged")
    assert not out.exists()


def test_an_adapter_of_another_program_is_opened_and_nothing_is_known_of_its_images(
    tuned: Path, damaged: Callable[..., Path]
) -> None:
    copy = damaged("README.md", "peft", "peft")
    (copy / "auscult.json").unlink()
    one, other = (opened(str(folder), ModelOptions(offline=True)) for folder in (copy, tuned))
    assert not one.tuned_on and len(other.tuned_on) == 12
    assert one.identity == other.identity


def without_card(folder: Path, out: Path) -> Path:
    shutil.copytree(folder, out)
    (out / "auscult.json").unlink()
    return out


def test_a_tuned_model_without_its_card_is_evaluated_with_a_remark_that_stands_first(
    tuned: Path, items: ItemSet, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    auscult.export(tuned, "merged", tmp_path / "merged")
    quick: dict[str, Any] = {"canary": False, "controls": 0, "max_tokens": 4, "offline": True, "limit": 3}
    for name, folder in (("adapter", tuned), ("whole", tmp_path / "merged")):
        bare = without_card(folder, tmp_path / f"bare-{name}")
        capsys.readouterr()
        run = auscult.evaluate(items, f"local:{bare}", tmp_path / f"run-{name}", split="train", **quick)
        said = (
            f"It is not known on which images {'bare-adapter was tuned:' if name == 'adapter' else 'the adapter was'}"
        )
        assert said in capsys.readouterr().err
        assert [n for n in json.loads((run.folder / "manifest.json").read_text())["notes"] if n.startswith(said)]
        assert on_face(run.summary)[0].startswith(said)


def test_what_was_merged_without_a_card_is_said_of_all_that_is_made_of_it(
    tuned: Path, items: ItemSet, tmp_path: Path
) -> None:
    auscult.export(without_card(tuned, tmp_path / "bare"), "merged", tmp_path / "merged")
    assert not (tmp_path / "merged" / "auscult.json").exists()
    whole = create(f"local:{tmp_path / 'merged'}", ModelOptions(offline=True))
    assert not whole.tuned_on and whole.untold.startswith("It is not known on which images the adapter was tuned")
    tune(items, tmp_path / "merged", tmp_path / "again", epochs=1)
    auscult.export(tmp_path / "again", "merged", tmp_path / "twice")
    for folder in ("again", "twice"):
        model = create(f"local:{tmp_path / folder}", ModelOptions(offline=True))
        assert len(model.tuned_on) == 12 and model.untold == whole.untold


def test_of_a_base_and_of_an_adapter_with_its_card_nothing_is_untold(tuned: Path, base: Path) -> None:
    assert not any(create(f"local:{folder}", ModelOptions(offline=True)).untold for folder in (tuned, base))


def test_the_phantom_model_can_be_tuned_and_answers_with_its_adapter(items: ItemSet, tmp_path: Path) -> None:
    adapter = auscult.tune(items, "phantom", tmp_path / "out", epochs=1, rank=2, offline=True)
    assert adapter.card is not None and adapter.card.base["name"].startswith("phantom-")
    model = create(f"phantom:{tmp_path / 'out'}", ModelOptions(offline=True))
    assert model.identity.startswith("phantom-") and model.sees_only == "phantoms"
    assert model.identity != create("phantom", ModelOptions(offline=True)).identity
    assert len(model.tuned_on) == 12


def test_a_damaged_checkpoint_is_said(tmp_path: Path) -> None:
    (tmp_path / "checkpoint.pt").write_bytes(b"PK\x03\x04nothing")
    learns = torch.nn.Linear(2, 2)
    with pytest.raises(UserError, match="checkpoint.pt: damaged .*begin again"):
        checkpoint.read(tmp_path, learns, torch.optim.AdamW(learns.parameters()))
