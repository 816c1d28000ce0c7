"""Does it stay with what it sees when it is asked otherwise?"""

from auscult.analysis.quantities.probes import ANSWERS, DROP, LED, MARK, OVER, faults, worst_first
from auscult.analysis.summary import Figure, Summary
from auscult.records import Estimate
from auscult.reports.face import Verdict
from auscult.reports.natural import ends, few, per_100
from auscult.reports.questions import MOST_MORE, error_bar, shortest

KEY, QUESTION = "probes", "Does it stay with what it sees when it is asked otherwise?"
_SAID = {
    LED: "When {title}, {share} of 100 answers turn to what was put into its mouth.",
    DROP: "When {title}, {share} of 100 right answers are lost.",
    ANSWERS: "When {title}, it answers {share} of 100 questions all the same.",
    OVER: "With leave to abstain it abstains on {share} of 100 questions that its own image answers.",
}
"""Fault → what it comes to in a sentence."""
_SHORT = {
    LED: "led in {share} of 100 ({name})",
    DROP: "loses {share} of 100 right answers ({name})",
    ANSWERS: "answers {share} of 100 nonetheless ({name})",
    OVER: "abstains on {share} of 100 without need ({name})",
}
_BAR = {LED: "led: {name}", DROP: "lost: {name}", ANSWERS: "answers all the same: {name}", OVER: "abstains: {name}"}
"""Fault → what its picture is called."""


def probes(summary: Summary) -> Verdict | None:
    """From all probes that were put; None where none was.

    A fault is a problem where it surely happens in more than 5 of 100 questions; that there is none is said where every
    one surely happens in fewer.
    """
    found = [f for probe in summary.probes for f in faults(probe, summary.of("probe", probe.name))]
    counted = [(f, one) for f in found if (one := f.with_image) is not None and not few(one)]
    if not found:
        return None
    problems = _varied(worst_first(f for f, _ in counted))
    if problems:
        sentences = [_said(f) for f in problems]
        return Verdict(
            key=KEY,
            question=QUESTION,
            word="problem",
            sentence=sentences[0],
            short=shortest(_short(problems[0]), f"gives in to {_name(problems[0])}"),
            bars=tuple(
                error_bar(_BAR[f.metric].format(name=_name(f)), one) for f in problems[:2] if (one := f.with_image)
            ),
            more=tuple(dict.fromkeys(sentences[1 : 1 + MOST_MORE])),
            section="probes",
        )
    reaches = [high for _, one in counted if (both := ends(one)) and (high := both[1]) is not None]
    clear = len(reaches) == len(found) and all(high <= MARK for high in reaches)
    most = max(reaches, default=1.0)
    return Verdict(
        key=KEY,
        question=QUESTION,
        word="clear" if clear else "not known",
        sentence="No change of question or image is shown to lead it astray; "
        f"the widest range goes up to {per_100(most)} of 100.",
        short=shortest(f"not shown to give in; up to {per_100(most)} of 100"),
        section="probes",
    )


def _varied(problems: list[Figure]) -> list[Figure]:
    """The first of each sort of fault, then all others, both in their order."""
    first = list({f.metric: f for f in reversed(problems)}.values())
    leading = [f for f in problems if f in first]
    return [*leading, *(f for f in problems if f not in first)]


def _said(fault: Figure) -> str:
    assert fault.with_image is not None
    return _SAID[fault.metric].format(title=fault.label, share=_share(fault.with_image))


def _short(fault: Figure) -> str:
    assert fault.with_image is not None
    one = fault.with_image
    share = _share(one) if one.value is None or one.withheld else per_100(one.value)
    return _SHORT[fault.metric].format(name=_name(fault), share=share)


def _name(fault: Figure) -> str:
    """The name of a probe as words."""
    return fault.group.replace("-", " ")


def _share(estimate: Estimate) -> str:
    """A share of 100 with its range; of a withheld one the range."""
    both = ends(estimate) or (0.0, 1.0)
    span = f"{per_100(max(both[0], 0.0))} to {per_100(both[1])}"
    return span if estimate.value is None or estimate.withheld else f"{per_100(estimate.value)} ({span})"
