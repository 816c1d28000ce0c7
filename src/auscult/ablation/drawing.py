"""What an arm is tuned on: which pairs of the training set, whose images, which answers.

All draws follow from names and the seed: the same cell is the same on every machine, and arms of one seed draw in one
order, so that they differ in what their plan says and in as little else as can be.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from math import ceil

from auscult.ablation.evening import even, even_batch
from auscult.ablation.plan import Arm, Plan
from auscult.ablation.selecting import Seen, matches, values_of
from auscult.errors import UserError
from auscult.items.item_set import ItemSet
from auscult.protocols import Question
from auscult.records import Case, ImageFile, Item, digest, rank
from auscult.tuning.lessons import training_part
from auscult.tuning.targets import Lesson, Targets

PARTS = 20
"""How finely fewer pairs are tried: by a twentieth."""
SEEDS = 3
"""Whose draws are looked at for that."""
_OTHER_KIND = {"hallucination": "non-hallucination", "non-hallucination": "hallucination"}


def _considers(arm: Arm, case: Case, item: Item) -> bool:
    """Whether an item is of the kind that an arm is tuned on, before any is left out."""
    kinds = {"both": None, "hallucination": True, "others": False}[arm.data]
    return (kinds is None or (item.kind == "hallucination") == kinds) and matches(arm.where, case, item)


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair that an arm may be tuned on.

    Attributes:
        id: of the item.
        tokens: of its answer.
        wrong: wrong answers that it can be given.
    """

    id: str
    tokens: int
    wrong: tuple[str, ...]


@dataclass(frozen=True)
class Draw:
    """The pairs of a cell, as ``tuning`` reads them.

    Attributes:
        items: the training set.
        chosen: id of each item → the wrong reference that it is learnt with; empty: its own.
        images: id of a case → the images of another one that it is shown with.
        epochs: how often the pairs are put before the model.
        steps: of the optimiser, an epoch; None: as many as ``batch`` comes to.
        tokens: of the answers, an epoch.
        unmatched: why the cell is not matched with the others, in words; empty: it is.
    """

    items: ItemSet
    chosen: Mapping[str, str]
    images: Mapping[str, tuple[ImageFile, ...]]
    epochs: int
    steps: int | None
    tokens: int
    unmatched: str = ""

    @cached_property
    def digest(self) -> str:
        """Of what is drawn, and of how it is changed."""
        shown = sorted((case, [image.sha256 for image in images]) for case, images in self.images.items())
        return digest("draw", self.items.digest, sorted(self.chosen.items()), shown)

    def groups(self, split: str) -> Iterator[tuple[Case, list[Item]]]:
        """Cases with those of their items that are drawn, in stored order, as they are learnt from."""
        for case, items in self.items.groups(split=split):
            kept = [
                replace(item, reference=wrong) if (wrong := self.chosen[item.id]) else item
                for item in items
                if item.id in self.chosen
            ]
            if kept:
                yield replace(case, images=self.images.get(case.id, case.images)), kept


