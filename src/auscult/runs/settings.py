"""How an evaluation is run."""

from dataclasses import dataclass, field

from auscult.engine.limits import AskOptions
from auscult.errors import UserError
from auscult.records import Decoding


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How an evaluation is run.

    Attributes:
        split: part of the item set that is asked; not given: ``test`` where there is one; ``all``, or empty, for all.
        limit: most cases asked.
        decoding: how answers are decoded.
        samples: answers to each question; more than one needs a temperature.
        protocol: how items are put: direct; few-shot:K, example images a class from the training split; shuffled:SEED,
            options in another order, so that the place of the right one is no clue; or few-shot:K+shuffled:SEED.
        controls: items of the control subsample (without the image, with another case's image).
        seed: of the choice of controls.
        canary: whether the two-image canary is run; an evaluation that skips it says so in its report.
        asking: concurrency, retries, prices, budgets.
        max_missing: greatest share of failed requests at which a figure is still given.
    """

    split: str | None = None
    limit: int | None = None
    decoding: Decoding = Decoding()
    samples: int = 1
    protocol: str = "direct"
    controls: int = 300
    seed: int = 0
    canary: bool = True
    asking: AskOptions = field(default_factory=AskOptions)
    max_missing: float = 0.05

    def check(self) -> None:
        """Refuses settings that cannot mean anything.

        Raises:
            UserError: what to set instead.
        """
        if self.samples > 1 and self.decoding.temperature == 0:
            raise UserError("--samples above 1 at temperature 0 repeats one answer; add for example --temperature 0.7")
        if self.samples < 1:
            raise UserError(f"--samples must be at least 1, not {self.samples}")
        self.asking.check()
