"""A cure or a shift, in words and as a table: whether a model tells true from false better, or only says no more often.

Beside it stands what a habit of saying no would cost: what is denied though it is true, and what else was asked.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from auscult.analysis.comparison.comparing import Comparison
from auscult.analysis.comparison.figures import Difference
from auscult.analysis.comparison.shifts import KnownToBoth, Shift
from auscult.records import Estimate
from auscult.reports import format as say
from auscult.reports.comparison.words import named, scale_of
from auscult.reports.face import Bar, Verdict, Word
from auscult.reports.format import Scale
from auscult.reports.natural import per_100
from auscult.reports.table import NOTHING, Cell, Notes, Part, Row, Table, text, titled
from auscult.statistics.shift import SAME, CureOrShift

QUESTION = "Does it tell true from false better, or only say no more often?"
AS_BEFORE = 0.005
"""Change of the share of yes within which a model says yes as often as before."""
_WORDS: dict[str, Word] = {"discriminates": "clear", "harms": "problem"}
_SAID = {"discriminates": "tells better", "shifts": "tells no better", "harms": "tells worse"}
CANNOT = "cannot be told"
RETAINED = frozenset({"over-denial", "misses", "evasion"})
"""Measures of what a habit of saying no would cost, beside those of right answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One figure of a pair: before, after, and the change; ``relative``: as a share of what it was before."""

    name: str
    before: float | None = None
    after: float | None = None
    change: Estimate | None = None
    scale: Scale = Scale.SHARE
    note: str = ""
    relative: bool = False


def of_pair(comparison: Comparison, after: int, before: int) -> Shift | None:
    """What is known of one row against another."""
    return next((s for s in comparison.shifts if (s.after, s.before) == (after, before)), None)


def short_word(found: CureOrShift) -> str:
    """The verdict in two or three words: ``tells better``, ``only says no more often``."""
    if found.verdict != "shifts":
        return _SAID.get(found.verdict, CANNOT)
    points = ((p.hits, p.false_alarms) for p in (found.before, found.after))
    before, after = (_yes(hits, alarms, found) for hits, alarms in points)
    if abs(after - before) < AS_BEFORE:
        return "answers as before"
    return f"only says {'yes' if after > before else 'no'} more often"


def _yes(hits: float, alarms: float, found: CureOrShift) -> float:
    """Share of all items that a model says yes to."""
    return (hits * found.positives + alarms * found.negatives) / (found.positives + found.negatives)


def shift_verdict(shift: Shift | None) -> Verdict | None:
    """The answer on the first screen; None where nothing is known of how answers lean."""
    if shift is None or shift.found is None:
        return None
    found, word = shift.found, short_word(shift.found)
    shifted = found.verdict == "shifts"
    gain = _gain(shift, found)
    (true, false), (was_true, was_false) = (
        (per_100(p.hits), per_100(p.false_alarms)) for p in (found.after, found.before)
    )
    small = _small_beside(found)
    meant = {
        "discriminates": f"{gain.said}{f'; but {found.reason}' if found.reason else ''}.{small and f' {small}'}",
        "shifts": "the old model would do the same if it merely asked for more or less before it says yes.",
        "harms": f"{gain.said}.",
        "not known": f"whether the old model could have done the same cannot be told: {found.reason}.",
    }[found.verdict]
    begins = word.removeprefix("only ") if shifted else CANNOT if found.verdict == "not known" else "says yes"
    short = f"{begins}: any true {true}, was {was_true}; any false {false}, was {was_false}"
    if gain.short and found.verdict in _WORDS:
        beside = f": small beside shift to {_towards(found)}" if small else f"; yes to false {false}, was {was_false}"
        short = f"{gain.short}{beside}"
    return Verdict(
        key="shift",
        question=QUESTION,
        word=_WORDS.get(found.verdict, "not known"),
        in_words=_SAID.get(found.verdict, "not known"),
        sentence=f"{f'It {word}: yes' if shifted else 'Yes'} to {true} of 100 that are true (before {was_true}) and to "
        f"{false} of 100 that are false (before {was_false}), of all questions that ask yes or no; {meant}",
        short=short,
        bars=tuple(_bars(found, gain)),
        more=tuple(_more(shift, found, gain)),
        section="shift",
    )


@dataclass(frozen=True, slots=True)
class _Gain:
    """How much better true and false are told apart: in words, in few, as a change, and whether among like words."""

    said: str
    short: str
    change: Estimate | None
    within: bool


def _gain(shift: Shift, found: CureOrShift) -> _Gain:
    """The share of pairs of a true and a false one in which the true one is ahead, of the same words where there are.

    No habit of saying no moves it, so it is the size of what was gained, or lost.
    """
    if found.within is not None and shift.within is not None:
        before, after = shift.within
        pair = "of two images asked in the same words, it says yes more readily to the one of which it is true in"
        return _Gain(*_pairs(pair, before, after, found.within), found.within, True)
    before_, after_ = found.before.area.value, found.after.area.value
    if before_ is None or after_ is None:
        return _Gain("by how much cannot be told", "", None, False)
    pair = "of a true and a false statement taken at random, it says yes more readily to the true one in"
    return _Gain(*_pairs(pair, before_, after_, found.area), found.area, False)


def _pairs(pair: str, before: float, after: float, change: Estimate) -> tuple[str, str]:
    limits = say.limits(change.low, change.high, Scale.POINTS).replace(say.DASH, " to ")
    more = say.figure(change.value, Scale.POINTS).partition(say.NBSP)[0] if change.value is not None else ""
    beside = f" ({more}; {limits})" if more and limits else ""
    now, was = per_100(after), per_100(before)
    return f"{pair} {now} of 100 pairs, before {was}{beside}", f"true leads {now} of 100 pairs, was {was}"


def _small_beside(found: CureOrShift) -> str:
    """Where the distance of hits from false alarms (d′) is not shown to be greater, and answers moved to yes or no."""
    where = _towards(found)
    if found.verdict != "discriminates" or not where or found.d_prime.low is None or found.d_prime.low > 0:
        return ""
    return f"That gain is small beside its shift towards {where}."


def _towards(found: CureOrShift) -> str:
    """Which answer it gives more readily for certain, whatever is shown; empty: neither."""
    low, high = found.criterion.low, found.criterion.high
    if low is None or high is None or low <= 0 <= high:
        return ""
    return "no" if low > 0 else "yes"


def _told(estimate: Estimate) -> Estimate:
    """The figure without limits that are one number: every resample gave the same, which is no certainty."""
    return replace(estimate, low=None, high=None) if estimate.low == estimate.high else estimate


def _bars(found: CureOrShift, gain: _Gain) -> Iterator[Bar]:
    """The gain as a picture, where its limits are known."""
    change = gain.change and _told(gain.change)
    if change is None or change.low is None or change.high is None:
        return
    reach = min(max(0.1, abs(change.low), abs(change.high)), 1.0)
    yield Bar(
        label="pairs, the true one ahead",
        value=change.value,
        low=change.low,
        high=change.high,
        against=0.0,
        against_label="no change",
        word=_WORDS.get(found.verdict, "not known"),
        scale=(-reach, reach),
    )


def _more(shift: Shift, found: CureOrShift, gain: _Gain) -> Iterator[str]:
    if found.verdict in ("shifts", "not known") and gain.change is not None:
        yield f"{say.upper(gain.said)}: no habit of saying no changes that number."
    elif gain.change is not None:
        yield "No habit of saying no changes in how many pairs the true one is ahead."
    before, after = found.before.area.value, found.after.area.value
    if gain.within and before is not None and after is not None:
        yield (
            "Of a true and a false statement taken at random, whatever is asked, it leans to yes more for the true one "
            f"in {per_100(after)} of 100 pairs, before in {per_100(before)}."
        )
    if (both := shift.premises) and both.fall.value is not None:
        yield _known_to_both(both)
    if shift.known < shift.items:
        yield f"How far answers lean is known of {say.whole(shift.known)} of {say.whole(shift.items)} questions."


def _known_to_both(both: KnownToBoth) -> str:
    """The fall of knowing acceptance in words."""
    fell = "fell" if (both.fall.value or 0.0) >= 0 else "rose"
    limits = say.limits(both.fall.low, both.fall.high, Scale.SHARE, 0)
    read = (
        f"; answers that could not be read differ ({say.percent(both.unread[0])} before, {say.percent(both.unread[1])} "
        "after): the fall may come from these"
        if both.apart
        else ""
    )
    return (
        f"Of {say.whole(both.items)} false premises that both see through when asked neutrally, it goes along with "
        f"{per_100(both.after)} of 100, before with {per_100(both.before)}: {fell} by "
        f"{say.percent(abs(both.fall.value or 0.0), 0)} % of itself" + (f" ({limits})" if limits else "") + read + "."
    )


def lines(comparison: Comparison, shift: Shift) -> Iterator[Line]:
    """All figures of a pair, in order."""
    found = shift.found
    if found is not None:
        before, after = found.before, found.after
        yield Line(name="yes to what is true", before=before.hits, after=after.hits)
        yield Line(name="yes to what is false", before=before.false_alarms, after=after.false_alarms)
        above = found.above_global.estimate
        yield Line(name="above its own curve", change=_told(above), note=above.note)
        if own := found.above_question:
            note = f"{say.percent(found.tested, 0)} % of the items are of questions that have a curve of their own"
            yield Line(name="above each question's own curve", change=_told(own.estimate), note=note)
        yield Line(
            name="AUROC of the yes-margin",
            before=before.area.value,
            after=after.area.value,
            change=found.area,
            scale=Scale.PLAIN,
            note=found.area.note,
        )
        if found.within:
            was, now = shift.within or (None, None)
            yield Line(
                name="AUROC within a question's words", before=was, after=now, change=found.within, scale=Scale.PLAIN
            )
        yield Line(
            name="d′", before=before.d_prime, after=after.d_prime, change=found.d_prime, scale=Scale.PLAIN, note=D_PRIME
        )
        yield Line(
            name="criterion c",
            before=before.criterion,
            after=after.criterion,
            change=found.criterion,
            scale=Scale.PLAIN,
        )
    yield Line(name="answers that could not be read", before=shift.unread[0], after=shift.unread[1])
    if both := shift.premises:
        note = "of false premises that both see through; the change is a share of what it was before"
        yield Line(
            name="goes along knowingly",
            before=both.before,
            after=both.after,
            change=both.fall,
            note=note,
            relative=True,
        )
    for d in _retention(comparison, shift):
        entries = {e.row: e.shown.value for e in comparison.entries if e.measure == d.measure}
        yield Line(
            name=named(d.measure),
            before=entries.get(shift.before),
            after=entries.get(shift.after),
            change=d.difference,
            scale=scale_of(d.measure),
            note=d.difference.withheld,
        )


D_PRIME = "from counts; under a mere shift it moves too where the variances of true and false items differ"


def _retention(comparison: Comparison, shift: Shift) -> Iterator[Difference]:
    """What was kept: paired differences of what is denied though it is true, missed, evaded, and of right answers."""
    for d in comparison.differences:
        wanted = d.measure.name in RETAINED or d.measure.value == "correct"
        if wanted and (d.first, d.second) == (shift.after, shift.before):
            yield d


def shift_table(comparison: Comparison) -> Table:
    """A line a figure, pair after pair."""
    notes, made = Notes(), list[Row]()
    for shift in comparison.shifts:
        after, before = (comparison.rows[n].label for n in (shift.after, shift.before))
        verdict = short_word(shift.found) if shift.found else CANNOT
        about = f"{say.whole(shift.known)} of {say.whole(shift.items)} questions that ask yes or no"
        made.append(Row(label=f"{after}, before {before}: {verdict}", about=about, kind="group"))
        made += [_row(line, notes) for line in lines(comparison, shift)]
    return titled("shift", "Cure or shift", ("Figure", "Before", "After", "Change"), made, notes=notes)


def _row(line: Line, notes: Notes) -> Row:
    before, after = (
        text(NOTHING if value is None else say.figure(value, line.scale)) for value in (line.before, line.after)
    )
    return Row(label=line.name, cells=(before, after, _change(line)), notes=notes.mark(line.note), kind="part")


def _change(line: Line) -> Cell:
    change = _fall(line.change) if line.relative and line.change else line.change
    if change is None:
        return text("")
    scale = say.difference_of(line.scale)
    if change.value is None:
        return text(NOTHING)
    value = say.figure(change.value, scale)
    if line.relative:
        value = f"{value.partition(say.NBSP)[0]}{say.NBSP}% of itself"
    part = Part(value=value, interval=say.limits(change.low, change.high, scale), n=change.n)
    return Cell(parts=(part,), clusters=say.count(change.clusters, change.unit))


def _fall(fall: Estimate) -> Estimate:
    """A fall as a change: below 0 where it is one."""
    if fall.value is None:
        return fall
    low, high = (None if end is None else -end for end in (fall.high, fall.low))
    return replace(fall, value=-fall.value, low=low, high=high)


def about_shifts(comparison: Comparison) -> tuple[str, ...]:
    """How the table is to be read; nothing where there is none."""
    if not comparison.shifts:
        return ()
    points = f"{SAME * 100:g} points"
    return (
        "Whoever makes a model ask for more before it says yes moves it along its own curve of hits against false "
        "alarms, and tells nothing better. So the new model's point is held against the curve of the old model's own "
        "leanings, on the same questions. Above it for certain (by its hits at equal false alarms and at as many yes): "
        f"it tells better. Within {points} of it (90 % interval): a mere shift. Below it for certain: it tells worse. "
        "Else it cannot be told.",
        "A shift may also be one for each question. Where a question is asked of enough images it has a curve of its "
        "own, and the point must lie above that too.",
    )
