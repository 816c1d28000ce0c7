"""What runs can be compared by: every value of every scorer that they hold, by kind of item or by data set."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from auscult.analysis.comparison_runs import ComparedRun, Contestant, Numbers
from auscult.analysis.figures import Sample, sample
from auscult.analysis.outcomes import Bools, Column, Outcomes
from auscult.analysis.premise import DENIAL, KNOWING, KNOWLEDGE, among_known, premise_items
from auscult.analysis.side_tables import SOUND
from auscult.errors import UserError
from auscult.records import AT_MOST, SHARE_OF, Instrument
from auscult.runs.instruments import of_manifest
from auscult.scorers import ROOM, Scorer
from auscult.scorers.judges.cascade import NAME as CASCADE

Block = Literal["kinds", "sets", "premise"]
BLOCKS: Final[tuple[Block, ...]] = ("kinds", "sets", "premise")
PARTS: Final = ("non-hallucination", "hallucination")
"""P and N, in the order of the published tables."""
LOWER: Final = frozenset({"hallucinated", "contradicted", "omitted"})
SILENCE_IS_WORST: Final = frozenset({"omitted"})
"""Values that are better when lower, and that an answer without words has the worst of."""
EVASION: Final = "evasion"
NO_FIGURE: Final = frozenset({"absolute_error", "says_yes", "unclear"})
"""Values without a better end, or in a unit that differs from item to item."""
_TYPES: Final = {"closed": "closed", "token-f1": "open", "number": "numbers", "facts": "open"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One figure that rows have in common: a value of a scorer on some kind of item.

    Attributes:
        block: the table in which it stands: by kind of item, by data set, or the premise figures.
        group: the data set, where the table goes by data set.
        name: what it is called there.
        part: kind of item, where the table goes by kind.
        types: of answers that count; none: all that the scorer scores.
        scorer: the instrument, ``name@version``; figures of different ones are different measures.
        value: name among the scorer's values.
        bounds: least and greatest possible value.
        higher_is_better: which end is the good one.
        usable_only: whether an unusable answer would have the best value, so that rows are compared only on items that
            all of them answered usably: silence is not better than an error.
        share: whether it is a share of one, shown in percent.
        about: one line on the instrument.
        judge: identity of the model that judged; empty where a rule did.
        published: the system whose rule it is; empty for a sound one.
        tested: whether differences in it are tested; a rule that is only shown for the sake of published rows is not.
    """

    block: Block
    group: str = ""
    name: str
    part: str = ""
    types: tuple[str, ...] = ()
    scorer: str
    value: str
    bounds: tuple[float, float] = (0.0, 1.0)
    higher_is_better: bool = True
    usable_only: bool = False
    share: bool = True
    about: str = ""
    judge: str = ""
    published: str = ""
    tested: bool = True

    @property
    def scorer_name(self) -> str:
        """Name of the scorer without its version."""
        return self.scorer.partition("@")[0]

    @property
    def rounding(self) -> float:
        """The last digit that is shown; figures that agree in it are equal."""
        return 0.001 if self.bounds[1] <= 1 else 0.01


@dataclass(frozen=True)
class Taken:
    """A measure of one row: the items that it was asked, by number, and what came of them, with the run's unit."""

    numbers: Numbers
    sample: Sample
    outcomes: Outcomes

    @property
    def usable(self) -> "Taken":
        """The same on the items that were answered usably."""
        return self.among(self.numbers[~self.sample.unusable])

    def among(self, numbers: Numbers) -> "Taken":
        """The same on these items only, which it has, in the order of their numbers."""
        at = np.flatnonzero(np.isin(self.numbers, numbers))
        at = at[np.argsort(self.numbers[at])]
        return Taken(self.numbers[at], self.sample.at(at), self.outcomes)


def measures(rows: Sequence[Contestant], wanted: Sequence[str] = (), also: Sequence[str] = ()) -> list[Measure]:
    """All measures that any row holds, in the order of the tables.

    Args:
        rows: to be compared.
        wanted: scorers (``closed``) or single values (``clinical.accuracy``, ``premise``); none: the sound rule of each
            type of answer, and all judges and text metrics.
        also: published rules that stand beside these for plain questions, shown and not tested.

    Raises:
        UserError: a wanted one is in no run.
    """
    every = bool(wanted)
    found = list(dict.fromkeys(m for row in rows for run in row.runs for m in _of_run(run, every, also)))
    if wanted:
        names = {w: [m for m in found if w in _names(m)] for w in wanted}
        for name, those in names.items():
            if not those:
                known = sorted({n for m in found for n in _names(m)})
                raise UserError(f"--columns: no run holds '{name}'; they hold: {', '.join(known)}")
        found = [m for m in found if any(m in those for those in names.values())]
    else:
        found = _without_overlap(found)
    sets = list(dict.fromkeys(m.group for m in found))
    return sorted(found, key=lambda m: (BLOCKS.index(m.block), sets.index(m.group), *_rank(m)))  # else as they stand


