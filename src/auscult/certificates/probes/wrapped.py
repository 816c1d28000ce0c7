"""The bundled phantom model, wrapped: it answers phantoms by itself, and gives in to one planted weakness now and then.

It is asked once; every wrapper turns its own answers. It has weaknesses of its own, since nobody taught it such
questions: so what counts is what rises over the same model without a wrapper, on the same images.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from auscult import models
from auscult.certificates.probes.models import NONE, UNSEEN, Simulated, Weakness
from auscult.engine.ask import Ask
from auscult.engine.limits import AskOptions
from auscult.engine.progress import progress
from auscult.engine.session import Session, Show
from auscult.models import ModelOptions
from auscult.probes.asking import Pairing, question
from auscult.protocols import Asking
from auscult.protocols.direct import Direct

Asked = tuple[str, str, str, tuple[str, ...]]
"""Probe, role, item as it was put, and images that were shown."""
LOOKS_NOT: Final = "does not look"


def asked(pairing: Pairing) -> Asked:
    """What tells one question from all others."""
    twin = pairing.twin
    return pairing.probe.name, twin.role, twin.item.id, tuple(image.sha256 for image in twin.images)


def answered(pool: Sequence[Sequence[Pairing]], journal: Path, show: Show = progress) -> dict[Asked, str]:
    """What the phantom model says to all of it; what a journal holds is not asked again."""
    model = models.create("phantom", ModelOptions())
    direct = Direct(asking=Asking(model=model.identity))
    said: dict[Asked, str] = {}

    async def all_of_it(session: Session) -> None:
        with show("asking the phantom model, images", len(pool)) as bar:
            for pairings in pool:
                said.update(await _of_one(pairings, direct, session.ask))
                bar.advance()

    Session(model, journal, AskOptions(), show).run(all_of_it)
    return said


async def _of_one(pairings: Sequence[Pairing], direct: Direct, ask: Ask) -> dict[Asked, str]:
    answers = await direct.answers([question(pairing, 0) for pairing in pairings], ask)
    return {asked(pairing): answer.text for pairing, answer in zip(pairings, answers, strict=True)}


class Wrapped(Simulated):
    """The phantom model with one weakness; without one, what it says by itself.

    Args:
        weakness: planted.
        strength: share of the occasions on which it gives in.
        said: what the phantom model says by itself.
        rng: where the occasions come from.
    """

    def __init__(
        self, weakness: Weakness, strength: float, said: Mapping[Asked, str], rng: np.random.Generator
    ) -> None:
        super().__init__(weakness, strength, knows=1.0, slips=0.0, rng=rng)
        self._said = said

    def says(self, pairing: Pairing) -> str:
        """Its answer in words; where it does not look, what it says to the same question with the item's own image."""
        own = self._said[asked(pairing)]
        given = self.weakness.gives(pairing) if self.weakness is not NONE else None
        if given is None or not self._yields(pairing.subject.item.id):
            return own
        return self._unlooked(pairing, own) if self.weakness.name == LOOKS_NOT else self._in_words(pairing, given)

    def _unlooked(self, pairing: Pairing, own: str) -> str:
        probe, _, item, _ = asked(pairing)
        images = tuple(image.sha256 for image in pairing.subject.images)
        if probe in UNSEEN:
            return self._said.get((probe, "unchanged", item, images), own)
        return self._said.get((probe, "base", pairing.subject.item.id, images), own)
