"""A package that adds one part of each kind, each one file; each is used from the command line and from Python."""

import json
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
        *("--generate", "modality"),
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


def test_a_format_of_another_package_is_ones_own_data_unless_it_says_that_it_is_published(
    built: Path, tmp_path: Path
) -> None:
    assert au.ItemSet(built).manifest.counts["split"] == {"test": 9}
    said = "import auscult_example.question_lines as q; q.PUBLISHED = True; from auscult.corpora import shares_of; "
    ran = run(built.parent, "-c", said + "print(shares_of('question-lines'), shares_of('vqa-rad', 'question-lines'))")
    assert ran.returncode == 0 and ran.stdout.count("'train': 0.66") == 2, ran.stderr


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


def test_a_certificate_is_a_command_with_its_own_options(folder: Path) -> None:
    ran = run(folder, "-m", "auscult", "calibrate", "names-side", "--each", "60", "--out", "sides.json")
    assert ran.returncode == 0, ran.stderr
    assert "120 of 120" in ran.stdout and ran.stdout.endswith("sides.json\n")
    made = json.loads((folder / "sides.json").read_text())
    assert made["passed"] is True and made["figures"][0]["n"] == 120


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


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package whose parts are all of the wrong form, and one of which cannot be imported."""
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "__init__.py").write_text(BROKEN)
    about = tmp_path / "bad-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: bad\nVersion: 1.0\n")
    groups = {
        "models": ("bare", "halves", "silent", "cracked"),
        "corpora": ("numbers",),
        "protocols": ("loose", "undone", "mute"),
        "generators": ("empty",),
        "judges": ("blank",),
        "scorers": ("shapeless",),
    }
    lines = [f"[auscult.{group}]\n" + "".join(f"{n} = bad:{n}\n" for n in names) for group, names in groups.items()]
    (about / "entry_points.txt").write_text("".join(lines) + "gone = bad.nowhere\n")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(tmp_path), os.environ.get("PYTHONPATH")])))


BROKEN = """
from dataclasses import dataclass
from types import SimpleNamespace as Part
from typing import ClassVar
from auscult.models import Model
from auscult.protocols import Protocol

class Nameless(Model):
    async def reply(self, calls): return []

class Speechless(Model):
    identity = "halves"

class Silent(Model):
    identity = "silent"
    blind = True
    async def reply(self, calls): return None

@dataclass(eq=False)
class Undone(Protocol):
    version: ClassVar[str] = "1"

@dataclass(eq=False)
class Mute(Protocol):
    version: ClassVar[str] = "1"
    async def answers(self, group, ask): return None

bare = Part(create=lambda rest, options: Nameless())
halves = Part(create=lambda rest, options: Speechless())
silent = Part(create=lambda rest, options: Silent())
cracked = Part(create=lambda rest, options: 1 / 0)
numbers = Part(ABOUT="numbers", read=lambda path, options: iter([1]))
loose = Part(PROTOCOL=dict)
undone = Part(PROTOCOL=Undone)
mute = Part(PROTOCOL=Mute)
empty = Part(GENERATOR=None)
blank = Part(create=lambda identity, options: object())
shapeless = Part(SCORER="closed")
"""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--model bare:x", "model kind 'bare' (bad:bare): 'Nameless' is no auscult.models.Model (it has no identity)"),
        ("--model halves:x", "cannot be made (TypeError: Can't instantiate abstract class Speechless"),
        ("--model silent:x", "silent: 'reply' did not give one Reply a call"),
        ("--model cracked:x", "model kind 'cracked' (bad:cracked): cannot be made (ZeroDivisionError"),
        ("--model silent", "says which kind of model and not which one; write silent:NAME"),
        ("--model baseline:always-last --protocol loose", "its PROTOCOL is no auscult.protocols.Protocol"),
        ("--model baseline:always-last --protocol undone", "its PROTOCOL lacks answers"),
        ("--model baseline:always-last --protocol mute", "protocol mute@1: 'answers' did not give Answers"),
        ("--model baseline:always-last --scorers shapeless", "'str' is no auscult.scorers.scoring.Scorer or auscult"),
        ("--model baseline:always-last --scorers gone", "cannot be imported"),
        ("--model baseline:always-last --judge baseline:always-last --judge-protocol blank", "it has no instrument"),
    ],
)
def test_what_another_package_makes_of_the_wrong_form_is_one_line(
    built: Path, broken: None, tmp_path: Path, words: str, said: str
) -> None:
    ran = run(built.parent, "-m", "auscult", "evaluate", "items", *words.split(), "--out", tmp_path / "run")
    lines = [line for line in ran.stderr.splitlines() if "left out" not in line]
    assert ran.returncode == 2 and said in lines[-1] and "Traceback" not in ran.stderr, ran.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [("--from numbers", "gives a int in place of a Bundle"), ("--from numbers --generate empty", "GENERATOR is no")],
)
def test_so_is_what_a_reader_or_a_generator_gives(
    folder: Path, broken: None, tmp_path: Path, words: str, said: str
) -> None:
    ran = run(folder, "-m", "auscult", "build", *words.split(), "questions.txt", "--out", tmp_path / "items")
    assert ran.returncode == 2 and said in ran.stderr and "Traceback" not in ran.stderr, ran.stderr


def test_a_broken_scorer_that_nobody_named_is_left_out_with_a_warning_and_a_note(
    built: Path, broken: None, tmp_path: Path
) -> None:
    words = ("evaluate", "items", "--model", "baseline:always-last", "--out", tmp_path / "run")
    ran = run(built.parent, "-m", "auscult", *words)
    assert ran.returncode == 0, ran.stderr
    warned = [line for line in ran.stderr.splitlines() if "left out" in line]
    assert len(warned) == 2 and any("'gone = bad.nowhere'" in line for line in warned)
    made = Run(tmp_path / "run")
    assert [n for n in made.manifest["notes"] if "left out" in n] == warned
    assert set(warned) <= set(made.summary.warnings) and made.summary.of("headline")


def test_a_scorer_that_was_mended_is_used_by_the_next_scoring_and_the_note_goes(
    built: Path, broken: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(
        built.parent, "-m", "auscult", "evaluate", "items", "--model", "baseline:always-last", "--out", tmp_path / "run"
    )
    monkeypatch.delenv("PYTHONPATH")
    au.score(tmp_path / "run")
    assert not [n for n in Run(tmp_path / "run").manifest["notes"] if "left out" in n]


@pytest.mark.parametrize(
    "words",
    ["report items", "compare items items", "score items --scorers closed"],
)
def test_an_item_set_in_place_of_a_run_is_called_one(built: Path, words: str) -> None:
    ran = run(built.parent, "-m", "auscult", *words.split())
    assert ran.returncode == 2 and "items: is an item set and no run" in ran.stderr, ran.stderr


def test_the_forecast_says_what_is_true_of_a_blind_model_and_refuses_what_the_run_refuses(built: Path) -> None:
    words = ("-m", "auscult", "evaluate", "items", "--model", "baseline:always-last", "--out", "new", "--dry-run")
    said = run(built.parent, *words)
    assert said.returncode == 0 and "images among" not in said.stdout and "canary is not asked" in said.stdout
    assert "none: nothing is sent" in said.stdout and "tried again" not in said.stdout
    inside = run(built.parent, *words[:-3], "--out", "items/run", "--dry-run")
    assert inside.returncode == 2 and "lies in an item set" in inside.stderr