def _without_overlap(found: Sequence[Measure]) -> list[Measure]:
    """Counting words in answers to P and N items steps back where a judge or a text metric scored them."""
    scored = any(m.block == "kinds" and not m.share for m in found)
    return [m for m in found if not (scored and m.block == "kinds" and m.scorer_name == SOUND["open"])]


def _names(measure: Measure) -> set[str]:
    if measure.block == "premise":
        return {"premise", f"premise.{measure.name.replace(' ', '-')}"}
    return {measure.scorer_name, f"{measure.scorer_name}.{measure.value}"}


def _rank(measure: Measure) -> tuple[int, bool]:
    """Judges first, then text metrics, then rules, published ones last; open questions before closed ones."""
    kind = 0 if measure.judge else 1 if not measure.share else 3 if measure.published else 2
    return kind, measure.name.startswith(("closed", "numbers"))


def _of_run(run: ComparedRun, every: bool, also: Sequence[str]) -> Iterator[Measure]:
    rules = {name: ROOM.get(name).SCORER for name in ROOM.names()}
    instruments = {i.id: i for i in of_manifest(run.manifest)}
    for (scorer, condition), column in run.board.outcomes.columns.items():
        if condition != "with":
            continue
        if scorer.startswith(f"{CASCADE}@"):
            continue  # a plain mean of routed verdicts is biased
        if (instrument := instruments.get(scorer)) is not None:
            yield from _judged(run, column, instrument)
        elif (rule := rules.get(scorer.partition("@")[0])) is None:
            continue
        elif rule.premise:
            yield from _premises(scorer)
        elif every or rule.name in SOUND.values() or rule.name in also:
            yield from _ruled(run, column, scorer, rule, every, rule.name in also)


def _judged(run: ComparedRun, column: Column, instrument: Instrument) -> Iterator[Measure]:
    whole = "f1" in instrument.names
    for value in instrument.values:
        if whole and value.name in ("precision", "recall"):
            continue
        yield from _by_items(
            run,
            column,
            Measure(
                block="kinds",
                name=_word(instrument.name, value.name),
                scorer=instrument.id,
                value=value.name,
                bounds=value.bounds,
                higher_is_better=value.higher_is_better,
                usable_only=value.silence == "best",
                share=False,
                about=instrument.about,
                judge=instrument.judge,
            ),
        )


def _ruled(run: ComparedRun, column: Column, scorer: str, rule: Scorer, every: bool, beside: bool) -> Iterator[Measure]:
    values = [v for v in column.values if not _no_figure(v)] if every else [rule.primary]
    for value in values:
        base = Measure(
            block="kinds",
            name="accuracy" if value == "correct" else value.replace("_", " "),
            types=() if every or beside else tuple(t for t, name in SOUND.items() if name == rule.name),
            scorer=scorer,
            value=value,
            higher_is_better=value not in rule.lower_is_better,
            usable_only=value in rule.lower_is_better - SILENCE_IS_WORST,
            published=rule.published,
            tested=every or not beside,
        )
        yield from (m for m in _by_items(run, column, base) if m.tested or m.block == "sets")


def _no_figure(value: str) -> bool:
    return value in NO_FIGURE or value.endswith((AT_MOST, SHARE_OF))


def _word(scorer: str, value: str) -> str:
    """What a column is called: a metric with one value has the scorer's name, a judge's figures have their own."""
    if scorer in (value, f"{value}-no-wordnet") or value == "f1":
        return {"bertscore": "BERTScore F1", "meteor": "METEOR", "bleu": "BLEU"}.get(scorer, scorer)
    return {"rouge1": "ROUGE-1", "rouge2": "ROUGE-2", "rougeL": "ROUGE-L"}.get(value, value.replace("_", " "))


