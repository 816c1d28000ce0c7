"""All cells of a plan, one after another: what is finished is never done again, whoever did it, and on which day."""

import os
import shlex
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import as_file
from pathlib import Path
from typing import Any

from auscult.ablation.cells import Asked, Bench, Cell, silent
from auscult.ablation.drawing import Pool
from auscult.ablation.plan import BASE, Arm, Plan, Set, read_plan
from auscult.ablation.rows import ROWS, Row, add_row, read_rows_of
from auscult.ablation.selecting import Seen, matches, values_of
from auscult.ablation.stages import in_stages
from auscult.engine.progress import progress
from auscult.engine.session import Show
from auscult.errors import MissingExtra, UserError, known_names
from auscult.items.item_set import ItemSet
from auscult.models import ModelOptions
from auscult.models.folders import model_folder, weights
from auscult.models.phantom import FOLDER
from auscult.printing import tell
from auscult.records import digest
from auscult.store.files import replace_file
from auscult.store.held import Busy, held
from auscult.tuning.options import depended_on

PLAN_COPY = "plan.toml"
IGNORED = b"work/\n.lock\n*.tmp\n"


@dataclass(frozen=True, kw_only=True)
class Portion:
    """Which cells are done here.

    Attributes:
        only: names of arms, beside base; empty: all.
        part: number of the share, from 1.
        parts: how many shares there are.
    """

    only: tuple[str, ...] = ()
    part: int = 1
    parts: int = 1

    @classmethod
    def of(cls, only: Sequence[str], cells: str) -> "Portion":
        """From what was typed: names of arms, and ``I/N``.

        Raises:
            UserError: it is no share.
        """
        if not cells:
            return cls(only=tuple(only))
        part, slash, parts = cells.partition("/")
        if not (slash and part.isdigit() and parts.isdigit() and 1 <= int(part) <= int(parts)):
            raise UserError(f"--cells takes I/N, the I-th of N shares, for example 1/4, not '{cells}'")
        return cls(only=tuple(only), part=int(part), parts=int(parts))


