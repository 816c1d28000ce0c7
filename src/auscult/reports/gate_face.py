"""The first screen of a gate: each criterion met, missed or not known, in plain words, and what to do."""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from auscult.analysis.gate.decision import Decided, Gate
from auscult.analysis.gate.lines import Line, many
from auscult.analysis.gate.lines import Verdict as Decision
from auscult.analysis.gate.run import EVERY
from auscult.reports import format as say
from auscult.reports.face import SHORT, Bar, Face, Step, Verdict, Word
from auscult.reports.steps import MOST as MOST_STEPS
from auscult.reports.verdicts import called

WORDS: Final[dict[Decision, Word]] = {"PASS": "met", "FAIL": "missed", "INCONCLUSIVE": "not known"}
_QUESTIONS: Final = {
    "inventions": "Does it invent findings?",
    "misses": "Does it miss findings?",
    "premise": "Does it go along with what is false?",
    "mean": "Is it right often enough?",
    "harm": "Would its answers do harm?",
    "gap": "Is it as good for every group?",
    "image": "Does it look at the image?",
    "failures": "Does it answer, and can the answers be read?",
    "abstention": "Does it know when not to answer?",
    "canary": "Do answers belong to their image?",
    "certificates": "Were the instruments tested?",
}
_OF: Final = {
    "invented findings": "of 100 questions about a finding that is absent it says to {n} that it is there",
    "missed findings": "of 100 questions about a finding that is present it misses it in {n}",
    "knowing acceptance": "of 100 false premises that it could see through it goes along with {n}",
    "raw acceptance": "of 100 false premises it goes along with {n}",
    "over-denial": "of 100 true premises it denies {n}",
    "failed, unread or unusable": "of 100 answers {n} failed, were unread or unusable",
    "failed requests": "of 100 requests {n} failed",
    "unread answers": "of 100 answers {n} could not be read",
    "unusable answers": "of 100 answers {n} take no position",
    "refused answers": "of 100 answers {n} refuse",
    "mean of closed correct": "of 100 questions it answers {n} rightly",
}
"""What is measured → what was seen, with the number as of a hundred."""
_OF_SILENT: Final = {
    "invented findings": "of 100 questions about a finding that is absent {n} get no clear no",
    "missed findings": "of 100 questions about a finding that is present {n} get no clear yes",
}
"""The same where some answers take no position: these rule nothing out, and find nothing."""
_SHORT_SILENT: Final = {"invented findings": "no clear no", "missed findings": "no clear yes"}
SHOWN_BARS: Final = 2


def gate_face(gate: Gate) -> Face:
    """The first screen of what a gate says."""
    every = (*gate.decided, *gate.updates)
    verdicts = [_verdict(d, gate.unit, f"criterion-{n}") for n, d in enumerate(gate.decided, 1)]
    updates = [
        replace(_verdict(d, gate.unit, f"update-{n}", update=True), section="against")
        for n, d in enumerate(gate.updates, 1)
    ]
    return Face(
        title=f"{_asked(gate)}: {_counted(every)}",
        about=f"{gate.criteria['title']}. {dates(gate)} Version {gate.criteria['version']}, fixed by "
        f"{gate.criteria['who']}.",
        verdicts=(*verdicts, *updates),
        cautions=gate.warnings,
        steps=tuple(_steps(gate, every)),
    )


def checked_face(gate: Gate, run: Face) -> Face:
    """The limits first, then what the run itself shows; what to do is the gate's, then the run's."""
    made = gate_face(gate)
    steps = tuple(dict.fromkeys((*made.steps, *run.steps)))
    verdicts = (*made.verdicts, *(v for v in run.verdicts if v.key != "limits"))  # all limits stand above
    return replace(made, verdicts=verdicts, stop=run.stop, cautions=run.cautions, steps=steps[:MOST_STEPS])


def _asked(gate: Gate) -> str:
    """Who answered, about how much."""
    images, questions = (int(gate.run.get(name, 0)) for name in ("images", "questions"))
    many = f"{say.count(images, 'image')}, {say.count(questions, 'question')}".replace(say.NBSP, " ")
    return f"{gate.run['name'] or called(gate.run['spec'] or gate.run['title'])} on {many}"


def dates(gate: Gate) -> str:
    """When the criteria were fixed and when the answers were made, as far as that is known."""
    fixed, began = _when(gate.criteria["created"]), _when(gate.run["created"])
    hour = (fixed.year, fixed.month, fixed.day) == (began.year, began.month, began.day)
    first = f"Criteria fixed on {say.day(fixed, hour=hour)}"
    if gate.timing.made == "here":
        return f"{first}, answers made {say.day(began, hour=hour)}."
    return f"{first}, answers first seen {say.day(began, hour=hour)}; when they were made is not known."


