"""An audit of reading in words: its first screen, and a table a task."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from rich.console import Group, RenderableType
from rich.text import Text

from auscult.interpretation.figures import ALL, Line
from auscult.records import Estimate
from auscult.reports import format as say
from auscult.reports import natural
from auscult.reports.cells import cell
from auscult.reports.face import Bar, Face, Step, Verdict, Word
from auscult.reports.format import Scale
from auscult.reports.questions import AT_MOST, TOO_FEW, Clause, bar, conclusion, error_bar, word_of_error, worst
from auscult.reports.table import Cell, Column, Notes, Row, Table, text
from auscult.reports.terminal import Drawn

QUESTIONS: Final = {
    "brain-tumour-type": "Does it tell kinds of brain tumour?",
    "lung-cancer": "Does it see lung cancer?",
    "pleural-effusion": "Does it see a pleural effusion?",
    "ascites": "Does it see ascites?",
    "midline-shift": "Does it measure a midline shift?",
}
PLUMBING = (
    "This model only sees phantoms, and these images are none: what it answers says nothing, and no rate is shown."
)
AGREEMENT = "Bias is what is said minus what is true; nineteen of twenty errors lie between the limits of agreement."
AGREES = ("bias", "lower limit of agreement", "upper limit of agreement")
PHANTOMS = (
    "The images are phantoms, drawn by a program: how a model reads them is no evidence of how it reads patients."
)
RATES = (
    "Fabrication is FP / (FP + TN), miss is FN / (FN + TP), after Das et al. 2025 (arXiv 2508.07031). Answers that "
    "could not be read, hedge or take no position enter neither, and stand apart as shares of all answers that came."
)


def face_of(
    lines: Sequence[Line],
    model: str,
    *,
    plumbing: bool,
    left_out: Sequence[str],
    drawn: bool = False,
    runs: Mapping[str, str] | None = None,
) -> Face:
    """The first screen: a verdict a task, in natural frequencies; the gravest of them in one line above.

    Args:
        lines: all figures.
        model: as it was named.
        plumbing: whether the figures say nothing.
        left_out: names of tasks that could not be put.
        drawn: whether the images are phantoms.
        runs: task → folder of its first run.
    """
    names = list(dict.fromkeys(line.task for line in lines))
    verdicts = () if plumbing else tuple(_verdict([x for x in lines if x.task == name]) for name in names)
    return Face(
        title=f"{model}, reading images: {say.count(len(names), 'task')}".replace(say.NBSP, " "),
        line="" if plumbing else _line(verdicts),
        action="" if plumbing else _action(verdicts),
        verdicts=verdicts,
        stop=PLUMBING if plumbing else "",
        cautions=tuple(_cautions(drawn, left_out)),
        steps=() if plumbing else tuple(_steps(verdicts, drawn, runs or {})),
    )


def _cautions(drawn: bool, left_out: Sequence[str]) -> Iterator[str]:
    if drawn:
        yield PHANTOMS
    if left_out:
        named = ", ".join(name.replace("-", " ") for name in left_out)
        yield f"Not asked: {named}. With these images comes no right answer to that."


def _line(verdicts: Sequence[Verdict]) -> str:
    """The task with a fault that is named first, else what is open."""
    faults = [v for v in verdicts if v.word == "problem"]
    if faults:
        more = f" {say.upper(say.count(len(faults) - 1, 'other task')).replace(say.NBSP, ' ')} too." * (len(faults) > 1)
        return f"{faults[0].short or faults[0].sentence}.{more}"
    if verdicts and all(v.word == "clear" for v in verdicts):
        return f"No task shows errors in more than {natural.per_100(AT_MOST)} of 100 images."
    return "No fault is shown, but these images are too few to clear it of any."


def _action(verdicts: Sequence[Verdict]) -> str:
    if any(v.word == "problem" for v in verdicts):
        return "Check what it reads by eye: it errs at this more often than may be left unread."
    return "" if verdicts and all(v.word == "clear" for v in verdicts) else "Ask about more images before you decide."


def _steps(verdicts: Sequence[Verdict], drawn: bool, runs: Mapping[str, str]) -> Iterator[Step]:
    if drawn:
        yield Step(sentence="Whoever runs the software asks about real images: drawn ones say nothing about patients.")
    elif any(v.word == "not known" for v in verdicts):
        yield Step(sentence="Whoever runs the software asks about more images of what is not known.")
    first = next((v.key for v in verdicts if v.word == "problem"), next(iter(runs), ""))
    if not drawn and first in runs:
        said = "A physician rates 100 of its answers, which takes an hour and tests answers, references and this tool."
        yield Step(sentence=said, command=f"auscult rate make {runs[first]} --out sheet")
    yield Step(sentence="Look at the worst answers with their images: each task has a page of its own, under the runs.")


def way_words(way: str) -> str:
    """A way of asking in words: ``without examples``, ``with 3 examples a class``."""
    with_words, _, against = way.partition(" minus ")
    many = with_words.removeprefix("few-shot ")
    said = with_words
    if many != with_words:
        said = f"with {many} example{'' if many == '1' else 's'} a class"
    elif with_words == "zero-shot":
        said = "without examples"
    return f"{said} against {way_words(against)}" if against else said


class Said(NamedTuple):
    """What one way of asking came to: a sentence without its task, the same in short, a word, pictures."""

    sentence: str
    short: str
    word: Word = "not known"
    in_words: str = ""
    bars: tuple[Bar, ...] = ()
    ending: str = ""


def _verdict(lines: Sequence[Line]) -> Verdict:
    name = lines[0].task
    own = [x for x in lines if "minus" not in x.way]
    said = _said([x for x in own if x.way == own[0].way])
    task = say.upper(name.replace("-", " "))
    return Verdict(
        key=name,
        question=QUESTIONS.get(name, name),
        word=said.word,
        in_words=said.in_words,
        sentence=" ".join(
            filter(None, [f"{task}: {said.sentence} ({way_words(own[0].way)}).", said.ending, *_shown_changes(lines)])
        ),
        short=f"{task}: {said.short}",
        bars=said.bars,
        more=(*_curves([x for x in own if x.way == own[0].way]), *_changes(lines)),
        section=name,
    )


def _said(lines: Sequence[Line]) -> Said:
    """What the first way of asking came to."""
    found = {(x.metric, x.label): x.figure for x in lines}
    if ("bias", ALL) in found:
        invented = next((x.figure for x in lines if x.label == "nothing there"), None)
        return _agreed(*(found[name, ALL] for name in AGREES), invented=invented)
    parts = [
        (found[metric, ALL], metric, verb, what)
        for metric, verb, what in (
            ("right", "names right", ""),
            ("fabrication", "invents it in", " without it"),
            ("miss", "misses it in", " with it"),
        )
        if (metric, ALL) in found
    ]
    told = [natural.told(figure) for figure, *_ in parts]
    errors = [Clause("", word_of_error(figure), figure) for figure, metric, *_ in parts if metric != "right"]
    right = found.get(("right", ALL))
    enough = right is not None and natural.told(right) and not natural.scarce(right)
    small = right is not None and natural.scarce(right)
    return Said(
        "; ".join(_of(figure, verb, what) for figure, _, verb, what in parts) or "nothing was measured",
        "; ".join(f"{verb} {_short(figure)}" for figure, _, verb, _ in parts) or "nothing was measured",
        word=worst([c.word for c in errors]) if errors else "not known",
        in_words="measured" if enough else "",
        bars=tuple(
            bar(metric, figure) if metric == "right" else error_bar(metric, figure)
            for (figure, metric, *_), is_told in zip(parts, told, strict=True)
            if is_told
        ),
        ending=(conclusion(errors) if errors and any(told) else TOO_FEW if small else ""),
    )


def _agreed(bias: Estimate, lower: Estimate, upper: Estimate, *, invented: Estimate | None) -> Said:
    """A number's bias with its interval, not known where that holds 0; where most answers lie, of images enough."""
    on = f"on {say.count(bias.n, 'image')}".replace(say.NBSP, " ")
    if bias.value is None:
        why = f": {bias.withheld}" if bias.withheld else ""
        return Said(f"no bias can be given {on}{why}", f"no bias can be given {on}")
    ends = "" if bias.low is None or bias.high is None else f" ({_mm(bias.low)} to {_mm(bias.high)})"
    head = f"off by {_mm(bias.value)} mm{ends} on average, {on}"
    most = ""
    if not natural.scarce(bias) and (ends_of := [_limit(e) for e in (lower, upper)]) and all(ends_of):
        most = f"; nineteen of twenty answers are from {ends_of[0]} to {ends_of[1]} mm off"
    names = "" if invented is None else _names_one(invented)
    sure = not natural.few(bias)
    much = sure and bias.low is not None and bias.low > 0
    little = sure and bias.high is not None and bias.high < 0
    word = worst([_word(much or little), word_of_error(invented) if names and invented is not None else "not known"])
    says = "says too much" if much else "says too little" if little else ""
    return Said(
        f"{head}{most}{names}",
        head,
        word=word,
        in_words=says,
        ending=TOO_FEW if word == "not known" and natural.scarce(bias) else "",
    )


