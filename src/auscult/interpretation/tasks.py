"""The tasks by name, from ``tasks.toml``."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

from pydantic import TypeAdapter

from auscult.errors import UserError
from auscult.store.files import shipped_table


@dataclass(frozen=True, kw_only=True)
class Task:
    """A task of reading.

    Attributes:
        name: on the command line.
        about: what is asked, in words.
        answer: yes_no: whether a finding is there; choice: which of several is there; number: how large it is.
        question: as it is put.
        findings: names under which cases know the finding, the first one that a case has counts.
        options: of a choice: option → names under which cases know it.
        side_question: asks for the side where the finding is there; empty where it is not asked.
        unit: of a number.
        tolerance: greatest absolute error of a number that is still right, in ``unit``.
    """

    name: str
    about: str
    answer: Literal["yes_no", "choice", "number"]
    question: str
    findings: tuple[str, ...] = ()
    options: dict[str, tuple[str, ...]] = field(default_factory=dict)
    side_question: str = ""
    unit: str = ""
    tolerance: float = 0.0

    @property
    def shows_examples(self) -> bool:
        """Whether it can be put with examples: a number has no classes to take them from."""
        return self.answer != "number"


@lru_cache
def tasks() -> dict[str, Task]:
    """All tasks by name."""
    told = shipped_table("interpretation/tasks.toml")["task"]
    return {name: TypeAdapter(Task).validate_python({"name": name, **rows}) for name, rows in told.items()}


def chosen(names: Sequence[str], finding: Sequence[str] = ()) -> list[Task]:
    """The tasks of some names, each once; all where none is named.

    Args:
        names: of tasks.
        finding: names under which the cases know the finding, in place of the task's own.

    Raises:
        UserError: an unknown name, or findings for other than one task that has one.
    """
    known = tasks()
    for name in names:
        if name not in known:
            raise UserError(f"unknown task '{name}'; known: {', '.join(known)}")
    found = [known[name] for name in dict.fromkeys(names or known)]
    if not finding:
        return found
    if len(found) != 1 or found[0].answer == "choice":
        raise UserError("--finding says under which name cases know the finding of one task; name that --task alone")
    return [replace(found[0], findings=tuple(finding))]
