"""Who draws: one file a kind of generator. A generator maps a prompt's text to images and words.

A generator is named by one string, ``KIND:REST``: ``openai:NAME@BASE_URL``, ``diffusers:FOLDER``, ``recorded:FOLDER``,
``painter:default``. Each kind is a module of this room with ``create(rest, options) -> Generator``; one whose names
have a form of their own says it: ``FORM = "recorded:FOLDER"``.
"""

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Annotated

from auscult.drawing.nouns import Drawing, Prompt
from auscult.engine.limits import check_bounds
from auscult.errors import UserError
from auscult.models import ModelOptions
from auscult.records import Bounds
from auscult.registry import Room

ROOM = Room("auscult.drawing.generators", "kind of generator", "auscult.drawing_generators", needs="create")


@dataclass(frozen=True, kw_only=True)
class GeneratorOptions:
    """What a generator needs beside its name.

    Attributes:
        seed: of all drawings in process; each drawing of a prompt has its own stream.
        image_size: WIDTHxHEIGHT of the images in pixels, for example 512x512; empty: the generator's own.
        steps: of a diffusion pipeline; where not given its own.
        model: device, number format, key, off-line mode.
    """

    seed: Annotated[int, Bounds(0)] = 0
    image_size: str = ""
    steps: Annotated[int | None, Bounds(1, 1000)] = None
    model: ModelOptions = field(default_factory=ModelOptions)

    def check(self) -> None:
        """Refuses options that cannot mean anything.

        Raises:
            UserError: what to write instead.
        """
        check_bounds(self)
        if self.image_size and not re.fullmatch(r"[1-9]\d{1,3}x[1-9]\d{1,3}", self.image_size):
            raise UserError(f"--image-size is '{self.image_size}'; write WIDTHxHEIGHT in pixels, for example 512x512")


class Generator(ABC):
    """Draws. Subclasses say only in what they differ from the defaults.

    Attributes:
        identity: everything that can change a drawing (name, address, hash of weights, size, seed), nothing else.
        host: host that prompts go to; empty in process.
        batch: 1: one call a request; 0: all drawings of a prompt, one after another, without a time limit.
        recorded: whether its drawings were made elsewhere; it alone may look at more of a prompt than its text.
        draws_phantoms: whether what it draws are phantoms, which the pixel reader knows.
    """

    identity: str
    host: str = ""
    batch: int = 1
    recorded: bool = False
    draws_phantoms: bool = False

    @abstractmethod
    async def draw(self, prompt: Prompt, repeat: int) -> Drawing:
        """Draws a prompt; the same generator, text and repeat give the same drawing where it can be had.

        Args:
            prompt: only its text is drawn from, save by recorded drawings.
            repeat: which of the drawings of this prompt, from 0.

        Raises:
            CallFailed: nothing came back.
        """

    async def probe(self) -> None:
        """Raises ``UserError`` in one line where it cannot be reached."""
        return

    async def close(self) -> None:
        """Frees connections and memory."""
        return


def create(spec: str, options: GeneratorOptions) -> Generator:
    """Opens the generator that a spec names.

    Raises:
        UserError: the spec is malformed, its kind unknown, an option means nothing, or what it names is not there.
    """
    options.check()
    kind, colon, rest = spec.partition(":")
    if kind not in ROOM.names():
        why = f": unknown kind '{kind}'" if colon else " is not KIND:NAME"
        raise UserError(f"generator '{spec}'{why}; kinds: {', '.join(ROOM.names())} (for example painter:default)")
    part = ROOM.get(kind)
    if not rest:
        raise UserError(
            f"generator '{spec}': says which kind of generator and not which one; write "
            f"{getattr(part, 'FORM', f'{kind}:NAME')}"
        )
    made: Generator = ROOM.made(kind, Generator, lambda: part.create(rest, options))
    return made
