"""How a diagnosis is asked for."""

from dataclasses import dataclass, field
from typing import Annotated

from auscult.engine.limits import AskOptions, check_bounds
from auscult.errors import UserError
from auscult.records import Bounds, Decoding


@dataclass(frozen=True, kw_only=True)
class DiagnosisSettings:
    """How a diagnosis is asked for.

    Attributes:
        arms: which interventions, with commas: default (the four published ones and the two self-replaced), published,
            gold_vr_own_kr, other, irrelevant, planted, image, text, resample, all, or single ones by name.
        protocol: how traces are asked for: staged, one try; staged:51, up to 51 tries until one is valid; clinhallu, as
            published.
        judge_protocol: how stages are judged: stage, statement by statement; clinhallu-stage, as published: it needs a
            model, which judges all answers too; scene, exactly, of phantoms in their own words alone.
        split: part of the item set: train, validation, test or all; where not given test, if there is one, else all.
        limit: most cases asked.
        decoding: how traces are decoded; arms that are drawn have the published temperature.
        seed: of the choice of other images.
        asking: concurrency, retries, prices, budgets.
        max_missing: greatest share of missing answers or verdicts at which a figure is still given.
    """

    arms: str = "default"
    protocol: str = "staged"
    judge_protocol: str = "stage"
    split: str | None = None
    limit: Annotated[int | None, Bounds(1)] = None
    decoding: Decoding = Decoding(max_tokens=1024)
    seed: Annotated[int, Bounds(0)] = 0
    asking: AskOptions = field(default_factory=AskOptions)
    max_missing: Annotated[float, Bounds(0, 1)] = 0.05

    @property
    def names(self) -> tuple[str, ...]:
        """The arms and groups that are named."""
        return tuple(name.strip() for name in self.arms.split(","))

    def check(self) -> None:
        """Refuses settings that cannot mean anything.

        Raises:
            UserError: what to set instead.
        """
        check_bounds(self)
        if not all(self.names):
            raise UserError(
                f"--arms: a name is empty in '{self.arms}'; write names with commas between, or leave --arms out for "
                "the default ones"
            )
        self.asking.check()
