"""The judges of the three stages, asked about what was put."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from auscult.certificates.stage.put import Put
from auscult.engine.ask import Ask
from auscult.errors import UserError
from auscult.models import Model
from auscult.records import STAGES, Score
from auscult.runs.judging_options import JudgingOptions
from auscult.scorers.judges import Judge, create

Group = Sequence[Put]
VALUE = "hallucinated"
"""What a judge of stages says of each."""


@dataclass(frozen=True)
class Judges:
    """A judge a stage, all of one model."""

    of: Mapping[str, Judge]

    @classmethod
    def create(cls, model: Model, options: JudgingOptions) -> "Judges":
        """The judges of a protocol.

        Raises:
            UserError: it judges no stages.
        """
        own, made = options.judge, dict[str, Judge]()
        for stage in STAGES:
            made[stage] = create(options.protocol, model.identity, replace(own, more={**own.more, "stage": stage}))
            if made[stage].instrument.value(VALUE) is None:
                raise UserError(
                    f"judge protocol '{options.protocol}' judges no stages; name one that does, such as stage"
                )
        return cls(made)

    async def __call__(self, group: Group, ask: Ask) -> list[Score]:
        """The scores of a group of stages, in order."""
        rows: dict[int, Score] = {}
        for stage, judge in self.of.items():
            chosen = [n for n, put in enumerate(group) if put.stage == stage]
            if chosen:
                found = await judge.scores([group[n].subject for n in chosen], ask)
                rows |= dict(zip(chosen, found, strict=True))
        return [rows[n] for n in range(len(group))]
