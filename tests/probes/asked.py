"""An evaluation with probes of a model whose every reply is written in the test."""

from collections.abc import Callable
from pathlib import Path

from auscult.models import Model
from auscult.probes.asking import Probed
from auscult.records import Call, Reply
from auscult.runs.evaluation import Evaluation
from auscult.runs.settings import Settings
from auscult.store.tables import read_rows


class Told(Model):
    """Says what a function says of a call."""

    def __init__(self, say: Callable[[Call], str | Reply], name: str = "told") -> None:
        self.identity, self.say, self.calls = name, say, list[Call]()

    async def reply(self, calls):
        self.calls += calls
        said = [self.say(call) for call in calls]
        return [s if isinstance(s, Reply) else Reply(text=s, finish="stop") for s in said]


def probed(items: Path, say: Callable[[Call], str | Reply], out: Path, *probes: str, **settings) -> list[Probed]:
    """The rows of ``RUN/probes.parquet``."""
    kept = Settings(probe=probes, canary=False, controls=0, **settings)
    Evaluation(items, Told(say), kept).run(out)
    return list(read_rows(out / "probes.parquet", Probed))


def rightly(call: Call) -> str:
    """The reference, by letter where there are options."""
    item = call.item
    assert item is not None
    if item.answer_type == "choice":
        return f"{'ABCDEFGH'[item.options.index(item.reference)]}. {item.reference}"
    return f"{item.reference} {item.unit}".strip()
