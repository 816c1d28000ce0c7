"""The first screen of a comparison: after minus before, hallucination first; of several models which is best."""

import math
import shlex
from collections.abc import Iterator, Sequence

from auscult.analysis.comparison.changes import Changes
from auscult.analysis.comparison.comparing import Comparison
from auscult.analysis.comparison.figures import Difference, Entry
from auscult.analysis.comparison.measures import Measure
from auscult.records import Estimate
from auscult.reports import format as say
from auscult.reports.comparison.shifts import of_pair, shift_verdict
from auscult.reports.face import SHORT, Bar, Face, Step, Verdict, Word
from auscult.reports.natural import per_100

CAUTIONS = 3
"""Cautions on the first screen; the page has all of them."""
FEW = 20
"""Images below which a comparison can tell little."""
LITTLE = 0.05
"""Greatest end of all intervals, as a share, up to which runs that are not told apart are as good as alike."""
PRICE = "evasion"
"""No good in itself, and a cure may pay with it: on the first screen only where it is told to be worse."""
DENIAL = "over-denial"
_DOES = {
    "inventions": "invents",
    "misses": "misses",
    "knowing acceptance": "goes along with",
    DENIAL: "denies what is true in",
    PRICE: "evades",
}
"""Measure → what a model does, before a number of a hundred."""
_SAID: dict[Word, str] = {"clear": "better", "problem": "worse", "not known": "may be chance"}
"""What came of a difference, as it is shown."""
_CALLED = {
    "inventions": "invented",
    "misses": "missed",
    "knowing acceptance": "goes along",
    DENIAL: "denies what is true",
    PRICE: "evades",
}
"""Measure → its picture, as on the first screen of a run."""
_HALLUCINATION = ("findings", "premises", "denial")
"""Verdicts that come first; what else is worse comes next, so that no terminal is too short for it."""
PICTURES = 2
"""Most bars of a verdict."""
_PARTS = {"hallucination": "hallucination questions", "non-hallucination": "plain questions"}


def comparison_face(comparison: Comparison) -> Face:
    """The first screen of a comparison."""
    rows = comparison.rows
    pairs = sorted(
        {(d.first, d.second) for d in comparison.differences} | {(c.after, c.before) for c in comparison.changes}
    )
    two = pairs[0] if len(rows) == 2 and pairs else None
    groups = list(_groups(comparison))
    made = [_asked(comparison, key, question, found, two) for key, question, found in groups]
    verdicts = [v for v in made if v is not None]
    first = sum(key in _HALLUCINATION for key, _, found in groups if found)
    worse = _worse(comparison, {m for _, _, found in groups for m in found} if two else set(), two)
    shift = shift_verdict(of_pair(comparison, *two)) if two else None
    verdicts[first:first] = [*worse, *([shift] if shift else [])]
    if two:
        changed = (c for c in comparison.changes if (c.after, c.before) == two and c.fixed + c.broke)
        verdicts += [_changed(c, comparison.items) for c in changed]
    return Face(
        title=_title(comparison, two),
        about="After minus before, on the questions that both were asked."
        if two
        else "Each with each, on the questions that all were asked.",
        verdicts=(*verdicts, _sure(comparison, verdicts)),
        cautions=comparison.cautions[:CAUTIONS],
        steps=tuple(_steps(comparison, verdicts, two)),
    )


def _title(comparison: Comparison, two: tuple[int, int] | None) -> str:
    if two is None:
        return f"{len(comparison.rows)} models: {', '.join(row.label for row in comparison.rows)}"
    after, before = (comparison.rows[n].label for n in two)
    return f"{after}, compared with {before}"


def _groups(comparison: Comparison) -> Iterator[tuple[str, str, list[Measure]]]:
    """What people ask, hallucination first, with the measures that answer it."""
    shown = [m for m in comparison.measures if m.tested]
    yield "findings", "Does it invent or miss fewer findings?", [m for m in shown if m.block == "findings"]
    premise = [m for m in shown if m.block == "premise"]
    going = [m for m in premise if m.name not in (DENIAL, PRICE)]
    yield "premises", "Does it go along less with what is false?", going
    yield "denial", "Does it deny less of what is true?", [m for m in premise if m.name == DENIAL]
    judged = sorted((m for m in shown if m.judge), key=lambda m: m.part != "hallucination")
    yield "judged", "Does a judge find its answers better?", judged[:2]
    plain = [m for m in shown if m.value == "correct" and m.block != "findings" and not m.judge]
    yield "right", "Is it right more often?", plain[:2]
    if not (plain or judged or premise):
        yield "figures", "Are its answers better?", [m for m in shown if m.block != "findings"][:2]


