"""Phantoms a second and core: scenes, images, PNG, whole folders, measuring; beside what a user would draw with.

Run (with matplotlib installed): python benchmarks/phantoms.py --out /tmp/phantoms.json
With --recover 500 it says instead how well findings are recovered from the pixels of so many test scenes a modality.

The alternatives draw as many ellipses as a phantom has shapes (about a dozen) and add the same noise: with PIL at four
times the size, shrunk for soft edges; with matplotlib patches on a canvas of that many pixels; with whole-image numpy
masks. They know no findings, no truth and no texture, so that their figures flatter them. CPU time of this process
counts, not the clock, since machines are shared; the ways take turns.
"""

import argparse
import json
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image, ImageDraw

from auscult.phantoms.distribution import draw_scene
from auscult.phantoms.folder import FolderPlan, write_folder
from auscult.phantoms.images import draw
from auscult.phantoms.measure import measure
from auscult.phantoms.scene import KINDS, MODALITIES, kinds_of
from auscult.phantoms.texts import report

matplotlib.use("Agg")
SHAPES = 12
"""Shapes of a phantom: chest 10 to 17, brain 7 to 12, abdomen 15 to 19."""


def ellipses(seed: int, size: int) -> list[tuple[float, float, float, float, int]]:
    random = np.random.default_rng(seed)
    found = []
    for _ in range(SHAPES):
        x, y = random.uniform(0.2, 0.8, 2) * size
        a, b = random.uniform(0.03, 0.4, 2) * size
        found.append((float(x), float(y), float(a), float(b), int(random.integers(20, 230))))
    return found


def noisy(image: np.ndarray, seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).standard_normal(image.shape, dtype=np.float32) * 4
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def with_pil(seed: int, size: int) -> np.ndarray:
    large = Image.new("L", (4 * size, 4 * size))
    pen = ImageDraw.Draw(large)
    for x, y, a, b, grey in ellipses(seed, 4 * size):
        pen.ellipse((x - a, y - b, x + a, y + b), fill=grey)
    return noisy(np.asarray(large.resize((size, size), Image.Resampling.BOX), dtype=np.float32), seed)


def with_matplotlib(seed: int, size: int) -> np.ndarray:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.patches import Ellipse

    figure = Figure(figsize=(size / 100, size / 100), dpi=100, facecolor="black")
    canvas, axes = FigureCanvasAgg(figure), figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, size)
    axes.set_ylim(size, 0)
    for x, y, a, b, grey in ellipses(seed, size):
        axes.add_patch(Ellipse((x, y), 2 * a, 2 * b, color=(grey / 255,) * 3))
    canvas.draw()
    return noisy(np.asarray(canvas.buffer_rgba())[..., 0].astype(np.float32), seed)


def with_numpy(seed: int, size: int) -> np.ndarray:
    y, x = np.mgrid[:size, :size]
    image = np.zeros((size, size), dtype=np.float32)
    for cx, cy, a, b, grey in ellipses(seed, size):
        image[((x - cx) / a) ** 2 + ((y - cy) / b) ** 2 < 1] = grey
    return noisy(image, seed)


def seconds(work: Callable[[int], object], n: int) -> float:
    """CPU seconds of one of ``n`` pieces of work."""
    begun = time.process_time()
    for i in range(n):
        work(i)
    return (time.process_time() - begun) / n


def png(image: np.ndarray) -> bytes:
    file = BytesIO()
    Image.fromarray(image).save(file, "PNG", compress_level=1)
    return file.getvalue()


