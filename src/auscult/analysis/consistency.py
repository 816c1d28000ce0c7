"""Paraphrase consistency: is the same thing answered alike, and right, however it is asked?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

NO_POSITION = frozenset({"", "unclear"})


@dataclass(frozen=True, slots=True)
class GroupConsistency:
    """One group of questions that mean the same.

    Attributes:
        group: its name.
        k: questions in it.
        worst: the least correct of them, 0 to 1: 1 only where every phrasing is answered right.
        usable: answers that take a position.
        flipped: whether the positions differ; None with fewer than two of them.
    """

    group: str
    k: int
    worst: float
    usable: int
    flipped: bool | None


def consistency(groups: Mapping[str, Sequence[tuple[str, float]]]) -> list[GroupConsistency]:
    """Worst of k and flips, group by group; a flip rate is the mean of ``flipped`` where it is not None.

    Args:
        groups: name → (what was read, correct 0 to 1) of each question of the group. An answer that takes no position
            (an empty reading, or ``unclear``) counts as it scored in ``worst``, and is no flip. Empty groups are left
            out.
    """
    found = []
    for name, answers in groups.items():
        if not answers:
            continue
        read = [parsed.casefold() for parsed, _ in answers if parsed not in NO_POSITION]
        flipped = len(set(read)) > 1 if len(read) > 1 else None
        found.append(GroupConsistency(name, len(answers), min(c for _, c in answers), len(read), flipped))
    return found