def _asked(
    comparison: Comparison, key: str, question: str, measures: Sequence[Measure], two: tuple[int, int] | None
) -> Verdict | None:
    """One question; None where no measure of this kind is there."""
    if not measures:
        return None
    if two is None:
        return _best(comparison, key, question, measures)
    found = [d for d in comparison.differences if d.measure in measures and (d.first, d.second) == two]
    if not found:
        said = "the two cannot be compared in this: too little was answered by both."
        return Verdict(
            key=key, question=question, word="not known", sentence=say.upper(said), section=measures[0].block
        )
    words = [_came(d) for d in found]
    word: Word = "problem" if "problem" in words else "clear" if "clear" in words else "not known"
    known = {(e.row, e.measure): e for e in comparison.entries}
    return Verdict(
        key=key,
        question=question,
        word=word,
        in_words=_SAID[word],
        sentence=f"{say.upper('; '.join(_said(d, known) for d in found))}.",
        short=_first_that_fits(
            [say.upper("; ".join(_said(d, known, n, len(set(words)) > 1) for d in found)) for n in (1, 2)]
        ),
        bars=tuple(_bar(d) for d in found if None not in d.limits),
        section=measures[0].block,
    )


def _worse(comparison: Comparison, said: set[Measure], two: tuple[int, int] | None) -> list[Verdict]:
    """All else that is told to be worse than before, or than the baseline; nothing where there is no such thing."""
    if two is None and comparison.baseline is None:
        return []
    found = [d for d in comparison.differences if _came(d) == "problem" and d.measure not in said]
    if not found:
        return []
    known = {(e.row, e.measure): e for e in comparison.entries}

    def all_of(short: int) -> str:
        whose = ("" if two else f"{comparison.rows[d.first].label} " for d in found)
        return "; ".join(f"{who}{_said(d, known, short, False)}" for who, d in zip(whose, found, strict=True))

    named = ", ".join(("" if two else f"{comparison.rows[d.first].label}: ") + plainly(d.measure) for d in found)
    return [
        Verdict(
            key="worse",
            question="Did anything else become worse?" if two else "Is anything worse than in the baseline?",
            word="problem",
            in_words=_SAID["problem"],
            sentence=f"{say.upper(all_of(0))}.",
            short=say.upper(_first_that_fits([all_of(1), all_of(2), f"worse beyond chance: {named}"])),
            bars=tuple(_bar(d) for d in found[:PICTURES] if None not in d.limits) if two else (),
            section="differences",
        )
    ]


def plainly(measure: Measure) -> str:
    """A measure as people say it: ``invented``, ``right, closed questions of vqa-rad``."""
    of = measure.group or _PARTS.get(measure.part, "")
    kind = measure.name.partition(":")[0] if ": " in measure.name else ""
    if known := _CALLED.get(measure.name):
        return known
    if measure.value == "correct":
        return " of ".join(filter(None, (f"right, {kind} questions" if kind else "right", of)))
    what = measure.name.rpartition(": ")[2].lower()
    said = f"{what} (a judge's marks)" if measure.judge else what
    return f"{said}, {of}" if of else said


def _first_that_fits(forms: Sequence[str]) -> str:
    return next((form for form in forms if len(form) <= SHORT), forms[-1])


def _came(d: Difference) -> Word:
    """Worse beyond chance is a problem, better beyond it clear; all else nobody knows."""
    if d.better is None:
        return "not known"
    return "clear" if d.better == d.first else "problem"


def _value(estimate: Estimate, measure: Measure) -> str:
    if estimate.value is None:
        return "an unknown number" if measure.share else "unknown"
    return per_100(estimate.value) if measure.share else say.plain(estimate.value)


