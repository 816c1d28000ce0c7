"""Progress that a test looks at."""

from contextlib import nullcontext

from auscult.engine.progress import Bar
from auscult.engine.session import Show


def counted(seen: list[tuple[int, int | None]]) -> Show:
    """Shows progress nowhere, and notes it."""

    class Noted(Bar):
        def advance(self) -> None:
            super().advance()
            seen.append((self.done, self.total))

    return lambda what, total: nullcontext(Noted(what, total))
