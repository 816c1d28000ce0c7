"""The first screen of a grid: its primary hypotheses as questions, each with its answer and its limit."""

from collections.abc import Iterator, Sequence

from auscult.ablation.plan import BASE
from auscult.ablation.study import Study, Tested, limit_of
from auscult.reports import format as say
from auscult.reports.ablation.words import (
    STANDS,
    asked,
    better,
    chances,
    claim_of,
    claimed,
    found_of,
    one_seed,
    scale_of,
    short_claim,
    short_names,
    signed_claim,
)
from auscult.reports.face import SHORT, Bar, Face, Step, Verdict, Word
from auscult.reports.format import Scale

WORDS: dict[str, Word] = {"shown": "met", "refuted": "missed"}
CAUTIONS = 3
POINT = 0.01


def ablation_face(study: Study) -> Face:
    """The first screen of a grid."""
    primary, names = [one for one in study.tested if one.hypothesis.primary], short_names(study)
    exploratory = len(study.tested) - len(primary)
    clusters, of_one = len(set(study.items.cluster)), _of_one_seed(primary)
    return Face(
        title=f"{study.plan.title}: {_done(study)}",
        about=f"{say.whole(len(study.items.id))} questions about {say.whole(clusters)} images or patients a cell; "
        f"limits were fixed in the plan{_exploratory(exploratory)}.",
        line=_line(study, primary),
        verdicts=tuple(
            _verdict(number, one, names[one.hypothesis.name], of_one)
            for number, one in enumerate(primary or study.tested)
        ),
        claims=bool(primary),
        cautions=(*_lacking(study), *study.passed_over, *study.remarks)[:CAUTIONS],
        steps=tuple(_steps(study)),
    )


def _done(study: Study) -> str:
    """How many cells and arms are done, of how many."""
    cells, arms = sum(map(len, study.rows.values())), len(study.plan.arm) + 1
    if not study.lacking:
        return f"{say.count(cells, 'cell')} of {say.count(arms, 'arm')}"
    return f"{cells:,} of {say.count(cells + study.lacking, 'cell')}, {len(study.arms)} of {say.count(arms, 'arm')}"


def _exploratory(count: int) -> str:
    return f"; {count} more {'claim is' if count == 1 else 'claims are'} exploratory" if count else ""


def _line(study: Study, primary: list[Tested]) -> str:
    if not primary:
        return "The plan has no primary hypothesis: all figures are exploratory."
    shown = sum(one.standing == "shown" for one in primary)
    of_one = ", for this seed alone" if _of_one_seed(primary) else ""
    return f"{shown} of {say.count(len(primary), 'primary claim')} {'is' if shown == 1 else 'are'} shown{of_one}."


def _of_one_seed(tested: Sequence[Tested]) -> bool:
    """Whether all that was found is of one seed, so that it need not be said of each."""
    found = [one for one in tested if one.found is not None]
    return bool(found) and all(map(one_seed, found))


def _lacking(study: Study) -> Iterator[str]:
    if study.lacking:
        yield f"{say.count(study.lacking, 'cell')} of the plan are not done yet."
    if BASE not in study.rows:
        yield "Base is not done: nothing is held against it."


def _steps(study: Study) -> Iterator[Step]:
    if study.lacking:
        yield Step(sentence="Do the cells that are left: the same command goes on.")


def _verdict(number: int, one: Tested, name: str, of_one: bool) -> Verdict:
    h = one.hypothesis
    sentence = f"{name}{' for this seed' if one_seed(one) else ''}: {asked(h)}: {found_of(one)}; claimed: {claimed(h)}."
    if chance := chances(one):
        sentence += f" One-sided {chance}."
    ways = tuple(_ways(f"{name} (this seed)" if one_seed(one) and not of_one else name, one))
    return Verdict(
        key=f"hypothesis-{number}",
        question=h.name,
        word=WORDS.get(one.standing, "not known"),
        in_words=STANDS[one.standing].partition(":")[0],
        sentence=sentence,
        short=next((way for way in ways if len(way) <= SHORT), ways[-1]),
        ways=ways,
        bars=tuple(_bar(one)),
        more=(f"Why this limit: {h.why}",) if h.why else (),
        section="hypotheses",
    )


def _ways(begun: str, one: Tested) -> Iterator[str]:
    """A claim and its figure in a line, the longest first: with its set, in words, with signs, in whole numbers."""
    h, found = one.hypothesis, found_of(one)
    against = "" if h.form == "ratio of effects" else f" against {h.against}"
    yield f"{begun} {h.arm}{against} on {h.set}: {claim_of(h)}: {found}"
    yield f"{begun} {h.arm} on {h.set}: {claim_of(h)}: {found}"
    yield f"{begun} {h.arm} on {h.set}: {short_claim(h)}: {found}"
    yield f"{begun} {h.arm}: {claim_of(h)}: {found}"
    yield f"{begun} {h.arm}: {short_claim(h)}: {found}"
    if _told_in_whole_numbers(one):
        found = found_of(one, 0)
        yield f"{begun} {h.arm}: {short_claim(h)}: {found}"
    yield f"{begun} {h.arm}: {signed_claim(h)}: {found}"


def _told_in_whole_numbers(one: Tested) -> bool:
    """Whether a figure and its ends lie a point or more from the limit."""
    if one.found is None:
        return False
    e, limit = one.found.estimate, limit_of(one.hypothesis)[0]
    ends = [abs(abs(v) - abs(limit)) for v in (e.value, e.low, e.high) if v is not None]
    return bool(ends) and min(ends) >= POINT


def _bar(one: Tested) -> Iterator[Bar]:
    """The figure against its limit; none where it has no limits on both sides."""
    if one.found is None or one.found.estimate.low is None or one.found.estimate.high is None:
        return
    e, (limit, side) = one.found.estimate, limit_of(one.hypothesis)
    ends = [abs(v) for v in (e.low, e.high, limit) if v is not None]
    reach = max(max(ends) * 1.1, 1e-3)
    if scale_of(one.hypothesis.measure, one.hypothesis.form) is not Scale.PLAIN:
        reach = min(reach, 1.0) if max(ends) <= 1 else reach
    yield Bar(
        label=one.hypothesis.measure if one.hypothesis.form == "difference" else one.hypothesis.form,
        value=e.value,
        low=e.low,
        high=e.high,
        against=limit,
        against_label="limit",
        better="lower"
        if side == "below"
        else "higher"
        if side == "above"
        else (better(one.hypothesis.measure) or "lower"),
        word=WORDS.get(one.standing, "not known"),
        scale=(-reach, reach),
    )
