"""A diffusion pipeline in this process: ``diffusers:FOLDER`` as ``save_pretrained`` writes it, or OWNER/NAME on a hub.

Text goes in and one image comes out; what a pipeline's own safety checker withholds is a refusal and no black image.
Each drawing of a prompt has its own stream of the seed, whatever was drawn before.
"""

import asyncio
import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from auscult.drawing.generators import Generator, GeneratorOptions
from auscult.drawing.nouns import Drawing, Prompt
from auscult.errors import MissingExtra, UserError, first_line
from auscult.models import CallFailed
from auscult.records import digest, rank
from auscult.store.files import content_hash

FORM = "diffusers:FOLDER"
INDEX = "model_index.json"
HASHED = (".json", ".safetensors", ".bin", ".txt", ".model")
WITHHELD = "the pipeline's safety checker withheld the image"


def create(rest: str, options: GeneratorOptions) -> "Pipeline":
    """Loads a pipeline.

    Raises:
        MissingExtra: torch or diffusers is not installed.
        UserError: it is no pipeline's folder, takes no text, is incomplete, or the device is not there.
    """
    try:
        import diffusers
        import torch
    except ImportError:
        raise MissingExtra("diffusers: generators", "draw") from None
    folder = _folder(rest, options.model.offline)
    device = options.model.device or ("cuda" if torch.cuda.is_available() else "cpu")
    dtype = options.model.dtype or ("float32" if device == "cpu" else "bfloat16")
    if dtype not in ("float32", "bfloat16", "float16"):
        raise UserError(f"unknown number format '{dtype}' for diffusers:{rest}; known: float32, bfloat16, float16")
    diffusers.utils.logging.set_verbosity_error()
    diffusers.utils.logging.disable_progress_bar()
    try:
        torch.empty(1, device=device)
        pipeline = diffusers.DiffusionPipeline.from_pretrained(
            folder, dtype=getattr(torch, dtype), local_files_only=True
        ).to(device)
    except Exception as error:  # whatever a library makes of somebody else's folder
        raise UserError(f"diffusers:{rest}: cannot be loaded on {device}: {first_line(error)}") from None
    pipeline.set_progress_bar_config(disable=True)
    names = sorted(p for p in folder.rglob("*") if p.suffix in HASHED and p.is_file())
    hashes = [[p.relative_to(folder).as_posix(), content_hash(p)] for p in names]
    how = [dtype, options.image_size, options.steps, options.seed]
    return Pipeline(pipeline, f"diffusers:{digest('pipeline', hashes, how)}", options, torch)


def _folder(rest: str, offline: bool) -> Path:
    folder = Path(rest).expanduser()
    if folder.is_dir() or offline or rest.count("/") != 1 or folder.exists():
        if not (folder / INDEX).is_file():
            raise UserError(f"diffusers:{rest}: has no {INDEX}; name a folder that save_pretrained() has written")
        return folder
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(rest, allow_patterns=[f"*{suffix}" for suffix in HASHED]))
    except (OSError, ValueError) as error:
        said = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise UserError(f"'{rest}' is no folder here, and the hub does not give it: {said}") from None


class Pipeline(Generator):
    """See ``Generator``. One thread draws, so that the event loop stays free."""

    batch = 0

    def __init__(self, pipeline: Any, identity: str, options: GeneratorOptions, torch: Any) -> None:
        self.identity, self._pipeline, self._torch, self._seed = identity, pipeline, torch, options.seed
        self._given: dict[str, Any] = {}
        if options.image_size:
            width, height = map(int, options.image_size.split("x"))
            self._given |= {"width": width, "height": height}
        if options.steps:
            self._given["num_inference_steps"] = options.steps
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="auscult-drawing")

    async def draw(self, prompt: Prompt, repeat: int) -> Drawing:
        """Draws once. See ``Generator``."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._worker, self._draw, prompt.text, repeat)
        except (RuntimeError, ValueError, TypeError) as error:
            said = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise CallFailed("server_error", said[:300], retryable=False) from error

    def _draw(self, text: str, repeat: int) -> Drawing:
        stream = self._torch.Generator("cpu").manual_seed(rank("drawing", self._seed, text, repeat) >> 1)
        found = self._pipeline(text, generator=stream, output_type="pil", **self._given)
        if any(getattr(found, "nsfw_content_detected", None) or ()):
            return Drawing(refused=WITHHELD)
        images = []
        for image in found.images:
            raw = io.BytesIO()
            image.save(raw, "PNG")
            images.append(raw.getvalue())
        return Drawing(images=tuple(images))

    async def close(self) -> None:
        """Ends the worker and lets the weights go."""
        await asyncio.to_thread(self._worker.shutdown)
        self._pipeline = None