def _said(d: Difference, known: dict[tuple[int, Measure], Entry], short: int = 0, apart: bool = True) -> str:
    """A measure after and before, and what the difference comes to; ``apart``: unless the verdict's word says it."""
    after, before = (_value(known[n, d.measure].shown, d.measure) for n in (d.first, d.second))
    right = d.measure.value == "correct"
    kind = d.measure.name.partition(":")[0] if ": " in d.measure.name else ""
    rightly = f"answers {kind.removesuffix('s')} questions rightly" if kind else "answers rightly"
    does = _DOES.get(d.measure.name) or (rightly if right else f"{plainly(d.measure)}:")
    unknown = any(known[n, d.measure].shown.value is None for n in (d.first, d.second))
    chance = "not known" if unknown else _SAID[_came(d)]
    of = " of 100" if d.measure.share and short < 2 else ""
    common, why = _in_common(d, known)
    if short:
        return f"{common}{does} {after}{of}, before {before}{f' ({chance})' * (apart or unknown)}"
    beyond = "which may be chance" if _came(d) == "not known" else "beyond chance"
    return f"{does} {after}{of}, before {before}{why}: {_change(d)}, {beyond}"


def _in_common(d: Difference, known: dict[tuple[int, Measure], Entry]) -> tuple[str, str]:
    """Where a model's figure is another one on all its own questions: in few words of which it is here, and why."""
    entries = [known[n, d.measure] for n in (d.first, d.second)]
    if all(_value(e.own, d.measure) == _value(e.shown, d.measure) for e in entries):
        return "", ""
    after, before = (_value(e.own, d.measure) for e in entries)
    n = say.whole(d.difference.n)
    return f"of {n} counted in both: ", f" (of the {n} counted in both; over all its own {after}, before {before})"


def _change(d: Difference) -> str:
    """The difference with its range: ``6 fewer (2 to 10)``; ``3 fewer (8 fewer to 2 more)``."""
    value, (low, high) = d.difference.value, d.limits
    share = d.measure.share

    def amount(x: float) -> str:
        return per_100(abs(x)) if share else say.plain(abs(x))

    less, more = ("fewer", "more") if share else ("lower", "higher")
    if value is None or low is None or high is None:
        return "the difference is not known"
    word = more if value > 0 else less
    if not value:
        return f"no change ({amount(low)} {less} to {amount(high)} {more})"
    if low < 0 < high:
        return f"{amount(value)} {word} ({amount(low)} {less} to {amount(high)} {more})"
    ends = sorted((abs(low), abs(high)))
    return f"{amount(value)} {word} ({amount(ends[0])} to {amount(ends[1])})"


def _bar(d: Difference) -> Bar:
    low, high = (limit or 0.0 for limit in d.limits)
    step = 0.1 if d.measure.share else 10 ** math.floor(math.log10(max(abs(low), abs(high), 1e-9)))
    reach = max(math.ceil(max(abs(low), abs(high)) / step), 1) * step
    reach = min(reach, 1.0) if d.measure.share else reach
    return Bar(
        label=plainly(d.measure),
        value=d.difference.value,
        low=low,
        high=high,
        against=0.0,
        against_label="no change",
        word=_came(d),
        better="higher" if d.measure.higher_is_better else "lower",
        scale=(-reach, reach),
    )


def _best(comparison: Comparison, key: str, question: str, measures: Sequence[Measure]) -> Verdict:
    """Of several models: the best, and who is not told apart from it."""
    question = {"findings": "Which invents and misses least?", "premises": "Which goes along least?"}.get(
        key, "Which is best?"
    )
    said, shown = [], []
    word: Word = "not known"
    for measure in measures:
        entries = [e for e in comparison.entries if e.measure == measure and e.rank == "best"]
        if not entries:
            said.append(f"{plainly(measure)}: no best can be told")
            continue
        best = entries[0]
        label = comparison.rows[best.row].label
        tests = [t for t in comparison.differences if t.measure == measure and best.row in (t.first, t.second)]
        level = [t.second if t.first == best.row else t.first for t in tests if t.better != best.row]
        value = _value(best.shown, measure) + (" of 100" if measure.share else "")
        if not level and len(entries) == 1:
            word = "clear"
            said.append(f"{plainly(measure)}: {label} is best ({value}), beyond chance against all others")
        else:
            names = [comparison.rows[n].label for n in level] or [comparison.rows[e.row].label for e in entries[1:]]
            said.append(f"{plainly(measure)}: {label} is first ({value}), not told apart from {', '.join(names)}")
        shown.append(f"{plainly(measure)}: {label}{' best' if not level else f', not told apart from {len(level)}'}")
    forms = ("; ".join(shown), shown[0] if shown else "nobody is told apart")
    return Verdict(
        key=key,
        question=question,
        word=word,
        in_words="one is best" if word == "clear" else "not told apart",
        sentence=f"{say.upper('; '.join(said))}.",
        short=say.upper(_first_that_fits(forms)),
        section=measures[0].block,
    )


