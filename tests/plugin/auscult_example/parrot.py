"""A model kind: ``parrot:TEXT`` says the same to everything."""

from collections.abc import Sequence

from auscult.models import Model, ModelOptions
from auscult.records import Call, Reply


def create(rest: str, options: ModelOptions) -> Model:
    """Opens it."""
    return Parrot(rest)


class Parrot(Model):
    """See ``auscult.models.Model``."""

    blind = True

    def __init__(self, text: str) -> None:
        self.identity, self._text = f"parrot:{text}", text

    async def reply(self, calls: Sequence[Call]) -> list[Reply]:
        """The text, as often as it is asked for."""
        return [Reply(text=self._text, finish="stop") for _ in calls]
