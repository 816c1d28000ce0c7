"""Lists of phrases (``auscult/data/replies``), and how they become patterns."""

import re
from collections.abc import Iterable
from typing import Any

from auscult.store.files import shipped_table


def table(name: str) -> dict[str, Any]:
    """A file of phrases, read once."""
    return shipped_table(f"data/replies/{name}.toml")


def any_of(phrases: Iterable[str]) -> str:
    """A pattern for any of some phrases, longest first; a blank stands for any blanks of one line."""
    escaped = (r"[ \t]+".join(map(re.escape, p.split())) for p in sorted(phrases, key=len, reverse=True))
    return f"(?:{'|'.join(escaped)})"


def patterns(file: str, name: str) -> re.Pattern[str]:
    """The alternatives of one list of ``[patterns]`` of a file; ``{set}`` in them is a list of its ``[sets]``."""
    told = table(file)
    joined = "|".join(told["patterns"][name])
    for key, alternatives in told["sets"].items():
        joined = joined.replace(
            f"{{{key}}}", alternatives if isinstance(alternatives, str) else any_of(alternatives)[3:-1]
        )
    return re.compile(joined)
