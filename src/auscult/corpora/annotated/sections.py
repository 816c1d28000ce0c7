"""The sections of a report: what is said of the image, and what was known or asked before it was read.

"Indication: rule out pneumothorax" states no pneumothorax and denies none. Such sections leave the annotation and are
kept beside it (``Case.context``). Names of columns and headings are data: ``data/annotated_columns.toml``.
"""

import re
from functools import cache

from auscult.store.files import shipped_table

_NAMES = "data/annotated_columns.toml"


@cache
def context_names() -> dict[str, tuple[str, ...]]:
    """Section of the context → what its column or heading is called, in lower case."""
    return _named("context")


def split_context(text: str) -> tuple[str, dict[str, str]]:
    """A report without its context, and the context by section; the report as it is where no heading names any.

    A section lasts to the next heading that is known, or to a blank line.

    Args:
        text: a report or caption.
    """
    heads = list(_headings().finditer(text))
    context: dict[str, str] = {}
    kept, place = [], 0
    for number, head in enumerate(heads):
        name = _section_of(head["name"])
        if not name:
            continue
        begins = head.start("name")
        ends = heads[number + 1].start("name") if number + 1 < len(heads) else len(text)
        blank = re.search(r"\n\s*\n", text[head.end() : ends])
        ends = head.end() + blank.end() if blank else ends
        said = " ".join(text[head.end() : ends].split())
        if said:
            context[name] = f"{context[name]} {said}" if name in context else said
        kept.append(text[place:begins])
        place = ends
    if not place:
        return text, {}
    return "".join((*kept, text[place:])).strip(), context


@cache
def _named(table: str) -> dict[str, tuple[str, ...]]:
    found = shipped_table(_NAMES)[table]
    return {name: tuple(n.strip() for n in re.split(r"[;\n]", text) if n.strip()) for name, text in found.items()}


@cache
def _headings() -> re.Pattern[str]:
    """A heading: one of the known names and a colon, where a text, a line or a sentence begins."""
    names = sorted((n for table in ("context", "said") for of in _named(table).values() for n in of), key=len)
    either = "|".join(re.escape(n).replace(r"\ ", r"\s+") for n in reversed(names))
    return re.compile(rf"(?:^|(?<=[.;:!?])\s|(?<=\n))[ \t]*(?P<name>{either})[ \t]*:", re.IGNORECASE)


def _section_of(heading: str) -> str:
    plain = " ".join(heading.casefold().split())
    return next((name for name, names in context_names().items() if plain in names), "")
