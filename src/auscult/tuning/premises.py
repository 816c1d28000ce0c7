"""How a model takes false premises about held-out images while it learns: by the first word of its answers.

Quick and rough, for the eye: an evaluation reads whole answers, in all forms. Of a polar or tag question about a false
premise the first word says whether it is accepted; of its neutral twin, whether the model knows better.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from auscult.models.margins import Leaning
from auscult.protocols import Question
from auscult.records import Case, Item
from auscult.tuning.learning import Learner
from auscult.tuning.lessons import Lessons
from auscult.tuning.options import TuningOptions
from auscult.tuning.targets import Targets

MOST = 50
"""Cases that are looked at, at most."""
WHAT = "false premises accepted though the twin is known (by first words)"
Pairs = tuple[tuple[Item, Item], ...]


class Premises:
    """False premises about held-out images, with their twins.

    Args:
        lessons: of the tuning.
        tokenizer: of the model.
    """

    def __init__(self, lessons: Lessons, tokenizer: Any) -> None:
        self._items, self._leaning = lessons.items, Leaning(tokenizer)
        self._cases = list(islice(_cases(lessons), MOST)) if self._leaning.yes and self._leaning.no else []

    def taken(self, learner: Learner) -> tuple[int, int]:
        """Of the premises whose twin's first word is right, how many are accepted by theirs, and of how many."""
        accepted = known = 0
        targets = Targets(TuningOptions())
        for case, pairs in self._cases:
            images = tuple(self._items.load_image(image) for image in case.images)
            asked = {item.id: item for pair in pairs for item in pair}
            put = [targets.lesson(Question(item=item, images=images, case=case), "answer") for item in asked.values()]
            margins = dict(zip(asked, self._leaning(learner.first_logits(put)), strict=True))
            for premise, twin in pairs:
                leans, twin_leans = margins[premise.id], margins[twin.id]
                if leans is not None and twin_leans is not None and (twin_leans > 0) == (twin.reference == "yes"):
                    known += 1
                    accepted += leans > 0
        return accepted, known


def _cases(lessons: Lessons) -> Iterator[tuple[Case, Pairs]]:
    for case, items in lessons.held_items():
        twins = {item.id: item for item in items if item.answer_type == "yes_no"}
        false = (item for item in items if item.kind == "hallucination" and item.asks_yes_no)
        if pairs := tuple((item, twins[item.twin]) for item in false if item.twin in twins):
            yield case, pairs


def told_acceptance(taken: tuple[int, int]) -> str:
    """Knowing acceptance in words, as the end of a line; empty where there is nothing to count."""
    accepted, known = taken
    return f"; {accepted} of {known} {WHAT}" if known else ""


def told_change(taken: Mapping[int, tuple[int, int]], kept: int) -> str:
    """Knowing acceptance of the base and of the adapter that is kept; empty where there is nothing to count."""
    (before, of), (after, known) = (taken.get(step, (0, 0)) for step in (0, kept))
    return f"{before} of {of} at first, {after} of {known} where it is kept: {WHAT}" if of and known else ""
