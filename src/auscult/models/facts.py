"""The fact checker where a model is asked for: the name of a judge that needs none (``--judge facts``).

It answers nothing. The judge protocol ``support`` knows it by its identity and reads the texts itself.
"""

from collections.abc import Sequence

from auscult.errors import UserError
from auscult.models import Model, ModelOptions
from auscult.records import Call, Condition, Reply

NAMELESS = True


class FactChecker(Model):
    """See ``auscult.models.Model``."""

    identity = "facts"
    blind = True
    conditions: frozenset[Condition] = frozenset({"with"})

    async def reply(self, calls: Sequence[Call]) -> list[Reply]:
        """Refuses.

        Raises:
            UserError: always.
        """
        raise UserError(
            "'facts' is the fact checker and answers nothing; it judges support (and stages, in 'auscult diagnose'): "
            "--judge facts --judge-protocol support"
        )


def create(rest: str, options: ModelOptions) -> FactChecker:
    """The fact checker.

    Raises:
        UserError: it is given a name.
    """
    if rest:
        raise UserError(f"model 'facts:{rest}': the fact checker has no name; write facts")
    return FactChecker()
