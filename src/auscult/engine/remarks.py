"""What is known of the server behind a journal, beside it: what it says it serves, what it was asked without."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import orjson
from pydantic import TypeAdapter, ValidationError

from auscult.store.files import replace_file

FILE = "remarks.json"
MOST = 50
"""Remarks of a kind that are kept."""


@dataclass
class Remarks:
    """What a server said of itself, each thing once, in the order in which it came.

    Attributes:
        served: what it said of the weights, anew whenever a field changed.
        replies: who its replies said that they were of.
        departures: what it was asked without.
    """

    served: list[dict[str, str]] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)
    departures: list[str] = field(default_factory=list)

    def saw(self, served: Mapping[str, str]) -> bool:
        """Takes what the server says now; whether that is new."""
        last = self.served[-1] if self.served else {}
        changed = any(last[name] != value for name, value in served.items() if name in last)
        new = bool(served) and (changed or not served.items() <= last.items()) and len(self.served) < MOST
        if new and changed:
            self.served.append(dict(served))
        elif new:
            self.served[-1:] = [{**last, **served}]
        return new

    def note(self, kind: str, text: str) -> bool:
        """Takes one more remark of a kind; whether it is new."""
        known: list[str] = getattr(self, kind)
        new = bool(text) and text not in known and len(known) < MOST
        if new:
            known.append(text)
        return new

    def sentences(self, departures: bool = True) -> list[str]:
        """What must be read before the figures.

        Args:
            departures: whether to say what it was asked without; answers say it themselves, each for itself.
        """
        said = [f"it was {text}" if text.startswith("asked") else text for text in self.departures if departures]
        for before, now in zip(self.served, self.served[1:], strict=False):
            fields = [f"{n} {before[n]} → {now[n]}" for n in now if n in before and now[n] != before[n]]
            said.append(
                f"what it says of its weights changed while the run went on ({'; '.join(fields)}): figures may mix two "
                "models"
            )
        if len(self.replies) > 1:
            names = "; ".join(self.replies[:3]) + ("; ..." if len(self.replies) > 3 else "")
            said.append(f"its replies name {len(self.replies)} versions of the model ({names}): figures may mix them")
        return said


_ADAPTER = TypeAdapter(Remarks)


def read_remarks(journal: Path) -> Remarks:
    """The remarks beside a journal; none where there are none that can be read."""
    try:
        return _ADAPTER.validate_json((journal / FILE).read_bytes(), strict=True)
    except (OSError, ValidationError):
        return Remarks()


def write_remarks(journal: Path, remarks: Remarks) -> None:
    """Keeps them."""
    replace_file(journal / FILE, orjson.dumps(asdict(remarks), option=orjson.OPT_INDENT_2))
