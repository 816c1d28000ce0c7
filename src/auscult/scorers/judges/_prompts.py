"""Prompts: versioned text files, and texts fenced so that they cannot leave their section."""

from functools import cache
from importlib.resources import files

from auscult.records import Case, Item, digest


@cache
def prompt(name: str) -> str:
    """The text of ``prompts/NAME.txt``; the name ends in its version."""
    return (files("auscult.scorers.judges") / "prompts" / f"{name}.txt").read_text("utf-8").strip("\n")


def fence(name: str, text: str, key: str) -> str:
    """A section of a prompt: the text between two lines with a mark that the text does not hold.

    The mark follows from the text itself, so that the same prompt has the same mark, and whoever wrote the text could
    not have known it.

    Args:
        name: of the section.
        text: of whatever origin.
        key: id of what the text belongs to.
    """
    tries = 0
    while (mark := digest("fence", key, name, text, tries)[:16]) in text:
        tries += 1
    return f"<<{name} {mark}>>\n{text}\n<<end of {name} {mark}>>"


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
