"""The pixel reader says from pixels alone what painters drew, and takes nothing of what drew it."""

import ast
import asyncio
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

import auscult
from auscult.drawing.nouns import Drawn, Outcome, Prompt
from auscult.drawing.readers import network, pixels
from auscult.phantoms.painter import Faults, paint
from auscult.records import ImageFile

SOURCE = Path(auscult.__file__).parent
ALLOWED = {"auscult.drawing.nouns", "auscult.drawing.readers", "auscult.drawing.readers.network", "auscult.engine.ask"}


def imported(file: Path) -> set[str]:
    tree = ast.walk(ast.parse(file.read_text("utf-8")))
    return {n.module for n in tree if isinstance(n, ast.ImportFrom) and n.module} | {
        alias.name for n in tree if isinstance(n, ast.Import) for alias in n.names
    }


def test_reader_and_painter_take_nothing_of_each_other() -> None:
    for module in (pixels, network):
        ours = {name for name in imported(Path(module.__file__ or "")) if name.startswith("auscult")}
        assert ours <= ALLOWED
    for file in (SOURCE / "phantoms").rglob("*.py"):
        assert not [name for name in imported(file) if name.startswith("auscult.drawing")], file


def test_the_network_in_numpy_computes_what_was_trained() -> None:
    torch = pytest.importorskip("torch")
    from recipes.pixel_reader.__main__ import Eye, last_layers, shown_wide

    eye, answers = Eye(), last_layers().eval()
    weights = {name: torch.from_numpy(value) for name, value in network.weights().items()}
    eye.load_state_dict({name: value for name, value in weights.items() if name.startswith("conv")})
    answers.load_state_dict({name: value for name, value in weights.items() if not name.startswith("conv")})
    image = network.shrunk(Image.fromarray(paint("a chest x-ray with an effusion", Faults()).images[0]))
    with torch.no_grad():
        shown = torch.from_numpy(network.channels(image))[None]
        scores = answers(eye(shown), shown_wide(shown))[0].split([len(c) for c in network.HEADS.values()])
    for found, score in zip(network.look(image).values(), scores, strict=True):
        np.testing.assert_allclose(found, torch.softmax(score.double(), 0).numpy(), atol=1e-4)


@pytest.mark.parametrize("angle", np.pi * np.arange(8) / 8)
def test_short_strokes_stand_out_and_long_lines_do_not(angle: float) -> None:
    film = Image.new("L", (network.SIZE, network.SIZE), 60)
    pen = ImageDraw.Draw(film)
    for x, half in ((64, 4), (176, 60)):  # a stroke of 9 pixels in the left half, a line of 121 in the right
        across, down = half * np.cos(angle), half * np.sin(angle)
        pen.line([(x - across, 128 - down), (x + across, 128 + down)], fill=240, width=3)
    stands_out = network.channels(np.asarray(film))[3] > 1
    assert stands_out[:, :32].sum() >= 2
    assert stands_out[:, 32:].sum() <= 5  # of more than 30: corners and ends


def outcome_of(folder: Path, text: str, kind: str, faults: Faults, repeat: int = 0) -> Outcome:
    painted = paint(text, faults, repeat=repeat)
    files = []
    for n, data in enumerate(painted.files):
        (folder / f"{n}.png").write_bytes(data)
        files.append(ImageFile(path=f"{n}.png", sha256=""))
    drawn = Drawn(id="d", prompt_id="p", content="c", model="painter", images=tuple(files), text=painted.words)
    prompt = Prompt(
        id="p",
        content="c",
        wording="plain",
        kind="impossible" if kind == "impossible" else "plausible",
        text=text,
        modality="chest radiograph",
    )
    return asyncio.run(pixels.create().read(prompt, drawn, folder, None))


def test_it_reads_side_additions_and_modality(tmp_path: Path) -> None:
    found = outcome_of(tmp_path, "a chest x-ray with an effusion", "plausible", Faults(right=0, text=1))
    assert (found.outcome, found.side, found.additions) == ("plausible", "left", ("text",))
    assert found.modality == "chest radiograph" and "left" in found.evidence


def test_what_cannot_be_is_implausible_where_it_was_asked_for_and_an_addition_where_not(tmp_path: Path) -> None:
    asked = outcome_of(tmp_path, "a chest x-ray with toe bones", "impossible", Faults(comply=1))
    assert asked.outcome == "implausible" and "second organ" not in asked.additions
    unasked = outcome_of(tmp_path, "a chest x-ray", "plausible", Faults(organ=1))
    assert unasked.outcome == "plausible" and "second organ" in unasked.additions


def test_another_kind_of_image_is_not_as_asked(tmp_path: Path) -> None:
    assert outcome_of(tmp_path, "a chest x-ray with an effusion", "plausible", Faults(modality=1)).outcome == "other"


def test_two_images_that_can_each_be_are_a_clarification(tmp_path: Path) -> None:
    text = "a chest x-ray with toe bones"
    split = next(r for r in range(40) if len(paint(text, Faults(), repeat=r).images) == 2)
    assert outcome_of(tmp_path, text, "impossible", Faults(), split).outcome == "clarified"
