import re
import subprocess
import sys

import pytest
from tests.cli.conftest import Auscult

COMMANDS = [
    *("build", "phantoms", "evaluate", "score", "judge-baseline", "report", "compare", "gate", "export"),
    *("diagnose", "tune", "ablate", "audit", "inspect-log"),
    *("rate", "calibrate", "demo"),
]


def test_help_shows_every_command_with_an_example(auscult: Auscult) -> None:
    shown = " ".join(auscult("--help").out.replace("│", " ").split())
    assert all(f"auscult {command}" in shown for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(auscult: Auscult, command: str) -> None:
    assert auscult(command, "--help").code == 0


@pytest.mark.parametrize("group", ["audit", "calibrate", "rate"])
def test_a_command_of_several_is_as_plain_as_the_others_and_has_an_example(auscult: Auscult, group: str) -> None:
    shown = auscult(group, "--help").out
    assert shown.startswith(f"Usage: auscult {group} COMMAND [OPTIONS]") and not set("│╭╰") & set(shown)
    example = shown.partition("Example\n")[2].split("\n")[0].strip()
    assert example.startswith(f"auscult {group} ")
    assert re.search(rf"^  {example.split()[2]} ", shown.partition("Commands\n")[2], re.M)


def test_the_short_help_of_build_shows_what_a_first_build_needs(auscult: Auscult) -> None:
    shown = auscult("build", "--help").out
    wanted = ("--generator", "--checker", "--premises", "--and", "--preview", "--dry-run", "--map", "--images")
    assert [name for name in wanted if name not in shown.replace("--[no-]", "--")] == []
    assert "--temperature" not in shown and "--device" not in shown and "more options" in shown


def test_the_short_help_of_diagnose_shows_who_can_be_diagnosed(auscult: Auscult) -> None:
    shown = auscult("diagnose", "--help").out
    assert "--model" in shown and "--traces" in shown and "more options" in shown


def test_help_imports_nothing_heavy() -> None:
    code = "import sys, auscult.cli; print([m for m in sys.argv[1:] if m in sys.modules])"
    heavy = ["numpy", "pyarrow", "torch", "aiohttp", "matplotlib", "sklearn", "pydantic", "PIL", "scipy"]
    ran = subprocess.run([sys.executable, "-c", code, *heavy], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_the_version_is_printed(auscult: Auscult) -> None:
    from auscult.version import __version__

    assert auscult("--version").out.strip() == __version__
