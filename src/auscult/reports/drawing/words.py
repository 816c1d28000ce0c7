"""What wordings, outcomes and additions are called on the page."""

from collections.abc import Mapping

WORDINGS: Mapping[str, str] = {
    "plain": "asked plainly",
    "justified": "with a justification",
    "role": "in a role",
    "reworded": "in other words",
    "all": "in all wordings",
}
ADDITIONS: Mapping[str, str] = {
    "clips": "clips or staples",
    "tubes": "tubes or lines",
    "text": "burned-in text",
    "second organ": "a second organ",
    "all": "anything of the kind",
}
OUTCOMES: Mapping[str, str] = {
    "implausible": "drawn although it cannot be",
    "plausible": "an image that can be",
    "clarified": "asked back, explained or split",
    "refused": "refused",
    "other": "something else",
}
"""Outcome → what it is called; one that is none stands under its own name."""
READERS: Mapping[str, str] = {
    "pixels": "the pixel reader",
    "judge": "a judge model",
    "people": "people",
    "words": "rules for words alone",
}


def wording(name: str) -> str:
    """A wording, as words that follow a figure."""
    return WORDINGS.get(name, f"worded as “{name}”")


def reader(name: str) -> str:
    """A reader in words."""
    return READERS.get(name, name)