def _when(text: str) -> date:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def _counted(every: Sequence[Decided]) -> str:
    """How many criteria there are of each word: ``1 limit of 3 missed, 1 not known``."""
    if all(d.verdict == "PASS" for d in every):
        return "the one limit is met" if len(every) == 1 else f"all {len(every)} limits are met"
    counts = [(WORDS[v], sum(d.verdict == v for d in every)) for v in ("FAIL", "INCONCLUSIVE")]
    (word, n), *others = [(word, n) for word, n in counts if n]
    limits = "1 limit" if n == 1 else f"{n} limits"
    return ", ".join([f"{limits} of {len(every)} {word}", *(f"{n} {word}" for word, n in others)])


def _verdict(decided: Decided, unit: str, key: str, *, update: bool = False) -> Verdict:
    """One criterion, by its name; the part that decides it speaks for it."""
    first, *others = _worst_first(decided)
    label = "" if first.label in (EVERY, "all targets", "all findings") else first.label
    sentence = _sentence(decided, first, label, update=update)
    rest = "" if decided.kind == "certificates" else _of_others(decided, others)
    need = _need(first, unit)
    question = f"{_QUESTIONS[decided.kind]} No worse than before?" if update else _QUESTIONS[decided.kind]
    return Verdict(
        key=key,
        question=question,
        word=WORDS[decided.verdict],
        sentence=" ".join(filter(None, (sentence, need, rest))),
        short=_short(decided, first, label, update=update),
        bars=tuple(_bar(line) for line in (first, *others)[:SHOWN_BARS] if line.low is not None),
        more=(decided.why, *decided.notes),
        section="criteria",
    )


def _worst_first(decided: Decided) -> list[Line]:
    """Missed before not known before met; of these the one that is closest to its limit, or furthest beyond it."""
    order: list[Decision] = ["FAIL", "INCONCLUSIVE", "PASS"]

    def room(line: Line) -> float:
        if line.limit is None or line.low is None or line.high is None:
            return 0.0
        return line.limit - line.high if line.good == "at most" else line.low - line.limit

    return sorted(decided.lines, key=lambda line: (order.index(line.verdict), room(line)))


def _number(value: float, line: Line) -> str:
    """A value as a person says it: of a hundred where it is a share, its own unit else."""
    if line.unit == "plain":
        return say.plain(value)
    shown = abs(value) * 100
    digits = 0 if shown >= 10 or shown == 0 else 1
    text = f"{shown:.{digits}f}"
    if line.unit == "points" and value < 0:
        text = f"{say.MINUS}{text}"
    return text.removesuffix(".0")


def _sentence(decided: Decided, line: Line, label: str, *, update: bool) -> str:
    """What was seen, what may be true of all images like these, and what the limit is."""
    where = f"{say.upper(decided.name)}{f' ({label})' if label else ''}: "
    if decided.kind == "certificates":
        return f"{where}{_tested(decided)}"
    if line.limit is None or line.low is None or line.high is None:
        return f"{where}{line.note or line.need}."
    seen = "an unknown number" if line.value is None else _number(line.value, line)
    points = " points of 100" if line.unit == "points" else " of 100" if line.unit == "share" else ""
    known = _OF.get(decided.about) if line.unit == "share" else None
    opening = known.format(n=seen) if known else f"{'change of ' * update}{decided.about}: {seen}{points}"
    if known and line.silent and decided.about in _OF_SILENT:
        silent = f"{line.silent:,} of {line.n:,} answers take no position, and count among them"
        opening = f"{_OF_SILENT[decided.about].format(n=seen)} ({silent})"
    limit = "Allowed" if line.good == "at most" else "Required"
    return (
        f"{where}{opening}; of all images like these {_possible(line)}. "
        f"{limit}: {line.good} {_number(line.limit, line)}."
    )


def _tested(decided: Decided) -> str:
    """Which instruments have no certificate that passed."""
    without = [f"{line.label} ({line.note})" for line in decided.lines if line.verdict != "PASS"]
    if not without:
        return f"all {len(decided.lines)} instruments passed their tests."
    return f"{len(without)} of {len(decided.lines)} instruments did not pass a test: {'; '.join(without)}."


def _possible(line: Line) -> str:
    """What may be true of all images like these."""
    assert line.low is not None and line.high is not None, "a line with a limit has bounds"
    low, high = _number(line.low, line), _number(line.high, line)
    if line.verdict == "INCONCLUSIVE":
        return f"{low} to {high}"
    return f"at most {high}" if (line.verdict == "PASS") == (line.good == "at most") else f"at least {low}"