class Grid:
    """A plan and a folder, put together; ``forecast`` it, or ``run`` it.

    Args:
        path: of the plan.
        out: folder of the grid.
        options: device, number format.

    Raises:
        UserError: the plan, a set or the model is not there, or cannot be used for this.
    """

    def __init__(self, path: Path, out: Path, options: ModelOptions | None = None) -> None:
        self.path, self.out, self.options = path, out, options or ModelOptions()
        self.plan, self.sha256 = read_plan(path)
        self.cells = list(cells_of(self.plan))

    @cached_property
    def bench(self) -> Bench:
        """What all cells are made with: models and sets are opened, and held against each other."""
        plan, here = self.plan, self.path.resolve().parent
        train = ItemSet(_place(here, plan.train.items))
        lies = {}
        for one in plan.set:
            items = ItemSet(_place(here, one.items))
            judged = one.judge_protocol if in_stages(one.protocol) else ""
            lies[one.name] = Asked(items.folder, items.part(one.split), one.protocol, items.digest, judged)
        asked = sorted(set(lies.values()), key=lambda one: (one.digest, one.split, one.protocol, one.judged))
        place = {name: asked.index(one) for name, one in lies.items()}
        for part in asked:
            self._refuse_shared_images(train, part)
            self._refuse_unknown(part, [one for one in plan.set if lies[one.name] == part])
        model, base = _base(plan.model, here, self.options)
        inputs = {"base": base, "train": train.digest, "dtype": self.options.dtype or "usual"}
        inputs |= {f"set {one.name}": one.digest for one in asked}
        return Bench(plan, self.sha256, self.out, model, self.options, inputs, train.folder, tuple(asked), place)

    @cached_property
    def pool(self) -> Pool:
        """The pairs that cells are tuned on."""
        return Pool(self.plan, ItemSet(self.bench.train), token_counter(self.bench.model, self.options))

    def _refuse_shared_images(self, train: ItemSet, asked: Asked) -> None:
        shown = {i.pixels or i.sha256 for case, _ in train.groups(split=_part(train, self.plan)) for i in case.images}
        items = ItemSet(asked.folder)
        for case, _ in items.groups(split=asked.split):
            if any((image.pixels or image.sha256) in shown for image in case.images):
                raise UserError(
                    f"{asked.folder}: case '{case.source_key}' shows an image that is tuned on; evaluate on others"
                )

    def _refuse_unknown(self, asked: Asked, sets: Sequence[Set]) -> None:
        """Refuses a set's ``where`` that names what no item has, or that no item fits."""
        seen, fitting = Seen((one.where for one in sets), asked=True), dict.fromkeys((one.name for one in sets), 0)
        for case, found in ItemSet(asked.folder).groups(split=asked.split):
            for item in found:
                seen.add(case, item)
                for one in sets:
                    fitting[one.name] += matches(one.where, case, item)
        for one in sets:
            seen.refuse(f"set '{one.name}': where", one.where, asked.folder)
            if not fitting[one.name]:
                named = ", ".join(f"{name} = {' or '.join(values_of(v))}" for name, v in one.where.items())
                raise UserError(f"set '{one.name}': where: no item of {asked.folder} has {named}, all at once")

    def finished(self) -> dict[Cell, Row]:
        """The cells that have a row which was made of what is there now."""
        rows = {(row.arm, row.seed): row for row in read_rows_of(self.out)}
        found = {}
        for cell in self.cells:
            row = rows.get((cell.arm, cell.seed))
            if row and row.recipe == cell.recipe and row.inputs == dict(self.bench.inputs):
                found[cell] = row
        return found

    def chosen(self, portion: Portion) -> list[Cell]:
        """The cells of a portion, finished or not; base is the first of any first share: all is held against it.

        Raises:
            UserError: an arm is not in the plan.
        """
        known = {cell.arm for cell in self.cells}
        for name in portion.only:
            if name not in known:
                raise UserError(f"{self.path}: has no arm '{name}'; {known_names(name, known)}")
        base = [cell for cell in self.cells if cell.arm == BASE and portion.part == 1]
        tuned = [cell for cell in self.cells if cell.arm != BASE]
        cells = [cell for cell in tuned if not portion.only or cell.arm in portion.only]
        return [*base, *cells[portion.part - 1 :: portion.parts]]

    def forecast(self, portion: Portion) -> list[str]:
        """What would be done, in lines."""
        bench, done = self.bench, self.finished()
        chosen = self.chosen(portion)
        left = [cell for cell in chosen if cell not in done]
        lines = [
            f"cells: {len(left)} to do of {len(chosen)} ({len(chosen) - len(left)} are finished)",
            f"base: {bench.model} ({bench.inputs['base']})",
        ]
        for arm in self.plan.arm:
            draw, options = self.pool.draw(arm, self.plan.seeds_of(arm)[0]), self.plan.options(arm)
            steps = _many(draw.steps * draw.epochs, "step") if draw.steps else f"batch {options.batch}"
            count = sum(cell.arm == arm.name for cell in left)
            pairs, epochs = _many(len(draw.chosen), "pair"), _many(draw.epochs, "epoch")
            what = f"{pairs}, {epochs}, {steps}, {_many(draw.tokens * draw.epochs, 'token')}"
            off = f" (not matched: {draw.unmatched})" if draw.unmatched else ""
            lines.append(f"{arm.name}: {_many(count, 'cell')}; {what}{off}")
        for n, asked in enumerate(bench.asked):
            items = ItemSet(asked.folder)
            count = sum(len(found) for _, found in items.groups(split=asked.split))
            sets = ", ".join(name for name, place in bench.place.items() if place == n)
            lines.append(f"asked of each cell: {_many(count, 'question')} of {asked.folder} ({sets})")
        if batch := self.pool.batch_that_matches():
            lines.append(f"arms of less data have as many steps as the others with batch = {batch} in [tuning]")
        if fewer := self.pool.pairs_that_match():
            lines.append(f"answers of all arms can be made as long with pairs = {fewer} in [match]")
        return [*lines, f"time: {_time_left(left, done)}"]

    def run(self, portion: Portion, show: Show = progress, inner: Show = silent) -> int:
        """Does the cells of a portion that are not finished; the same call goes on where an earlier one stopped.

        Args:
            portion: which.
            show: how progress over cells is shown.
            inner: how progress within a cell is shown.

        Returns:
            How many cells were done.

        Raises:
            UserError: bad input, or a cell failed; finished ones are kept.
        """
        bench, done = self.bench, self.finished()
        chosen = self.chosen(portion)
        if any(cell not in done for cell in chosen):
            self._refuse_undrawn()
        _refuse_other_folder(self.out)
        self.out.mkdir(parents=True, exist_ok=True)
        replace_file(self.out / PLAN_COPY, self.path.read_bytes())
        replace_file(self.out / ".gitignore", IGNORED)
        arms = {arm.name: arm for arm in self.plan.arm}
        count = 0
        with show("ablation, cells", len(chosen)) as bar:
            bar.reach(sum(cell in done for cell in chosen), len(chosen))
            for cell in chosen:
                if cell in done or cell in self.finished():
                    continue
                begun, busy = time.monotonic(), "another process is at this cell; wait, or give --cells I/N"
                try:
                    with held(bench.out / "work" / cell.file, busy):
                        row = self._cell(cell, arms.get(cell.arm), inner)
                        add_row(self.out, row)
                except Busy:
                    if cell.arm != BASE or BASE in portion.only or not portion.only:
                        raise
                    tell(f"{cell.name}: another process is at it")
                    continue
                count += 1
                bar.advance()
                tell(f"{cell.name}: {time.monotonic() - begun:.0f} s")
        return count

    def _refuse_undrawn(self) -> None:
        """Refuses a plan of which an arm has no pairs as it asks for them, before the first cell is done."""
        for arm in self.plan.arm:
            self.pool.draw(arm, self.plan.seeds_of(arm)[0])

    def _cell(self, cell: Cell, arm: Arm | None, inner: Show) -> Row:
        try:
            if arm is None:
                return self.bench.finish(cell, None, None, inner)
            return self.bench.finish(cell, self.pool.draw(arm, cell.seed or 0), self.plan.options(arm), inner)
        except UserError as error:
            raise type(error)(f"{cell.name}: {error.args[0]}", error.listed) from None