def _word(bad: bool) -> Word:
    return "problem" if bad else "not known"


def _limit(limit: Estimate) -> str:
    """A limit of agreement with its interval; empty where one of them is missing."""
    if limit.value is None or limit.low is None or limit.high is None:
        return ""
    return f"{_mm(limit.value)} ({_mm(limit.low)} to {_mm(limit.high)})"


def _names_one(invented: Estimate) -> str:
    """That it names a shift in most of the images that have none; empty where it does not."""
    if invented.value is None or invented.value <= 0.5 or not natural.told(invented):
        return ""
    images = f"image{'' if invented.n == 1 else 's'} that have none"
    return f"; it names one of over 2 mm in {_share(invented, images)}"


def _mm(value: float) -> str:
    return f"{value:+.1f}".replace("-", "\u2212")


def _of(figure: Estimate, verb: str, what: str) -> str:
    """A share with its range and what it is of: ``it misses it in 0 of 3 images with it (0 to 71 of 100)``."""
    asked = figure.n + figure.missing
    if not asked:
        return f"there is no image{what} that it could be read on"
    images = f"image{'' if asked == 1 else 's'}{what}"
    if not natural.told(figure):
        return f"how often it {verb} {asked:,} {images} cannot be told"
    return f"it {verb} {_share(figure, images)}"


