"""The figures of a diagnosis whose intervals are put to the test, and what each should be."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial

from auscult.certificates.diagnosis.settings import Setting, evenly, plain
from auscult.certificates.diagnosis.structure import Truth
from auscult.diagnosis.effects import GAINS, SQUARE, Shapley, accuracy, gain, shapley
from auscult.diagnosis.following import PLANTED, IfFollowed, followed, if_followed
from auscult.diagnosis.rates import UNAIDED, corrected, unaided
from auscult.diagnosis.table import Diagnosed
from auscult.records import Estimate
from auscult.statistics.judged_rate import Known


@dataclass(frozen=True, eq=False)
class Simulated:
    """One run: its table, and what is known of the judge, by stage."""

    table: Diagnosed
    known: Mapping[str, Known]

    @cached_property
    def shapley(self) -> Shapley | None:
        """Shapley shares."""
        return shapley(self.table)

    @cached_property
    def rates(self) -> Mapping[str, Estimate]:
        """Error rates as judged."""
        return {str(what): found for what, found in unaided(self.table).items()}

    @cached_property
    def followed(self) -> Mapping[str, Estimate | None]:
        """Shares of stages that are followed."""
        return {what: followed(self.table, what) for what in PLANTED}

    @cached_property
    def if_followed(self) -> Mapping[str, IfFollowed | None]:
        """Gains of stages that are followed."""
        return {what: if_followed(self.table, what) for what in PLANTED}


@dataclass(frozen=True)
class Figure:
    """One figure of a diagnosis, and what it should be.

    Attributes:
        name: as the page of the concepts has it.
        true: what it estimates.
        made: how it is estimated.
        identified: whether what is assumed of the model holds, so that the interval must keep its level.
        otherwise: what is said of it where that does not hold.
    """

    name: str
    true: Callable[[Setting, Truth], float]
    made: Callable[[Simulated], Estimate | None]
    identified: Callable[[Setting], bool] = lambda setting: True
    otherwise: str = "not identifiable"


def figures() -> Iterator[Figure]:
    """All figures whose intervals are tested where the judge makes no error."""
    yield Figure("right answers", partial(_accuracy, "baseline"), partial(_accuracy_of, "baseline"))
    for what, (arm, own) in GAINS.items():
        yield Figure(f"accuracy if right: {what}", partial(_accuracy, arm), partial(_accuracy_of, arm))
        yield Figure(f"gain if right: {what}", partial(_gain, arm, own), partial(_gain_of, what))
    for name, true in SHARES.items():
        label = name if name == "interaction" else f"share of what is wrong: {name}"
        yield Figure(label, partial(_square, true), partial(_shapley_of, name))
    for what in UNAIDED:
        yield Figure(f"error rate: {what}", partial(rate_of, what), partial(_rate_of, what))
    for what in PLANTED:
        true = partial(_gain_followed, what)
        yield Figure(f"followed: {what}", _followed, partial(_followed_of, what), plain)
        yield Figure(f"followed at least: {what}", _followed, partial(_at_least, what), evenly)
        yield Figure(f"gain if followed: {what}", true, partial(_if_followed, what, "gain"), plain)
        yield Figure(f"gain, followed or not: {what}", true, partial(_if_followed, what, "span"), evenly)


def corrected_figures() -> Iterator[Figure]:
    """Error rates as a judge that errs says them, and freed of its errors."""
    for what, (arm, stage) in UNAIDED.items():
        true = partial(rate_of, what)
        yield Figure(f"error rate, as judged: {what}", true, partial(_rate_of, what), lambda setting: False)
        yield Figure(
            f"error rate, corrected: {what}",
            true,
            partial(_corrected_of, arm, stage),
            lambda setting: setting.judge.planted == setting.judge.sensitivity,
            "lower bound",
        )


SHARES: Mapping[str, Callable[[float, float, float, float], float]] = {
    "eyes": lambda v00, v01, v10, v11: ((v10 - v00) + (v11 - v01)) / 2,
    "knowledge": lambda v00, v01, v10, v11: ((v01 - v00) + (v11 - v10)) / 2,
    "interaction": lambda v00, v01, v10, v11: v11 - v10 - v01 + v00,
    "reasoning": lambda v00, v01, v10, v11: 1 - v11,
}
"""Shapley shares, interaction and rest, from the accuracies of ``SQUARE``."""


def _accuracy(arm: str, _: Setting, true: Truth) -> float:
    return true.accuracy[arm]


def _accuracy_of(arm: str, made: Simulated) -> Estimate:
    return accuracy(made.table, arm)


def _gain(arm: str, own: str, _: Setting, true: Truth) -> float:
    return true.accuracy[arm] - true.accuracy[own]


def _gain_of(what: str, made: Simulated) -> Estimate | None:
    return gain(made.table, what)


def _square(of: Callable[[float, float, float, float], float], _: Setting, true: Truth) -> float:
    v00, v01, v10, v11 = (true.accuracy[arm] for arm in SQUARE)
    return of(v00, v01, v10, v11)


def _shapley_of(name: str, made: Simulated) -> Estimate | None:
    return getattr(made.shapley, name) if made.shapley else None


def rate_of(what: str, _: Setting, true: Truth) -> float:
    """The true error rate of a stage."""
    return float(getattr(true, what))


def _rate_of(what: str, made: Simulated) -> Estimate | None:
    return made.rates.get(what)


def _corrected_of(arm: str, stage: str, made: Simulated) -> Estimate | None:
    return corrected(made.table, arm, stage, made.known[stage])


def _followed(setting: Setting, _: Truth) -> float:
    return setting.faults.followed


def _followed_of(what: str, made: Simulated) -> Estimate | None:
    return made.followed[what]


def _at_least(what: str, made: Simulated) -> Estimate | None:
    """From the lower limit of what is followed to all of it: right stages may be followed more than planted errors."""
    found = made.followed[what]
    return found and replace(found, high=1.0)


def _gain_followed(what: str, _: Setting, true: Truth) -> float:
    arm, own = GAINS[what]
    return true.followed[what][arm] - true.followed[what][own]


def _if_followed(what: str, kind: str, made: Simulated) -> Estimate | None:
    found = made.if_followed[what]
    return getattr(found, kind) if found else None
