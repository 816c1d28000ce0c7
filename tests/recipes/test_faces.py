"""Four models of which it is known what is wrong: their first screens must say it, and nothing else."""

from pathlib import Path

import pytest

from auscult.analysis.summary import read_summary
from auscult.reports.face import Face
from auscult.reports.verdicts import run_face
from recipes import faces

QUESTIONS = ("findings", "premises", "image", "guessing", "sure")
CLEAR, PROBLEM, OPEN = "clear", "problem", "not known"


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Face]:
    """The four first screens, on phantoms enough to tell a good model."""
    made = faces.make(tmp_path_factory.mktemp("faces"), images=110)
    return {name: run_face(read_summary(run / "summary.json"), run=str(run)) for name, run in made.items()}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("good", (CLEAR, CLEAR, CLEAR, CLEAR, CLEAR)),
        ("invents", (PROBLEM, PROBLEM, CLEAR, CLEAR, CLEAR)),
        ("blind", (PROBLEM, PROBLEM, PROBLEM, PROBLEM, CLEAR)),
        ("few", (OPEN, OPEN, CLEAR, CLEAR, OPEN)),
    ],
)
def test_each_model_is_told_by_its_first_screen(shown: dict[str, Face], name: str, words: tuple[str, ...]) -> None:
    found = {v.key: v.word for v in shown[name].verdicts}
    assert tuple(found[key] for key in QUESTIONS) == words


@pytest.mark.slow
def test_each_first_screen_says_what_to_do_next(shown: dict[str, Face]) -> None:
    first = {name: face.steps[0] for name, face in shown.items()}
    for name in ("good", "invents", "few"):
        assert first[name].sentence.startswith("Whoever runs the software tests it on real images")
    assert first["blind"].sentence.startswith("Whoever runs the model checks that the right image reaches it")
    assert "at least 60 that show the finding" in first["few"].sentence


@pytest.mark.slow
def test_each_first_screen_says_in_one_line_what_is_wrong(shown: dict[str, Face]) -> None:
    assert shown["good"].line == "No fault in more than 5 of 100 on drawn test images."
    assert shown["invents"].line.startswith("It says yes too often, and goes along with false statements")
    assert shown["blind"].line == "It answers as if it does not see the image."
    assert shown["few"].line == "Too few images to judge it."


def test_always_yes_invents_everything_and_never_looks(tmp_path: Path) -> None:
    runs = faces.make(tmp_path, images=24, few=10, only={"always yes": lambda item, condition: "Yes."})
    face = run_face(read_summary(runs["always yes"] / "summary.json"))
    found = {v.key: v for v in face.verdicts}
    assert found["findings"].sentence.startswith("It reported 20 of 20 findings that were absent.")
    assert "no credit" in found["findings"].sentence
    assert (found["findings"].word, found["image"].word) == (PROBLEM, PROBLEM)
    assert "told apart 50 of 100" in found["image"].sentence
    assert face.line == "It answers as if it does not see the image."
