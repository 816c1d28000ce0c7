"""The list of promises names only tests that there are, and names every file of attacks."""

import ast
import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PAGE = (ROOT / "docs" / "concepts" / "promises.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_every_test_that_the_page_names_is_there(file: str, name: str) -> None:
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_file_of_attacks_stands_on_the_page() -> None:
    files = {f"tests/attacks/{path.name}" for path in HERE.glob("test_*.py")} - {"tests/attacks/test_promises.py"}
    missing = sorted(files - {file for file, _ in NAMED})
    assert not missing, f"docs/concepts/promises.md says nothing of {', '.join(missing)}"


def test_each_promise_has_a_test_that_attacks_it() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith(("| Promise", "| ---"))]
    bare = [row.split("|")[1].strip() for row in rows if "`tests/" not in row]
    assert len(rows) > 30 and not bare, bare
