"""An audit of reading: each task put without examples and with some, on the same images; what came of all of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from auscult.engine.limits import check_bounds
from auscult.errors import UserError
from auscult.interpretation.figures import Line, Read, contrasts
from auscult.interpretation.making import write_task
from auscult.interpretation.tasks import Task, chosen
from auscult.models import ModelOptions
from auscult.records import Bounds
from auscult.runs.evaluation import Evaluation
from auscult.runs.settings import Settings

ZERO = "zero-shot"


@dataclass(frozen=True, kw_only=True)
class ReadingOptions:
    """What of an audit of reading is chosen.

    Attributes:
        task: name of a task; repeatable; all that the cases can be asked where not given.
        finding: a name under which the cases know the finding of the one task that is named; repeatable.
        shots: example images a class; repeatable; 0 without examples.
        train_share: put that share of the cases aside for examples, where the set is not split; patients must be known.
    """

    task: tuple[str, ...] = ()
    finding: tuple[str, ...] = ()
    shots: tuple[int, ...] = (0,)
    train_share: Annotated[float | None, Bounds(0, 0.9)] = None


@dataclass(frozen=True)
class Put:
    """A task as it is put in one way, with the run of it."""

    task: Task
    way: str
    evaluation: Evaluation
    run: Path


class ReadingAudit:
    """Tasks, an item set of whose cases they are asked, and a model.

    Args:
        items: folder of an item set, of phantoms, or of a data set known by its files; only its cases count.
        model: as ``KIND:REST``.
        options: what is chosen.
        out: folder of the audit, in which each task gets a folder of its own.
        settings: how each run is asked; its protocol is this room's to choose.
        model_options: what the model needs.

    Raises:
        UserError: an unknown task, no task that the cases can be asked, or a number of examples below 0.
    """

    def __init__(
        self,
        items: Path,
        model: str,
        options: ReadingOptions,
        out: Path,
        settings: Settings,
        model_options: ModelOptions,
    ) -> None:
        check_bounds(options)
        if min(options.shots, default=0) < 0:
            raise UserError("--shots is below 0; give 0 for no example")
        self.left_out: dict[str, str] = {}
        self.put: list[Put] = []
        for task in chosen(options.task, options.finding):
            folder = out / task.name / "items"
            try:
                write_task(task, items, folder, options.train_share)
            except UserError as error:
                if options.task:
                    raise
                self.left_out[task.name] = str(error)
                continue
            for shots in dict.fromkeys(options.shots):
                if shots and not task.shows_examples:
                    continue
                way = f"few-shot {shots}" if shots else ZERO
                protocol = f"few-shot:{shots}" if shots else "direct"
                own = replace(settings, protocol=protocol)
                evaluation = Evaluation(folder, model, own, model_options)
                self.put.append(Put(task, way, evaluation, out / task.name / way.replace(" ", "-")))
        if not self.put:
            raise UserError(
                f"{items}: no task can be put: {'; '.join(dict.fromkeys(self.left_out.values())) or 'nothing to ask'}"
            )


def lines_of(put: Sequence[Put]) -> Iterator[Line]:
    """Every figure of finished runs, tasks in order, then what examples changed."""
    opened = [Read(each.task, each.way, each.run) for each in put]
    for read in opened:
        yield from read.lines()
        zero = next((other for other in opened if other.task is read.task and other.way == ZERO), None)
        if zero is not None and read.way != ZERO:
            yield from contrasts(read, zero)
