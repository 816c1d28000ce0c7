"""The first screen of a grid: its primary hypotheses as questions, each with its answer and its limit."""

from collections.abc import Iterator

from auscult.ablation.plan import BASE
from auscult.ablation.study import Study, Tested, limit_of
from auscult.reports import format as say
from auscult.reports.ablation.words import (
    SIDES,
    SIGNS,
    STANDS,
    asked,
    better,
    chances,
    claimed,
    found_of,
    one_seed,
    scale_of,
    short_names,
)
from auscult.reports.face import SHORT, Bar, Face, Step, Verdict, Word
from auscult.reports.format import Scale

WORDS: dict[str, Word] = {"shown": "met", "refuted": "missed"}
CAUTIONS = 3


def ablation_face(study: Study) -> Face:
    """The first screen of a grid."""
    primary, names = [one for one in study.tested if one.hypothesis.primary], short_names(study)
    exploratory = len(study.tested) - len(primary)
    clusters = len(set(study.items.cluster))
    return Face(
        title=f"{study.plan.title}: {_done(study)}",
        about=f"{say.whole(len(study.items.id))} questions about {say.whole(clusters)} images or patients a cell; "
        f"limits were fixed in the plan{_exploratory(exploratory)}.",
        line=_line(study, primary),
        verdicts=tuple(
            _verdict(number, one, names[one.hypothesis.name]) for number, one in enumerate(primary or study.tested)
        ),
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
    return f"{shown} of {say.count(len(primary), 'primary claim')} {'is' if shown == 1 else 'are'} shown."


def _lacking(study: Study) -> Iterator[str]:
    if study.lacking:
        yield f"{say.count(study.lacking, 'cell')} of the plan are not done yet."
    if BASE not in study.rows:
        yield "Base is not done: nothing is held against it."


def _steps(study: Study) -> Iterator[Step]:
    if study.lacking:
        yield Step(sentence="Do the cells that are left: the same command goes on.")


def _verdict(number: int, one: Tested, name: str) -> Verdict:
    h = one.hypothesis
    begun = f"{name}{' for this seed' if one_seed(one) else ''}:"
    sentence = f"{begun} {asked(h)}: {found_of(one)}; claimed: {claimed(h)}."
    if chance := chances(one):
        sentence += f" One-sided {chance}."
    ways = [f"{begun} {found_of(one)}, claimed {claimed(h, words)}" for words in (SIDES, SIGNS)]
    if one.found is None:
        ways = [f"{name} {h.name.removeprefix(name).strip()}: {found_of(one)}", f"{begun} {found_of(one)}"]
    return Verdict(
        key=f"hypothesis-{number}",
        question=h.name,
        word=WORDS.get(one.standing, "not known"),
        in_words=STANDS[one.standing].partition(":")[0],
        sentence=sentence,
        short=next((way for way in ways if len(way) <= SHORT), ways[-1]),
        bars=tuple(_bar(one)),
        more=(f"Why this limit: {h.why}",) if h.why else (),
        section="hypotheses",
    )


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