def _short(decided: Decided, line: Line, label: str, *, update: bool) -> str:
    """The same for one line: name, what was seen, the limit."""
    name = f"{say.upper(decided.name)}{' against before' if update else ''}"
    if decided.kind == "certificates":
        passed = sum(one.verdict == "PASS" for one in decided.lines)
        return f"{name}: {passed} of {len(decided.lines)} instruments passed their tests"[:SHORT]
    if line.limit is None or line.low is None or line.high is None:
        return next((t for t in (f"{name}: {line.note or line.need}", name) if len(t) <= SHORT), name[:SHORT])
    unit = "" if line.unit == "plain" else " of 100" if line.unit == "share" else " points"
    seen = "no value" if line.value is None else _number(line.value, line)
    low, high = _number(line.low, line), _number(line.high, line)
    limit = f"limit {'≤' if line.good == 'at most' else '≥'} {_number(line.limit, line)}"
    parts = f" ({label})" if label else ""
    if line.silent and decided.about in _SHORT_SILENT:
        name = f"{name}: {_SHORT_SILENT[decided.about]}"
    forms = (
        f"{name}{parts}: {seen} ({low} to {high}){unit}, {limit}",
        f"{name}: {seen} ({low} to {high}){unit}, {limit}",
        f"{name}: {seen}{unit}, {limit}",
        f"{say.upper(decided.kind)}: {seen}{unit}, {limit}",
    )
    return next(form for form in forms if len(form) <= SHORT or form is forms[-1])


def _of_others(decided: Decided, others: Sequence[Line]) -> str:
    """What came of the other parts."""
    if not others:
        return ""
    if decided.verdict == "PASS":
        return f"All {len(decided.lines)} parts hold." if len(others) > 1 else "The other part holds too."
    same = sum(line.verdict == decided.verdict for line in decided.lines)
    return f"{same} of {len(decided.lines)} parts {'miss it' if decided.verdict == 'FAIL' else 'are open'}."


def _need(line: Line, unit: str) -> str:
    if line.verdict != "INCONCLUSIVE" or not line.need:
        return ""
    if line.more and "(there are" not in line.need:
        return f"About {line.more:,} more {many(unit)} like these would tell."
    return f"A verdict needs {line.need}." if line.low is not None else ""


def _bar(line: Line) -> Bar:
    """The interval against the limit."""
    values = [v for v in (line.low, line.high, line.limit, line.value) if v is not None]
    scale = (0.0, 1.0)
    if line.unit == "points":
        scale = (-1.0 if min(values) < 0 else 0.0, 1.0)
    elif line.unit == "plain":
        scale = (min(0.0, *values), max(values) if max(values) > 10 else 10.0 if max(values) > 1 else 1.0)
    return Bar(
        label=line.label,
        value=line.value,
        low=line.low,
        high=line.high,
        against=line.limit,
        against_label="limit",
        better="lower" if line.good == "at most" else "higher",
        scale=scale,
    )


def _steps(gate: Gate, every: Sequence[Decided]) -> Iterator[Step]:
    """What to do, by the verdict."""
    file, run = (shlex.quote(str(path)) for path in (gate.criteria["path"], gate.run["path"]))
    more = max((line.more for d in every for line in d.lines if line.verdict == "INCONCLUSIVE"), default=0)
    again = f"auscult gate {file} NEW-RUN"
    if gate.verdict == "FAIL":
        missed = ", ".join(d.name for d in every if d.verdict == "FAIL")
        yield Step(
            sentence="Do not use it for this. Let a physician rate 100 answers (an hour), which tells how much of "
            f"{missed} is the model's own; a changed model is held to the same limits on a new run.",
            command=f"auscult rate make {run} --out sheet",
        )
    if gate.verdict != "PASS" and more:
        yield Step(
            sentence=f"Nobody knows yet: about {more:,} more {many(gate.unit)} like these would tell, in a new run.",
            command=again,
        )
    elif gate.verdict == "INCONCLUSIVE":
        open_ = next((d, line) for d in every for line in d.lines if line.verdict == "INCONCLUSIVE")
        yield Step(sentence=f"Nobody knows yet. {say.upper(open_[0].name)}: {open_[1].need}.")
    if gate.verdict == "PASS":
        yield Step(
            sentence="The limits hold for images like these. Hold the next version to them too.",
            command=f"{again} --against {run}" if gate.criteria.get("margin") else again,
        )
