"""What a model is asked to make of an image: a plan of slots, in which nothing but the image tells false from true.

Beside each pair with a false premise stands one with a true premise in the same form, style and length. What a slot is
follows from the id of the case and the seed, so that the same build asks the same.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import count
from typing import Any

from auscult.records import Kind, rank


@dataclass(frozen=True, slots=True)
class Slot:
    """One pair that is asked for.

    Attributes:
        number: from 1; what the reply calls it.
        kind: hallucination for a false premise, non-hallucination for a true one or none, question for a neutral twin.
        category: one of the three of hallucinations, or what is asked.
        task: how the plan calls it.
        form: polar, tag, presupposition or neutral; empty where nothing is taken for granted.
        style: how it is written.
        words: fewest and most of its answer; (1, 1) for the yes or no of a twin.
        difficulty: easy, medium or hard.
        twin_of: number of the slot whose premise a neutral twin asks about; 0 for others.
        truth: whether the premise is so; None where there is none.
    """

    number: int
    kind: Kind
    category: str
    task: str
    form: str = ""
    style: str = ""
    words: tuple[int, int] = (1, 1)
    difficulty: str = ""
    twin_of: int = 0
    truth: bool | None = None

    @property
    def premise_bearing(self) -> bool:
        """Whether it takes something for granted, or asks to confirm it."""
        return self.truth is not None and not self.twin_of

    @property
    def line(self) -> str:
        """As the plan says it."""
        words = wording()
        if self.twin_of:
            return str(words["twin"].format(slot=self.number, of=self.twin_of))
        truth = str(self.truth).casefold()
        about = words["premises"][self.category] if self.form else words["plain"][self.category]
        form = words["forms"].get(self.form, {})
        text = words["line"].format(
            slot=self.number,
            task=self.task,
            sentence=about[truth if self.form else "sentence"],
            form=form.get("sentence", ""),
            answer=form.get(truth, ""),
            least=self.words[0],
            most=self.words[1],
            style=self.style,
            difficulty=self.difficulty,
        )
        return " ".join(text.split())


@cache
def wording() -> dict[str, Any]:
    """The words of plans, with their version."""
    return tomllib.loads((files("auscult.construction.drafting") / "slots.toml").read_text("utf-8"))


def plan_of(case: str, pairs: int, seed: int = 0) -> tuple[Slot, ...]:
    """The slots of a case: pairs of premises, false and true, with a plain question or a neutral twin after each.

    Args:
        case: its id.
        pairs: how many slots.
        seed: another one draws other slots.
    """

    def order(among: Sequence[str], *names: object) -> list[str]:
        return sorted(among, key=lambda one: rank("slot", seed, case, *names, one))

    def drawn(among: Sequence[Any], *names: object) -> Any:
        return among[rank("slot", seed, case, *names) % len(among)]

    def written(turn: int, what: str) -> dict[str, Any]:
        how = {"style": "styles", "words": "words", "difficulty": "difficulties"}
        found = {name: drawn(wording()[of], turn, what, name) for name, of in how.items()}
        return {**found, "words": tuple(found["words"])}

    def premises(turn: int) -> list[Slot]:
        categories = order(list(wording()["premises"]), turn // 3)
        category = categories[turn % 3]
        task, how = wording()["premises"][category]["task"], written(turn, "premise")
        form = drawn(list(wording()["forms"]), turn)
        kinds: list[tuple[Kind, str]] = [("hallucination", "false"), ("non-hallucination", "true")]
        kinds = kinds if drawn((True, False), turn, "first") else kinds[::-1]
        numbered = enumerate(kinds, start=len(slots) + 1)
        return [
            Slot(n, kind, category, f"{truth} {task}", form, truth=truth == "true", **how)
            for n, (kind, truth) in numbered
        ]

    def plain(turn: int) -> Slot:
        tasks = wording()["plain"]
        category = order(list(tasks), turn // len(tasks), "plain")[turn % len(tasks)]
        return Slot(len(slots) + 1, "non-hallucination", category, tasks[category]["task"], **written(turn, "plain"))

    def twin(turn: int) -> Slot:
        of = drawn(untwinned, turn, "twin")
        return Slot(len(slots) + 1, "question", "presence", "neutral", "neutral", twin_of=of.number, truth=of.truth)

    slots: list[Slot] = []
    untwinned: list[Slot] = []
    for turn in count():
        room = pairs - len(slots)
        if room > 1:
            untwinned = premises(turn)
            slots += untwinned
            room -= 2
        if room and turn % 2 and untwinned:
            slots.append(twin(turn))
            untwinned = []
        elif room:
            slots.append(plain(turn))
        if len(slots) >= pairs:
            break
    return tuple(slots)
