"""What came of judging a run: the plain facts beside the scores."""

from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from auscult.engine.forecast import PromptTokens
from auscult.engine.journal import Totals
from auscult.engine.limits import Prices
from auscult.errors import UserError
from auscult.records import Instrument, Score
from auscult.store.files import write_json
from auscult.store.given import NoSuchFile, read_json
from auscult.store.tables import read_rows

FILE = "judging.json"
REASONS = 20
"""Different reasons of failure that are kept, the most frequent ones."""


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """Who judged a run, how, at what cost, and what failed; ``judging.json``.

    Attributes:
        folder: where scores and this file lie.
        instrument: what judged, with what must be read with its figures; its scale is wider where a published way of
            reading took marks beyond it.
        judge: the judge model, named for people.
        host: where answers, captions and references were sent; empty for this process.
        repeats: verdicts on each answer.
        anchor: the baseline system whose scored answers the judge saw, or empty.
        anchors: rows of the anchor file.
        settings: what else the rows depend on.
        counts: status → answers.
        reasons: why answers were not scored → how many.
        calls: journalled calls of this judge model in all, over every protocol it was used with on this run.
        prompts: first calls of this protocol: common and own tokens, at four characters a token.
        tokens_in: as the server counted, over ``calls``; 0 where it does not.
        tokens_out: likewise.
        cost: of these, by the prices given; None without prices.
    """

    folder: Path
    instrument: Instrument
    judge: str
    host: str
    repeats: int
    anchor: str = ""
    anchors: int = 0
    settings: dict[str, Any] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    calls: int = 0
    prompts: PromptTokens = PromptTokens()
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = None

    @property
    def scores(self) -> Path:
        """The table of Score rows, one a judged answer."""
        return self.folder / "scores.parquet"

    def with_scores(self, table: Path, totals: Totals, prompts: PromptTokens, prices: Prices) -> "Judgement":
        """With what is in the finished table, and what it took."""
        counts: Counter[str] = Counter()
        reasons: Counter[str] = Counter()
        low, high = self.instrument.bounds
        for score in read_rows(table, Score):
            counts[score.status] += 1
            marks = [score.values[name] for name in self.instrument.names if name in score.values]
            low, high = min([low, *marks]), max([high, *marks])
            if score.status != "ok":
                reasons[f"{score.status}: {_short(score.explanation)}"] += 1
        notes = self.instrument.notes
        if (low, high) != self.instrument.bounds:
            notes = (*notes, f"This way of reading takes marks beyond the scale: here from {low:g} to {high:g}.")
        values = tuple(replace(v, low=low, high=high) for v in self.instrument.values)
        return replace(
            self,
            instrument=replace(self.instrument, values=values, notes=notes),
            counts=dict(counts),
            reasons=dict(reasons.most_common(REASONS)),
            calls=totals.calls,
            prompts=prompts,
            tokens_in=totals.tokens_in,
            tokens_out=totals.tokens_out,
            cost=prices.cost(totals.tokens_in, totals.tokens_out) if prices.known else None,
        )


def _short(reason: str) -> str:
    """A reason without what is special to one reply, so that equal ones are counted together."""
    return reason.partition("\n")[0].partition(" [")[0][:120]


_ADAPTER = TypeAdapter(Judgement)
_REMEDY = "delete it and run the same command again"


def write_judgement(folder: Path, judgement: Judgement) -> None:
    """Writes ``judging.json``; the folder is not named in it, so that a run can be moved."""
    plain = _ADAPTER.dump_python(judgement, mode="json", exclude={"folder"})
    write_json(folder / FILE, plain)


def read_judgement(folder: Path) -> Judgement | None:
    """Reads it back; None where there is none.

    Raises:
        UserError: it is damaged.
    """
    try:
        return _ADAPTER.validate_python({**read_json(folder / FILE, _REMEDY), "folder": folder})
    except NoSuchFile:
        return None
    except (TypeError, ValidationError):
        raise UserError(f"{folder / FILE}: damaged; {_REMEDY}") from None


def judgements(run: Path) -> list[Judgement]:
    """All finished judgements of a run, by folder."""
    found = (read_judgement(path.parent) for path in sorted(run.glob(f"judges/*/*/{FILE}")))
    return [j for j in found if j and j.scores.exists()]
