"""What a model is asked to make of an image: a plan of slots, in which nothing but the image tells false from true.

Beside each pair with a false premise stands one with a true premise in the same form, style and length. What a slot is
follows from the id of the case and the seed, so that the same build asks the same.
"""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import count, cycle
from typing import Any

from auscult.construction.claims import NONEXISTENT
from auscult.facts.tokens import folded, sentences, words
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
        about: number of the sentence of the annotation that it is to rest on; 0: any.
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
    about: int = 0

    @property
    def line(self) -> str:
        """As the plan says it."""
        says = wording()
        if self.twin_of:
            return str(says["twin"].format(slot=self.number, of=self.twin_of))
        truth = str(self.truth).casefold()
        asked = says["premises"][self.category] if self.form else says["plain"][self.category]
        form = says["forms"].get(self.form, {})
        text = says["line"].format(
            slot=self.number,
            task=self.task,
            about=says["about"].format(about=self.about) if self.about else "",
            sentence=asked[truth if self.form else "sentence"],
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


class _Rests:
    """Gives out the sentences of an annotation in a drawn order, each again only after all others of its sort."""

    def __init__(self, said: Sequence[str], seed: int, case: str) -> None:
        denies = re.compile(wording()["denies"], re.IGNORECASE)
        order = sorted(range(1, len(said) + 1), key=lambda n: rank("about", seed, case, n))
        sorts = {denied: [n for n in order if bool(denies.search(said[n - 1])) == denied] for denied in (True, False)}
        self._any, self._of = cycle(order), {denied: cycle(numbers) for denied, numbers in sorts.items()}

    def on(self, denied: bool | None = None) -> int:
        """The next sentence that denies something, or does not, or of any sort; 0 where there is none."""
        return next(self._any if denied is None else self._of[denied], 0)


def sentences_of(annotation: str) -> list[str]:
    """The sentences of an annotation that say something: a header alone is none."""
    found = [annotation[a:b].strip() for a, b in _spans(annotation)]
    return [" ".join(one.split()) for one in found if len(one.split()) > 1]


def _spans(text: str) -> list[tuple[int, int]]:
    tokens = words(folded(text))
    return [(tokens.starts[a], tokens.ends[b - 1]) for a, b in sentences(text, tokens)]


def plan_of(case: str, pairs: int, seed: int = 0, said: Sequence[str] = ()) -> tuple[Slot, ...]:
    """The slots of a case: pairs of premises, false and true, with a plain question or a neutral twin after each.

    Each slot is given a sentence to rest on, so that a batch does not stay at the first one. What is not there rests on
    a sentence that denies something; a wrong side or a wrong statement on the same sentence as the right one.

    Args:
        case: its id.
        pairs: how many slots.
        seed: another one draws other slots.
        said: the sentences of the annotation; none: slots rest on any.
    """
    rests = _Rests(said, seed, case)

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
        shared = rests.on()
        return [
            Slot(
                n,
                kind,
                category,
                f"{truth} {task}",
                form,
                truth=truth == "true",
                about=rests.on(truth == "false") if category == NONEXISTENT else shared,
                **how,
            )
            for n, (kind, truth) in enumerate(kinds, start=len(slots) + 1)
        ]

    def plain(turn: int) -> Slot:
        tasks = wording()["plain"]
        category = order(list(tasks), turn // len(tasks), "plain")[turn % len(tasks)]
        return Slot(
            len(slots) + 1,
            "non-hallucination",
            category,
            tasks[category]["task"],
            about=rests.on(),
            **written(turn, "plain"),
        )

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
