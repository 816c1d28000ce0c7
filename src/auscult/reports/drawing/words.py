"""What wordings, outcomes and additions are called on the page."""

from collections.abc import Mapping

from auscult.drawing.figured import Tried
from auscult.reports import format as say

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
FAULTS: Mapping[str, str] = {
    "timeout": "no answer in time",
    "rate_limited": "the server took no more requests",
    "server_error": "the server failed",
    "bad_reply": "an answer that could not be read",
    "no_connection": "the server could not be reached",
    "rejected": "the server turned the request down",
    "not_recorded": "not in the table of recorded drawings",
    "not_asked": "not asked: the budget was spent",
    "policy error": "stopped by the generator's own filter",
}
"""Name of a failure → the same for who has never run a server; others are words already."""
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


def fault(name: str) -> str:
    """Why a request brought no drawing, in words."""
    return FAULTS.get(name, name.replace("_", " "))


def certified(known: Tried) -> str:
    """What a reader was tried on, in words: ``modality and view pass; side fails``."""
    halves = ((known.passes, "passes", "pass"), (known.fails, "fails", "fail"))
    return "; ".join(f"{say.listed(names)} {one if len(names) == 1 else many}" for names, one, many in halves if names)


def bare(known: Tried | None) -> str:
    """What is said of a reader that no certificate vouches for as a whole."""
    if known is None or not known.fails:
        return "no certificate"
    return f"not certified for {say.listed(known.fails)}"
