"""Puts the answers of a run to a judge: resumable, bounded, foreseen; the scores stand beside the run's tables.

``RUN/judges/<judge model>/journal`` holds every reply of that model as a judge, whatever the protocol, so that another
parse policy or more repeats ask nothing twice. ``RUN/judges/<judge model>/<protocol>-<version>/`` holds ``scores.parquet``
and ``judging.json``: who judged, how, at what cost, what failed.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson
from filelock import FileLock, Timeout

from auscult import models
from auscult.engine.ask import Ask, Counts, JournalledAsk
from auscult.engine.folder import read_manifest, redact
from auscult.engine.journal import Journal, Totals
from auscult.engine.limits import AdaptiveLimit, Budget, Prices, Retries, prompt_tokens
from auscult.engine.progress import Bar, progress
from auscult.engine.stage import StageTable, run_stage
from auscult.errors import UserError
from auscult.evaluation.subjects import JudgedCase, Selection, file_digest
from auscult.judging import Judge, JudgeOptions, PromptMeter, PromptTokens, create
from auscult.judging.anchors import AnchorFile
from auscult.judging.families import family_warnings
from auscult.models import Model, ModelOptions, Reachable
from auscult.records import AnswerType, Call, Condition, Reply, Score, digest
from auscult.tables import read_columns, read_rows, replace_file

Show = Callable[[str, int | None], AbstractContextManager[Bar]]
SCHEMA = "auscult.judging/1"
REASONS = 20


@dataclass(frozen=True, kw_only=True)
class JudgingOptions:
    """How the answers of a run are judged.

    Attributes:
        protocol: name of the judge protocol.
        judge: repeats, tries, decoding, parse policy.
        anchors: anchor file, made by ``auscult judge-baseline``.
        against: another run, for protocols that judge pairs.
        conditions: image conditions whose answers are judged.
        answer_types: items whose answers are judged; empty for all. Exact rules score the others.
        generator: name of the model that wrote questions or reference answers, where one did.
        model: what the judge model needs beside its name.
        concurrency: most calls in flight.
        retries: when failed calls are tried again.
        prices: for a million tokens.
        budget_calls: most calls to this judge model for this run in all, tries included.
        budget_tokens: most tokens.
        budget_cost: most money, by ``prices``.
    """

    protocol: str = "clinical"
    judge: JudgeOptions = JudgeOptions()
    anchors: Path | None = None
    against: Path | None = None
    conditions: tuple[Condition, ...] = ("with",)
    answer_types: tuple[AnswerType, ...] = ("open", "report")
    generator: str = ""
    model: ModelOptions = ModelOptions()
    concurrency: int = 32
    retries: Retries = field(default_factory=Retries)
    prices: Prices = Prices()
    budget_calls: int | None = None
    budget_tokens: int | None = None
    budget_cost: float | None = None

    def check(self) -> None:
        """Refuses options that cannot mean anything.

        Raises:
            UserError: what to set instead.
        """
        if self.concurrency < 1:
            raise UserError(f"--concurrency must be at least 1, not {self.concurrency}")
        if self.budget_cost is not None and not (self.prices.tokens_in or self.prices.tokens_out):
            raise UserError("a money budget needs the judge's prices for a million tokens")
