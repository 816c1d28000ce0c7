"""The answers that the page shows with their images: question, reference, answer, and what each scorer read."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from auscult.analysis.summary import Summary
from auscult.errors import UserError
from auscult.printing import one_line
from auscult.records import Answer, Case, Instrument, Item, Score
from auscult.reports.selection import CONDITIONS, OUTCOMES, Selection, select
from auscult.reports.tables import CONDITION_WORDS, OUTCOME_WORDS
from auscult.reports.text import Passage, passage
from auscult.reports.thumbnails import Picture, picture
from auscult.store.tables import read_where

Noun = TypeVar("Noun", Answer, Item, Case)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one scorer read from an answer; ``value`` is its primary figure."""

    scorer: str
    published: str
    status: str
    parsed: str
    value: float | None
    explanation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One answer; ``facets`` are the numbers of its filter values."""

    item: Item
    answer: Answer
    outcome: str
    question: Passage
    reference: Passage
    reply: Passage
    readings: tuple[Reading, ...]
    facets: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One image study with its answers below it."""

    case: Case
    picture: Picture
    alt: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One value of a filter: its number, its words, and the heading it stands under (a tag's name), or empty."""

    number: int
    words: str
    heading: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gallery:
    """All cards, the filters (name → choices), and the selection that they come from."""

    cards: tuple[Card, ...]
    filters: Mapping[str, tuple[Choice, ...]]
    selection: Selection

    @property
    def size(self) -> int:
        """How many answers are shown."""
        return len(self.selection.chosen)


class Facets:
    """Filter values get numbers in order of first use, so that no text of a data set stands in an attribute.

    Args:
        order: the filters, as the page lists them.
    """

    def __init__(self, order: Sequence[str] = ("Outcome", "Asked", "Kind", "Tag")) -> None:
        self._order = order
        self._known: dict[tuple[str, str, str], int] = {}

    def number(self, filter_: str, words: str, heading: str = "") -> int:
        """The number of a value of a filter, under a heading (a tag's name) where it has one."""
        return self._known.setdefault((filter_, heading, one_line(words, 60)), len(self._known))

    def filters(self) -> dict[str, tuple[Choice, ...]]:
        """The filters that tell something apart, with their values."""
        found: defaultdict[str, list[Choice]] = defaultdict(list)
        for (name, heading, words), number in sorted(self._known.items()):
            found[name].append(Choice(number=number, words=words, heading=heading))
        return {n: tuple(found[n]) for n in self._order if len(found[n]) > 1}


def gallery(run: Path, summary: Summary, folder: Path, size: int, selection: Selection | None = None) -> Gallery:
    """Builds the gallery of a run.

    Args:
        run: the run folder.
        summary: its summary.
        folder: the item set's folder, which image paths are relative to; it may be gone.
        size: most answers to show.
        selection: which answers; None: those that ``select`` chooses.

    Raises:
        UserError: a table of the run is missing or not whole.
    """
    selection = selection or select(run, summary, size)
    chosen = selection.chosen
    answers = rows_of(run / "answers.parquet", Answer, {c.answer for c in chosen})
    items = rows_of(run / "items.parquet", Item, {c.item for c in chosen})
    cases = rows_of(run / "cases.parquet", Case, {c.case for c in chosen})
    scores: defaultdict[str, list[Score]] = defaultdict(list)
    for score in read_where(run / "scores.parquet", Score, "answer_id", set(answers)):
        scores[score.answer_id].append(score)
    facets = Facets()
    by_case: defaultdict[str, list[Entry]] = defaultdict(list)
    for one in chosen:
        case, item, answer = cases[one.case], items[one.item], answers[one.answer]
        by_case[one.case].append(
            Entry(
                item=item,
                answer=answer,
                outcome=one.outcome,
                question=passage(item.question),
                reference=passage(item.reference),
                reply=passage(answer.text),
                readings=tuple(_readings(scores[one.answer], selection.graders)),
                facets=(
                    *_facets(facets, case, item, answer, one.outcome),
                    *_response(facets, scores[one.answer], selection.graders),
                ),
            )
        )
    cards = [
        Card(
            case=cases[i],
            picture=picture(cases[i], folder),
            alt=described(cases[i]),
            entries=tuple(sorted(e, key=_place)),
        )
        for i, e in by_case.items()
    ]
    cards.sort(key=lambda c: (_place(c.entries[0]), -len(c.entries)))
    return Gallery(cards=tuple(cards), filters=facets.filters(), selection=selection)


def rows_of(path: Path, cls: type[Noun], wanted: set[str]) -> dict[str, Noun]:
    """Id → row of a table of a run.

    Raises:
        UserError: one is not there.
    """
    found = {row.id: row for row in read_where(path, cls, "id", wanted)}
    if gone := sorted(wanted - set(found)):
        raise UserError(f"{path}: {gone[0]} is scored but not in this table; the run is not whole, evaluate again")
    return found


def _place(entry: Entry) -> tuple[int, int, str]:
    return OUTCOMES.index(entry.outcome), CONDITIONS.index(entry.answer.condition), entry.answer.id


def described(case: Case) -> str:
    """What stands in place of an image for those who do not see it."""
    tags = ", ".join(f"{name} {value}" for name, value in case.tags.items())
    return one_line(f"Image of case {case.source_key} of {case.source}" + (f" ({tags})" if tags else ""), 200)


def _readings(scores: list[Score], graders: Mapping[str, Instrument]) -> Iterator[Reading]:
    """What was said of one answer, by sound rules first; judges' repeats and failed requests are left out."""

    def published(score: Score) -> str:
        return graders[score.scorer].published if score.scorer in graders else ""

    for score in sorted(scores, key=lambda s: (bool(published(s)), s.scorer)):
        if score.status != "request_failed" and not score.repeat:
            grader = graders.get(score.scorer)
            yield Reading(
                scorer=f"{score.scorer}@{score.version}",
                published=published(score),
                status=score.status,
                parsed=score.parsed,
                value=score.values.get(grader.primary.name) if grader else None,
                explanation=score.explanation,
            )


def _response(facets: Facets, scores: list[Score], graders: Mapping[str, Instrument]) -> tuple[int, ...]:
    """How the premise was taken, where the question bears one."""
    names = {name for name, grader in graders.items() if grader.kind == "premise"}
    said = (s.parsed for s in scores if s.scorer in names and not s.repeat and s.parsed)
    return tuple(facets.number("Tag", words, "premise response") for words in said)


def _facets(facets: Facets, case: Case, item: Item, answer: Answer, outcome: str) -> Iterator[int]:
    yield facets.number("Outcome", OUTCOME_WORDS[outcome])
    yield facets.number("Asked", CONDITION_WORDS[answer.condition])
    yield facets.number("Kind", item.kind)
    if item.category:
        yield facets.number("Tag", item.category, "category")
    if item.premise_form:
        yield facets.number("Tag", item.premise_form, "premise form")
    yield facets.number("Tag", item.answer_type.replace("_", "/"), "answer type")
    for name, value in {**case.tags, **item.tags}.items():
        yield facets.number("Tag", value, name)
