"""A package that adds one part of each kind, each one file; each is used from the command line and from Python."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image
from tests.conftest import REPO

import auscult as au
from auscult import Run

PLUGIN = REPO / "tests" / "plugin"
LINES = """a.png | Is there an effusion? | yes
b.png | Is there a nodule? | no
b.png | Which side is it on? | left"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("plugin")
    for n, name in enumerate(("a.png", "b.png")):
        Image.new("L", (32, 32), 60 * n + 30).save(made / name)
    (made / "questions.txt").write_text(LINES)
    return made


def run(folder: Path, *command: str | Path) -> subprocess.CompletedProcess[str]:
    """A program of its own, which finds the package as if it had been installed."""
    paths = [str(PLUGIN), *filter(None, [os.environ.get("PYTHONPATH")])]
    env = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
    return subprocess.run([sys.executable, *map(str, command)], cwd=folder, env=env, capture_output=True, text=True)


@pytest.fixture(scope="module")
def built(folder: Path) -> Path:
    ran = run(
        folder,
        *("-m", "auscult", "build", "--from", "question-lines", "questions.txt", "--out", "items"),
        *("--generate", "modality", "--train-share", "0"),
    )
    assert ran.returncode == 0, ran.stderr
    return folder / "items"


@pytest.fixture(scope="module")
def evaluated(built: Path) -> Run:
    ran = run(
        built.parent,
        *("-m", "auscult", "evaluate", "items", "--model", "parrot:Yes, on the left.", "--protocol", "asked-twice"),
        *("--judge", "parrot:7", "--judge-protocol", "brief", "--scorers", "closed,names-side", "--out", "run"),
    )
    assert ran.returncode == 0, ran.stderr
    return Run(built.parent / "run")


def test_a_data_set_format_and_a_generator_make_an_item_set(built: Path) -> None:
    questions = [item.question for item in au.ItemSet(built)]
    assert len(questions) == 3 + 2 * 3 and "Is this a ultrasound?" in questions


def test_a_model_kind_answers_under_a_protocol_of_two_calls(evaluated: Run) -> None:
    answers = list(evaluated.answers)
    assert {a["text"] for a in answers} == {"Yes, on the left."}
    assert evaluated.manifest["model"]["identity"] == "parrot:Yes, on the left."
    assert "asked-twice@1" in str(evaluated.manifest["settings"]["protocol"])


def test_a_scorer_named_by_the_user_stands_in_the_headline_with_its_own_label(evaluated: Run) -> None:
    found = [f for f in evaluated.summary.of("headline") if f.scorer == "names-side@1"]
    assert found and found[0].metric == "names a side" and found[0].with_image
    assert found[0].with_image.value == 1


def test_a_judge_protocol_gives_its_marks(evaluated: Run) -> None:
    marks = [f for f in evaluated.summary.of("quality") if f.group.startswith("brief@")]
    assert marks and marks[0].with_image and marks[0].with_image.value == 7


def test_report_and_comparison_know_them_from_the_run_alone(built: Path, evaluated: Run) -> None:
    """Here, in a process that does not have the package."""
    assert "names a side" in evaluated.report().read_text("utf-8")
    other = au.evaluate(built, "baseline:always-last", built.parent / "other", scorers="closed")
    compared = au.compare([evaluated, other], columns=["closed"])
    assert "accuracy" in repr(compared)
    assert not [name for name in sys.modules if name.startswith("auscult_example")]


def test_python_uses_each_of_them(folder: Path) -> None:
    code = """
import auscult as au
items = au.build("question-lines", "questions.txt", out="items-2", generate=["modality"])
judge = au.Readers(judges=(("parrot:7", au.JudgingOptions(protocol="brief")),))
run = au.evaluate(items, "parrot:No.", out="run-2", protocol="asked-twice", scorers="names-side", readers=judge)
print({row["text"] for row in run.answers}, {row["scorer"] for row in run.scores})
"""
    ran = run(folder, "-c", code)
    assert ran.returncode == 0, ran.stderr
    assert "'No.'" in ran.stdout and "'names-side'" in ran.stdout and "'brief'" in ran.stdout


def test_an_unknown_part_is_one_line_with_those_that_are_known(built: Path) -> None:
    ran = run(built.parent, "-m", "auscult", "evaluate", "items", "--model", "parot:x", "--out", "run-3")
    said = ran.stderr.strip().splitlines()
    assert ran.returncode == 2 and len(said) == 1 and "parrot" in said[0]


@pytest.mark.parametrize("name", ["parrot", "question_lines"])
def test_the_guide_shows_the_parts_as_they_are(name: str) -> None:
    code = (PLUGIN / "auscult_example" / f"{name}.py").read_text("utf-8")
    assert f"```python\n{code}```" in (REPO / "docs" / "how-to" / "add-a-part.md").read_text("utf-8")