def _changed(found: Changes, asked: int) -> Verdict:
    """Counts of what was fixed and what broke, of the questions in common that have right and wrong answers."""
    every = found.items == asked
    where = f"{say.whole(found.items)} answers to the same questions"
    if not every:
        where = (
            f"{say.whole(found.items)} of {say.whole(asked)} questions in common, which have right and wrong answers"
        )
    told = f"{say.whole(found.items)} that are right or wrong"
    return Verdict(
        key="changes",
        question="What was fixed, and what broke?",
        word="not known",
        in_words="counted",
        sentence=f"{say.whole(found.fixed)} answers that were wrong are right now, {say.whole(found.broke)} that were "
        f"right are wrong now, of {where}.",
        short=f"{say.whole(found.fixed)} fixed, {say.whole(found.broke)} broke, of {where if every else told}"[:SHORT],
        section="changes",
    )


def _sure(comparison: Comparison, verdicts: Sequence[Verdict]) -> Verdict:
    """Common questions and images, what was missing, and whether the images were enough to tell anything."""
    many = say.count(comparison.clusters, comparison.unit).replace(say.NBSP, " ")
    lost = sum(row.request_failed + row.judge_unusable + row.unread for row in comparison.rows)
    missing = f"{say.whole(lost)} answers or verdicts are missing" if lost else "no answer is missing"
    few = _too_few(comparison, verdicts)
    word: Word = "not known" if few or lost else "clear"
    said = f"{many}, {say.whole(comparison.items)} questions in common; {missing}{few and f': {few}'}"
    return Verdict(
        key="sure",
        question="How sure is this?",
        word=word,
        in_words="too few images" if few else "some are missing" if lost else "enough images",
        sentence=f"{said}.",
        section="failures",
    )


def _too_few(comparison: Comparison, verdicts: Sequence[Verdict]) -> str:
    """Why the images are too few, in words; empty where something is told apart, or little can differ."""
    told = any(v.word in ("clear", "problem") for v in verdicts)
    if comparison.clusters < FEW:
        return "they show gross differences only" if told else "too few to tell models apart"
    if told:
        return ""
    ends = [(*d.limits, d.measure.share) for d in comparison.differences]
    known = [(max(abs(low), abs(high)), share) for low, high, share in ends if low is not None and high is not None]
    widest = max((reach for reach, share in known if share), default=0.0)
    if known and widest <= LITTLE and all(share for _, share in known):
        return ""
    reach = f": it may be up to {per_100(widest)} of 100" if widest > LITTLE else ""
    return f"too few to tell any difference from chance{reach}"


def _steps(comparison: Comparison, verdicts: Sequence[Verdict], two: tuple[int, int] | None) -> Iterator[Step]:
    if comparison.withheld:
        yield Step(sentence="Ask the failed questions again with the command that made the run; then compare again.")
    words = [v.word for v in verdicts]
    if two and "problem" in words:
        yield Step(sentence="It became worse in something: look at what broke before you use it.")
    elif "clear" not in words:
        yield Step(sentence="Nothing is told apart: ask more images of both.")
    elif comparison.clusters < FEW:
        yield Step(sentence="These are few images: ask more images of both.")
    for folder in comparison.rows[two[0] if two else 0].folders[:1]:
        yield Step(
            sentence="Hold it to limits that you set. Write them, before you look at another run:",
            command="auscult gate --init criteria.toml",
        )
        yield Step(sentence="Then:", command=f"auscult gate criteria.toml {shlex.quote(str(folder))}")
