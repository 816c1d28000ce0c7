"""An audit of reading in words: its first screen, and a table a task."""

from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.text import Text

from auscult.interpretation.figures import ALL, Line
from auscult.records import Estimate
from auscult.reports import format as say
from auscult.reports.cells import cell
from auscult.reports.face import Bar, Face, Step, Verdict
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


def _verdict(lines: Sequence[Line]) -> Verdict:
    name = lines[0].task
    own = [x for x in lines if "minus" not in x.way]
    first = [x for x in own if x.way == own[0].way]
    said, short, bars = _said(first)
    return Verdict(
        key=name,
        question=QUESTIONS.get(name, name),
        word="not known",
        in_words="measured" if bars else "not known",
        sentence=" ".join([f"{said} ({own[0].way})", *_shown_changes(lines)]),
        short=short,
        bars=bars,
        more=tuple(_changes(lines)),
        section=name,
    )


def _said(lines: Sequence[Line]) -> tuple[str, str, tuple[Bar, ...]]:
    """What the first way of asking came to: a sentence, the same in short, pictures."""
    found = {(x.metric, x.label): x.figure for x in lines}
    if ("bias", ALL) in found:
        three = [found[name, ALL] for name in AGREES]
        if any(f.value is None for f in three):
            return f"No bias can be given: {three[0].withheld}.", "", ()
        bias, low, high = (f.value or 0.0 for f in three)
        spread = f"{low:+.1f} to {high:+.1f} mm"
        sentence = f"On average it says {bias:+.1f} mm too much; nineteen of twenty answers are {spread} off."
        return sentence, f"off by {bias:+.1f} mm, mostly {spread}", ()
    if ("right", ALL) in found:
        right = found["right", ALL]
        return (
            f"Of 100 it names {_of_100(right)} rightly.",
            f"{_of_100(right)} of 100 right",
            (_bar("right", right, "higher"),),
        )
    texts: list[str] = []
    shorts: list[str] = []
    drawn: list[Bar] = []
    for metric, words in (
        ("fabrication", "of 100 images without the finding it reports one in {n}"),
        ("miss", "of 100 images with it, it misses {n}"),
    ):
        if (figure := found.get((metric, ALL))) is not None:
            texts.append(words.format(n=_of_100(figure)))
            shorts.append(f"{'invents' if metric == 'fabrication' else 'misses'} {_of_100(figure)} of 100")
            drawn.append(_bar(metric, figure, "lower"))
    return f"{say.upper('; '.join(texts))}.", "; ".join(shorts), tuple(drawn)


def _of_100(figure: Estimate) -> str:
    ends = "" if figure.low is None or figure.high is None else f"{100 * figure.low:.0f} to {100 * figure.high:.0f}"
    if figure.value is None:
        return ends or "an unknown number"
    return f"{100 * figure.value:.0f}" + (f" ({ends})" if ends else "")


def _bar(label: str, figure: Estimate, better: str) -> Bar:
    return Bar(label=label, value=figure.value, low=figure.low, high=figure.high, better=better)  # type: ignore[arg-type]


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