def _share(figure: Estimate, images: str) -> str:
    ends = natural.ends(figure)
    reach = "" if ends is None else f"{natural.per_100(ends[0])} to {natural.per_100(ends[1])}"
    if figure.value is None or figure.withheld:
        return f"{reach} of 100 {images}, by {figure.n:,}"
    if natural.scarce(figure):
        return f"{natural.counts(figure)} {images}" + (f" ({reach} of 100)" if reach else "")
    return f"{natural.per_100(figure.value)} of 100 {images}{f' ({reach})' if reach else ''}, by {figure.n:,}"


def _short(figure: Estimate) -> str:
    """The same without its range: ``0 of 3``, ``12 of 100 (n 40)``."""
    if not natural.told(figure):
        return f"not told (n {figure.n:,})"
    if natural.scarce(figure):
        return natural.counts(figure)
    value = figure.value
    said = natural.of_100(figure) if value is None or figure.withheld else f"{natural.per_100(value)} of 100"
    return f"{said} (n {figure.n:,})"


def _curves(lines: Sequence[Line]) -> Iterator[str]:
    """Misses of the smallest and of the largest findings, and of the faintest and the plainest."""
    for part, ends in (("size", ("Smallest", "Largest")), ("contrast", ("Faintest", "Plainest"))):
        own = [line for line in lines if line.part == part and natural.told(line.figure)]
        if len(own) > 1:
            yield " ".join(f"{ends[n]}, {own[n].label}: missed in {_ranged(own[n].figure)}." for n in (0, -1))


def _ranged(figure: Estimate) -> str:
    """A share in short with its range: ``26 of 100 (n 23; 10 to 48)``."""
    ends = natural.ends(figure)
    reach = "" if ends is None else f"; {natural.per_100(ends[0])} to {natural.per_100(ends[1])} of 100"
    said = _short(figure)
    return f"{said.removesuffix(')')}{reach})" if said.endswith(")") else f"{said} ({reach.removeprefix('; ')})"


def _changes(lines: Sequence[Line]) -> Iterator[str]:
    """What examples changed, one sentence a figure."""
    for line in lines:
        figure = line.figure
        if "minus" in line.way and figure.value is not None:
            ends = say.interval(figure.low or 0.0, figure.high or 0.0, Scale.POINTS) if figure.low is not None else ""
            what = f"{say.upper(way_words(line.way))}, {line.metric}"
            yield f"{what}: {say.figure(figure.value, Scale.POINTS)} {ends}".rstrip() + "."


def _shown_changes(lines: Sequence[Line]) -> Iterator[str]:
    """What examples are shown to change, for the first screen."""
    for line in lines:
        figure = line.figure
        if "minus" not in line.way or figure.value is None or figure.p_value is None:
            continue
        if figure.p_value < 1 - figure.level:
            more = "more" if figure.value > 0 else "fewer"
            way = line.way.split(" minus ")[0]
            yield f"{say.upper(way_words(way))}: {abs(100 * figure.value):.0f} of 100 {more} ({line.metric})."


def tables_of(lines: Sequence[Line]) -> Iterator[Table]:
    """A table a task: a row a figure, a column a way of asking."""
    for name in dict.fromkeys(line.task for line in lines):
        own = [line for line in lines if line.task == name]
        ways = list(dict.fromkeys(line.way for line in own))
        notes = Notes()
        rows = []
        for key in dict.fromkeys((line.part, line.label, line.metric) for line in own):
            there = {line.way: line for line in own if (line.part, line.label, line.metric) == key}
            cells = tuple(_cell(there.get(way), notes) for way in ways)
            first = next(iter(there.values()))
            rows.append(Row(label=_label(first), about=key[0], cells=cells))
        parts = {line.part for line in own}
        leads = [said for part, said in (("agreement", AGREEMENT), ("rates", RATES)) if part in parts]
        columns = tuple(Column(title=way_words(way)) for way in ways)
        caption = QUESTIONS.get(name, name)
        yield Table(
            name=name, caption=caption, head="Figure", columns=columns, rows=tuple(rows), notes=(*notes.texts, *leads)
        )


def printed(tables: Sequence[Table]) -> RenderableType:
    """The tables for a terminal."""
    return Group(*(part for table in tables for part in (Text(table.caption, "bold"), Drawn(table))))


def _label(line: Line) -> str:
    return line.metric if line.label == ALL else f"{line.metric}, {line.label}"


def _cell(line: Line | None, notes: Notes) -> Cell:
    if line is None:
        return text("not measured", tone="none")
    points = "minus" in line.way
    scale = (Scale.POINTS if points else Scale.SHARE) if line.share else Scale.PLAIN
    return cell(line.figure, scale, notes)
