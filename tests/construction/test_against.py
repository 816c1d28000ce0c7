"""What stands in a benchmark stays out of a set that is held against it: images, and freely worded questions."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import gaussian_filter

from auscult.api.building import build
from auscult.construction.against import Benchmark, Decontamination
from auscult.errors import UserError
from auscult.items.item_set import ItemSet
from auscult.records import Case, Item

ASKED = "Which part of the left lung holds the round opacity that has grown since"


def picture(seed: int) -> Image.Image:
    noise = gaussian_filter(np.random.default_rng(seed).normal(size=(256, 256)), 4)
    scaled = 255 * (noise - noise.min()) / (noise.max() - noise.min())
    return Image.fromarray(scaled.astype(np.uint8))


def folder(home: Path, rows: list[tuple[Image.Image, str, str, str]], suffix: str = "png") -> Path:
    home.mkdir()
    for n, (image, *_) in enumerate(rows):
        image.save(home / f"{n}.{suffix}", **({"quality": 60} if suffix == "jpg" else {}))
    lines = [f"{n}.{suffix},{question},{answer}" for n, (_, question, answer, _) in enumerate(rows)]
    (home / "t.csv").write_text("\n".join(["image,question,answer", *lines]) + "\n")
    return home / "t.csv"


@pytest.fixture(scope="module")
def benchmark(tmp_path_factory: pytest.TempPathFactory) -> ItemSet:
    home = tmp_path_factory.mktemp("benchmark")
    rows = [(picture(1), "Is there a mass?", "yes", ""), (picture(2), f"{ASKED} May?", "the upper lobe", "")]
    return build("image-folder", folder(home / "raw", rows), home / "bench")


def test_a_picture_that_is_saved_another_way_stands_in_the_benchmark(benchmark: ItemSet, tmp_path: Path) -> None:
    again = picture(1).resize((180, 180))
    rows = [(again, "What is seen?", "a mass", ""), (picture(9), "Is there a mass?", "no", "")]
    table = folder(tmp_path / "raw", rows, "jpg")
    made = build("image-folder", table, tmp_path / "set", against=[benchmark.folder])
    assert [item.question for item in made] == ["Is there a mass?"]
    assert made.manifest.left_out == {"its image stands in bench": 1}
    (held,) = made.manifest.source["options"]["against"]
    assert held == {"name": "bench", "digest": benchmark.digest, "questions": 2, "images": 2}


def test_equal_pixels_stand_in_the_benchmark_and_another_image_does_not(benchmark: ItemSet, tmp_path: Path) -> None:
    rows = [(picture(n), f"What is seen in number {n} here?", "a mass", "") for n in (7, 2, 8, 1)]
    made = build("image-folder", folder(tmp_path / "raw", rows), tmp_path / "set", against=[benchmark.folder])
    assert made.manifest.left_out == {"its image stands in bench": 2} and made.manifest.cases == 2


def test_where_every_image_stands_there_one_line_says_so(benchmark: ItemSet, tmp_path: Path) -> None:
    table = folder(tmp_path / "raw", [(picture(1), "What is seen?", "a mass", "")])
    with pytest.raises(UserError, match="every image stands in"):
        build("image-folder", table, tmp_path / "set", against=[benchmark.folder])
    assert not (tmp_path / "set").exists()


@pytest.mark.parametrize(
    ("question", "how"),
    [
        (f"{ASKED.lower()} may", "word for word"),
        ("Say in which part of the left lung holds the round opacity anything", "8 words on end"),
        ("Where is the round opacity?", ""),
        ("Is there a mass?", ""),
    ],
)
def test_a_freely_worded_question_is_refused_about_any_image(benchmark: ItemSet, question: str, how: str) -> None:
    check = Decontamination(benchmarks=[Benchmark(benchmark.folder)])
    kind = "yes_no" if question.startswith("Is") else "open"
    item = Item(id="i", case_id="c", source_id="s", question=question, reference="r", answer_type=kind)  # type: ignore[arg-type]
    case = Case(id="c", source="s", source_key="k")
    said = check.refuse(case, item, ())
    assert said == (f"its question stands in bench: {how}, as question 2" if how else "")
    templates = Item(
        id="i", case_id="c", source_id="s", question=question, reference="r", answer_type="open", tags={"phrasing": "1"}
    )
    assert check.refuse(case, templates, ()) == ""


def test_a_table_of_questions_is_a_benchmark_and_finds_those_that_nearly_stand_there(tmp_path: Path) -> None:
    (tmp_path / "b.jsonl").write_text('{"question": "Where is it?"}\n{"question": "Short one?"}\n')
    there = Benchmark(tmp_path / "b.jsonl")
    assert there.about()["questions"] == 2 and there.about()["images"] == 0
    assert there.asks("short  ONE") == ("word for word", 2)
    short = "where does the tube end now"
    (tmp_path / "c.csv").write_text(f"question\n{short}\n")
    assert Benchmark(tmp_path / "c.csv").asks("where does the tube end") == ("nearly", 1)
    assert there.asks("how does the heart look") == ("", 0)


def test_what_is_no_benchmark_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text\nhello\n")
    with pytest.raises(UserError, match="no column 'question'; --against takes an item set"):
        Benchmark(tmp_path / "a.csv")
    (tmp_path / "e.csv").write_text("question\n")
    with pytest.raises(UserError, match="holds no rows"):
        Benchmark(tmp_path / "e.csv")