def _premises(scorer: str) -> Iterator[Measure]:
    for name, value in ((KNOWING, "accepted"), (DENIAL, "denied"), (EVASION, "evaded")):
        yield Measure(
            block="premise",
            name=name,
            scorer=scorer,
            value=value,
            higher_is_better=False,
            usable_only=name != EVASION,
        )


def _by_items(run: ComparedRun, column: Column, measure: Measure) -> Iterator[Measure]:
    """The measure on the kinds of items that occur: P and N, and plain questions by data set."""
    outcomes = run.board.outcomes
    asked = column.asked & _of_types(run, measure)
    for part in PARTS:
        if (asked & outcomes.where("kind", part)).any():
            yield replace(measure, part=part)
    plain = asked & outcomes.where("kind", "question")
    for code in np.unique(run.source[plain]):
        of = _TYPES.get(measure.scorer_name, "")
        of = {"LLaVA-Med": measure.scorer_name.rpartition("-")[2]}.get(measure.published, of)
        name = f"{of}: {measure.name}" if of else measure.name
        yield replace(measure, block="sets", group=run.sources[code], name=name)


def _of_types(run: ComparedRun, measure: Measure) -> Bools:
    outcomes = run.board.outcomes
    if not measure.types:
        return np.ones(len(outcomes.ids), bool)
    return np.asarray(np.any([outcomes.where("answer_type", t) for t in measure.types], axis=0))


def take(row: Contestant, measure: Measure) -> Taken | None:
    """The values of a measure in all runs of a row; None where none was asked it."""
    found = [(run, taken) for run in row.runs if (taken := _take(run, measure)) is not None]
    if not found:
        return None
    return Taken(
        np.concatenate([run.numbers[rows] for run, (rows, _) in found]),
        Sample.joined([s for _, (_, s) in found]),
        found[0][0].board.outcomes,
    )


def _take(run: ComparedRun, measure: Measure) -> tuple[Bools, Sample] | None:
    outcomes = run.board.outcomes
    column = run.board.column(measure.scorer, "with")
    if column is None:
        return None
    if measure.block == "premise":
        return _take_premise(run, column, measure)
    if measure.block == "kinds":
        items = outcomes.where("kind", measure.part)
    elif measure.group not in run.sources:
        return None
    else:
        items = outcomes.where("kind", "question") & (run.source == run.sources.index(measure.group))
    rows = np.asarray(items & column.asked & _of_types(run, measure))
    if not rows.any():
        return None
    taken = sample(outcomes, column, measure.value, rows, measure.bounds[0])
    defined = np.asarray(~(np.isnan(taken.values) & ~taken.lost).any(axis=1))
    rows[rows] = defined
    return (rows, taken.at(defined)) if rows.any() else None


def _take_premise(run: ComparedRun, column: Column, measure: Measure) -> tuple[Bools, Sample] | None:
    """Knowing acceptance: false premises whose twin was answered rightly. Over-denial: true ones in their words.

    Evasion: all of both kinds.
    """
    outcomes = run.board.outcomes
    twins = next((c for (s, k), c in outcomes.columns.items() if s.startswith("closed@") and k == "with"), None)
    items = premise_items(run.board, column, twins)
    seen = column.asked & ~outcomes.where("category", KNOWLEDGE)
    chosen = {
        KNOWING: items.false & (items.twin_right | items.twin_lost),
        DENIAL: items.true & items.matched,
        EVASION: items.false | items.true,
    }[measure.name]
    rows = np.asarray(seen & chosen)
    if not rows.any():
        return None
    if measure.name == KNOWING:
        known = among_known(run.board, measure.scorer, measure.value, items, rows)
        return None if known is None else (rows, known)
    return rows, sample(outcomes, column, measure.value, rows)


def apart(rows: Sequence[Contestant], shown: Sequence[Measure]) -> Iterator[str]:
    """Instruments of one name that are not the same."""
    for name in dict.fromkeys(m.scorer_name for m in shown):
        versions = list(dict.fromkeys(m.scorer for m in shown if m.scorer_name == name))
        if len(versions) > 1:
            held = "; ".join(
                f"{version}: {', '.join(r.label for r in rows if _holds(r, version))}" for version in versions
            )
            yield (
                f"{name} was used with different judges or in different versions: their scores stand in columns of "
                f"their own and are not compared ({held})."
            )


def _holds(row: Contestant, scorer: str) -> bool:
    return any(run.board.column(scorer, "with") is not None for run in row.runs)
