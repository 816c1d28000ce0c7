"""No model kind: a folder of weights as ``save_pretrained`` writes it: where it is, what of it is loaded, the loading.

It imports ``torch`` and ``transformers`` where it loads, and nowhere else.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auscult.errors import MissingExtra, UserError, first_line
from auscult.models import ModelOptions
from auscult.models.adapters import Adapter, card_of, is_adapter, merged, read_adapter, refuse_unfinished, untold_of
from auscult.records import digest
from auscult.store.files import content_hash

FILES = ("*.safetensors", "*.json", "*.jinja", "*.model", "*.tiktoken", "vocab.txt", "merges.txt")
"""What is fetched of a model on a hub, beside code. Hashed are these, ``*.bin`` and, where it may run, code."""
CODE = "*.py"
DTYPES = ("float32", "bfloat16", "float16")


@dataclass(frozen=True, kw_only=True)
class Opened:
    """Weights in memory, on their device, in evaluation mode.

    Attributes:
        folder: where they lie; of an adapter its base's.
        model: from ``AutoModelForImageTextToText``; an adapter is merged into it.
        processor: from ``AutoProcessor``, with a chat template.
        device: where it computes.
        dtype: name of its number format.
        identity: hash of all that was loaded and of the number format.
        hash: of the folder's files that are loaded and their names; by it an adapter knows its base.
        tuned_on: hashes of the pixels of the images that an adapter was tuned on, and the adapters that were merged
            into the model before.
        untold: why ``tuned_on`` may lack some; empty: nothing says that it does.
    """

    folder: Path
    model: Any
    processor: Any
    device: Any
    dtype: str
    identity: str
    hash: str
    tuned_on: frozenset[str] = frozenset()
    untold: str = ""


def opened(rest: str, options: ModelOptions, base: Path | None = None) -> Opened:
    """Loads a model, or an adapter and its base, without a network.

    Args:
        rest: folder, or OWNER/NAME on the hub.
        options: device, number format, whether code may run.
        base: folder of the base of an adapter; None: where the adapter says that it lies.

    Raises:
        MissingExtra: a package is not installed.
        UserError: as in ``local.create``.
    """
    try:
        import torch
        import transformers
    except ImportError:
        raise MissingExtra("local: models", "local") from None
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    device = _device(torch, options.device)
    dtype = options.dtype or ("float32" if device.type == "cpu" else "bfloat16")
    if dtype not in DTYPES:
        raise UserError(f"unknown number format '{dtype}' for local:{rest}; known: {', '.join(DTYPES)}")
    adapter = read_adapter(Path(rest).expanduser()) if is_adapter(Path(rest).expanduser()) else None
    folder = base or base_folder(adapter, options.offline) if adapter else base or model_folder(rest, options.offline)
    files = weights(folder, options.trust_remote_code)
    known = digest("weights", files)
    if adapter:
        adapter.check(known, folder)
    model, processor = load(folder, getattr(torch, dtype), options.trust_remote_code)
    if adapter:
        model = merged(model, adapter)
        files = [*files, *adapter.files()]
    return Opened(
        folder=folder,
        model=model.to(device).eval(),
        processor=processor,
        device=device,
        dtype=dtype,
        identity="local:" + digest(dtype, files),
        hash=known,
        tuned_on=(adapter.images if adapter else frozenset()) | _merged_before(folder),
        untold=(adapter.untold if adapter else "") or untold_of(folder),
    )


def _merged_before(folder: Path) -> frozenset[str]:
    """What the adapters were tuned on that were merged into a model, by the card that lies beside it."""
    card = card_of(folder)
    return frozenset(card.images if card else ())


def base_folder(adapter: Adapter, offline: bool) -> Path:
    """Where the base of an adapter lies.

    Raises:
        UserError: it is not there.
    """
    try:
        return model_folder(adapter.base, offline)
    except UserError as error:
        raise UserError(
            f"{adapter.folder}: its base cannot be opened ({error}); where it lies is base_model_name_or_path of its "
            "adapter_config.json"
        ) from None


def _device(torch: Any, name: str) -> Any:
    """The device that is named, or the best that is there, after it has held a number."""
    name = name or ("cuda" if torch.cuda.is_available() else "cpu")
    try:
        return torch.empty(1, device=name).device
    except (RuntimeError, AssertionError) as error:
        raise UserError(
            f"device '{name}' cannot be used: {first_line(error)}; name another one, for example cpu"
        ) from None


def model_folder(rest: str, offline: bool) -> Path:
    """The folder of a model; fetched from the hub where it is none on this machine."""
    folder = Path(rest).expanduser()
    if folder.is_dir():
        refuse_unfinished(folder)
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
                allow_patterns=[*FILES, CODE],
                ignore_patterns=["original/*", "consolidated*"],
                local_files_only=offline,
            )
        )
    except (OSError, ValueError) as error:
        where = "the local hub cache (off-line)" if offline else "the hub"
        raise UserError(f"'{rest}' is no folder here, and {where} does not give it: {first_line(error)}") from None


def load(folder: Path, dtype: Any, trust: bool = False) -> tuple[Any, Any]:
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
        raise UserError(f"model folder '{folder}' cannot be loaded: {first_line(error)}") from None
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


def weights(folder: Path, trust: bool = False) -> list[list[str]]:
    """Name and sha256 of every file that is loaded, code included where it may run."""
    return [[name, content_hash(folder / name)] for name in sorted(_files(folder, trust))]


def _files(folder: Path, trust: bool) -> Iterator[str]:
    for pattern in (*FILES, "*.bin", *([CODE] if trust else [])):
        yield from (path.name for path in folder.glob(pattern) if path.is_file())
