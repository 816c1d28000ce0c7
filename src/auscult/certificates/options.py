"""What certificates are given alike."""

from dataclasses import dataclass
from pathlib import Path

from auscult.errors import UserError


@dataclass(frozen=True, kw_only=True)
class DataOptions:
    """Where people's labels are.

    Attributes:
        data: folder of the data sets, each a folder; none: only what is planted.
    """

    data: Path | None = None

    def __post_init__(self) -> None:
        """Refuses a folder that is not there."""
        if self.data and not self.data.is_dir():
            raise UserError(f"{self.data}: no such folder; give the one that holds iu-reports and the other data sets")


@dataclass(frozen=True, kw_only=True)
class RecordedOptions(DataOptions):
    """A trial that recorded answers belong to.

    Attributes:
        answers: folder of recorded answers of real models; may be given several times.
        seed: of the random choices.
    """

    answers: tuple[Path, ...] = ()
    seed: int = 0
