"""The plan of an ablation: arms, seeds, sets and hypotheses, written down before anything is tuned."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from auscult.ablation.rows import file_name
from auscult.errors import UserError, known_names
from auscult.store.given import TOML_MOST, boundary, parsed_toml, read_given
from auscult.store.invalid import wrong_key
from auscult.tuning.options import TuningOptions

SCHEMA = "auscult.plan/1"
BASE = "base"
"""The arm that is not tuned; it has no seed."""
MOST_PRIMARY = 10
Text = Annotated[str, Field(min_length=1)]
Name = Annotated[str, Field(pattern=r"^[\w][\w .,+%()′'-]*$", max_length=60)]
"""Of an arm or a set: it stands in tables, and in names of files."""
Where = dict[str, str | tuple[str, ...]]
"""Field or tag of an item or its case → its value, or one of these."""
Measure = Literal[
    "knowing acceptance",
    "raw acceptance",
    "known and accepted",
    "over-denial",
    "evasion",
    "accuracy",
    "unread",
    "AUROC",
    "d'",
    "criterion",
    "invalid traces",
    "H^V",
    "H^K",
    "H^R",
    "wrong eyes",
    "wrong knowledge",
    "wrong reasoning",
]
GIVEN_BY_THE_PLAN = ("seed", "split", "steps")
"""Options of tuning that follow from seeds, training set and matching."""
EARLY = ("held_out", "patience")
"""Options that would stop a cell early: every cell of a grid ends with its last step."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Train(_Part):
    """What is tuned on.

    Attributes:
        items: folder of an item set, relative to the plan.
        split: part of it; none: train where it is split, else all.
        where: only items whose field or tag has this value, or one of these.
    """

    items: Text
    split: str | None = None
    where: Where = {}


class Match(_Part):
    """In what matched arms are alike.

    Attributes:
        by: ``pairs``: as many pairs in as many steps, exchanged until their answers are as long; ``tokens``: as many
            learnt tokens in as many steps as the first matched arm, whatever pairs that takes, repeated as often: for
            arms that learn answers beside arms that learn traces. A masked stage is not learnt.
        pairs: that an arm is tuned on, before it is repeated, and by ``tokens`` the first matched arm; none: as many
            as the smallest matched arm has, or that one.
        tokens: greatest relative difference of what they learn.
    """

    by: Literal["pairs", "tokens"] = "pairs"

    pairs: Annotated[int, Field(ge=1)] | None = None
    tokens: Annotated[float, Field(gt=0, lt=1)] = 0.02


class Set(_Part):
    """What every cell is evaluated on.

    Attributes:
        name: in tables.
        items: folder of an item set, relative to the plan.
        split: part of it; none: test where there is one, else all.
        where: the rows that measures are taken on; twins are looked up among all that were asked.
        protocol: how items are put; in stages, such as ``staged``, for what is measured of traces: with nothing given,
            with the first stage right, and with the first two.
        judge_protocol: how stages are judged, without a model: ``stage``, by the fact checker, or ``scene``, by what is
            known of a phantom.
    """

    name: Name
    items: Text
    split: str | None = None
    where: Where = {}
    protocol: Text = "direct"
    judge_protocol: Literal["stage", "scene"] = "stage"

    @property
    def source(self) -> str:
        """What is asked, as the plan names it: sets of one source are rows of one evaluation."""
        judged = () if self.judge_protocol == "stage" else (self.judge_protocol,)
        return " ".join((self.items, self.split or "-", self.protocol, *judged))


class Arm(_Part):
    """What one arm is tuned on, and how.

    Attributes:
        name: in tables.
        data: both kinds of items, those of hallucination kind alone, or all others.
        where: of the training set, only items whose field or tag has this value, or one of these.
        leave_out: none of the items whose field or tag has this value, or one of these.
        images: an item's own, or those of another case of the same modality.
        wrong: share of pairs whose answer is replaced by a wrong one: the reference that the same question has
            elsewhere.
        share: of the pairs that are kept; a matched arm is put before the model as often as all would be.
        matched: whether it is matched with the other arms; one that is not takes all that there is, once an epoch.
        seeds: how many of the plan's seeds, the first ones, or which of them; none: all.
        tuning: options of this arm alone.
    """

    name: Name
    data: Literal["both", "hallucination", "others"] = "both"
    where: Where = {}
    leave_out: Where = {}
    images: Literal["own", "shuffled"] = "own"
    wrong: Annotated[float, Field(ge=0, le=1)] = 0.0
    share: Annotated[float, Field(gt=0, le=1)] = 1.0
    matched: bool = True
    seeds: Annotated[int, Field(ge=1)] | tuple[int, ...] | None = None
    tuning: dict[str, Any] = {}


