"""Runs a command with the packages alone that ``make demo`` installs: what only the tests install cannot be imported.

As a program: ``python -m tests.as_demo_installs demo --out FOLDER``. A demo that needs a package of the tests passes
them, and fails on every fresh machine.
"""

import re
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[1]
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)
NEEDED = re.compile(r"^([A-Za-z0-9._-]+)[^;]*(?:;(?!.*extra ==).*)?$")


def plain(name: str) -> str:
    """A distribution's name as it is compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


def installed() -> set[str]:
    """What ``make demo`` installs: its list, what the Makefile names beside it, and what PyTorch brings."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    apart = re.findall(r"^(?:TORCH|TUNING) = (.*)$", makefile, re.MULTILINE)
    names = PINNED.findall((ROOT / "requirements" / "local.txt").read_text("utf-8"))
    found = {plain(name) for name in [*names, *(word.split("==")[0] for line in apart for word in line.split())]}
    waiting = ["torch"]
    while waiting:
        try:
            words = requires(waiting.pop()) or []
        except PackageNotFoundError:  # of another platform
            continue
        new = {plain(match[1]) for match in map(NEEDED.match, words) if match} - found
        found |= new
        waiting += new
    return found | {"auscult", "pip", "uv", "setuptools"}


def hidden() -> set[str]:
    """Modules at the top level that no package of the demo brings."""
    known = installed()
    return {
        module for module, owners in packages_distributions().items() if not {plain(name) for name in owners} & known
    }


class Found(PathFinder):
    """Finds what the demo installs, and the standard library."""

    without = hidden()

    @classmethod
    def find_spec(
        cls, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Nothing where the module is hidden."""
        return None if fullname.partition(".")[0] in cls.without else super().find_spec(fullname, path, target)


if __name__ == "__main__":
    sys.meta_path = [Found if finder is PathFinder else finder for finder in sys.meta_path]
    from auscult.cli import main

    main()
