"""``local:PATH_OR_REPO``: a ``transformers`` image-text-to-text model in this process.

An image's questions share one prefix: the image is seen and stored once for all of them. The folder's chat template
makes the prompt. Of its generation settings only the end tokens count: how an answer is decoded is the call's to say,
and greedy means the plain most likely token. A call's ``schema`` is not enforced.
"""

import asyncio
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auscult.errors import MissingExtra, UserError
from auscult.models import CallFailed, Model, ModelOptions
from auscult.records import Call, Reply, digest
from auscult.store.files import content_hash

FORM = "local:FOLDER"

if TYPE_CHECKING:
    from auscult.models._generate import Answerer

FILES = ("*.safetensors", "*.json", "*.jinja", "*.model", "*.tiktoken", "vocab.txt", "merges.txt")
"""What is fetched of a model on a hub, beside code. Hashed are these, ``*.bin`` and, where it may run, code."""
DTYPES = ("float32", "bfloat16", "float16")
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
            raise CallFailed("server_error", _first_line(error), retryable=False) from error

    async def close(self) -> None:
        """Ends the worker once it has finished, and lets the weights go."""
        await asyncio.to_thread(self._worker.shutdown)
        self._answerer = None


def create(rest: str, options: ModelOptions) -> LocalModel:
    """Loads a model from a folder, or from the hub where ``rest`` is OWNER/NAME and no such folder exists.

    Raises:
        MissingExtra: torch or transformers is not installed.
        UserError: no such model, not an image-text model, no chat template, incomplete or broken weights, unknown
            device or number format.
    """
    try:
        import torch
        import transformers
    except ImportError:
        raise MissingExtra("local: models", "local") from None
    from auscult.models._generate import Answerer

    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    device = _device(torch, options.device)
    dtype = options.dtype or ("float32" if device.type == "cpu" else "bfloat16")
    if dtype not in DTYPES:
        raise UserError(f"unknown number format '{dtype}' for local:{rest}; known: {', '.join(DTYPES)}")
    folder = _folder(rest, options.offline)
    model, processor = _load(folder, getattr(torch, dtype), options.trust_remote_code)
    identity = _identity(folder, dtype, options.trust_remote_code)
    answerer = Answerer(model.to(device).eval(), processor, identity)
    if device.type == "cpu" and model.num_parameters() < SMALL:
        return LocalModel(answerer, identity, lambda: torch.set_num_threads(1))
    return LocalModel(answerer, identity)


def _device(torch: Any, name: str) -> Any:
    """The device that is named, or the best that is there, after it has held a number."""
    name = name or ("cuda" if torch.cuda.is_available() else "cpu")
    try:
        return torch.empty(1, device=name).device
    except (RuntimeError, AssertionError) as error:
        raise UserError(
            f"device '{name}' cannot be used: {_first_line(error)}; name another one, for example cpu"
        ) from None


def _folder(rest: str, offline: bool) -> Path:
    """The folder of a model; fetched from the hub where it is none on this machine."""
    folder = Path(rest).expanduser()
    if folder.is_dir():
        if not (folder / "config.json").is_file():
            raise UserError(
                f"model folder '{rest}' has no config.json; name a folder that save_pretrained() has written"
            )
        return folder
    if folder.exists() or not re.fullmatch(r"[\w.-]+/[\w.-]+", rest):
        raise UserError(
            f"'{rest}' is no model folder; give local: a folder with config.json and weights, or OWNER/NAME"
        )
    from huggingface_hub import snapshot_download

    try:
        return Path(
            snapshot_download(
                rest,
                allow_patterns=[*FILES, "*.py"],
                ignore_patterns=["original/*", "consolidated*"],
                local_files_only=offline,
            )
        )
    except (OSError, ValueError) as error:
        where = "the local hub cache (off-line)" if offline else "the hub"
        raise UserError(f"'{rest}' is no folder here, and {where} does not give it: {_first_line(error)}") from None


def _load(folder: Path, dtype: Any, trust: bool) -> tuple[Any, Any]:
    """Model and processor of a folder, without a network."""
    from safetensors import SafetensorError
    from transformers import AutoConfig, AutoModelForImageTextToText, AutoProcessor, GenerationConfig

    given = {"local_files_only": True, "trust_remote_code": trust}
    try:
        config = AutoConfig.from_pretrained(folder, **given)
        if type(config) not in AutoModelForImageTextToText._model_mapping and not hasattr(config, "auto_map"):
            raise UserError(f"'{folder}' holds a {config.model_type} model, which is not an image-text-to-text model")
        model, info = AutoModelForImageTextToText.from_pretrained(
            folder, config=config, dtype=dtype, output_loading_info=True, **given
        )
        processor = AutoProcessor.from_pretrained(folder, **given)
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RuntimeError,
        ImportError,
        SafetensorError,
    ) as error:
        raise UserError(f"model folder '{folder}' cannot be loaded: {_first_line(error)}") from None
    lacking = sorted(info["missing_keys"])
    if lacking:
        raise UserError(f"weights in '{folder}' lack {len(lacking)} tensors, first {lacking[0]}; fetch the model again")
    if not getattr(processor, "chat_template", None):
        raise UserError(f"model folder '{folder}' has no chat template; put the model's chat_template.jinja into it")
    ends = model.generation_config.eos_token_id
    ends = processor.tokenizer.eos_token_id if ends is None else ends
    if ends is None:
        raise UserError(f"model folder '{folder}' names no end token; set eos_token_id in its generation_config.json")
    pad = processor.tokenizer.pad_token_id
    model.generation_config = GenerationConfig(
        eos_token_id=ends, pad_token_id=pad, bos_token_id=config.get_text_config().bos_token_id
    )
    return model, processor


def _identity(folder: Path, dtype: str, trust: bool) -> str:
    """``local:`` and a hash over every byte that is loaded, the files' names, and the number format."""
    return "local:" + digest(dtype, [[name, content_hash(folder / name)] for name in sorted(_files(folder, trust))])


def _files(folder: Path, trust: bool) -> Iterator[str]:
    for pattern in (*FILES, "*.bin", *(["*.py"] if trust else [])):
        yield from (path.name for path in folder.glob(pattern) if path.is_file())


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(". ") if lines else type(error).__name__