class Hypothesis(_Part):
    """What is claimed before the run, with its limit.

    Attributes:
        name: in tables.
        why: the reason for the limit.
        primary: whether it is one of the at most ten over which Holm's correction runs; else exploratory.
        set: where it is measured.
        measure: of what.
        arm: the arm that it is about.
        against: another arm, or ``base``; of the same seed, on the same items.
        form: ``arm - against``; that relative to ``against``; or the ratio of the effects of both, each against base.
        below: the figure is less than this.
        above: more than this.
        within: nearer to 0 than this.
    """

    name: Text
    why: str = ""
    primary: bool = False
    set: Name
    measure: Measure
    arm: Name
    against: Name = BASE
    form: Literal["difference", "relative", "ratio of effects"] = "difference"
    below: float | None = None
    above: float | None = None
    within: Annotated[float, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _one_limit(self) -> Self:
        if sum(limit is not None for limit in (self.below, self.above, self.within)) != 1:
            raise ValueError("give one of below, above and within")
        if self.form != "difference" and self.measure in ("AUROC", "d'", "criterion"):
            raise ValueError(f"form: {self.measure} has differences alone")
        if self.form == "ratio of effects" and BASE in (self.arm, self.against):
            raise ValueError("against: a ratio of effects is of two tuned arms, each against base")
        if self.arm == self.against:
            raise ValueError("against: name another arm")
        return self


class Plan(_Part):
    """A plan.

    Attributes:
        title: of the ablation.
        model: what is tuned: ``phantom`` or ``local:FOLDER``.
        seeds: of the cells; each draws pairs, shuffling, wrong answers, first weights and order.
        tuning: options of all arms.
    """

    schema_: Literal["auscult.plan/1"] = Field(alias="schema")
    title: Text
    model: Text
    seeds: Annotated[tuple[Annotated[int, Field(ge=0)], ...], Field(min_length=1)]
    train: Train
    tuning: dict[str, Any] = {}
    match: Match = Match()
    set: Annotated[tuple[Set, ...], Field(min_length=1)]
    arm: Annotated[tuple[Arm, ...], Field(min_length=1)]
    hypothesis: tuple[Hypothesis, ...] = ()

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        for what, names in (
            ("arms", [BASE, *(arm.name for arm in self.arm)]),
            ("sets", [s.name for s in self.set]),
            ("hypotheses", [h.name for h in self.hypothesis]),
            ("seeds", [str(seed) for seed in self.seeds]),
            ("arms, as files,", [file_name(arm, None) for arm in (BASE, *(arm.name for arm in self.arm))]),
        ):
            if twice := next((name for name, count in Counter(names).items() if count > 1), ""):
                raise ValueError(f"two {what} are named '{twice}'")
        for arm in self.arm:
            if unknown := set(self.seeds_of(arm)) - set(self.seeds):
                raise ValueError(f"arm '{arm.name}': seeds: {min(unknown)} is none of the plan's seeds")
        arms, sets = [BASE, *(arm.name for arm in self.arm)], [s.name for s in self.set]
        for h in self.hypothesis:
            for key, name, known in (("arm", h.arm, arms), ("against", h.against, arms), ("set", h.set, sets)):
                if name not in known:
                    raise ValueError(f"hypothesis '{h.name}': {key}: no '{name}'; {known_names(name, known)}")
        primary = sum(h.primary for h in self.hypothesis)
        if primary > MOST_PRIMARY:
            raise ValueError(
                f"{primary} hypotheses are primary, at most {MOST_PRIMARY} may be; the others are exploratory"
            )
        return self

    def seeds_of(self, arm: Arm) -> tuple[int, ...]:
        """The seeds of an arm."""
        chosen = arm.seeds
        return self.seeds[:chosen] if chosen is None or isinstance(chosen, int) else chosen

    def options(self, arm: Arm) -> TuningOptions:
        """How an arm is tuned, without what depends on its data and its seed.

        Raises:
            UserError: an option is unknown, of the wrong kind, or may not be given here.
        """
        return _options(f"arm '{arm.name}': tuning", {**self.tuning, **arm.tuning})


def read_plan(path: Path) -> tuple[Plan, str]:
    """Reads a plan and the sha256 of its bytes.

    Raises:
        UserError: it is missing, no TOML, or a key is wrong: one line that names it.
    """
    if path.is_dir():
        raise UserError(
            f"{path}: is a folder, and a plan is a TOML file; to begin one for an item set: auscult ablate --starter "
            f"{path} > plan.toml"
        )
    raw = read_given(path, TOML_MOST)
    if not raw.strip():
        raise UserError(f"{path}: the file is empty; to begin a plan: auscult ablate --starter ITEMS > {path.name}")
    with boundary(path, "mend it there", "is no TOML"):
        plain = parsed_toml(raw)
    try:
        plan = Plan.model_validate(plain)
    except ValidationError as error:
        raise UserError(f"{path}: {wrong_key(error, plain, Plan)}") from None
    try:
        for arm in plan.arm:
            plan.options(arm)
    except UserError as error:
        raise UserError(f"{path}: {error}") from None
    return plan, hashlib.sha256(raw).hexdigest()


def _options(where: str, given: Mapping[str, Any]) -> TuningOptions:
    known = {f.name: f for f in fields(TuningOptions)}
    usual = TuningOptions()
    for name, value in given.items():
        if name in GIVEN_BY_THE_PLAN:
            raise UserError(f"{where}: {name}: follows from seeds, [train] and [match]; leave it out")
        if name in EARLY and value != 0:
            raise UserError(f"{where}: {name}: is 0 in a grid, whose cells never stop early; leave it out")
        if name not in known:
            raise UserError(f"{where}: no option '{name}'; {known_names(name, known)}")
        default = getattr(usual, name)
        kinds: tuple[type, ...] = (bool,) if default is None else (type(default),)
        kinds = (int, float) if kinds == (float,) else kinds
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise UserError(f"{where}: {name}: takes {kinds[-1].__name__}, not {value!r}")
    try:
        options = TuningOptions(**{**given, **dict.fromkeys(EARLY, 0)})
        options.check()
    except UserError as error:
        raise UserError(f"{where}: {error}") from None
    return options
