"""The scorers that a run is read by, from their names: one registry for rules, text metrics and those of others."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

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
BESIDE_A_JUDGE = ("meteor", "rouge")
"""The text metrics of the published table that need no encoder."""


def create(spec: str, options: ScorerOptions | None = None) -> Scorer | TextMetric:
    """The scorer of a name, with what follows its colon: ``closed``, ``bertscore:ENCODER@LAYER``.

    Raises:
        UserError: no such scorer, or what follows the colon is of no use to it.
    """
    name, _, rest = spec.partition(":")
    part = SCORERS.get(name)
    if make := getattr(part, "create", None):
        made: Scorer | TextMetric = make(rest, options or ScorerOptions())
        return made
    refuse(rest, name)
    own: Scorer | TextMetric = part.SCORER
    return own


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
    """All rules, sound ones first; those that apply to any of some answer types, where these are given."""
    found = []
    for name in RULES.names():
        rule = getattr(RULES.get(name), "SCORER", None)
        if isinstance(rule, Scorer) and (
            answer_types is None or not rule.instrument.answer_types.isdisjoint(answer_types)
        ):
            off = name in RULES.outside() and rule.instrument.on_headline is None
            found.append(replace(rule, instrument=replace(rule.instrument, on_headline=False)) if off else rule)
    return [s for s in ordered(found) if isinstance(s, Scorer)]
