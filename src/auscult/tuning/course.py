"""What is learnt when, and how fast."""

import math
from dataclasses import dataclass
from itertools import accumulate
from math import ceil

from auscult.tuning.lessons import Chunk, Lessons
from auscult.tuning.options import TuningOptions


@dataclass(frozen=True, kw_only=True)
class Course:
    """What is learnt when.

    Attributes:
        steps: chunks of each step, of all epochs.
        ends: number of the first step after each epoch.
        looks: numbers of steps after which what is held out is looked at.
    """

    steps: list[list[Chunk]]
    ends: list[int]
    looks: frozenset[int]

    @classmethod
    def of(cls, lessons: Lessons, options: TuningOptions) -> "Course":
        """The course of some lessons."""
        epochs = [lessons.steps(epoch, options) for epoch in range(options.epochs)]
        ends = list(accumulate(map(len, epochs)))
        looks = {
            end - len(steps) + ceil(len(steps) * part / options.checks)
            for end, steps in zip(ends, epochs, strict=True)
            for part in range(1, options.checks + 1)
        }
        return cls(steps=[step for steps in epochs for step in steps], ends=ends, looks=frozenset(looks))

    def epoch(self, step: int) -> int:
        """The epoch of a step, both counted from 1."""
        return 1 + sum(end < step for end in self.ends)


def rate(step: int, steps: int, options: TuningOptions) -> float:
    """The learning rate of a step, counted from 0: it rises in a line, then falls as half a cosine."""
    warm = math.ceil(options.warmup * steps)
    if step < warm:
        return options.learning_rate * (step + 1) / warm
    return options.learning_rate * (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm))) / 2