class Pool:
    """The pairs of a plan's training set.

    Args:
        plan: which part of which set, and how arms are matched.
        items: the set.
        tokens: how many tokens a text has.

    Raises:
        UserError: a field, tag or value that is asked for is nowhere, nothing is left or left out, or an arm has fewer
            pairs than it is to be matched with.
    """

    def __init__(self, plan: Plan, items: ItemSet, tokens: Callable[[str], int]) -> None:
        self.plan, self.items = plan, items
        self._ways = [Targets(plan.options(arm)) for arm in plan.arm]
        self._count = tokens
        self._split = training_part(items, plan.train.split)
        elsewhere = self._references() if any(arm.wrong for arm in plan.arm) else {}
        self._of_arm: list[list[Pair]] = [[] for _ in plan.arm]
        self.cases: dict[str, tuple[str, str, tuple[ImageFile, ...]]] = {}
        seen = Seen([plan.train.where, *(where for arm in plan.arm for where in (arm.where, arm.leave_out))])
        left_out = [0] * len(plan.arm)
        for case, item in self._items(seen):
            self.cases[case.id] = case.tags.get("modality", ""), case.group or case.id, case.images
            wrong = _wrong_answers(item, elsewhere)
            for n, (arm, count) in enumerate(zip(plan.arm, self._tokens_of(case, item), strict=True)):
                if not count or not _considers(arm, case, item):
                    continue
                if arm.leave_out and matches(arm.leave_out, case, item):
                    left_out[n] += 1
                else:
                    self._of_arm[n].append(Pair(item.id, count, wrong))
        self._refuse_unknown(seen, left_out)
        self.pairs = self._pairs()

    def _items(self, seen: Seen | None = None) -> Iterator[tuple[Case, Item]]:
        """The items that may be learnt from, with their cases; all of the split are shown to ``seen``."""
        for case, items in self.items.groups(split=self._split):
            for item in items:
                if seen is not None:
                    seen.add(case, item)
                if not item.duplicate_of and item.reference.strip() and matches(self.plan.train.where, case, item):
                    yield case, item

    def _refuse_unknown(self, seen: Seen, left_out: Sequence[int]) -> None:
        """Refuses what selects or leaves out nothing: an arm would not be what it says.

        Raises:
            UserError: which part of the plan, what of it, and what is known.
        """
        folder = self.items.folder
        seen.refuse("[train] where", self.plan.train.where, folder)
        if not self.cases:
            raise UserError(f"{folder}: no pair to tune on is left by [train]; loosen split or where")
        for arm, pairs, gone in zip(self.plan.arm, self._of_arm, left_out, strict=True):
            seen.refuse(f"arm '{arm.name}': where", arm.where, folder)
            seen.refuse(f"arm '{arm.name}': leave_out", arm.leave_out, folder)
            if not pairs:
                raise UserError(
                    f"arm '{arm.name}': has no pair to tune on; take it out, or loosen its data, where or leave_out"
                )
            if arm.leave_out and not gone:
                named = ", ".join(f"{name} = {' or '.join(values_of(v))}" for name, v in arm.leave_out.items())
                raise UserError(
                    f"arm '{arm.name}': leave_out leaves out nothing: none of its {len(pairs):,} pairs has {named}; "
                    "take it out, or loosen [train]"
                )

    def _references(self) -> dict[tuple[str, str], set[str]]:
        """Question and kind → all references that it has."""
        found: dict[tuple[str, str], set[str]] = {}
        for _, item in self._items():
            found.setdefault((item.question, item.kind), set()).add(item.reference)
        return found

    def _tokens_of(self, case: Case, item: Item) -> list[int]:
        """How many tokens are learnt of an item in each arm; 0 where it has no form in which that arm learns.

        Of a masked stage none; where it begins and ends within a token, it may be one more or less.
        """
        question, known = Question(item=item, images=(), case=case), dict[str, int]()

        def of(text: str) -> int:
            if text not in known:
                known[text] = self._count(text)
            return known[text]

        def learnt(lesson: Lesson) -> int:
            return of(lesson.answer) - sum(of(part) - 1 for part in lesson.masked)  # each text's own end is counted

        return [sum(learnt(way.lesson(question, form)) for form in way.forms(item)) for way in self._ways]

    def of(self, arm: Arm) -> list[Pair]:
        """The pairs that an arm may be tuned on."""
        return self._of_arm[self.plan.arm.index(arm)]

    def _pairs(self) -> int:
        """How many pairs a matched arm is tuned on; where tokens are matched, the first one."""
        arms = [arm for arm in self.plan.arm if arm.matched]
        matched = {arm.name: len(self.of(arm)) for arm in (arms[:1] if self._by_tokens else arms)}
        fewest = min(matched, key=lambda name: matched[name], default="")
        if not matched:
            return 0
        if (wanted := self.plan.match.pairs or matched[fewest]) > matched[fewest]:
            raise UserError(
                f"arm '{fewest}': has {matched[fewest]:,} pairs to tune on, and [match] pairs asks for {wanted:,}; ask "
                "for fewer, or give it matched = false"
            )
        return wanted

    def draw(self, arm: Arm, seed: int) -> Draw:
        """The pairs of a cell.

        Raises:
            UserError: there are no wrong answers to as many pairs as the arm asks for.
        """
        options = self.plan.options(arm)
        order = sorted(self.of(arm), key=lambda c: rank("pairs", seed, c.id))
        if arm.matched and self._by_tokens:
            return self._drawn_by_tokens(arm, seed, order)
        count = max(1, round(arm.share * (self.pairs if arm.matched else len(order))))
        kept, rest = order[:count], order[count:]
        wrong = self._wrong(arm, seed, kept)
        epochs, steps, said = options.epochs, None, "takes all pairs, once an epoch"
        if arm.matched:
            epochs = max(1, round(options.epochs / arm.share))
            steps = max(1, round(options.epochs * ceil(self.pairs / options.batch) / epochs))
            kept = _exchanged(
                kept, rest, wrong, self._presented(seed)["answer tokens"] / epochs, self.plan.match.tokens
            )
        tokens = sum(c.tokens for c in kept)
        if arm.matched:
            said = self._gaps(
                seed, {"pairs": count * epochs, "steps": (steps or 0) * epochs, "answer tokens": tokens * epochs}
            )
        return self._made(arm, seed, kept, wrong, epochs, steps, said)

    def batch_that_matches(self) -> int | None:
        """A batch with which arms of less data have as many steps as the others; None where they have.

        Also None where no batch does it.
        """
        arms = [arm for arm in self.plan.arm if arm.matched]
        if self._by_tokens or not arms:
            return None
        options, within = self.plan.options(self._first), self.plan.match.tokens
        found = even_batch(self.pairs, options.epochs, [arm.share for arm in arms], options.batch, within)
        return None if found == options.batch else found

    def pairs_that_match(self, without: Collection[str] = ()) -> int | None:
        """Fewer pairs, with which the answers of all matched arms can be made as long as those of the first.

        An arm that is tuned on all of its pairs has none to exchange. None where answers are as long already, or are
        not with half as many.

        Args:
            without: names of arms that are passed over.
        """
        arms = [arm for arm in self.plan.arm if arm.matched and arm.name not in without]
        if self._by_tokens or not arms:
            return None
        fewer, most = copy(self), even(self.pairs)
        for part in range(PARTS, PARTS // 2 - 1, -1):
            fewer.pairs = max(1, even(most * part // PARTS))
            drawn = (fewer.draw(arm, seed) for arm in arms for seed in self.plan.seeds_of(arm)[:SEEDS])
            if not any("answer tokens" in draw.unmatched for draw in drawn):
                return fewer.pairs if fewer.pairs < most else None
        return None

    def _made(
        self,
        arm: Arm,
        seed: int,
        kept: Sequence[Pair],
        wrong: Mapping[str, str],
        epochs: int,
        steps: int | None,
        said: str,
    ) -> Draw:
        """What a cell is tuned on, of the pairs that were kept for it."""
        return Draw(
            self.items,
            {c.id: wrong.get(c.id, "") for c in kept},
            self._shuffled(seed) if arm.images == "shuffled" else {},
            epochs,
            steps,
            sum(c.tokens for c in kept),
            said,
        )

    @property
    def _by_tokens(self) -> bool:
        return self.plan.match.by == "tokens"

    def _drawn_by_tokens(self, arm: Arm, seed: int, order: Sequence[Pair]) -> Draw:
        """Pairs that come to as many learnt tokens as those of the first matched arm, in as many steps.

        They are repeated as often as it takes; where that divides the steps, each epoch has as many.
        """
        wanted = self._presented(seed)
        able = order[: max(1, round(arm.share * len(order)))]
        least = ceil(wanted["answer tokens"] / sum(c.tokens for c in able))
        if arm == self._first:
            least = self.plan.options(arm).epochs
        epochs = next((n for n in range(least, wanted["steps"] + 1) if wanted["steps"] % n == 0), least)
        ends = list(accumulate(c.tokens for c in able))
        count = min(range(len(ends)), key=lambda n: abs(ends[n] * epochs - wanted["answer tokens"])) + 1
        kept, steps = able[:count], max(1, round(wanted["steps"] / epochs))
        wrong = self._wrong(arm, seed, kept)
        said = self._gaps(seed, {"steps": steps * epochs, "answer tokens": ends[count - 1] * epochs})
        return self._made(arm, seed, kept, wrong, epochs, steps, said)

    @property
    def _first(self) -> Arm:
        return next(arm for arm in self.plan.arm if arm.matched)

    def _presented(self, seed: int) -> dict[str, int]:
        """What is put before the model in the first matched arm, with which the others are matched."""
        first = self._first
        options = self.plan.options(first)
        kept = sorted(self.of(first), key=lambda c: rank("pairs", seed, c.id))[: self.pairs]
        steps = ceil(self.pairs / options.batch)
        every = {"pairs": len(kept), "steps": steps, "answer tokens": sum(c.tokens for c in kept)}
        return {name: count * options.epochs for name, count in every.items()}

    def _gaps(self, seed: int, given: Mapping[str, int]) -> str:
        """In what an arm is not matched, in words."""
        wanted = self._presented(seed)
        gaps = {name: count / wanted[name] - 1 for name, count in given.items()}
        return ", ".join(f"{gap:+.1%} {name}" for name, gap in gaps.items() if abs(gap) > self.plan.match.tokens)

    def _wrong(self, arm: Arm, seed: int, kept: Sequence[Pair]) -> dict[str, str]:
        """Which of some pairs get a wrong answer, and which."""
        count = round(arm.wrong * len(kept))
        able = sorted((c for c in kept if c.wrong), key=lambda c: rank("wrong", seed, c.id))
        if len(able) < count:
            raise UserError(
                f"arm '{arm.name}': wrong = {arm.wrong:g} asks for {count:,} wrong answers, and only {len(able):,} of "
                "its pairs have a question that is answered otherwise elsewhere; ask for a smaller share"
            )
        return {c.id: c.wrong[rank("answer", seed, c.id) % len(c.wrong)] for c in able[:count]}

    def _shuffled(self, seed: int) -> dict[str, tuple[ImageFile, ...]]:
        """Id of each case → the images of the next one of its modality, in an order that the seed draws."""
        shown: dict[str, tuple[ImageFile, ...]] = {}
        by_modality: dict[str, list[str]] = {}
        for case, (modality, _, _) in self.cases.items():
            by_modality.setdefault(modality, []).append(case)
        for modality, cases in by_modality.items():
            order = sorted(cases, key=lambda case: rank("images", seed, case))
            for place, case in enumerate(order):
                others = (order[(place + step) % len(order)] for step in range(1, len(order)))
                other = next((o for o in others if self.cases[o][1] != self.cases[case][1]), None)
                if other is None:
                    raise UserError(
                        f"{self.items.folder}: images cannot be shuffled, as only one patient or image is of modality "
                        f"'{modality}'"
                    )
                shown[case] = self.cases[other][2]
        return shown


def _wrong_answers(item: Item, elsewhere: Mapping[tuple[str, str], set[str]]) -> tuple[str, ...]:
    """Wrong answers to an item.

    Where its premise is false, those to the same words on a true one, and the other way round; of other questions what
    else they are answered elsewhere; of a choice its other options.
    """
    if not elsewhere:
        return ()
    if item.answer_type == "choice":
        return tuple(option for option in item.options if option != item.reference)
    if item.answer_type == "yes_no":
        return ("no",) if item.reference == "yes" else ("yes",)
    kind = _OTHER_KIND.get(item.kind, item.kind)
    return tuple(sorted(elsewhere.get((item.question, kind), set()) - {item.reference}))


def _exchanged(
    kept: Sequence[Pair], rest: Sequence[Pair], fixed: Mapping[str, str], target: float, within: float
) -> list[Pair]:
    """Pairs of which as many are exchanged for others, longer or shorter ones, as it takes to come near the target."""
    total = sum(c.tokens for c in kept)
    by_length: dict[int, list[Pair]] = {}
    for pair in reversed(rest):
        by_length.setdefault(pair.tokens, []).append(pair)
    taken = list(kept)
    for place, pair in enumerate(kept):
        gap = target - total
        if abs(gap) <= within / 4 * target:
            break
        if pair.id in fixed:
            continue
        usable = [
            length
            for length, left in by_length.items()
            if left and (length - pair.tokens) * gap > 0 and abs(length - pair.tokens) <= abs(gap)
        ]
        if usable:
            length = usable[rank("length", pair.id) % len(usable)]
            taken[place] = by_length[length].pop()
            by_length.setdefault(pair.tokens, []).append(pair)
            total += length - pair.tokens
    return taken
