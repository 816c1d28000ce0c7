"""The scorers that a run is read by, from their names: one registry for rules, text metrics and those of others."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from auscult.errors import UserError
from auscult.records import AnswerType
from auscult.registry import Room
from auscult.scorers.options import ScorerOptions, refuse
from auscult.scorers.scoring import Scorer
from auscult.scorers.text import TextMetric

GROUP = "auscult.scorers"
RULES = Room("auscult.scorers.rules", "scorer", GROUP, needs=("SCORER", "create"))
SCORERS = Room(("auscult.scorers.rules", "auscult.scorers.text"), "scorer", GROUP, needs=("SCORER", "create"))
"""Each part holds ``SCORER``, or ``create(rest, options)`` where it has settings of its own."""
DEFAULT, NONE = "default", "none"
LEFT_OUT = "A scorer is left out: "
"""How the notes on rules that cannot be used begin."""
BESIDE_A_JUDGE = ("meteor", "rouge")
"""The text metrics of the published table that need no encoder."""


def create(spec: str, options: ScorerOptions | None = None) -> Scorer | TextMetric:
    """The scorer of a name, with what follows its colon: ``closed``, ``bertscore:ENCODER@LAYER``.

    Raises:
        UserError: no such scorer, or what follows the colon is of no use to it.
    """
    name, _, rest = spec.partition(":")
    part = SCORERS.get(name)

    def make() -> Any:
        if make := getattr(part, "create", None):
            return make(rest, options or ScorerOptions())
        refuse(rest, name)
        return part.SCORER

    made: Scorer | TextMetric = SCORERS.made(name, Scorer | TextMetric, make)
    return made


def select(names: Sequence[str] = (), options: ScorerOptions | None = None) -> list[Scorer | TextMetric]:
    """The scorers of some names and no others; none of them twice.

    ``default`` stands for all rules, those of other packages too; it is what is used where nothing is named. ``none``:
    no scorer at all. What another package adds stands off the headline, unless it says otherwise or is named here.

    Raises:
        UserError: an unknown name, with the known ones; or ``none`` among others.
    """
    if NONE in names and len(names) > 1:
        raise UserError(f"scorers: '{NONE}' stands alone; leave it or the others out")
    made: dict[str, Scorer | TextMetric] = {}
    for name in names or (DEFAULT,):
        if name == DEFAULT:
            made = {**{s.instrument.id: s for s in rules_for()}, **made}
        elif name != NONE:
            named = create(name, options)
            made[named.instrument.id] = named
    return ordered(made.values())


def ordered(scorers: Iterable[Scorer | TextMetric]) -> list[Scorer | TextMetric]:
    """Sound rules, published ones, text metrics; each as they stand."""
    return sorted(scorers, key=lambda s: (isinstance(s, TextMetric), bool(s.instrument.published)))


def rules_for(answer_types: Iterable[AnswerType] | None = None) -> list[Scorer]:
    """All rules, sound ones first; those that apply to any of some answer types, where these are given.

    One of another package that cannot be used is left out: ``left_out`` says why.
    """
    return [
        s
        for s in ordered(_rules()[0])
        if isinstance(s, Scorer) and (answer_types is None or not s.instrument.answer_types.isdisjoint(answer_types))
    ]


def left_out() -> list[str]:
    """What must be said where all rules are used: those of other packages that cannot be, and why."""
    return _rules()[1]


def _rules() -> tuple[list[Scorer], list[str]]:
    found, gone = [], []
    for name in RULES.names():
        outside = name in RULES.outside()
        try:
            part = RULES.get(name)
            rule = create(name) if hasattr(part, "SCORER") else None
        except UserError as error:
            if not outside:
                raise
            gone.append(f"{LEFT_OUT}{error}.")
            continue
        if isinstance(rule, Scorer):
            off = outside and rule.instrument.on_headline is None
            found.append(replace(rule, instrument=replace(rule.instrument, on_headline=False)) if off else rule)
    return found, gone
