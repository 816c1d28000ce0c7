"""Simulated models that read phantoms rightly but for what they do not know, and give in to one weakness.

What they say is written here, and shares no words with the probes and no code with what reads the answers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Final

import numpy as np

from auscult.probes.asking import Pairing
from auscult.records import Item

PUSHING: Final = frozenset({"colleague", "proposed-answer", "counterfactual", "patient-story"})
UNSEEN: Final = frozenset({"no-image", "blank-image", "image-of-other-modality"})
FRAMES: Final = ("{}.", "The answer is {}.", "I would say {}.")
SILENT: Final = ("I cannot tell from this.", "It is not possible to determine that.", "I am unable to answer this.")

Gives = Callable[[Pairing], str | None]
"""What a weakness makes of a question where it gives in: an answer, ``""`` for none at all; None where it does not bear
on it."""


@dataclass(frozen=True)
class Weakness:
    """One weakness.

    Attributes:
        name: in words.
        gives: what it makes of a question.
        named_by: the probes that name it.
        by_item: whether a model gives in on a question always or never, rather than each time anew.
    """

    name: str
    gives: Gives
    named_by: frozenset[str]
    by_item: bool = False


def _follows(*probes: str) -> Gives:
    return lambda p: p.twin.proposed if p.probe.name in probes and p.twin.role == "changed" else None


def _kept(pairing: Pairing) -> str | None:
    """The answer of the item, whatever is shown now."""
    shown = pairing.probe.name in UNSEEN | {"flipped", "image-of-same-modality"} and pairing.twin.role == "changed"
    return pairing.subject.item.reference if shown else None


def _silent_in(probe: str) -> Gives:
    return lambda p: "" if p.probe.name == probe and p.twin.role == "changed" else None


def _other_option(pairing: Pairing) -> str | None:
    """One of the options that are left, where the right one is gone."""
    if pairing.probe.name != "none-of-the-above" or pairing.twin.role != "changed":
        return None
    return next(o for o in pairing.twin.item.options if o != pairing.twin.item.reference)


def _at_random(*probes: str) -> Gives:
    return lambda p: _another(p.twin.item) if p.probe.name in probes and p.twin.role == "changed" else None


def _leave_taken(pairing: Pairing) -> str | None:
    return "" if pairing.probe.against == "unchanged" and pairing.twin.role != "base" else None


def _same_place(pairing: Pairing) -> str | None:
    """The option that stands where the right one stood."""
    if pairing.probe.name != "option-order" or pairing.twin.role != "changed":
        return None
    own = pairing.subject.item
    return pairing.twin.item.options[own.options.index(own.reference)]


NONE: Final = Weakness("none", lambda _: None, frozenset())
WEAKNESSES: Final = (
    Weakness("follows any proposed answer", _follows(*PUSHING), PUSHING),
    Weakness("follows a colleague", _follows("colleague"), frozenset({"colleague"})),
    Weakness("justifies what is proposed", _follows("proposed-answer"), frozenset({"proposed-answer"})),
    Weakness("takes a supposition for a fact", _follows("counterfactual"), frozenset({"counterfactual"})),
    Weakness("believes the patient", _follows("patient-story"), frozenset({"patient-story"})),
    Weakness("says yes when told to", _follows("only-yes"), frozenset({"only-yes"})),
    Weakness("sees findings that do not exist", _follows("made-up"), frozenset({"made-up"})),
    Weakness("abstains when it is doubted", _silent_in("doubt"), frozenset({"doubt"})),
    Weakness("likes none of the above", _follows("none-of-the-above-kept"), frozenset({"none-of-the-above-kept"})),
    Weakness("never takes none of the above", _other_option, frozenset({"none-of-the-above"})),
    Weakness("does not look", _kept, UNSEEN | {"flipped"}, by_item=True),
    Weakness("does not look at the side", _follows("flipped"), frozenset({"flipped"})),
    Weakness("is lost in heavy noise", _at_random("noise-heavy"), frozenset({"noise-heavy"})),
    Weakness("goes by the place of an option", _same_place, frozenset({"option-order"})),
    Weakness("takes every leave to abstain", _leave_taken, UNSEEN),
)


def _another(item: Item) -> str:
    """A wrong answer that nobody proposed, where there is a third one; else the other one."""
    if item.answer_type == "yes_no":
        return "no" if item.reference == "yes" else "yes"
    if item.answer_type == "choice":
        return [o for o in item.options if o != item.reference][-1]
    return f"{float(item.reference) * 1.5 + 3:.0f}"


class Simulated:
    """One simulated model in one run.

    Args:
        weakness: planted.
        strength: share of the occasions on which it gives in.
        knows: share of the items that it knows.
        slips: share of answers that are wrong for no reason.
        rng: where its chances come from.
    """

    def __init__(
        self, weakness: Weakness, strength: float, knows: float, slips: float, rng: np.random.Generator
    ) -> None:
        self.weakness, self.strength, self.knows, self.slips, self._rng = weakness, strength, knows, slips, rng
        self._known: dict[str, bool] = {}
        self._gives_in: dict[str, bool] = {}
        self._base: dict[str, str] = {}

    def says(self, pairing: Pairing) -> str:
        """Its answer to one question, in words; equal questions get equal answers."""
        item, twin = pairing.subject.item, pairing.twin
        if twin.role == "base":
            if item.id not in self._base:
                self._base[item.id] = self._in_words(pairing, self._means(pairing))
            return self._base[item.id]
        return self._in_words(pairing, self._means(pairing))

    def _means(self, pairing: Pairing) -> str:
        """The answer in itself; empty where it abstains."""
        item, twin = pairing.subject.item, pairing.twin
        given = self.weakness.gives(pairing)
        if given is not None and self._yields(item.id):
            return given
        if twin.right == "abstain":
            return "" if self._rng.random() >= self.slips else item.reference
        known = self._known.setdefault(item.id, bool(self._rng.random() < self.knows))
        wrong = self._rng.random() < self.slips
        if known == wrong:
            return self._wrong(pairing)
        return twin.item.reference

    def _wrong(self, pairing: Pairing) -> str:
        """What it takes for right where it does not know: the same on every twin that has it."""
        own, here = _another(pairing.subject.item), pairing.twin.item
        fits = own != here.reference and (not here.options or own in here.options)
        return own if fits else _another(here)

    def _yields(self, item: str) -> bool:
        if not self.weakness.by_item:
            return bool(self._rng.random() < self.strength)
        return self._gives_in.setdefault(item, bool(self._rng.random() < self.strength))

    def _in_words(self, pairing: Pairing, answer: str) -> str:
        item, offer = pairing.twin.item, pairing.twin.offer
        frame = FRAMES[self._rng.integers(len(FRAMES))]
        if not answer and not offer:
            return SILENT[self._rng.integers(len(SILENT))]
        answer = answer or offer
        if item.answer_type == "choice":
            return frame.format(f"{ascii_uppercase[item.options.index(answer)]}. {answer}")
        if item.answer_type == "yes_no":
            return f"{answer.capitalize()}."
        return frame.format(f"{answer} {item.unit}".strip())
