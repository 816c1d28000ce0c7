"""The questions that people ask of a run, a file each: from the figures of its summary to a ``Verdict``.

The rules, once for all (docs/concepts/report.md says them to users):

- An error (invented, missed, goes along, denies what is true) is a *problem* where it surely happens in more than 5 of
  100, and *clear* of that where it surely happens in fewer. At a finding that 5 of 100 patients have, who invents in 5
  of 100 is wrong in about half of all that it reports.
- A gain (from the image, over guessing) is *clear* where there surely is one, and its absence a *problem* where there
  surely are fewer than 10 of 100 and none can be shown.
- Everything else is *not known*.

*Surely*: the whole range beside the figure, missing answers taken at their worst and at their best.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

from auscult.records import Estimate
from auscult.reports.face import SHORT, Bar, Word
from auscult.reports.format import upper
from auscult.reports.natural import counts, ends, few, none, per_100, scarce

AT_MOST = 0.05
"""Share of errors that separates a problem from what is clear of it, where the user set no limit."""
GAIN = 0.10
"""A gain that surely is smaller, and cannot be shown, is taken for none."""
MARK = (
    f"An error is called a problem where it surely happens in more than {per_100(AT_MOST)} of 100, the mark of this "
    "page. A limit that you set takes its place."
)
TOO_FEW = "That is too few to tell."
MOST_MORE = 4
"""Further sentences of one kind."""


def word_of_error(estimate: Estimate) -> Word:
    """Whether an error surely happens more or less often than ``AT_MOST``."""
    found = ends(estimate)
    if found is None or few(estimate):
        return "not known"
    return "problem" if found[0] > AT_MOST else "clear" if found[1] <= AT_MOST else "not known"


def word_of_gain(low: float, high: float, room: float = 1.0) -> Word:
    """Whether there surely is a gain, or surely next to none.

    Args:
        low: lower end of the gain.
        high: upper end.
        room: the most that could be gained. Where that is less than ``GAIN``, only a loss shows a fault.
    """
    return "clear" if low > 0 else "problem" if high < (GAIN if room >= GAIN else 0.0) else "not known"


def worst(words: Collection[Word]) -> Word:
    """A problem in one is one of all; who is clear is clear in all."""
    return "problem" if "problem" in words else "clear" if set(words) == {"clear"} else "not known"


class Clause(NamedTuple):
    """One error: what was counted, as a sentence without its full stop; and whether that is a problem."""

    said: str
    word: Word
    estimate: Estimate


def concluded(clauses: Sequence[Clause], ending: str = "") -> str:
    """What was found, a sentence each, then what it means where there is no problem.

    Args:
        clauses: one or two errors.
        ending: in place of what usually follows, a sentence.
    """
    said = [f"{upper(c.said)}." for c in clauses]
    return " ".join(filter(None, (*said, ending or conclusion(clauses))))


def conclusion(clauses: Sequence[Clause]) -> str:
    """What one or two errors mean, in a sentence; nothing where one is a problem."""
    word, limit = worst([c.word for c in clauses]), per_100(AT_MOST)
    if word == "clear":
        both = "both happen" if len(clauses) > 1 else "that happens"
        return f"As far as these images can tell, {both} in at most {limit} of 100."
    if word == "problem":
        return ""
    counted = all(scarce(c.estimate) or none(c.estimate) for c in clauses if c.word == "not known")
    if counted and any(scarce(c.estimate) for c in clauses):
        return TOO_FEW
    return f"These images cannot tell whether that is more than {limit} of 100."


def error_bar(label: str, estimate: Estimate, at_most: float | None = None) -> Bar:
    """An error beside what counts as a problem; ``at_most`` as in `told`."""
    made = replace(bar(label, estimate, AT_MOST, f"at most {per_100(AT_MOST)}", "lower"), word=word_of_error(estimate))
    if none(estimate) and at_most is not None and made.high is not None:
        return replace(made, high=min(made.high, at_most))
    return made


def bar(
    label: str,
    estimate: Estimate,
    against: float | None = None,
    named: str = "",
    better: Literal["higher", "lower"] = "higher",
) -> Bar:
    """A share as a picture; told as a count where the images are few, and no picture at all of fewer than five."""
    found = ends(estimate)
    return Bar(
        label=label,
        value=None if estimate.withheld else estimate.value,
        low=None if found is None or few(estimate) else found[0],
        high=None if found is None or few(estimate) else found[1],
        against=against,
        against_label=named,
        better=better,
        counts=counts(estimate) if scarce(estimate) else "",
    )


def shortest(*lines: str) -> str:
    """The first that fits a line of the terminal."""
    return next((line for line in lines if len(line) <= SHORT), lines[-1][:SHORT])
