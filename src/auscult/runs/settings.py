"""How an evaluation is run."""

from dataclasses import dataclass, field
from typing import Annotated

from auscult.engine.limits import AskOptions, check_bounds
from auscult.errors import UserError
from auscult.records import Bounds, Decoding


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How an evaluation is run.

    Attributes:
        split: part of the item set: train, validation, test or all; where not given test, if there is one, else all.
        limit: most cases asked.
        decoding: how answers are decoded.
        samples: answers to each question; more than one needs a temperature.
        protocol: how items are put: direct; few-shot:K, example images a class from the training split; shuffled:SEED,
            options in another order, so that the place of the right one is no clue; or few-shot:K+shuffled:SEED.
        controls: items of the control subsample (without the image, with another case's image).
        seed: of the choice of controls, and of what is probed.
        probe: probes that are put beside the questions, by name (colleague, no-image, noise, ...); all: every one.
        probe_items: most items that probes are put to, in whole cases; each is asked again once or twice a probe.
        canary: whether the two-image canary is run; an evaluation that skips it says so in its report.
        asking: concurrency, retries, prices, budgets.
        max_missing: greatest share of failed requests at which a figure is still given.
    """

    split: str | None = None
    limit: Annotated[int | None, Bounds(1)] = None
    decoding: Decoding = Decoding()
    samples: Annotated[int, Bounds(1)] = 1
    protocol: str = "direct"
    controls: Annotated[int, Bounds(0)] = 300
    probe: tuple[str, ...] = ()
    probe_items: Annotated[int, Bounds(1)] = 300
    seed: Annotated[int, Bounds(0)] = 0
    canary: bool = True
    asking: AskOptions = field(default_factory=AskOptions)
    max_missing: Annotated[float, Bounds(0, 1)] = 0.05

    def check(self) -> None:
        """Refuses settings that cannot mean anything.

        Raises:
            UserError: what to set instead.
        """
        check_bounds(self)
        if self.samples > 1 and self.decoding.temperature == 0:
            raise UserError("--samples above 1 at temperature 0 repeats one answer; add for example --temperature 0.7")
        self.asking.check()
