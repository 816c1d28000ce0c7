"""How much a command says: twelve lines, every table, a path alone, or JSON alone."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auscult.errors import UserError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from auscult.reports.face import Face
    from auscult.reports.screen import Ending


@dataclass(frozen=True, kw_only=True)
class Output:
    """How much is said; without any of these at most twelve lines, of which the last is the path.

    Attributes:
        verbose: every table as well.
        quiet: the path alone.
        json: what was found as JSON, alone on standard output; all else goes to standard error.
    """

    verbose: bool = False
    quiet: bool = False
    json: bool = False

    def check(self) -> None:
        """Refuses what contradicts itself, before any work.

        Raises:
            UserError: more than one of them.
        """
        given = [f"--{name}" for name in ("verbose", "quiet", "json") if getattr(self, name)]
        if len(given) > 1:
            raise UserError(f"{' and '.join(given)} contradict each other; give one")

    def present(
        self, face: "Face", ending: "Ending", tables: "Callable[[], RenderableType]", raw: Callable[[], bytes]
    ) -> None:
        """Prints what came of a command.

        Args:
            face: its first screen.
            ending: the page and the path.
            tables: all that there is to be read.
            raw: the same as JSON.
        """
        from rich.console import Console

        from auscult.printing import give, give_json
        from auscult.reports.screen import show

        if self.json:
            give_json(raw())
        elif self.quiet:
            give(ending.path)
        else:
            console = Console()
            if self.verbose:
                console.print(tables())
                console.print()
            show(face, ending, console)


USUAL = Output()
