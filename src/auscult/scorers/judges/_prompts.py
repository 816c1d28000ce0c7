"""Prompts: versioned text files, and the sections that they are followed by."""

from functools import cache
from importlib.resources import files

from auscult.engine.fence import fence
from auscult.records import Case, Item


@cache
def prompt(name: str) -> str:
    """The text of ``prompts/NAME.txt``; the name ends in its version."""
    return (files("auscult.scorers.judges") / "prompts" / f"{name}.txt").read_text("utf-8").strip("\n")


def question_of(item: Item) -> str:
    """The question as it was put, with its options."""
    return "\n".join([item.question, *(f"- {option}" for option in item.options)])


def known(case: Case, item: Item) -> list[str]:
    """The sections on what is known: those of a case before those of an item, so that servers share them."""
    return [
        fence("caption", case.annotation or "(there is none)", case.id),
        fence("question", question_of(item), item.id),
        fence("reference", item.reference, item.id),
    ]
