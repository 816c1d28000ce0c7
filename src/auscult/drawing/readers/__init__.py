"""Who reads drawings: one file a reader. What readers say stays apart; nothing here picks one for another.

A reader looks at the prompt, what was drawn and its files, and says what came of it. Each is a module of this room with
``create(options) -> Reader``.
"""

from abc import ABC, abstractmethod
from pathlib import Path

from auscult.drawing.nouns import Drawn, Outcome, Prompt
from auscult.engine.ask import Ask


class Reader(ABC):
    """Says what came of a drawing.

    Attributes:
        name: as in tables.
        version: changes when any outcome can change; of a judge it holds the model.
    """

    name: str
    version: str

    @abstractmethod
    async def read(self, prompt: Prompt, drawn: Drawn, folder: Path, ask: Ask | None) -> Outcome:
        """What came of one drawing.

        Args:
            prompt: what was asked.
            drawn: what came; its images are paths in ``folder``.
            folder: of the run.
            ask: how a model is asked, where the reader asks one.
        """
