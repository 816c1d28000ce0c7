"""One cell of a grid: an arm with a seed, tuned, evaluated, and written down as a row and its outcomes by item."""

import os
import platform
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from auscult.ablation.drawing import Draw
from auscult.ablation.measures import MEASURES, figure
from auscult.ablation.outcomes import Items, Outcomes, collected, write_items, write_outcomes
from auscult.ablation.plan import Plan, Set
from auscult.ablation.rows import SCHEMA, Row, code_version, file_name
from auscult.ablation.stages import settings_of
from auscult.diagnosis.examination import Examination
from auscult.engine.progress import Bar
from auscult.engine.session import Show
from auscult.errors import UserError
from auscult.models import ModelOptions
from auscult.records import digest
from auscult.runs.evaluation import Evaluation
from auscult.runs.settings import Settings
from auscult.store.files import content_hash
from auscult.tuning.options import TuningOptions

CELLS, WORK = "cells", "work"


@dataclass(frozen=True)
class Cell:
    """An arm with a seed; ``base`` has none.

    Attributes:
        arm: its name.
        seed: None for ``base``.
        recipe: hash of what the plan says of it.
    """

    arm: str
    seed: int | None
    recipe: str

    @property
    def name(self) -> str:
        """As people call it."""
        return self.arm if self.seed is None else f"{self.arm}, seed {self.seed}"

    @property
    def file(self) -> str:
        """As files of it are named."""
        return file_name(self.arm, self.seed)


@dataclass(frozen=True)
class Asked:
    """A part of an item set that is asked once, for all sets of the plan that lie in it.

    Attributes:
        folder: of the item set.
        split: part of it; empty: all.
        protocol: how it is put.
        digest: of the item set.
        judged: how stages are judged; empty where answers are not in stages.
    """

    folder: Path
    split: str
    protocol: str
    digest: str
    judged: str = ""

    @property
    def name(self) -> str:
        """By which it is known wherever its folder lies."""
        judged = (self.judged,) if self.judged else ()
        return f"{digest(self.digest, self.split, self.protocol, *judged)[:8]}"


@contextmanager
def silent(what: str, total: int | None) -> Iterator[Bar]:
    """Progress that nobody is shown."""
    yield Bar(what, total)


@dataclass(frozen=True)
class Bench:
    """What all cells of a grid are made with.

    Attributes:
        plan: the plan.
        sha256: of its file.
        out: folder of the grid.
        model: spec of the base.
        options: device, number format.
        inputs: hashes of what goes in.
        train: folder of the training set.
        asked: what is asked of every cell.
        place: set → which of these it lies in.
    """

    plan: Plan
    sha256: str
    out: Path
    model: str
    options: ModelOptions
    inputs: Mapping[str, str]
    train: Path
    asked: tuple[Asked, ...]
    place: Mapping[str, int]

    def finish(self, cell: Cell, draw: Draw | None, options: TuningOptions | None, show: Show = silent) -> Row:
        """Tunes and evaluates a cell; goes on where an earlier call stopped.

        Raises:
            UserError: bad input, a loss that is no number, too little memory; what was done is kept.
        """
        made_of = digest("work", cell.recipe, dict(self.inputs))[:8]  # a changed arm begins in a folder of its own
        work = self.out / WORK / f"{cell.file}-{made_of}"
        begun = time.monotonic()
        spec, tuned = self.model, dict[str, Any]()
        if draw is not None and options is not None:
            tuned = self._tune(cell, draw, options, work / "adapter", show)
            kind = self.model.partition(":")[0]
            spec = f"{kind}:{work / 'adapter'}"
        between = time.monotonic()
        runs = [self._evaluate(asked, spec, work / f"run-{asked.name}", show) for asked in self.asked]
        items, outcomes = collected(runs)
        named = items_digest(items)
        if not (path := items_file(self.out, named)).exists():
            write_items(path, items)
        file = self.out / CELLS / f"{cell.file}.parquet"
        file.parent.mkdir(exist_ok=True)
        write_outcomes(file, outcomes)
        seconds = {"tuning": round(between - begun, 1), "evaluation": round(time.monotonic() - between, 1)}
        return Row(
            format=SCHEMA,
            arm=cell.arm,
            seed=cell.seed,
            recipe=cell.recipe,
            inputs=dict(self.inputs),
            plan=self.sha256,
            code=code_version(),
            tuned=tuned,
            figures={s.name: figures(items, s, self.place[s.name], outcomes) for s in self.plan.set},
            items=named,
            places={s.source: self.place[s.name] for s in self.plan.set},
            outcomes=(f"{CELLS}/{file.name}", content_hash(file)),
            seconds=seconds,
            machine=_machine(),
            finished=datetime.now(UTC).isoformat(timespec="seconds"),
        )

    def _tune(self, cell: Cell, draw: Draw, options: TuningOptions, out: Path, show: Show) -> dict[str, Any]:
        from auscult.tuning.making import Tuning

        chosen = replace(
            options, seed=cell.seed or 0, split=self.plan.train.split, epochs=draw.epochs, steps=draw.steps
        )
        tuning = Tuning(self.train, self.model, chosen, self.options, draw)
        card = tuning.run(out, show)
        return {
            "pairs": card.items["pairs"],
            "epochs": draw.epochs,
            "steps": card.outcome["steps"],
            "tokens": card.outcome.get("tokens", draw.tokens * draw.epochs),
            "unmatched": draw.unmatched,
            "draw": draw.digest,
            "first_loss": round(card.outcome["first_loss"], 4),
            "last_loss": round(card.outcome["last_loss"], 4),
            "settings": card.settings,
        }

    def _evaluate(self, asked: Asked, spec: str, out: Path, show: Show) -> Path:
        if asked.judged:
            staged = settings_of(asked.protocol, asked.judged, asked.split)
            Examination(asked.folder, spec, settings=staged, options=self.options).run(out, show)
            return out
        settings = Settings(split=asked.split or "all", protocol=asked.protocol, controls=0, canary=False)
        Evaluation(asked.folder, spec, settings, self.options).run(out, show)
        return out


def items_file(out: Path, named: str) -> Path:
    """Where the items of a grid lie, by their hash."""
    return out / f"items-{named[:8]}.parquet"


def items_digest(items: Items) -> str:
    """Hash of the items that are asked."""
    plain = (items.id, items.cluster, items.asked.tolist(), items.premise.tolist(), items.twin.tolist())
    return digest("asked", *plain)


def figures(items: Items, of: Set, place: int, outcomes: Outcomes) -> dict[str, tuple[float | None, int, int]]:
    """Every measure of a cell on a set that there is anything to say of.

    Raises:
        UserError: the set's ``where`` leaves no item.
    """
    rows = set_rows(items, of, place)
    found = {measure: figure(measure, items, rows, [outcomes]) for measure in MEASURES}
    return {
        name: (None if value is None else round(value, 6), n, missing)
        for name, (value, n, missing) in found.items()
        if n or missing
    }


def set_rows(items: Items, of: Set, place: int) -> Any:
    """The rows of a set.

    Raises:
        UserError: its ``where`` leaves none.
    """
    try:
        return items.where(place, of.where)
    except UserError as error:
        raise UserError(f"set '{of.name}': {error}") from None


def _machine() -> dict[str, Any]:
    packages = {name: version(name) for name in ("torch", "transformers", "peft")}
    return {"system": platform.platform(), "cores": os.cpu_count(), "python": platform.python_version(), **packages}
