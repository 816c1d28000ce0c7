"""What pydantic found wrong with something that was read, as the one line that a user is told."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError


def first_wrong(error: ValidationError) -> str:
    """The first thing that is wrong in a file of ours, place and what: ``figures.0.name: Field required``."""
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc'])) or 'the whole'}: {first['msg']}"


def wrong_key(error: ValidationError, plain: Mapping[str, Any]) -> str:
    """The first thing that is wrong in a file that people write: ``arm 2 (both): seeds: is missing``.

    Args:
        error: what was found.
        plain: the file's tables.
    """
    first = error.errors()[0]
    place = [str(p) for p in first["loc"]]
    if len(place) > 1 and isinstance(rows := plain.get(place[0]), list) and place[1].isdigit():
        row = rows[int(place[1])]
        name, kind = (row.get("name", ""), row.get("kind")) if isinstance(row, dict) else ("", None)
        within = place[3:] if place[2:] and place[2] == kind else place[2:]  # the tag of a union is no key
        place = [f"{place[0]} {int(place[1]) + 1}{f' ({name})' if name else ''}", *within]
    what = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        what = "unknown key"
    elif first["type"] == "missing":
        what = "is missing"
    elif first["type"] == "union_tag_not_found":
        what = "kind is missing"
    elif first["type"] == "union_tag_invalid":
        what = f"kind: unknown '{first['ctx']['tag']}'; known: {first['ctx']['expected_tags']}".replace("'", "")
    return ": ".join([*place, " ".join(what.split())])
