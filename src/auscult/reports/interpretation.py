"""An audit of reading in words: its first screen, and a table a task."""

from collections.abc import Iterator, Sequence
from typing import Final, Literal, NamedTuple

from rich.console import Group, RenderableType
from rich.text import Text

from auscult.interpretation.figures import ALL, Line
from auscult.records import Estimate
from auscult.reports import format as say
from auscult.reports import natural
from auscult.reports.cells import cell
from auscult.reports.face import Bar, Face, Step, Verdict, Word
from auscult.reports.format import Scale
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
RATES = (
    "Fabrication is FP / (FP + TN), miss is FN / (FN + TP), after Das et al. 2025 (arXiv 2508.07031). Answers that "
    "could not be read, hedge or take no position enter neither, and stand apart as shares of all answers that came."
)


def face_of(lines: Sequence[Line], model: str, *, plumbing: bool, left_out: Sequence[str]) -> Face:
    """The first screen: a verdict a task, in natural frequencies.

    Args:
        lines: all figures.
        model: as it was named.
        plumbing: whether the figures say nothing.
        left_out: tasks that could not be put, and why.
    """
    names = list(dict.fromkeys(line.task for line in lines))
    verdicts = () if plumbing else tuple(_verdict([x for x in lines if x.task == name]) for name in names)
    return Face(
        title=f"{model}, reading images: {say.count(len(names), 'task')}",
        verdicts=verdicts,
        stop=PLUMBING if plumbing else "",
        cautions=tuple(f"Not asked: {why}." for why in left_out),
        steps=(Step(sentence="Each run has a page of its own, with the worst answers and their images."),),
    )


class Said(NamedTuple):
    """What one way of asking came to: a sentence without its task, the same in short, a word, pictures."""

    sentence: str
    short: str
    word: Word = "not known"
    in_words: str = ""
    bars: tuple[Bar, ...] = ()


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
        sentence=" ".join([f"{task}: {said.sentence} ({own[0].way}).", *_shown_changes(lines)]),
        short=f"{task}: {said.short}",
        bars=said.bars,
        more=(*_curves([x for x in own if x.way == own[0].way]), *_changes(lines)),
        section=name,
    )


def _said(lines: Sequence[Line]) -> Said:
    """What the first way of asking came to."""
    found = {(x.metric, x.label): x.figure for x in lines}
    if ("bias", ALL) in found:
        return _agreed(*(found[name, ALL] for name in AGREES))
    parts = [
        (found[metric, ALL], metric, verb, what)
        for metric, verb, what in (
            ("right", "names right", ""),
            ("fabrication", "invents it in", " without it"),
            ("miss", "misses it in", " with it"),
        )
        if (metric, ALL) in found
    ]
    told = [_told(figure) for figure, *_ in parts]
    return Said(
        "; ".join(_of(figure, verb, what) for figure, _, verb, what in parts) or "nothing was measured",
        "; ".join(f"{verb} {_short(figure)}" for figure, _, verb, _ in parts) or "nothing was measured",
        in_words="measured" if any(told) else "",
        bars=tuple(
            _bar(metric, figure, "higher" if metric == "right" else "lower")
            for (figure, metric, *_), is_told in zip(parts, told, strict=True)
            if is_told
        ),
    )


def _agreed(bias: Estimate, lower: Estimate, upper: Estimate) -> Said:
    """A number's bias with its interval, not known where that holds 0; then where most answers lie."""
    on = f"on {say.count(bias.n, 'image')}".replace(say.NBSP, " ")
    if bias.value is None:
        why = f": {bias.withheld}" if bias.withheld else ""
        return Said(f"no bias can be given {on}{why}", f"no bias can be given {on}")
    ends = "" if bias.low is None or bias.high is None else f" ({_mm(bias.low)} to {_mm(bias.high)})"
    head = f"off by {_mm(bias.value)} mm{ends} on average, {on}"
    most = ""
    if lower.value is not None and upper.value is not None:
        most = f"; nineteen of twenty answers are {_mm(lower.value)} to {_mm(upper.value)} mm off"
    much = bias.low is not None and bias.low > 0
    little = bias.high is not None and bias.high < 0
    return Said(
        f"{head}{most}",
        head,
        word="problem" if much or little else "not known",
        in_words="says too much" if much else "says too little" if little else "",
    )


def _mm(value: float) -> str:
    return f"{value:+.1f}".replace("-", "\u2212")


def _told(figure: Estimate) -> bool:
    """Whether a share says anything: more than a range from none to all."""
    ends = natural.ends(figure)
    return natural.known(figure) and (
        figure.value is not None or (ends is not None and (ends[0] >= 0.01 or ends[1] <= 0.99))
    )


def _of(figure: Estimate, verb: str, what: str) -> str:
    """A share with its range and what it is of: ``it misses it in 0 of 3 images with it (0 to 71 of 100)``."""
    asked = figure.n + figure.missing
    if not asked:
        return f"there is no image{what} that it could be read on"
    images = f"image{'' if asked == 1 else 's'}{what}"
    if not _told(figure):
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
    if not _told(figure):
        return f"not told (n {figure.n:,})"
    if natural.scarce(figure):
        return natural.counts(figure)
    value = figure.value
    said = natural.of_100(figure) if value is None or figure.withheld else f"{natural.per_100(value)} of 100"
    return f"{said} (n {figure.n:,})"


def _bar(label: str, figure: Estimate, better: Literal["higher", "lower"]) -> Bar:
    counts = natural.counts(figure) if natural.scarce(figure) else ""
    return Bar(label=label, value=figure.value, low=figure.low, high=figure.high, better=better, counts=counts)


def _curves(lines: Sequence[Line]) -> Iterator[str]:
    """Misses of the smallest and of the largest findings, and of the faintest and the plainest."""
    for part, ends in (("size", ("Smallest", "Largest")), ("contrast", ("Faintest", "Plainest"))):
        own = [line for line in lines if line.part == part and _told(line.figure)]
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
            yield f"{line.way}, {line.metric}: {say.figure(figure.value, Scale.POINTS)} {ends}".rstrip() + "."


def _shown_changes(lines: Sequence[Line]) -> Iterator[str]:
    """What examples are shown to change, for the first screen."""
    for line in lines:
        figure = line.figure
        if "minus" in line.way and figure.value is not None and (figure.p_value or 1.0) < 1 - figure.level:
            more = "more" if figure.value > 0 else "fewer"
            way = line.way.split(" minus ")[0]
            yield f"With {way}: {abs(100 * figure.value):.0f} of 100 {more} ({line.metric})."


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
        columns = tuple(Column(title=way) for way in ways)
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
