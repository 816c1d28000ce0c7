"""An item set and a model in, an adapter out; the same call goes on where an earlier one stopped."""

import os
import platform
import shlex
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import chain, count
from pathlib import Path
from typing import Any

import orjson
import torch

from auscult.engine.progress import Bar, progress
from auscult.engine.session import Show
from auscult.errors import UserError
from auscult.items.item_set import ItemSet
from auscult.models import ModelOptions
from auscult.models.adapters import CARD, CONFIG, SCHEMA, TUNING, WEIGHTS, Card, is_adapter
from auscult.models.folders import Opened, opened
from auscult.models.phantom import bundled
from auscult.models.phantom import version as phantom_version
from auscult.printing import tell
from auscult.store.files import draft_folder, replace_file
from auscult.store.given import read_json
from auscult.store.held import held
from auscult.tuning import checkpoint, lora
from auscult.tuning.card import readme
from auscult.tuning.checkpoint import Progress
from auscult.tuning.computing import memory_kept, threads
from auscult.tuning.course import Course, rate
from auscult.tuning.curve import chart, curve
from auscult.tuning.encoding import Encoder
from auscult.tuning.families import family_of, unpackable
from auscult.tuning.learning import Learner, NotFinite, check_lengths, learnt_tokens, not_finite
from auscult.tuning.lessons import Chunk, Drawn, Lessons
from auscult.tuning.options import TuningOptions, depended_on, sources
from auscult.tuning.premises import Premises, told_acceptance, told_change
from auscult.tuning.processes import Processes
from auscult.version import __version__

NOTE, CURVE, CHART, README = TUNING, "curve.csv", "curve.svg", "README.md"
MOVED = 0.05
"""Share by which loss or acceptance changes, below which a tuning is said to have changed little."""
VERSIONS = ("torch", "transformers", "peft")


