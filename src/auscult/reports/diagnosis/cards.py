"""One question of a diagnosis as a card: its image, the three stages, and what each replacement did to the answer."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from auscult.analysis.joined import OK, UNUSABLE
from auscult.diagnosis.arms import arm_of
from auscult.diagnosis.reading import ENDS
from auscult.diagnosis.table import ArmTable, Diagnosed
from auscult.facts.traces import read_trace
from auscult.printing import one_line
from auscult.records import Answer, Case, Item, Score, Trace
from auscult.reports.diagnosis.marks import LONGEST, wrong_pieces
from auscult.reports.diagnosis.pictures import Tone
from auscult.reports.diagnosis.words import ARMS, CAUSES, STAGES, arm_words
from auscult.reports.gallery import Choice, Facets, described, rows_of
from auscult.reports.marking import Piece, stretches
from auscult.reports.natural import per_100
from auscult.reports.text import Passage, passage
from auscult.reports.thumbnails import Picture, picture
from auscult.store.tables import read_where

LONG_SIDE = 512
ANSWER = 300
"""Characters of an answer that a card shows."""
REASON = 240
"""Characters of what the judge said of a stage."""
_STATEMENT = re.compile(r"(?:;|\n)\s*(?=(?:supported|contradicted|open|not read): )")
Probabilities = Mapping[str, float]
"""Cause → how probable it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageShown:
    """A stage: what should stand there, what the model wrote with the wrong words marked, and what was said of it."""

    title: str
    word: str
    tone: str
    gold: str
    wrote: tuple[Piece, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one arm: what was given, the answer, and whether it is right."""

    label: str
    answer: str
    word: str
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One question. ``outcomes`` are of the replacements, ``controls`` of all other arms."""

    name: str
    picture: Picture
    alt: str
    about: str
    question: Passage
    options: tuple[str, ...]
    right: str
    cause: str
    tone: Tone
    sure: str
    stages: tuple[StageShown, ...]
    outcomes: tuple[Outcome, ...]
    controls: tuple[Outcome, ...]
    facets: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cards:
    """All cards, and the filters: name → choices."""

    cards: tuple[Card, ...]
    filters: Mapping[str, tuple[Choice, ...]]


def in_turn(causes: Mapping[str, Probabilities], n: int) -> list[str]:
    """At most ``n`` items: causes take turns, and each gives those first of which it is surest.

    Args:
        causes: item → cause → how probable it is.
        n: most items.
    """
    pools: dict[str, list[str]] = {cause: [] for cause in CAUSES}
    for item in sorted(causes, key=lambda i: (-max(causes[i].values()), i)):
        pools.setdefault(surest(causes[item]), []).append(item)
    chosen: list[str] = []
    while len(chosen) < n and any(pools.values()):
        chosen += [pool.pop(0) for pool in list(pools.values()) if pool]
    return chosen[:n]


def right_by_luck(table: Diagnosed, n: int) -> list[str]:
    """At most ``n`` items that are answered rightly although the judge found one of their stages false."""
    base = table.arms["baseline"]
    false = np.zeros(len(table), bool)
    for values in base.wrong.values():
        false |= values == 1
    return [table.items[place] for place in np.flatnonzero(false & (base.right[:, 0] == 1))[:n]]


def surest(probabilities: Probabilities) -> str:
    """The cause that is most probable; of equals the first."""
    return max(probabilities, key=lambda cause: probabilities[cause])


def cards(
    folder: Path,
    table: Diagnosed,
    causes: Mapping[str, Probabilities],
    chosen: Sequence[str],
    images: Path,
    few: str = "",
) -> Cards:
    """Cards of some items.

    Args:
        folder: of the diagnosis.
        table: its arms in arrays.
        causes: item → cause → how probable it is; nothing for what is right as it is.
        chosen: ids of the items, in order.
        images: folder that image paths are relative to.
        few: said in place of how probable a cause is; empty where there are images enough to say that.

    Raises:
        UserError: a table of the folder is missing or not whole.
    """
    items = rows_of(folder / "items.parquet", Item, set(chosen))
    cases = rows_of(folder / "cases.parquet", Case, {item.case_id for item in items.values()})
    said: defaultdict[str, dict[str, Answer]] = defaultdict(dict)
    for answer in read_where(folder / "answers.parquet", Answer, "item_id", set(chosen)):
        if not answer.repeat:
            said[answer.item_id][arm_of(answer)] = answer
    baselines = {arms["baseline"].id for arms in said.values() if "baseline" in arms}
    verdicts: defaultdict[str, dict[str, Score]] = defaultdict(dict)
    if (folder / "verdicts.parquet").is_file():
        for score in read_where(folder / "verdicts.parquet", Score, "answer_id", baselines):
            verdicts[score.item_id][ENDS.get(score.scorer.rpartition("-")[2], "")] = score
    places = {item: place for place, item in enumerate(table.items)}
    facets = Facets(("Cause", "Stage", "Tag"))
    made = []
    for number, name in enumerate(chosen, 1):
        item, case = items[name], cases[items[name].case_id]
        found = tuple(_stages(item, said[name].get("baseline"), verdicts[name]))
        cause, tone, sure = _cause(causes.get(name), table, places[name])
        outcomes = dict(_outcomes(table, said[name], places[name]))
        made.append(
            Card(
                name=f"question {number}",
                picture=picture(case, images, LONG_SIDE),
                alt=described(case),
                about=one_line(" · ".join(filter(None, (case.source, case.source_key, *case.tags.values())))),
                question=passage(item.question),
                options=item.options,
                right=item.reference + (f" {item.unit}" if item.unit else ""),
                cause=cause,
                tone=tone,
                sure=few if sure and few else sure,
                stages=found,
                outcomes=tuple(o for arm, o in outcomes.items() if arm in ARMS),
                controls=tuple(o for arm, o in outcomes.items() if arm not in ARMS),
                facets=tuple(_facets(facets, cause, found, {**case.tags, **item.tags})),
            )
        )
    return Cards(cards=tuple(made), filters=facets.filters())


def _facets(facets: Facets, cause: str, found: Iterable[StageShown], tags: Mapping[str, str]) -> Iterator[int]:
    yield facets.number("Cause", cause)
    yield from (facets.number("Stage", f"{s.title.lower()} {s.word}") for s in found)
    yield from (facets.number("Tag", value, name) for name, value in tags.items() if value)


def _cause(found: Probabilities | None, table: Diagnosed, place: int) -> tuple[str, Tone, str]:
    """The cause in words, its colour, and how sure it is."""
    if not found:
        right = table.arms["baseline"].right[place, 0]
        known = not np.isnan(right)
        lucky = any(values[place] == 1 for values in table.arms["baseline"].wrong.values())
        words = "right although a stage is false" if lucky else "right as it is"
        return (words, "right", "") if known and right >= 1 else ("no cause known", "open", "")
    cause = surest(found)
    others = [f"{CAUSES[c].words} {per_100(p)}" for c, p in found.items() if c != cause and p >= 0.005]
    sure = f"{per_100(found[cause])} of 100 sure" + (f"; {', '.join(others)}" if others else "")
    return CAUSES[cause].words, CAUSES[cause].tone, sure


def _stages(item: Item, baseline: Answer | None, verdicts: Mapping[str, Score]) -> Iterator[StageShown]:
    wrote = read_trace(baseline.trace).trace if baseline else Trace()
    for stage, title in STAGES.items():
        text, gold = getattr(wrote, stage), getattr(item.trace, stage)
        score = verdicts.get(stage)
        word, tone = _verdict(text, score)
        reason = score.explanation if score else ""
        plain = stretches(text, [], LONGEST)
        yield StageShown(
            title=title,
            word=word,
            tone=tone,
            gold=gold,
            wrote=wrong_pieces(text, reason, gold) if tone == "wrong" else plain,
            reason=one_line(telling(reason, tone), REASON),
        )


def telling(reason: str, tone: str) -> str:
    """What of a judge's reasons bears its verdict out: each statement is supported, contradicted or open."""
    said = _STATEMENT.split(reason)
    wanted = [s for s in said if s.startswith("contradicted" if tone == "wrong" else ("open", "not read"))]
    return "; ".join(wanted or said)


def _verdict(text: str, score: Score | None) -> tuple[str, str]:
    """A verdict in a word, and its tone."""
    if not text:
        return "not written", "wrong"
    if score is None or score.status != "ok":
        return "not judged", "open"
    least = score.values.get("hallucinated")
    most = score.values.get("hallucinated_at_most", least)
    if least is None or most is None:
        return "not judged", "open"
    return ("wrong", "wrong") if least > 0 else ("right", "right") if most <= 0 else ("undecided", "open")


def _outcomes(table: Diagnosed, said: Mapping[str, Answer], place: int) -> Iterator[tuple[str, Outcome]]:
    """What came of each arm, the replacements first."""
    for arm in (*(a for a in ARMS if a in table.arms), *(a for a in table.arms if a not in ARMS)):
        word, tone = _came(table.arms[arm], place)
        answer = said.get(arm)
        text = answer.text or answer.detail if answer else ""
        label = arm_words(arm)
        yield arm, Outcome(label=label, answer=one_line(text, ANSWER) or "no answer", word=word, tone=tone)


def _came(arm: ArmTable, place: int) -> tuple[str, str]:
    """Whether the first answer of an arm is right, in a word, and its tone."""
    status, least, most = int(arm.status[place, 0]), arm.right[place, 0], arm.right_most[place, 0]
    if status == 0:
        return "not asked", "open"
    if status not in (OK, UNUSABLE):
        return "missing", "open"
    if status == UNUSABLE or not arm.valid[place, 0]:
        return ("right", "right") if least >= 1 else ("no valid answer", "wrong")
    return ("right", "right") if least >= 1 else ("wrong", "wrong") if most < 1 else ("undecided", "open")