def token_counter(model: str, options: ModelOptions) -> Callable[[str], int]:
    """How many tokens a model learns of a text, its end counted.

    Raises:
        MissingExtra: transformers is not installed.
        UserError: there is no such model.
    """
    try:
        from transformers import AutoProcessor
    except ImportError:
        raise MissingExtra("ablate", "tune") from None
    folder = _weights_folder(model, options)
    tokenizer: Any = AutoProcessor.from_pretrained(
        folder, local_files_only=True, trust_remote_code=options.trust_remote_code
    ).tokenizer
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False)) + 1


def _many(n: int, noun: str) -> str:
    return f"{n:,} {noun if n == 1 else noun + 's'}"


def _place(here: Path, name: str) -> Path:
    """Where a plan's folder lies, as people would write it: without ``..``."""
    return Path(os.path.normpath(here / name))


def cells_of(plan: Plan) -> Iterator[Cell]:
    """The cells of a plan: base first, then seed by seed, so that a grid that is stopped has whole comparisons."""
    yield Cell(BASE, None, digest("cell"))
    for seed in plan.seeds:
        for arm in plan.arm:
            if seed in plan.seeds_of(arm):
                yield Cell(arm.name, seed, digest("cell", _recipe(plan, arm), seed))


def _recipe(plan: Plan, arm: Arm) -> Mapping[str, object]:
    """Everything that the plan says of an arm's cells, but names and reasons."""
    matched = [(a.data, a.where, a.leave_out) for a in plan.arm if a.matched] if arm.matched else []
    said = arm.model_dump(mode="json", exclude={"name", "seeds", "tuning"})
    train = plan.train.model_dump(mode="json", exclude={"items"})
    match = [plan.match.model_dump(mode="json", exclude={"by"}), matched]
    if arm.matched and plan.match.by == "tokens":
        first = next(a for a in plan.arm if a.matched)
        match += ["tokens", plan.options(first).learn, plan.options(first).stage_weights]
    return {"arm": said, "options": depended_on(plan.options(arm)), "train": train, "match": match}


def _part(items: ItemSet, plan: Plan) -> str:
    from auscult.tuning.lessons import training_part

    return training_part(items, plan.train.split)


def _base(spec: str, here: Path, options: ModelOptions) -> tuple[str, str]:
    """The base as a spec that holds in any folder, and the hash of its weights."""
    kind, _, rest = spec.partition(":")
    if kind == "local" and rest and not Path(rest).expanduser().is_absolute() and (here / rest).is_dir():
        spec = f"local:{_place(here, rest)}"
    if spec != "phantom" and (kind != "local" or not rest):
        raise UserError(f"model '{spec}': what is tuned lies on this machine; name local:FOLDER, or phantom")
    return spec, digest("weights", weights(_weights_folder(spec, options), options.trust_remote_code))


def _weights_folder(spec: str, options: ModelOptions) -> Path:
    if spec == "phantom":
        with as_file(FOLDER) as folder:
            return folder
    return model_folder(spec.partition(":")[2], options.offline)


def _refuse_other_folder(out: Path) -> None:
    if out.is_dir() and not (out / ROWS).exists() and not (out / PLAN_COPY).exists() and any(out.iterdir()):
        raise UserError(f"{out}: is not empty and no folder of a grid (no {PLAN_COPY}); name another with --out")


def _time_left(left: Sequence[Cell], done: Mapping[Cell, Row]) -> str:
    """How long the cells take, by those that are finished; by all of them where none is of the same arm."""
    if not left:
        return "none: all is finished"
    took: dict[str, list[float]] = {}
    for cell, row in done.items():
        took.setdefault(cell.arm, []).append(sum(row.seconds.values()))
    tuned = [s for arm, seconds in took.items() if arm != BASE for s in seconds]
    if not tuned:
        arm = next((cell.arm for cell in left if cell.arm != BASE), BASE)
        count = sum(cell.arm == arm for cell in left)
        one = f"--only {shlex.quote(arm)}{f' --cells 1/{count}' if count > 1 else ''}"
        return f"not known before the first tuned cell is finished; do one with {one}"
    usual = sum(tuned) / len(tuned)
    seconds = sum(sum(t) / len(t) if (t := took.get(cell.arm)) else usual for cell in left)
    return f"about {seconds / 60:,.0f} minutes, by {_many(len(tuned), 'tuned cell')} done before, on one machine"
