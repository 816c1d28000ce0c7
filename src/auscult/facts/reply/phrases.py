"""Lists of phrases (``auscult/data/replies``), and how they become patterns."""

import re
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from importlib import resources
from typing import Any


@lru_cache(maxsize=16)
def table(name: str) -> dict[str, Any]:
    """A file of phrases, read once."""
    return tomllib.loads((resources.files("auscult") / "data" / "replies" / f"{name}.toml").read_text("utf-8"))


def any_of(phrases: Iterable[str]) -> str:
    """A pattern for any of some phrases, longest first; a blank stands for any blanks of one line."""
    escaped = (r"[ \t]+".join(map(re.escape, p.split())) for p in sorted(phrases, key=len, reverse=True))
    return f"(?:{'|'.join(escaped)})"