class Tuning:
    """An item set and a model, put together; ``run`` it into a folder.

    Args:
        items: folder of the item set.
        spec: the model: ``local:FOLDER``, or ``phantom``.
        options: how it is tuned.
        model: device, number format.
        drawn: what of the item set is learnt from; None: all of the part that ``options`` names.

    Raises:
        MissingExtra: a package is not installed.
        UserError: the item set or the model is not there, or cannot be used for this.
    """

    def __init__(
        self,
        items: Path,
        spec: str,
        options: TuningOptions | None = None,
        model: ModelOptions | None = None,
        drawn: Drawn | None = None,
    ) -> None:
        self.spec, self.options, self.items = spec, options or TuningOptions(), ItemSet(items)
        self.options.check()
        self.processes = Processes()
        if self.processes.count > 1 and self.options.dropout:
            raise UserError("--dropout is of one process; leave it out, or tune without accelerate launch")
        self.weights = _opened(spec, self.processes.placed(model or ModelOptions()))
        config = self.weights.model.config
        family_of(config)
        why = unpackable(config)
        if why and self.options.pack:
            raise UserError(f"{why}; leave --pack out, and each pair is put alone")
        self.packs = self.options.pack is not False and not why
        self.notes = [f"each pair is put alone, with its image: {why}"] if why and self.options.pack is None else []
        self.lessons, self._drawn = Lessons(self.items, self.options, drawn), drawn

    def identity(self) -> dict[str, Any]:
        """Everything that the adapter depends on; a folder belongs to one of these."""
        return {
            "items": self.items.digest,
            "base": self.weights.hash,
            "dtype": self.weights.dtype,
            **depended_on(self.options),
            "split": self.lessons.split,
            "pack": self.packs,
            **({"drawn": self._drawn.digest} if self._drawn else {}),
        }

    def run(self, out: Path, show: Show = progress, command: str = "") -> Card:
        """Tunes, and writes the adapter with its card; the same call goes on where an earlier one stopped.

        Args:
            out: folder of the adapter.
            show: how progress is shown.
            command: what the user typed, for the card.

        Raises:
            UserError: bad input, a loss that is no number, or too little memory; what was learnt is kept.
        """
        self.processes.meet(self.weights.device)
        if self.processes.first:
            self._first(out, show, command)
        else:
            self.processes.wait()
            if not is_adapter(out):
                self._learn(out, _unseen)
        self.processes.part_ways()
        return Card.model_validate(read_json(out / CARD, "bring it back"))

    def _first(self, out: Path, show: Show, command: str) -> None:
        """What the process does that writes and speaks."""
        _refuse_other_folder(out)
        with held(out, "another process is tuning into this folder; wait for it, or use another --out"):
            self._begin(out, command)
            self.processes.wait()
            if is_adapter(out):
                tell(f"{out}: already holds this adapter; left as it is")
                return
            for why, names in self.lessons.left_out.items():
                tell(f"{len(names)} items are left out ({why}): {', '.join(names[:5])}{' …' * (len(names) > 5)}")
            for note in self.notes:
                tell(note)
            self._learn(out, show)

    def _begin(self, out: Path, command: str) -> None:
        """Notes whose folder it is; refuses one that belongs to another tuning."""
        identity, usual = orjson.loads(orjson.dumps(self.identity())), asdict(TuningOptions())
        if (out / NOTE).is_file():
            noted = read_json(out / NOTE, "remove the folder, and tune again").get("identity", {})
            for name in {**noted, **identity}:
                before, now = (known.get(name, usual.get(name)) for known in (noted, identity))
                if before != now:
                    raise UserError(
                        f"{out}: was begun with another {name} ({before!r}, now {now!r}); use another --out"
                    )
            return
        note = {"identity": identity, "command": command, "begun": datetime.now(UTC).isoformat(timespec="seconds")}
        replace_file(out / NOTE, orjson.dumps(note, option=orjson.OPT_INDENT_2) + b"\n")

    def _learn(self, out: Path, show: Show) -> None:
        with threads(self.weights), memory_kept(self.weights.device), _seeded(self.options.seed):
            self._learn_seeded(out, show)
        self.processes.wait()

    def _learn_seeded(self, out: Path, show: Show) -> None:
        encoder = Encoder(self.weights)
        check_lengths(encoder, self.lessons)
        premises = Premises(self.lessons, self.weights.processor.tokenizer)
        model = lora.with_lora(self.weights, self.options)
        checkpointing = self.options.gradient_checkpointing
        if self.weights.device.type != "cpu" if checkpointing is None else checkpointing:
            model.enable_input_require_grads()
            model.activation_checkpointing_enable({"use_reentrant": False})
        learner = Learner(model, encoder, self.options, self.packs, self.processes)
        course = Course.of(self.lessons, self.options)
        state = checkpoint.read(out, model, learner.optimizer)
        why = self._go_on(out, learner, course, state, premises, show)
        if state.best:
            checkpoint.set_adapter(model, state.best)
        if self.processes.first:
            self._finish(out, model, course, state, why)

    def _go_on(
        self, out: Path, learner: Learner, course: Course, state: Progress, premises: Premises, show: Show
    ) -> str:
        """Learns to the end, or until what is held out says that it is enough; why it ended."""
        held_out, patience = self.lessons.held_chunks(self.options), self.options.patience
        saved = time.monotonic()
        total = len(course.steps)
        if held_out and not state.step:
            state.taken[0] = premises.taken(learner)
        if state.step and self.processes.first:
            tell(f"{out}: goes on after step {state.step:,} of {total:,}")
        with show("tuning, steps", total) as bar:
            bar.reach(state.step, total)
            units = learner.ahead(self.lessons, course.steps, state.step)
            while state.step < total and not (patience and held_out and state.waited >= patience):
                try:
                    batch = next(units)
                    loss = learner.step(batch, rate(state.step, total, self.options))
                except NotFinite as error:
                    self._keep(out, state, learner)
                    raise not_finite(error, state.step, state.step, out) from None
                except torch.OutOfMemoryError as error:
                    raise _too_little_memory(error, self.options) from None
                state.losses.append(loss)
                state.tokens += sum(self.processes.together(learnt_tokens(batch)))
                state.step += 1
                if held_out and state.step in course.looks:
                    self._look(learner, held_out, premises, state)
                elif time.monotonic() - saved < self.options.save_every:
                    bar.advance()
                    continue
                self._keep(out, state, learner)
                saved = time.monotonic()
                bar.advance()
            units.close()
        if state.step == total:
            return "all epochs are done"
        return f"the loss on held-out images was no better {patience} times in turn"

    def _keep(self, out: Path, state: Progress, learner: Learner) -> None:
        if self.processes.first:
            checkpoint.write(out, state, learner.model, learner.optimizer)

    def _look(self, learner: Learner, held_out: list[Chunk], premises: Premises, state: Progress) -> None:
        """Notes loss and acceptance on what is held out, and the adapter where its loss is the least so far."""
        loss = learner.held_out(self.lessons, held_out)
        better = not state.held or loss < min(state.held.values())
        state.held[state.step] = loss
        state.waited = 0 if better else state.waited + 1
        if better:
            state.best, state.best_step = checkpoint.adapter_state(learner.model), state.step
        since = max((step for step in state.held if step < state.step), default=0)
        recent = state.losses[since:]
        state.taken[state.step] = premises.taken(learner)
        told = told_acceptance(state.taken[state.step])
        if self.processes.first:
            mean = sum(recent) / len(recent)
            tell(f"step {state.step}: mean loss since the last look {mean:.3f}, on held-out images {loss:.3f}{told}")

    def _finish(self, out: Path, model: Any, course: Course, state: Progress, why: str) -> None:
        """Writes the adapter; its configuration comes last, by which it is known as one."""
        card = self._card(course, state, why)
        with draft_folder(out.resolve() / "adapter") as draft:
            lora.save(model, draft)
            replace_file(out / CURVE, curve(course, state, self.options))
            replace_file(out / CHART, chart(state).encode())
            replace_file(out / README, readme(card, out.name).encode())
            replace_file(out / CARD, card.model_dump_json(indent=2).encode() + b"\n")
            for name in (WEIGHTS, CONFIG):
                (draft / name).chmod(0o644)
                os.replace(draft / name, out / name)
        (out / checkpoint.FILE).unlink(missing_ok=True)

    def _card(self, course: Course, state: Progress, why: str) -> Card:
        o, lessons = self.options, self.lessons
        kept = state.best_step or state.step
        return Card(
            format=SCHEMA,
            base={
                "name": phantom_version() if self.spec == "phantom" else self.spec,
                "type": self.weights.model.config.model_type,
                "hash": self.weights.hash,
                "dtype": self.weights.dtype,
            },
            items={
                "path": str(self.items.folder.resolve()),
                "digest": self.items.digest,
                "split": lessons.split or "all",
                "cases": len(lessons.learnt),
                "pairs": lessons.pairs(lessons.learnt),
                "traces": lessons.traces,
                "held_out_cases": len(lessons.held),
                "held_out_pairs": lessons.pairs(lessons.held),
                **({"drawn": self._drawn.digest} if self._drawn else {}),
            },
            images=lessons.pixels,
            left_out={reason: len(names) for reason, names in lessons.left_out.items()},
            settings={**asdict(o), "split": lessons.split or "all", "pack": self.packs, "optimiser": "AdamW"},
            sources=sources(o),
            outcome={
                "steps": state.step,
                "tokens": state.tokens,
                "epochs": sum(end <= state.step for end in course.ends),
                "kept_step": kept,
                "ended": why,
                "first_loss": state.losses[0],
                "last_loss": state.losses[-1],
                "held_out_loss": state.held.get(kept),
                "held_out_acceptance": told_change(state.taken, kept),
                "note": hardly_moved(state.losses, state.taken, kept),
            },
            versions={
                "auscult": __version__,
                "python": platform.python_version(),
                **{name: version(name) for name in VERSIONS},
            },
        )


