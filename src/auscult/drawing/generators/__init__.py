"""Who draws: one file a kind of generator. A generator maps a prompt's text to images and words.

A generator is named by one string, ``KIND:REST``; each kind is a module of this room with
``create(rest, options) -> Generator``.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from auscult.drawing.nouns import Drawing, Prompt
from auscult.registry import Room

ROOM = Room("auscult.drawing.generators", "kind of generator", "auscult.generators", needs="create")


@dataclass(frozen=True, kw_only=True)
class GeneratorOptions:
    """What a generator needs beside its name.

    Attributes:
        seed: of all drawings; repeat 0, 1, ... of a prompt each has its own stream.
    """

    seed: int = 0


class Generator(ABC):
    """Draws. Subclasses say only in what they differ from the defaults.

    Attributes:
        identity: everything that can change a drawing (name, address, hash of weights, size, seed), nothing else.
        host: host that prompts go to; empty in process.
        batch: 1: one call a request; 0: all drawings of a prompt, one after another, without a time limit.
        recorded: whether its drawings were made elsewhere; it alone may look at more of a prompt than its text.
    """

    identity: str
    host: str = ""
    batch: int = 1
    recorded: bool = False

    @abstractmethod
    async def draw(self, prompt: Prompt, repeat: int) -> Drawing:
        """Draws a prompt; the same generator, text and repeat give the same drawing where it can be had.

        Args:
            prompt: only its text is drawn from, save by recorded drawings.
            repeat: which of the drawings of this prompt, from 0.

        Raises:
            CallFailed: nothing came back.
        """

    async def close(self) -> None:
        """Frees connections and memory."""
        return
