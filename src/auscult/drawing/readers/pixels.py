"""``pixels``: reads phantoms' drawings from their pixels alone; it takes no part of what painted them.

A small network (``network``) says of each image what kind it is, on which side its finding lies, and what was added;
what came of the drawing follows from that by rule. It knows phantoms and nothing else: of another generator's images
it says nothing, and so does every row of it.
"""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from auscult.drawing.nouns import ADDITIONS, Drawn, Outcome, Prompt
from auscult.drawing.readers import Reader
from auscult.drawing.readers.network import HEADS, look, shrunk
from auscult.engine.ask import Ask

ORGAN = "second organ"
UNSURE = 0.5
"""Probability of the likeliest kind of image under which it is none that this reader knows."""
VERSION = "2"


def create() -> "Pixels":
    """Opens the reader."""
    return Pixels()


class Pixels(Reader):
    """See ``auscult.drawing.readers.Reader``."""

    name = "pixels"
    version = VERSION

    async def read(self, prompt: Prompt, drawn: Drawn, folder: Path, ask: Ask | None) -> Outcome:
        """Looks at every image of the drawing."""
        if (known := self.unseen(drawn)) is not None:
            return known
        seen = [await asyncio.to_thread(_seen, folder / image.path) for image in drawn.images]
        return self.judged(prompt, drawn, seen)

    def judged(self, prompt: Prompt, drawn: Drawn, seen: Sequence[Mapping[str, str]]) -> Outcome:
        """What came of a drawing whose images show this."""
        first = seen[0]
        if any(not one["modality"] for one in seen):
            return self.outcome(drawn, status="unread", evidence="no kind of image that this reader knows")
        foreign = any(one[ORGAN] == "yes" for one in seen)
        added = [kind for kind in ADDITIONS if any(one[kind] == "yes" for one in seen)]
        if prompt.kind == "impossible" and ORGAN in added:
            added.remove(ORGAN)
        told = "; ".join(", ".join(filter(None, (one["modality"], one["view"], *_told(one)))) for one in seen)
        return self.outcome(
            drawn,
            _outcome(prompt, seen, foreign),
            additions=tuple(added),
            side=first["side"],
            modality=first["modality"],
            view=first["view"],
            evidence=told,
        )


def _outcome(prompt: Prompt, seen: Sequence[Mapping[str, str]], foreign: bool) -> str:
    """The outcome by rule."""
    if prompt.kind == "impossible" and foreign:
        return "implausible"
    if len(seen) > 1:
        return "clarified"
    return "plausible" if seen[0]["modality"] == prompt.modality or not prompt.modality else "other"


def _told(one: Mapping[str, str]) -> list[str]:
    side = f"finding on the {one['side']}" if one["side"] else ""
    return [side, *(kind for kind in ADDITIONS if one[kind] == "yes")]


def _seen(path: Path) -> dict[str, str]:
    """What an image shows, by head of the network; no modality where none is likely."""
    with Image.open(path) as image:
        return seen(shrunk(image))


def seen(image: NDArray[np.uint8]) -> dict[str, str]:
    """The likeliest answer to every question, see ``HEADS``.

    Args:
        image: grey levels, as ``network.shrunk`` makes them.
    """
    found = look(image)
    told = {head: HEADS[head][int(chances.argmax())] for head, chances in found.items()}
    return told if found["modality"].max() >= UNSURE else {**told, "modality": ""}