def _opened(spec: str, options: ModelOptions) -> Opened:
    """The base model.

    Raises:
        UserError: it is of a kind that cannot be tuned, an adapter, or not there.
    """
    kind, _, rest = spec.partition(":")
    if spec == "phantom":
        return bundled(options)
    if kind != "local" or not rest:
        raise UserError(f"model '{spec}': what is tuned lies on this machine; name local:FOLDER, or phantom")
    if is_adapter(Path(rest).expanduser()):
        raise UserError(
            f"model '{spec}': is an adapter; tune its base, or what auscult export {rest} --to merged --out FOLDER "
            "makes of both"
        )
    return opened(rest, options)


def _refuse_other_folder(out: Path) -> None:
    if out.is_dir() and not (out / NOTE).is_file() and any(p.name != ".lock" for p in out.iterdir()):
        raise UserError(f"{out}: is not empty and no folder of a tuning (no {NOTE}); name another with --out")


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        yield


@contextmanager
def _unseen(what: str, total: int | None) -> Iterator[Bar]:
    yield Bar(what, total)


def _too_little_memory(error: Exception, options: TuningOptions) -> UserError:
    said = " ".join(str(error).split())[:200]
    lower = [f"--tokens (now {options.tokens:,})"] if options.pack is not False else []
    add = [] if options.gradient_checkpointing else ["add --gradient-checkpointing"]
    return UserError(
        f"too little GPU memory ({said}); lower {' or '.join([*lower, 'the size of the images'])}"
        f"{', or ' + add[0] if add else ''}, and begin anew with another --out; unchanged, the same command "
        "goes on from the last checkpoint"
    )


