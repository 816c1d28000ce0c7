"""Does it stay with what it sees when it is asked otherwise?"""

from typing import Any

from auscult.analysis.quantities.probes import ANSWERS, DROP, LED, MARK, OVER, faults, worst_first
from auscult.analysis.summary import Figure, Summary
from auscult.records import Estimate
from auscult.reports import format as say
from auscult.reports.face import Verdict
from auscult.reports.natural import FEW, counts, ends, per_100
from auscult.reports.questions import MOST_MORE, error_bar, shortest

KEY, QUESTION = "probes", "Does it stay with what it sees when it is asked otherwise?"
_SAID = {
    LED: "When {title}, {share} of 100 answers turn to what was put into its mouth.",
    DROP: "When {title}, {share} of 100 right answers are lost.",
    ANSWERS: "When {title}, it answers {share} of 100 questions all the same.",
    OVER: "With leave to abstain it abstains on {share} of 100 questions that its own image answers.",
}
"""Fault → what it comes to in a sentence."""
_COUNTED = {
    LED: "when {title}, answers that are what was put into its mouth rise by {count}",
    DROP: "when {title}, wrong answers rise by {count}",
    ANSWERS: "when {title}, it answers {count} questions all the same",
    OVER: "with leave to abstain it abstains on {count} questions that its own image answers",
}
"""The same as it was counted, where images are few; the first two are differences."""
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
    one surely happens in fewer. Of fewer than ``FEW`` images nothing is decided: what is seen there is told as it
    was counted, and that it is too few to tell.
    """
    found = [f for probe in summary.probes for f in faults(probe, summary.of("probe", probe.name))]
    enough = [(f, one) for f in found if (one := f.with_image) is not None and one.clusters >= FEW]
    if not found:
        return None
    problems = _varied(worst_first(f for f, _ in enough))
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
    if seen := _seen_on_few(found):
        return _too_few(seen)
    return _nothing_shown(found, [(both[1], f) for f, one in enough if (both := ends(one)) is not None])


def _nothing_shown(found: list[Figure], reaches: list[tuple[float, Figure]]) -> Verdict:
    """That no fault is shown, and how far the one that may be the most frequent can go."""
    about: dict[str, Any] = {"key": KEY, "question": QUESTION, "section": "probes"}
    if not reaches:
        most = max((one for f in found if (one := f.with_image) is not None), key=lambda one: one.clusters)
        few = say.count(most.clusters, most.unit).replace(say.NBSP, " ")
        sentence = f"No change of question or image is seen to lead it astray, but {few} are too few to tell."
        return Verdict(word="not known", sentence=sentence, short=shortest(f"{few}: too few to tell"), **about)
    clear = len(reaches) == len(found) and all(high <= MARK for high, _ in reaches)
    high, widest = max(reaches, key=lambda pair: pair[0])
    return Verdict(
        word="clear" if clear else "not known",
        sentence="No change of question or image is shown to lead it astray; "
        f"the widest range ({_BAR[widest.metric].format(name=_name(widest))}) goes up to {per_100(high)} of 100.",
        short=shortest(
            f"not shown to give in; up to {per_100(high)} of 100 ({_name(widest)})",
            f"not shown to give in; up to {per_100(high)} of 100",
        ),
        **about,
    )


def _seen_on_few(found: list[Figure]) -> list[Figure]:
    """Faults seen in more than ``MARK`` of the questions on too few images to tell, the most frequent one first."""
    seen = [
        (share, f)
        for f in found
        if (one := f.with_image) is not None
        and one.clusters < FEW
        and (share := one.low if one.value is None or one.withheld else one.value) is not None
        and share > MARK
    ]
    return _varied([f for _, f in sorted(seen, key=lambda pair: -pair[0])])


def _too_few(seen: list[Figure]) -> Verdict:
    """What is seen on too few images to be called a problem."""
    first = seen[0].with_image
    assert first is not None
    few = say.count(first.clusters, first.unit).replace(say.NBSP, " ")
    are = "is" if first.clusters == 1 else "are"
    sentences = [_counted(f) for f in seen]
    return Verdict(
        key=KEY,
        question=QUESTION,
        word="not known",
        sentence=f"{few} {are} too few to tell, but {sentences[0]}.",
        short=shortest(f"too few images; {_short_count(seen[0])}", f"too few images; gives in to {_name(seen[0])}"),
        bars=tuple(
            error_bar(_BAR[f.metric].format(name=_name(f)), one) for f in seen[:2] if (one := f.with_image) is not None
        ),
        more=tuple(dict.fromkeys(f"{say.upper(one)}." for one in sentences[1 : 1 + MOST_MORE])),
        section="probes",
    )


def _counted(fault: Figure) -> str:
    return _COUNTED[fault.metric].format(title=fault.label, count=_count(fault))


def _short_count(fault: Figure) -> str:
    return f"{_BAR[fault.metric].format(name=_name(fault))} in {_count(fault)}"


def _count(fault: Figure) -> str:
    """As it was counted; of a withheld one the range."""
    one = fault.with_image
    assert one is not None
    return f"{_share(one)} of 100" if one.value is None or one.withheld else counts(one)


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
