"""Where nobody looks at images: reads what came without one, and says of every image that it is not read."""

from pathlib import Path

from auscult.drawing import words
from auscult.drawing.nouns import Drawn, Outcome, Prompt
from auscult.drawing.readers import Reader
from auscult.engine.ask import Ask

NAME = "words"


def create() -> "WordsAlone":
    """The reader of words."""
    return WordsAlone()


class WordsAlone(Reader):
    """See ``Reader``."""

    name = NAME

    def __init__(self) -> None:
        self.version = words.version()

    async def read(self, prompt: Prompt, drawn: Drawn, folder: Path, ask: Ask | None) -> Outcome:
        """Refusals and clarifications in words. See ``Reader``."""
        return self.unseen(drawn) or self.outcome(drawn, status="unread", evidence="nobody has looked at the image")
