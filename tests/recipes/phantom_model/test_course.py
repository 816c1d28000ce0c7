import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from recipes.phantom_model.architecture import Shape
from recipes.phantom_model.course import Course, Plan
from torch import nn

from auscult.errors import UserError
from auscult.models import ModelOptions, create
from recipes.phantom_model import schedule

PLAN = Plan(
    shape=Shape(image=32, patch=8, vision=32, vision_layers=1, text=32, text_layers=1, head=16, words=400),
    words_from=40,
    sight_steps=4,
    sight_images=4,
    speech_steps=4,
    speech_images=2,
    watch_images=4,
    watch_every=2,
)


@pytest.fixture(autouse=True)
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def weights(folder: Path) -> dict[str, torch.Tensor]:
    from safetensors.torch import load_file

    return load_file(folder / "model.safetensors")


def learnt(work: Path, out: Path, **how: float) -> None:
    course = Course(PLAN, work, **how)
    course.learn()
    course.write(out)


class Killed(Exception):
    pass


def test_a_course_that_is_killed_goes_on_and_ends_as_one_that_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learnt(tmp_path / "whole", tmp_path / "a")
    real, saved = schedule.keep, []

    def keep_twice(path: Path, content: object) -> None:
        real(path, content)
        saved.append(path.name)
        if len(saved) in (2, 7):
            raise Killed

    monkeypatch.setattr(schedule, "keep", keep_twice)
    for _ in range(2):
        with pytest.raises(Killed):
            learnt(tmp_path / "cut", tmp_path / "b", save_seconds=0)
    learnt(tmp_path / "cut", tmp_path / "b", save_seconds=0)
    assert saved.count("sight.pt") == 4, "no step is learnt twice"
    assert saved.count("speech.pt") == 4
    one, other = weights(tmp_path / "a"), weights(tmp_path / "b")
    assert one.keys() == other.keys()
    for name in one:
        torch.testing.assert_close(one[name], other[name])


def test_what_it_writes_opens_as_any_local_model(tmp_path: Path) -> None:
    learnt(tmp_path / "work", tmp_path / "model")
    model = create(f"local:{tmp_path / 'model'}", ModelOptions(offline=True))
    assert model.identity.startswith("local:")
    assert json.loads((tmp_path / "model" / "phantom.json").read_text())["version"].startswith("phantom-")
    assert all(tensor.dtype == torch.float16 for tensor in weights(tmp_path / "model").values())


def test_a_checkpoint_of_another_recipe_is_refused(tmp_path: Path) -> None:
    short = replace(PLAN, sight_steps=1, speech_steps=1)
    Course(short, tmp_path / "w").see()
    with pytest.raises(UserError, match="another recipe"):
        Course(replace(short, seed=8), tmp_path / "w").see()


def test_the_rate_rises_then_falls_to_a_hundredth() -> None:
    rates = [schedule.rate(step, 100, 2.0, 10) for step in range(100)]
    assert rates[0] == pytest.approx(0.2)
    assert max(rates) == pytest.approx(2.0)
    assert rates[-1] == pytest.approx(0.02, abs=0.01)
    assert rates[10:] == sorted(rates[10:], reverse=True)


def test_the_rate_rises_again_as_often_as_it_is_told() -> None:
    rates = [schedule.rate(step, 160, 2.0, 5, (40, 20)) for step in range(160)]
    assert rates[:100] == [schedule.rate(step, 100, 2.0, 5) for step in range(100)]
    assert max(rates[100:140]) == pytest.approx(max(rates[140:])) == pytest.approx(2.0 * schedule.AGAIN)
    assert rates[139] < 0.1 < rates[145]


def test_training_lowers_the_loss_of_a_plain_problem(tmp_path: Path) -> None:
    torch.manual_seed(0)
    module = nn.Sequential()
    module.add_module("mlp", nn.Linear(8, 8))
    x, y = torch.randn(64, 8), torch.randn(64, 8)
    losses: list[float] = []

    def loss(step: int) -> torch.Tensor:
        error = (module(x) - y).square().mean()
        losses.append(error.item())
        return error

    schedule.train(module, loss, file=tmp_path / "c.pt", made_of="x", steps=80, peak=1e-2, matrix_peak=2e-2)
    assert losses[-1] < 0.75 * losses[0]


def test_what_was_learnt_so_far_can_be_written(tmp_path: Path) -> None:
    learnt(tmp_path / "work", tmp_path / "whole")
    course = Course(PLAN, tmp_path / "work")
    assert course.restore() == {"sight": 4, "speech": 4}
    course.write(tmp_path / "again")
    one, other = weights(tmp_path / "whole"), weights(tmp_path / "again")
    assert all(torch.equal(one[name], other[name]) for name in one)
