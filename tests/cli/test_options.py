"""Options: one name for one thing in every command, everyday ones first, and any of them from a file."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Auscult
from tests.conftest import REPO

from auscult.cli import COMMANDS, loaded
from auscult.cli.config import option_name
from auscult.runs.folder import Typed, run_folder

BASELINE = "baseline:always-last"
OTHERS = {"--reasoning-parser", "--log-dir"}
"""Options of other programs that messages name."""


def commands() -> Iterator[tuple[str, Any]]:
    for name in COMMANDS:
        command = loaded(name)
        for part, inner in getattr(command, "commands", {"": command}).items():
            yield f"{name} {part}".strip(), inner


def options(command: Any) -> dict[str, Any]:
    return {option_name(p): p for p in command.params if p.param_type_name == "option"}


def shown(text: str) -> set[str]:
    return set(re.findall(r"^  --(?:\[no-\])?([a-z-]+)", text, re.MULTILINE))


def test_every_option_of_every_command_is_explained() -> None:
    assert [(c, o) for c, command in commands() for o, p in options(command).items() if not p.help] == []


def test_an_option_takes_the_same_kind_of_value_in_every_command() -> None:
    kinds: dict[str, set[str]] = {}
    for _, command in commands():
        for name, option in options(command).items():
            kinds.setdefault(name, set()).add(str(option.type_descriptor.annotation).replace(" | None", ""))
    several = {name for name, kind in kinds.items() if len(kind) > 1}
    assert several <= {"answers"}, {name: kinds[name] for name in several}


def test_a_judge_is_named_and_asked_by_the_same_options_in_every_command() -> None:
    judged = [
        options(c) for name, c in commands() if name in ("evaluate", "score", "judge-baseline", "calibrate judge")
    ]
    common = {name for name in judged[0] if name == "judge" or name.startswith("judge-")} & set.intersection(
        *(set(o) for o in judged)
    )
    assert {"judge", "judge-temperature", "judge-max-tokens", "judge-concurrency", "judge-budget-cost"} <= common
    assert all("parse-policy" in o for o in judged)


def test_every_option_that_a_message_names_is_there() -> None:
    known = {flag for _, command in commands() for p in command.params for flag in (*p.opts, *p.secondary_opts)}
    for file in (REPO / "src" / "auscult").rglob("*.py"):
        if file.parts[-2:] != ("gate", "simulation.py"):  # a program of its own
            named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+[a-z]", file.read_text("utf-8")))
            assert named <= known | OTHERS | {"--help", "--version"}, (file, named - known)


def test_every_command_on_a_page_has_the_options_that_it_is_given() -> None:
    known = {name: {flag for p in c.params for flag in (*p.opts, *p.secondary_opts)} for name, c in commands()}
    pages = [REPO / "README.md", *REPO.glob("docs/**/*.md")]
    found = 0
    for page in pages:
        text = page.read_text("utf-8").replace("\\\n", " ")
        for words in re.findall(r"auscult ((?:calibrate |rate )?[a-z-]+)\b([^`\n#]*)", text):
            named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+[a-z]", words[1])) - {"--help", "--version"}
            if words[0] in known:
                found += bool(named)
                assert named <= known[words[0]], (page, words, named - known[words[0]])
    assert found > 50


def test_plain_help_shows_the_everyday_options_and_says_how_many_more_there_are(
    auscult: Auscult, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    few, every = auscult("evaluate", "--help").out, auscult("evaluate", "--help-all").out
    known = options(dict(commands())["evaluate"])
    assert {"model", "out", "judge", "scorers", "temperature", "dry-run"} <= shown(few)
    assert len(shown(few)) <= 15
    hidden = len(set(known) - shown(few))
    assert f"{hidden} more options: auscult evaluate --help-all" in few and "Exit codes" in few and "Examples" in few
    assert shown(every) == set(known) and "more options" not in every


def test_a_run_can_be_given_again_by_the_options_that_it_keeps(
    auscult: Auscult, sample_items: Path, tmp_path: Path
) -> None:
    first, again = tmp_path / "first", tmp_path / "again"
    words = ["evaluate", sample_items, "--model", BASELINE, "--controls", 7, "--no-canary", "--out", first]
    assert auscult(*words).code == 0
    kept = tomllib.loads((first / "config.toml").read_text("utf-8"))
    assert kept["controls"] == 7 and kept["canary"] is False and kept["items"] == str(sample_items)
    assert auscult("evaluate", "--config", first / "config.toml", "--out", again).code == 0
    other = tomllib.loads((again / "config.toml").read_text("utf-8"))
    assert other == kept | {"out": str(again)}


def test_no_password_is_kept(tmp_path: Path) -> None:
    typed = Typed("auscult evaluate", 'model = "openai:m@http://me:secret@127.0.0.1:9/v1"\n')
    with run_folder(tmp_path / "run", {}, typed):
        text = (tmp_path / "run" / "config.toml").read_text("utf-8")
    assert "127.0.0.1:9" in text and "secret" not in text


def test_tables_of_a_file_stand_for_groups_and_what_is_typed_wins(
    auscult: Auscult, sample_items: Path, tmp_path: Path
) -> None:
    (tmp_path / "answers.csv").write_text("qid,said\n1,yes\n")
    lines = [f'items = "{sample_items}"', f'model = "{BASELINE}"', "controls = 3", 'scorers = ["closed", "pope"]']
    lines += ["[budget]", "calls = 900", "[map]", 'id = "qid"', "[judge]", 'model = "facts"', "repeats = 1"]
    (tmp_path / "run.toml").write_text("\n".join(lines))
    words = ["evaluate", "--config", tmp_path / "run.toml", "--controls", 4, "--out", tmp_path / "run", "--dry-run"]
    assert "calls to ask" in auscult(*words).out and not (tmp_path / "run").exists()
    assert auscult(*words[:-1]).code == 0
    kept = tomllib.loads((tmp_path / "run" / "config.toml").read_text("utf-8"))
    assert (kept["controls"], kept["budget-calls"], kept["map"]) == (4, 900, ["id=qid"])
    assert (kept["scorers"], kept["judge"]) == ("closed,pope", "facts")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("max_tokens = 5", "no option 'max_tokens'; did you mean 'max-tokens'?"),
        ("[budget]\ncosts = 5", "did you mean 'budget-cost'?"),
        ("zzz = 1", "auscult evaluate --help-all"),
        ("limit = ", "no TOML file"),
        ('limit = "ten"', "in the file of --config"),
    ],
)
def test_a_file_that_says_what_cannot_be_is_one_line(
    auscult: Auscult, sample_items: Path, tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "run.toml").write_text(text)
    words = ["evaluate", sample_items, "--model", BASELINE, "--out", tmp_path / "run"]
    ran = auscult(*words, "--config", tmp_path / "run.toml")
    assert ran.code == 2 and said in ran.err and ran.err.count("\n") == 1, ran
    assert auscult(*words, "--config", tmp_path / "none.toml").err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["evaluate", "--temprature", 1], "did you mean --temperature"),
        (["evalute"], "Did you mean 'evaluate'"),
        (["evaluate", "items", "--model", "m", "--out", "o", "--limit", 0], "'--limit'"),
        (["evaluate", "items"], "--model"),
        (["gate"], "see auscult gate --help"),
    ],
)
def test_words_that_are_no_command_are_one_line_that_says_what_is_near(
    auscult: Auscult, words: list[object], said: str
) -> None:
    ran = auscult(*words)
    assert ran.code == 2 and ran.out == "" and said in ran.err and ran.err.count("\n") == 1, ran


def test_python_m_auscult_is_the_command() -> None:
    ran = subprocess.run([sys.executable, "-m", "auscult", "--version"], capture_output=True, text=True, check=True)
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", ran.stdout)
