"""``local:PATH_OR_REPO``: a ``transformers`` image-text-to-text model in this process.

An image's questions share one prefix: the image is seen and stored once for all of them. The folder's chat template
makes the prompt. Of its generation settings only the end tokens count: how an answer is decoded is the call's to say,
and greedy means the plain most likely token. A call's ``schema`` is not enforced.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from auscult.errors import first_line
from auscult.models import CallFailed, Model, ModelOptions
from auscult.models.folders import Opened, opened
from auscult.records import Call, Reply

FORM = "local:FOLDER"

if TYPE_CHECKING:
    from auscult.models._generate import Answerer

SMALL = 50_000_000
"""Parameters below which a model on a CPU computes on one core: on several, its threads wait for each other for longer
than they compute, five times as long where other programs need the cores too."""


class LocalModel(Model):
    """A model in this process. One thread works for it, so that the event loop stays free and calls wait in line.

    Args:
        answerer: answers calls; blocks.
        identity: hash of the folder's files and the number format.
        ready: what its thread does first.
    """

    def __init__(self, answerer: "Answerer", identity: str, ready: Callable[[], None] = lambda: None) -> None:
        self.identity = identity
        self._answerer: Answerer | None = answerer
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="auscult-local", initializer=ready)

    async def reply(self, calls: Sequence[Call]) -> list[Reply]:
        """Answers calls, in order; those with the same images and decoding together, whatever their condition.

        ``seconds`` of a reply run from the start of its image's questions to the end of the batch that it was in.

        Raises:
            CallFailed: the model failed on these inputs (not for want of memory: that fails single calls).
        """
        assert self._answerer is not None, "the model is closed"
        try:
            return await asyncio.get_running_loop().run_in_executor(self._worker, self._answerer.reply, list(calls))
        except RuntimeError as error:
            raise CallFailed("server_error", first_line(error), retryable=False) from error

    async def close(self) -> None:
        """Ends the worker once it has finished, and lets the weights go."""
        await asyncio.to_thread(self._worker.shutdown)
        self._answerer = None


def create(rest: str, options: ModelOptions) -> LocalModel:
    """Loads a model from a folder, or from the hub where ``rest`` is OWNER/NAME and no such folder exists.

    The folder of an adapter stands for its base with the adapter merged into it.

    Raises:
        MissingExtra: torch or transformers is not installed, or peft, and it is an adapter.
        UserError: no such model, not an image-text model, no chat template, incomplete or broken weights, unknown
            device or number format; an adapter of another base.
    """
    return answering(opened(rest, options))


def answering(weights: Opened) -> LocalModel:
    """The model that answers with these weights."""
    import torch

    from auscult.models._generate import Answerer

    answerer = Answerer(weights.model, weights.processor, weights.identity)
    small = weights.device.type == "cpu" and weights.model.num_parameters() < SMALL
    model = LocalModel(answerer, weights.identity, (lambda: torch.set_num_threads(1)) if small else lambda: None)
    model.tuned_on, model.untold = weights.tuned_on, weights.untold
    return model
