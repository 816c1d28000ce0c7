"""Options: one name for one thing in every command, everyday ones first, and any of them from a file."""

import json
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Auscult
from tests.conftest import REPO

from auscult.cli import COMMANDS, loaded, main
from auscult.cli.config import option_name
from auscult.engine.limits import AskOptions
from auscult.errors import UserError
from auscult.records import Decoding
from auscult.runs.folder import Typed, run_folder
from auscult.runs.judging_options import JudgingOptions
from auscult.runs.reading_options import ReaderOptions
from auscult.runs.settings import Settings
from auscult.scorers.judges import JudgeOptions

BASELINE = "baseline:always-last"
OTHERS = {"--psm", "--reasoning-parser", "--log-dir", "--data", "--dataset", "--image", "--num"}
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
    assert several <= {"against", "answers", "split", "traces"}, {name: kinds[name] for name in several}


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
            text = re.sub(r"accelerate launch [^\n]*? -m ", "", file.read_text("utf-8"))  # another program's options
            named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+[a-z]", text))
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
    assert len(shown(few) - {"config", "help-all", "json", "quiet", "verbose"}) <= 15 and {
        "config",
        "help-all",
    } <= shown(few)
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
    assert other == kept and "out" not in kept
    text = (first / "config.toml").read_text("utf-8")
    assert f"auscult evaluate --config {first / 'config.toml'} --out NEW" in text
    unnamed = auscult("evaluate", "--config", first / "config.toml")
    assert unnamed.code == 2 and "--out" in unnamed.err
    command = json.loads((first / "manifest.json").read_bytes())["command"]
    assert command == shlex.join(["auscult", *(str(w) for w in words)])


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
        ('limit = "ten"', 'limit: takes a whole number, not "ten"'),
        ("limit = true", "limit: takes a whole number, not true"),
        ("limit = 0", "in the file of --config"),
        ("temperature = false", "takes a number, not false"),
        ("temperature = inf", "finite"),
        ('canary = "no"', "takes true or false"),
        ("canary = 1", "takes true or false"),
        ("scorers = 3", "takes a text in quotes"),
        ("split = ['a', 3]", "takes a text in quotes, not 3"),
        ('map = "a=b"', 'takes a list, as in map = ["a=b"]'),
        (
            "[evaluate]\nlimit = 3",
            "[evaluate] limit is evaluate-limit: a table joins its name by a dash; did you mean",
        ),
        ('model = "a"\n[model]\nseed = 3', "a name may stand there once, as a value or as a table"),
        ("budget-calls = 3\n[budget]\ncalls = 4", "'budget-calls' is given twice"),
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


def test_the_command_that_is_noted_can_be_pasted_however_the_program_was_started(
    auscult: Auscult, sample_items: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "a run"
    words = ["evaluate", str(sample_items), "--model", BASELINE, "--limit", "1", "--no-canary", "--out", str(out)]
    monkeypatch.setattr(sys, "argv", ["/some/where/__main__.py", *words])
    with pytest.raises(SystemExit):
        main()
    (out / "summary.json").unlink()
    assert shlex.join(["auscult", *words]) in auscult("report", out).err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--temperature", "inf"], "--temperature takes a finite number, not inf"),
        (["--timeout", "inf"], "--timeout"),
        (["--timeout", "nan"], "--timeout takes a finite number, not nan"),
        (["--max-missing", "-Inf"], "--max-missing takes a finite number, not -Inf"),
        (["--judge-price-in", "inf"], "--judge-price-in"),
        (["--samples", "0"], "--samples"),
        (["--seed", "-1"], "--seed"),
        (["--reader-tries", "0"], "--reader-tries"),
        *(
            ([f"--{who}budget-{what}", "-5"], f"--{who}budget-{what}")
            for who in ("", "judge-", "reader-")
            for what in ("calls", "tokens", "cost")
        ),
    ],
)
def test_a_number_that_cannot_be_meant_is_refused_before_a_folder_is_made(
    auscult: Auscult, sample_items: Path, tmp_path: Path, words: list[str], said: str
) -> None:
    ran = auscult("evaluate", sample_items, "--model", BASELINE, "--out", tmp_path / "run", *words)
    assert ran.code == 2 and said in ran.err and ran.err.count("\n") == 1, ran
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    "options",
    [
        AskOptions(budget_tokens=-1),
        AskOptions(timeout=float("inf")),
        Settings(samples=0),
        Settings(decoding=Decoding(top_p=2)),
        JudgingOptions(asking=AskOptions(retries=-1)),
        JudgingOptions(judge=JudgeOptions(tries=0)),
        ReaderOptions(tries=0),
    ],
)
def test_options_know_their_bounds_themselves(options: Any) -> None:
    with pytest.raises(UserError, match=r"must be .*, not"):
        options.check()


