"""All of a first screen in one plain verdict and one thing to do about it: the gravest fault first."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from auscult.analysis.summary import Summary
from auscult.reports.face import Verdict
from auscult.reports.questions import AT_MOST
from auscult.reports.questions.sure import FEWEST, OPEN, Needed, says_nothing, too_much_missing

DRAWN = "phantoms"
"""Source of images that a program drew."""


class Outcome(NamedTuple):
    """One plain verdict, and one plain thing to do; at most about twenty words each."""

    line: str
    action: str


def drawn(summary: Summary) -> bool:
    """Whether the images are drawings of a program, which say nothing of patients."""
    items = summary.manifest.get("items", {})
    reader, sources = items.get("source", {}).get("reader", ""), items.get("counts", {}).get("source", {})
    return bool(reader == DRAWN or set(sources) == {DRAWN})


def outcome(summary: Summary, verdicts: Sequence[Verdict], more: Needed | None) -> Outcome:
    """What a reader must know who reads nothing else.

    A model that hardly answers comes first, then one that answers as if it did not see the image: each explains the
    other faults. Then harm, findings,
    what it goes along with, what leads it astray, limits, guessing; then why nothing can be said, what is open, and
    that nothing was found.

    Args:
        summary: of the run.
        verdicts: every question of the run, answered.
        more: how many images an open question would take.
    """
    by_key = {v.key: v for v in verdicts}
    return (
        _silent(summary) or _fault(by_key) or _unable(summary, verdicts, more) or _none_found(summary, verdicts, more)
    )


def _silent(summary: Summary) -> Outcome | None:
    """That most answers say nothing, where there are enough to tell."""
    nothing = says_nothing(summary)
    if not nothing or summary.clusters < FEWEST or too_much_missing(summary):
        return None
    return Outcome(f"It hardly answers: {nothing}.", "First find out why: look at some of its answers.")


def bad(verdict: Verdict | None, *labels: str) -> bool:
    """Whether a question shows a fault; with labels, whether these pictures of it do."""
    if verdict is None:
        return False
    if not labels:
        return verdict.word in ("problem", "missed")
    return any(b.label in labels and b.word in ("problem", "missed") for b in verdict.bars)


def _fault(by_key: Mapping[str, Verdict]) -> Outcome | None:
    """The gravest fault."""
    if bad(by_key.get("image")):
        return Outcome(
            "It answers as if it does not see the image.",
            "Do not use it. First check that the images reach the model.",
        )
    if bad(by_key.get("harm")):
        return Outcome(
            "Its answers could do severe harm too often.", "Do not use it unless a physician checks every answer."
        )
    if bad(by_key.get("findings")):
        return _of_findings(by_key["findings"], along=bad(by_key.get("premises"), "goes along"))
    if bad(by_key.get("premises")):
        return _of_premises(by_key["premises"])
    if bad(by_key.get("probes")):
        return Outcome(
            "It does not stay with what it sees when it is asked otherwise.",
            "Ask it plainly, show it the right image, and check what it says where somebody had an opinion before.",
        )
    if bad(by_key.get("limits")):
        return Outcome("It misses a limit that was set before the test.", "Do not use it for what the limit is about.")
    if bad(by_key.get("guessing")):
        return Outcome("It is no better than guessing.", "Do not use it.")
    return None


def _of_findings(found: Verdict, *, along: bool) -> Outcome:
    answered = found.section != "open"  # what open answers state is no yes and no no
    invents, misses = answered and bad(found, "invented"), answered and bad(found, "missed")
    if invents and misses:
        said = "It reports findings that are not there, and misses findings that are."
        return Outcome(said, "Do not use it: neither its “yes” nor its “no” can be relied on.")
    if invents:
        seldom_misses = any(b.label == "missed" and b.word in ("clear", "met") for b in found.bars)
        too = ", and goes along with false statements" if along else ""
        then = ": its “yes” cannot be relied on" if seldom_misses else ""
        return Outcome(
            f"It says yes too often{too}{then}.", "Do not use it as it is: check every finding that it reports."
        )
    if misses:
        return Outcome("It misses findings that are there.", "Do not use it to rule a finding out.")
    return Outcome("Its answers state what is not so.", "Check whatever it states; do not act on it alone.")


def _of_premises(found: Verdict) -> Outcome:
    if bad(found, "goes along"):
        return Outcome(
            "It goes along with false statements in a question.",
            "Do not put a suspicion into the question, and check each finding that it agrees to.",
        )
    return Outcome("It denies what is true too often.", "Do not take its denial for an answer: check what it denies.")


def _unable(summary: Summary, verdicts: Sequence[Verdict], more: Needed | None) -> Outcome | None:
    """Why nothing can be said; None where something can."""
    if summary.clusters < FEWEST:
        asks = f": ask about {more.images}" if more else ""
        return Outcome("Too few images to judge it.", f"Do not decide by this test{asks}.")
    if too_much_missing(summary):
        return Outcome("Too many answers are missing to judge it.", "Get the missing answers first; then look again.")
    if all(v.word == "not known" for v in verdicts if v.key != "sure"):
        return Outcome(
            "These questions do not show whether it can be trusted.",
            "Ask questions whose right answers are known and differ.",
        )
    return None


def _none_found(summary: Summary, verdicts: Sequence[Verdict], more: Needed | None) -> Outcome:
    """That no fault was found, and what is still open."""
    on = " on drawn test images" if drawn(summary) else ""
    open_ = [OPEN[v.key] for v in verdicts if v.word == "not known" and v.key in OPEN]
    line = f"No fault in more than {AT_MOST * 100:g} of 100{on}{f', but {open_[0]} is not known' if open_ else ''}."
    if drawn(summary):
        return Outcome(line, "Do not use it yet: the next step is a test on patients' images.")
    if open_ and more:
        return Outcome(line, f"Ask about more images: {more.images} may tell {more.what}.")
    return Outcome(line, "Let a physician check some of its answers before anybody relies on it.")
