"""What pydantic found wrong with something that was read, as the one line that a user is told."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from auscult.errors import known_names


def first_wrong(error: ValidationError) -> str:
    """The first thing that is wrong in a file of ours, place and what: ``figures.0.name: Field required``."""
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc'])) or 'the whole'}: {first['msg']}"


def _keys(model: type[BaseModel], loc: Sequence[int | str]) -> set[str]:
    """The keys that a table may have, by its place; none where the place is not followed."""
    for step in loc:
        if isinstance(step, str):
            fields = {field.alias or name: field for name, field in model.model_fields.items()}
            inner = _model_in(fields[step].annotation) if step in fields else None
            if inner is None:
                return set()
            model = inner
    return {field.alias or name for name, field in model.model_fields.items()}


def _model_in(kind: Any) -> type[BaseModel] | None:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind
    return next((found for part in get_args(kind) if (found := _model_in(part))), None)


def _expected(error: Any) -> list[str]:
    """The texts that a value may be, of pydantic's list of them: ``'own' or 'shuffled'``."""
    return [one or other for one, other in re.findall(r"'([^']*)'|\"([^\"]*)\"", error["ctx"]["expected"])]


def wrong_key(error: ValidationError, plain: Mapping[str, Any], model: type[BaseModel] | None = None) -> str:
    """The first thing that is wrong in a file that people write: ``arm 2 (both): seeds: is missing``.

    Args:
        error: what was found.
        plain: the file's tables.
        model: what the file was held against; an unknown key is then told with the nearest known one.
    """
    found = error.errors()
    unknown = (e for e in found if e["type"] == "extra_forbidden")  # a key that is missing may be one misspelt
    first = next(unknown, found[0]) if model else found[0]
    place = [str(p) for p in first["loc"]]
    if len(place) > 1 and isinstance(rows := plain.get(place[0]), list) and place[1].isdigit():
        row = rows[int(place[1])]
        name, kind = (row.get("name", ""), row.get("kind")) if isinstance(row, dict) else ("", None)
        within = place[3:] if place[2:] and place[2] == kind else place[2:]  # the tag of a union is no key
        place = [f"{place[0]} {int(place[1]) + 1}{f' ({name})' if name else ''}", *within]
    what = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        keys = _keys(model, first["loc"][:-1]) if model else set()
        what = f"unknown key; {known_names(str(first['loc'][-1]), keys)}" if keys else "unknown key"
    elif first["type"] == "literal_error" and isinstance(first["input"], str) and len(known := _expected(first)) > 1:
        what = f"no '{first['input']}'; {known_names(first['input'], known)}"
    elif first["type"] == "missing":
        what = "is missing"
    elif first["type"] == "union_tag_not_found":
        what = "kind is missing"
    elif first["type"] == "union_tag_invalid":
        what = f"kind: unknown '{first['ctx']['tag']}'; known: {first['ctx']['expected_tags']}".replace("'", "")
    return ": ".join([*place, " ".join(what.split())])