def test_help_shows_the_range_of_a_number(auscult: Auscult) -> None:
    said = " ".join(auscult("evaluate", "--help-all").out.split())
    assert "(default: 1.0; 0 to 1)" in said and "earlier attempts counted in. (0 or more)" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["evaluate", "i", "--model", "a", "--model", "b", "--out", "o"], "--model is given 2 times"),
        (["evaluate", "i", "--model", "a", "--out", "o", "--canary", "--no-canary"], "--canary is given 2 times"),
        (["gate", "c.toml", "run", "--html", "a", "--html", "b"], "--html is given 2 times"),
        (["report", "r", "--config", "a", "--config", "b"], "--config is given 2 times"),
    ],
)
def test_an_option_that_takes_one_value_is_given_once(auscult: Auscult, words: list[str], said: str) -> None:
    ran = auscult(*words)
    assert ran.code == 2 and said in ran.err and ran.err.count("\n") == 1, ran


def test_a_file_that_is_used_in_another_folder_says_where_its_paths_begin(
    auscult: Auscult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = ["# Paths are relative to /where/it/was", 'items = "my-items"', f'model = "{BASELINE}"']
    (tmp_path / "run.toml").write_text("\n".join(lines))
    monkeypatch.chdir(tmp_path)
    ran = auscult("evaluate", "--config", "run.toml", "--out", "run")
    assert ran.code == 2 and "paths in run.toml are relative to /where/it/was, where it was made" in ran.err, ran
    (tmp_path / "run.toml").write_text("\n".join(lines[1:]))
    bare = auscult("evaluate", "--config", "run.toml", "--out", "run")
    assert "relative to the folder where auscult runs" in bare.err
    typed = auscult("evaluate", "other", "--config", "run.toml", "--out", "run")
    assert "relative" not in typed.err


def test_help_texts_name_nothing_that_cannot_be_typed_and_one_thing_in_one_way() -> None:
    texts = [(c, n, str(o.help)) for c, command in commands() for n, o in options(command).items()]
    assert [t for t in texts if re.search(r"\bNone\b|[Ll]ikewise", t[2])] == []
    for name in ("split", "config", "help-all"):
        assert len({text for c, n, text in texts if n == name and c in ("evaluate", "score")}) == 1, name


@pytest.mark.parametrize("width", [60, 80])
def test_no_name_or_value_is_cut_in_a_narrow_terminal(
    auscult: Auscult, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    for name, command in commands():
        said = auscult(*name.split(), "--help-all").out
        assert "…" not in said and shown(said) >= set(options(command)), name


def test_a_command_names_its_own_exit_codes(auscult: Auscult) -> None:
    codes = {}
    for name in ("evaluate", "compare", "gate", "report", "phantoms", "judge-baseline"):
        said = " ".join(auscult(name, "--help").out.split()).partition("Exit codes: ")[2].partition(";")[0]
        codes[name] = re.findall(r"\b\d+(?= [a-zA-Z])", said)
    assert codes["evaluate"] == ["0", "2", "3", "4", "7", "130"] and codes["compare"] == ["0", "2", "4", "130"]
    assert codes["gate"] == ["0", "2", "5", "6", "130"] and codes["judge-baseline"] == ["0", "2", "3", "7", "130"]
    assert codes["report"] == codes["phantoms"] == ["0", "2", "130"]