def hardly_moved(losses: Sequence[float], taken: Mapping[int, tuple[int, int]], kept: int) -> str:
    """What to say of a tuning that changed little of what it was measured by; empty where it changed more.

    Args:
        losses: of each step.
        taken: step → false premises that were held out: accepted, and known; 0 is the base.
        kept: the step that is kept.
    """
    some = max(1, len(losses) // 10)
    first, last = (sum(part) / some for part in (losses[:some], losses[-some:]))
    if last < (1 - MOVED) * first:
        return ""
    (before, of), (after, known) = (taken.get(step, (0, 0)) for step in (0, kept))
    if of and known and abs(after / known - before / of) >= MOVED:
        return ""
    also = ", nor did what it makes of held-out premises" if of and known else ""
    return (
        f"the loss hardly moved ({first:.3f} at first, {last:.3f} at last){also}: it answers much as its base; more "
        "--epochs, a larger --learning-rate or more pairs teach more"
    )


def outcome_lines(card: Card) -> Mapping[str, str]:
    """What a tuning came to, for a terminal."""
    o, i = card.outcome, card.items
    told = {"held-out premises": o.get("held_out_acceptance"), "note": o.get("note")}
    losses = f"{o['first_loss']:.3f} at the first step, {o['last_loss']:.3f} at the last"
    return {
        "learnt from": f"{i['pairs']:,} pairs about {i['cases']:,} cases, {o['steps']:,} steps",
        "loss": losses if o["held_out_loss"] is None else f"{losses}; on held-out images {o['held_out_loss']:.3f}",
        "ended": f"{o['ended']}; kept is step {o['kept_step']:,}",
        **{name: what for name, what in told.items() if what},
    }


def next_line(card: Card, items: Path, out: Path) -> str:
    """What to run now: whether it helped, an evaluation says, on images that it has not learnt from."""
    kind = "phantom" if card.base["name"].startswith("phantom-") else "local"
    test = card.items["split"] in ("train", "validation") and "test" in ItemSet(items).manifest.counts["split"]
    asked = f"{shlex.quote(str(items))} --split test" if test else "OTHER-ITEMS"
    pairs = ((f"run-before{end}", f"run-after{end}") for end in chain([""], (f"-{n}" for n in count(2))))
    before, after = next(pair for pair in pairs if not any(map(os.path.exists, pair)))
    return (
        f"auscult evaluate {asked} --model {shlex.quote(f'{kind}:{out}')} --out {after}; the base likewise, --out "
        f"{before}; then auscult compare {before} {after}"
    )