def ways(size: int, n: int) -> dict[str, Callable[[int], object]]:
    scenes = [draw_scene(i, "test", MODALITIES[i % 3]) for i in range(n)]
    images = [draw(s, size) for s in scenes]
    return {
        "scene": lambda i: draw_scene(i, "test"),
        "draw, chest": lambda i: draw(scenes[i // 3 * 3], size),
        "draw, brain": lambda i: draw(scenes[i // 3 * 3 + 1], size),
        "draw, abdomen": lambda i: draw(scenes[i // 3 * 3 + 2], size),
        "draw": lambda i: draw(scenes[i], size),
        "scene, draw, PNG": lambda i: png(draw(draw_scene(i, "test"), size)),
        "report": lambda i: report(scenes[i], i),
        "measure": lambda i: measure(images[i]),
        "PIL": lambda i: with_pil(i, size),
        "matplotlib": lambda i: with_matplotlib(i, size),
        "numpy masks": lambda i: with_numpy(i, size),
    }


def folder(size: int, n: int) -> float:
    with tempfile.TemporaryDirectory() as place:
        begun = time.process_time()
        write_folder(FolderPlan(n=n, seed=1, size=size), Path(place) / "P")
        return (time.process_time() - begun) / n


def recovered(n: int, first: int) -> dict[str, dict[str, float]]:
    """Sensitivity and specificity a side (or place, where there is no side), and errors of size, for each finding."""
    cells: dict[str, list[tuple[bool, bool]]] = {name: [] for name in KINDS}
    errors: dict[str, list[float]] = {name: [] for name in KINDS}
    described: dict[str, list[bool]] = {name: [] for name in KINDS}
    kinds = 0
    for modality in MODALITIES:
        for i in range(first, first + n):
            scene = draw_scene(i, "test", modality)
            reading = measure(draw(scene))
            kinds += (reading.modality, reading.view) == (scene.modality, scene.view)
            for kind in kinds_of(modality):
                spots = [("left", ""), ("right", "")] if kind.sided else [("", place) for place in kind.places or ("",)]
                for side, place in spots:
                    true = scene.of(kind.name, side, place)
                    seen = [
                        f for f in reading.findings if f.name == kind.name and f.side == side and place in ("", f.place)
                    ]
                    cells[kind.name].append((bool(true), bool(seen)))
                    for t, s in zip(true, seen, strict=False):
                        errors[kind.name].append(s.size - t.size)
                        described[kind.name].append((s.place, s.attribute) == (t.place, t.attribute))
    print(f"kind of image and view: {kinds} of {3 * n}")
    table = {}
    for name, pairs in cells.items():
        true = [s for t, s in pairs if t]
        false = [s for t, s in pairs if not t]
        table[name] = {
            "present": len(true),
            "sensitivity": sum(true) / len(true),
            "absent": len(false),
            "specificity": 1 - sum(false) / len(false),
            "mean error": float(np.mean(errors[name])),
            "95 % within": float(np.quantile(np.abs(errors[name]), 0.95)),
            "place and look": float(np.mean(described[name])),
        }
        print(f"  {name:18s} " + "  ".join(f"{k} {v:.3g}" for k, v in table[name].items()))
    return table


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", type=int, nargs="+", default=[128, 256])
    parser.add_argument("--n", type=int, default=150)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--recover", type=int, default=0)
    parser.add_argument("--first", type=int, default=1000)
    options = parser.parse_args()
    if options.recover:
        options.out.write_text(json.dumps(recovered(options.recover, options.first), indent=2))
        return
    figures = {}
    for size in options.sizes:
        todo = ways(size, options.n // 3 * 3)
        taken: dict[str, list[float]] = {name: [] for name in [*todo, "folder"]}
        for _ in range(options.repeats):
            for name, work in todo.items():
                taken[name].append(seconds(work, options.n // 3 * 3))
            taken["folder"].append(folder(size, options.n))
        rates = {name: 1 / statistics.median(t) for name, t in taken.items()}
        figures[size] = {name: round(rate, 1) for name, rate in rates.items()}
        print(f"{size} px, per second and core")
        for name, rate in rates.items():
            print(f"  {name:18s} {rate:9.0f}   draw is {rates['draw'] / rate:6.2f} times as fast")
    about = {"python": platform.python_version(), "numpy": np.__version__, "machine": platform.machine()}
    options.out.write_text(json.dumps({"about": about, "per second and core": figures}, indent=2))


if __name__ == "__main__":
    main()
