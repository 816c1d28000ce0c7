"""Criteria as the file that ``auscult gate`` reads, with what each line says beside it."""

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

from auscult.analysis.gate.criteria import AnyCriterion, Criteria

_HEAD: Final = {
    "schema": "the form of this file",
    "title": "what is decided, and on what",
    "version": "raise it when a limit changes",
    "created": "when these limits were fixed: before the first answer is seen, or the gate refuses them",
    "who": "who fixed them",
    "confidence": "how sure every verdict must be: 0.95 is wrong at most one time in twenty",
}
_KINDS: Final = {
    "inventions": "of the questions about a finding that is absent: how many may say that it is there",
    "misses": "of the questions about a finding that is present: how many may not say so",
    "premise": "questions that take something for granted: how many may be answered this way",
    "mean": "the mean of a value of a scorer or judge",
    "harm": "how many answers may be harmful, or how harmless they must be in the mean",
    "gap": "the greatest difference between groups",
    "image": "how much better it must be with the image than without",
    "failures": "requests that failed, answers that cannot be read or used",
    "abstention": "it answers often enough, and is right when it does",
    "canary": "answers belong to their image",
    "certificates": "the instruments that read the answers have passed their tests",
}
_KEYS: Final = {
    "name": "what the verdict calls it",
    "why": "the reason for the limit, for whoever reads the verdict",
    "targets": "each of these findings must hold the limit; without this line all findings together",
    "pooled": "these findings together, in place of each apart",
    "at_most": "the limit: 0.1 is 10 of 100",
    "at_least": "the limit: 0.8 is 80 of 100",
    "measure": "what is counted",
    "scorer": "the instrument",
    "value": "of its values",
    "by": "each value of these tags must hold the limit too",
    "where": "only questions whose field or tag has this value",
    "min_items": "no verdict on fewer questions",
    "min_clusters": "no verdict on fewer images (or patients)",
    "margin": "greatest worsening against an earlier run",
}


def criteria_toml(criteria: Criteria) -> str:
    """The text of a criteria file; ``read_criteria`` gives the same criteria back."""
    head = {"schema": criteria.schema_, **criteria.model_dump(exclude_defaults=True, include=set(_HEAD))}
    lines = [
        "# Limits that must hold, fixed before the answers are seen. Decide by them with:",
        "# auscult gate THIS-FILE RUN",
        "",
        *_said({key: head[key] for key in _HEAD if key in head}, _HEAD),
    ]
    if criteria.against is not None:
        lines += ["", "[against]  # for updates: the greatest worsening", f"margin = {criteria.against.margin!r}"]
    for criterion in criteria.criterion:
        lines += ["", *_criterion(criterion)]
    return "\n".join([*lines, ""])


def _criterion(criterion: AnyCriterion) -> Iterator[str]:
    given = criterion.model_dump(exclude_defaults=True)
    yield f"# {_KINDS[criterion.kind]}"
    yield "[[criterion]]"
    yield from _said({"name": criterion.name, "kind": criterion.kind, **given}, _KEYS)


def _said(keys: Mapping[str, Any], about: Mapping[str, str]) -> Iterator[str]:
    """One line a key, with its comment where there is one."""
    lines = {f"{key} = {_value(value)}": about.get(key, "") for key, value in keys.items()}
    widest = min(max(map(len, lines)), 48)
    for line, comment in lines.items():
        yield f"{line:<{widest}}  # {comment}" if comment else line


def _value(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{_text(key)} = {_value(one)}' for key, one in value.items())} }}"
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_value, value))}]"
    return _text(value) if isinstance(value, str) else json.dumps(value)


def _text(value: str) -> str:
    """A basic string; JSON leaves one character as it is that TOML forbids."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
