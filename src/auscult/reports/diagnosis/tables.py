"""The figures behind a diagnosis as tables: a line a figure, with its interval, n, method and how it is to be read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from auscult.diagnosis.diagnosis import ArmCount, Diagnosis, Finding, Section
from auscult.reports.cells import cell
from auscult.reports.diagnosis.words import CAUSES, answer_words, arm_words, of_100
from auscult.reports.format import Scale, upper
from auscult.reports.table import Cell, Folded, Notes, Row, Table, count, text, titled

DIFFERENCES: frozenset[Section] = frozenset({"gain", "shapley", "adopted", "style", "other", "image"})
"""Sections whose figures are differences of two shares."""
_OF_BOTH = frozenset({"gain", "leakage", "mediation"})
"""Metrics of other sections that are differences."""
_HEADS = {
    "accuracy": "Right as it is",
    "gain": "Gain if right",
    "still wrong": "Still wrong with both",
    "rate": "False",
}


class _Fold(NamedTuple):
    """The same before its tables are made: which sections they are of, with their captions."""

    name: str
    title: str
    about: str
    lead: str
    sections: Mapping[Section, str]
    printed: bool = False


_FOLDS = (
    _Fold(
        "stages",
        "If a stage were right",
        "right answers, what is gained, and what is lost in which stage",
        "Each gain is the answers with a correct stage given, minus those with the model's own words given back in the "
        "same form: the form itself is no cause. What the stages lose adds up to all that is wrong.",
        {
            "if_right": "Right answers",
            "gain": "Gains",
            "flow": "Wrong to right and back",
            "shapley": "What is lost in which stage",
        },
        True,
    ),
    _Fold(
        "causes",
        "Why answers are wrong",
        "of the answers that are wrong with the model's own stages",
        "A cause is what mends the answer: a correct description alone, correct knowledge alone, only both, or not "
        "even both. A slip is a wrong answer that the model would not give again. Where it gives no readable answer, "
        "with its own words or with both correct, no stage can be told.",
        {"cause": "Causes"},
    ),
    _Fold(
        "rates",
        "What the judge found false",
        "stage by stage, in every run in which the model wrote it",
        "A stage that was not written is no false one, and is not counted here.",
        {
            "rate": "As the judge said",
            "corrected": "Freed of the judge's measured error",
            "people": "With human verdicts",
            "quality": "Facts, completeness and effectiveness",
        },
    ),
    _Fold(
        "belief",
        "Can the gains be believed?",
        "whether it follows what it is given, and what should not help",
        "A model that passes over what it is given gains less than mending the stage would bring. A correct stage must "
        "change nothing where its own was right, and another question's stage must not help.",
        {
            "followed": "Followed",
            "adopted": "Planted errors taken over",
            "if_followed": "If all given stages were followed",
            "style": "Where its own was right",
            "answerability": "With no image",
            "other": "Stages that should not help",
            "image": "Other images",
            "unstable": "Asked again",
        },
    ),
    _Fold("groups", "By kind of image and question", "where which stage fails", "", {"tag": ""}),
    _Fold(
        "missing",
        "Every run, and what was missing",
        "right answers of each, and answers that did not come or were none",
        "An answer that is not in three stages is the model's own outcome and counts as wrong. What never came, was "
        "not judged or could not be read is missing, and every range allows for it.",
        {"arm": "Right answers of each run"},
        True,
    ),
    _Fold(
        "published",
        "As ClinHallu publishes it",
        "the same answers, counted as its program does",
        "Each run has a denominator of its own, a missing or unreadable verdict counts as a hallucination, and nothing "
        "is paired or compared with the model's own words. Compare published tables with these, and judge the model by "
        "the others.",
        {"published": "ClinHallu's figures"},
    ),
)


def scale_of(found: Finding) -> Scale:
    """Whether a figure is a share or a difference of two."""
    if found.section in DIFFERENCES or found.metric in _OF_BOTH or found.metric.startswith("Δ"):
        return Scale.POINTS
    return Scale.SHARE


def parts(found: Diagnosis) -> list[Folded]:
    """Everything behind the first screen but the items; what was not measured is left out."""
    made = []
    for fold in _FOLDS:
        tables = tuple(_tags(found)) if "tag" in fold.sections else tuple(_tables(found, fold.sections))
        if "arm" in fold.sections:
            tables = (_counts(found), *tables)
        if tables:
            made.append(Folded(fold.name, fold.title, fold.about, fold.lead, tables, fold.printed))
    return made


def _tables(found: Diagnosis, sections: Mapping[Section, str]) -> Iterator[Table]:
    for section, caption in sections.items():
        if some := [f for f in found.of(section) if f.metric != "invalid"]:  # these stand with the counts
            yield _table(f"t-{section}", caption, some)


def _cells(f: Finding, notes: Notes) -> Iterator[Cell]:
    """The figure, its limits, what stands behind it, and what must be read beside it, in a column each."""
    made = cell(f.estimate, scale_of(f), notes)
    yield replace(made, parts=tuple(replace(p, interval="", n=None) for p in made.parts), details=())
    yield text(made.interval)
    yield text(made.counts)
    yield text("; ".join(filter(None, (f.remark, *made.details))))


def _table(name: str, caption: str, found: Sequence[Finding]) -> Table:
    """A line a figure: of what, in which run, the figure, how to read it."""
    notes = Notes()
    rows = [Row(label=_label(f), about=_about(f), cells=tuple(_cells(f, notes))) for f in found]
    return titled(name, caption, ("Figure", "Value", "Interval", "Of", "Beside it"), rows, notes=notes)


def _label(f: Finding) -> str:
    if f.section == "cause" and f.label in CAUSES:
        return upper(CAUSES[f.label].words)
    label = upper(f.label)
    return f"{label}: {f.what}" if f.what and f.what not in label.lower() else label


def _about(f: Finding) -> str:
    """In which run, in plain words; a degree, a set or a metric as it is."""
    if f.section in (
        "arm",
        "rate",
        "corrected",
        "people",
        "if_right",
        "gain",
        "unstable",
        "answerability",
        "image",
        "other",
        "quality",
    ):
        return f"given: {arm_words(f.group)}" if f.group else ""
    return answer_words(f.group) if f.section == "followed" else f.group


def _tags(found: Diagnosis) -> Iterator[Table]:
    """A table a tag: a line a value, a column a figure."""
    tagged = found.of("tag")
    for tag in dict.fromkeys(f.group for f in tagged):
        of = [f for f in tagged if f.group == tag]
        columns = list(dict.fromkeys((f.metric, f.what) for f in of))
        heads = [" · ".join(filter(None, (_HEADS.get(metric, metric), what))) for metric, what in columns]
        known = {(f.label, f.metric, f.what): f for f in of}
        notes, rows = Notes(), []
        for value in dict.fromkeys(f.label for f in of):
            these = [known.get((value, *column)) for column in columns]
            cells = [
                cell(f.estimate, scale_of(f), notes, f.estimate.instrument, usable=False) if f else text("")
                for f in these
            ]
            rows.append(Row(label=value, cells=tuple(cells)))
        yield titled(f"t-tag-{tag}".replace(" ", "-"), f"By {tag}", (upper(tag), *heads), rows, notes=notes)


def _invalid(found: Diagnosis, arm: ArmCount) -> Cell:
    """Invalid traces of an arm with their share of its answers."""
    of = next((f.estimate for f in found.of("arm", group=arm.arm) if f.metric == "invalid"), None)
    share = f" ({of_100(of)})" if of is not None and arm.invalid else ""
    return text(f"{arm.invalid:,}{share}")


def _counts(found: Diagnosis) -> Table:
    """What came of the answers of every arm."""
    arms = found.arms
    names = ("ok", "invalid", "unusable", "request_failed", "judge_unusable", "unread", "not_put")
    titles = ("With an answer", "Not in three stages", "No position", "Never came", "Not judged", "Unread", "Not asked")
    kept = [n for n, name in enumerate(names) if not n or any(getattr(a, name) for a in arms)]
    rows = [
        Row(
            label=upper(arm_words(a.arm)),
            about=a.arm + (f", {a.draws} times" if a.draws > 1 else ""),
            cells=tuple(_invalid(found, a) if names[n] == "invalid" else count(getattr(a, names[n])) for n in kept),
        )
        for a in arms
    ]
    return titled("t-counts", "Answers of each run", ("Given", *(titles[n] for n in kept)), rows, look="plain")
