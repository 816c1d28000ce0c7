"""A generator none of whose drawings can be read: what came instead."""

from collections.abc import Mapping

from auscult.drawing.faults import POLICY
from auscult.drawing.figured import Figures
from auscult.reports.drawing.words import fault
from auscult.reports.face import Verdict

UNREADABLE = frozenset({"unusable", "request failed"})
"""What is counted of a drawing that is none."""
IN_WORDS = frozenset({"refused"})


def drew_nothing(found: Figures) -> bool:
    """Whether no drawing is an image that can be read, and some are neither that nor a refusal."""
    came = {c.what for c in found.counts if c.reader == found.leads and c.n}
    return bool(lost_of(found)) and came <= UNREADABLE | IN_WORDS


def lost_of(found: Figures) -> dict[str, int]:
    """What is no drawing, and no refusal either: its name and how many."""
    return {name: n for name, n in found.faults.items() if name and name != POLICY}


def listed(lost: Mapping[str, int]) -> str:
    """The most frequent kinds in words, each with how many."""
    said = ", ".join(f"{fault(name)} {n:,}" for name, n in list(lost.items())[:4])
    more = len(lost) - 4
    return f"{said} and {more} more kind{'' if more == 1 else 's'}" if more > 0 else said


def nothing(found: Figures) -> Verdict:
    """The one answer where nothing can be read: what came instead."""
    lost = lost_of(found)
    bad = any(c.what == "unusable" and c.n for c in found.counts if c.reader == found.leads)
    many = f"{sum(lost.values()):,} of {found.drawings:,} requests"
    return Verdict(
        key="drawn",
        question="Does it draw at all?",
        word="problem" if bad else "not known",
        sentence=f"It drew nothing that can be read: {many} brought no drawing ({listed(lost)}).",
        section="outcomes",
    )
