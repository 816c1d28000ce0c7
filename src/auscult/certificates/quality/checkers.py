"""Models that check pairs against the annotation, asked as a build asks them, about a sample of the pairs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from auscult import models
from auscult.certificates.asking import Asking
from auscult.certificates.quality import QualityOptions
from auscult.certificates.quality.figures import GROUPS, VOTE, Tried
from auscult.certificates.quality.pairs import Pair
from auscult.construction.certified import WRONG
from auscult.construction.drafting import CheckerOptions
from auscult.construction.drafting.checking import Checker, Verdict, check_call, verdicts, vote
from auscult.engine.ask import Ask
from auscult.engine.forecast import Forecast
from auscult.engine.session import Show
from auscult.models import Model
from auscult.models.scripted import ERRORS, CalibrationOptions
from auscult.records import Call, Item, Message, Reply, Score, rank

Group = Sequence[Pair]


def sample(pairs: Sequence[Pair], most: int, seed: int) -> list[Pair]:
    """At most so many pairs, half of them with object or attribute errors that count, half right; none twice."""
    once = list({p.item.id: p for p in pairs}.values())
    order = sorted(once, key=lambda p: rank(seed, "checker", p.item.id))
    wrong = [p for p in order if p.error in GROUPS[WRONG] and p.degree > 1]
    right = [p for p in order if not p.error]
    chosen = [*wrong[: most // 2], *right[: most // 2]]
    return sorted(chosen, key=lambda p: p.cluster)


def grouped(pairs: Sequence[Pair]) -> list[list[Pair]]:
    """Pairs by case."""
    groups: dict[str, list[Pair]] = {}
    for pair in pairs:
        groups.setdefault(pair.case.id, []).append(pair)
    return list(groups.values())


@dataclass(frozen=True)
class Named:
    """An ask that says which item a call is about, for models that know what was planted."""

    ask: Ask
    items: Mapping[tuple[Message, ...], Item]

    async def __call__(self, call: Call) -> Reply:
        """Asks one call."""
        return (await self.all([call]))[0]

    async def all(self, calls: Sequence[Call]) -> list[Reply]:
        """Asks calls together."""
        return await self.ask.all([replace(c, item=self.items[c.messages]) for c in calls])


def _marked(pair: Pair) -> Item:
    return replace(pair.item, tags={**pair.item.tags, ERRORS: str(int(bool(pair.error)))})


@dataclass(frozen=True)
class Stage:
    """Has the pairs of a case checked by one model."""

    identity: str
    options: CheckerOptions

    async def __call__(self, group: Group, ask: Ask) -> list[Score]:
        """One row a pair, in order."""
        case = group[0].case
        named = Named(ask, {check_call(case, p.item, self.options).messages: _marked(p) for p in group})
        found = await verdicts(case, [p.item for p in group], [Checker(self.identity, named, self.options)])
        return [_row(pair, given[0]) for pair, given in zip(group, found, strict=True)]


def _row(pair: Pair, given: Verdict) -> Score:
    status = {"unusable": "judge_unusable", "request_failed": "request_failed"}.get(given.verdict, "ok")
    return Score(
        id=f"{pair.item.id} {given.checker}",
        answer_id=pair.item.id,
        item_id=pair.item.id,
        case_id=pair.case.id,
        scorer=given.checker,
        version="1",
        status=status,  # type: ignore[arg-type]
        parsed=given.verdict,
        explanation=given.reason,
    )


@dataclass(frozen=True)
class Panel:
    """The checker models that a user names."""

    checkers: Sequence[Model]
    options: CheckerOptions

    @classmethod
    def of(cls, options: QualityOptions) -> "Panel":
        """Opens the models.

        Raises:
            UserError: one cannot be opened.
        """
        how = options.checking
        own = CalibrationOptions(**vars(how.model))
        return cls([models.create(spec, own) for spec in options.checker], how)

    @property
    def names(self) -> tuple[str, ...]:
        """Identities of the models."""
        return tuple(m.identity for m in self.checkers)

    def forecast(self, pairs: Sequence[Pair], work: Path) -> Forecast:
        """What the first of the models would be asked; the others are asked the same."""
        first = self._asking(self.checkers[0], pairs)
        many = f"; the same of each of {len(self.checkers)} checkers" if len(self.checkers) > 1 else ""
        return first.forecast(work / "0", f"{len(pairs):,} pairs are put to a checker{many}.")

    def tried(self, tried: Sequence[Tried], work: Path, show: Show) -> list[Tried]:
        """What the checks and the models say of the same pairs.

        Raises:
            UserError: a model does not answer, or the work folder belongs to another.
        """
        pairs = [t.pair for t in tried]
        given: list[list[Verdict]] = [[] for _ in pairs]
        for number, model in enumerate(self.checkers):
            rows = self._asking(model, pairs).scores(
                work / str(number), {"checker": model.identity}, f"verdicts-{len(pairs)}", "checked", show
            )
            by_pair = {(s.case_id, s.item_id): s for s in rows}
            for at, pair in enumerate(pairs):
                row = by_pair[pair.case.id, pair.item.id]
                given[at].append(
                    Verdict(item_id=row.item_id, checker=row.scorer, verdict=row.parsed, reason=row.explanation)  # type: ignore[arg-type]
                )
        return [replace(t, refused={**t.refused, **_refusing(said)}) for t, said in zip(tried, given, strict=True)]

    def _asking(self, model: Model, pairs: Sequence[Pair]) -> Asking[Group]:
        stage = Stage(model.identity, self.options)
        return Asking(model, stage, grouped(pairs), self.options.asking, "pairs and the reports that they are about")


def _refusing(given: Sequence[Verdict]) -> dict[str, str]:
    """Who does not let a pair in; a verdict that cannot be used lets none in."""
    found = {v.checker: f"{v.verdict}: {v.reason}" for v in given if v.verdict != "right"}
    outcome = vote(given)
    return found if outcome.accepted else {**found, VOTE: outcome.reason}


def unusable(one: Tried, model: str) -> bool:
    """Whether a model's reply about a pair was no verdict."""
    return one.refused.get(model, "").startswith("unusable")
