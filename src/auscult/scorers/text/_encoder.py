"""Texts → token vectors of one layer of an encoder (BERT, RoBERTa, DeBERTa, ...), by ``transformers``."""

import hashlib
import re
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers
from transformers import AutoConfig, AutoModel, AutoTokenizer, GPT2Tokenizer, RobertaTokenizer

from auscult.errors import UserError, first_line
from auscult.scorers.text._embeddings import Embedding

PARTS = ("*.safetensors", "*.json", "*.model", "vocab.txt", "merges.txt")
TOKENS_AT_ONCE = {"cpu": 1_024, "cuda": 32_768}
"""Tokens of a batch, padding included: more gains nothing on a CPU."""
USUAL_LIMIT = 512


def find_folder(name: str, offline: bool) -> Path:
    """The folder of an encoder; fetched from the hub where it is none on this machine.

    Raises:
        UserError: there is no such encoder.
    """
    folder = Path(name).expanduser()
    if (folder / "config.json").is_file():
        return folder
    if folder.exists() or not re.fullmatch(r"(?:[\w.-]+/)?[\w.-]+", name):
        raise UserError(f"'{name}' is no encoder folder (no config.json); give a folder or the name of one on the hub")
    from huggingface_hub import snapshot_download

    def fetch(*parts: str) -> Path:
        return Path(
            snapshot_download(name, allow_patterns=list(parts), ignore_patterns=["*/*"], local_files_only=offline)
        )

    try:
        found = fetch(*PARTS)
        if not any(found.glob("*.safetensors")):
            found = fetch(*PARTS, "pytorch_model*.bin")
        return found
    except (OSError, ValueError) as error:
        where = "the local hub cache (off-line)" if offline else "the hub"
        raise UserError(f"'{name}' is no folder here, and {where} does not give it: {first_line(error)}") from None


def digest_of(folder: Path) -> str:
    """Hash of what is loaded from a folder: configuration, vocabulary, weights."""
    whole = hashlib.sha256()
    for path in sorted({p for pattern in (*PARTS, "pytorch_model*.bin") for p in folder.glob(pattern)}):
        with path.open("rb") as file:
            whole.update(f"{path.name} {hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return whole.hexdigest()


class Encoder:
    """One layer of an encoder.

    Args:
        folder: configuration, tokenizer and weights.
        layer: how many layers are run, 0 for the input embeddings.
        device: ``cpu``, ``cuda``, ...
        dtype: ``float32``, ``bfloat16`` or ``float16``.
        int8: weights and activations of linear layers in 8 bits (CPU).

    Raises:
        UserError: the folder holds no encoder that can be loaded, or not so many layers.
    """

    def __init__(self, folder: Path, layer: int, device: str, dtype: str, int8: bool) -> None:
        self._device = _device(device)
        self._model, self._tokenizer = _load(folder, layer, getattr(torch, dtype))
        if int8:
            self._model = _quantised(self._model, self._device)
        self._model = self._model.to(self._device).eval()
        self._int8 = int8
        self._budget = TOKENS_AT_ONCE.get(self._device.type, TOKENS_AT_ONCE["cpu"])
        self.width: int = self._model.config.hidden_size
        self.limit = _limit(self._model, self._tokenizer)
        self.cut = 0
        """Texts so far that were longer than ``limit`` tokens and lost their end."""

    def encode(self, texts: Sequence[str]) -> Iterator[dict[int, Embedding]]:
        """Embeds texts in batches of like length; each batch as position in ``texts`` → embedding."""
        if not texts:
            return
        readable = [text.encode("utf-8", "replace").decode() for text in texts]  # a tokenizer refuses half characters
        encoded = self._tokenizer(readable, truncation=True, max_length=self.limit, return_attention_mask=False)
        self.cut += sum(bool(e.overflowing) for e in encoded.encodings)
        tokens: list[list[int]] = encoded["input_ids"]
        order = sorted(range(len(tokens)), key=lambda i: len(tokens[i]), reverse=True)
        while order and tokens[order[0]]:
            # In 8 bits a batch shares one scale of activations: alone, a text has the same numbers beside any others.
            size = 1 if self._int8 else max(1, self._budget // len(tokens[order[0]]))
            batch, order = order[:size], order[size:]
            yield dict(zip(batch, self._batch([tokens[i] for i in batch]), strict=True))
        nothing = Embedding(np.zeros((0, self.width), np.int16), np.zeros(0, np.bool_))
        yield dict.fromkeys(order, nothing)

    def _batch(self, tokens: list[list[int]]) -> list[Embedding]:
        longest = len(tokens[0])
        padded = torch.full((len(tokens), longest), self._tokenizer.pad_token_id or 0)
        mask = torch.zeros((len(tokens), longest), dtype=torch.long)
        for row, ids in enumerate(tokens):
            padded[row, : len(ids)] = torch.tensor(ids)
            mask[row, : len(ids)] = 1
        with torch.inference_mode():
            hidden = self._model(padded.to(self._device), attention_mask=mask.to(self._device))[0].float()
            hidden *= 32767 / hidden.abs().amax(dim=-1, keepdim=True).clamp_min(1e-30)
            if not torch.isfinite(hidden).all():
                raise UserError("the encoder's numbers overflow; use another number format, for example float32")
            rows = hidden.round().to(torch.int16).cpu().numpy()
        marks = [self._tokenizer.cls_token_id, self._tokenizer.sep_token_id]
        counts = ~np.isin(padded.numpy(), [m for m in marks if m is not None])
        return [Embedding(rows[i, : len(t)].copy(), counts[i, : len(t)].copy()) for i, t in enumerate(tokens)]


def _device(name: str) -> torch.device:
    name = name or ("cuda" if torch.cuda.is_available() else "cpu")
    try:
        return torch.empty(1, device=name).device
    except (RuntimeError, AssertionError) as error:
        raise UserError(f"device '{name}' cannot be used: {first_line(error)}; name another one, such as cpu") from None


def _load(folder: Path, layer: int, dtype: torch.dtype) -> tuple[Any, Any]:
    """Model, cut off above a layer, and tokenizer."""
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    try:
        config = AutoConfig.from_pretrained(folder, local_files_only=True)
        if getattr(config, "is_encoder_decoder", False):
            raise UserError(
                f"'{folder}' holds an encoder with a decoder; BERTScore takes encoders such as roberta-large"
            )
        if not 0 <= layer <= config.num_hidden_layers:
            raise UserError(f"'{folder}' has {config.num_hidden_layers} layers; there is no layer {layer}")
        config.num_hidden_layers = layer
        model, info = AutoModel.from_pretrained(
            folder, config=config, dtype=dtype, output_loading_info=True, local_files_only=True
        )
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        if isinstance(tokenizer, (RobertaTokenizer, GPT2Tokenizer)):
            # The package asks for this on each call, which transformers 5 passes over in silence.
            tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, add_prefix_space=True)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError, ImportError) as error:
        raise UserError(f"encoder folder '{folder}' cannot be loaded: {first_line(error)}") from None
    lacking = sorted(key for key in info["missing_keys"] if "pooler" not in key)
    if lacking:
        raise UserError(f"weights in '{folder}' lack {len(lacking)} tensors, first {lacking[0]}; fetch the model again")
    return model, tokenizer


def _limit(model: Any, tokenizer: Any) -> int:
    """The most tokens of a text: what the tokenizer says, and never more than there are positions."""
    places = getattr(model.config, "max_position_embeddings", None) or 0
    places -= (getattr(getattr(model, "embeddings", None), "padding_idx", None) or -1) + 1
    known = [n for n in (tokenizer.model_max_length, places) if 0 < n < 10**9]
    return min(known, default=USUAL_LIMIT)


def _quantised(model: Any, device: torch.device) -> Any:
    if device.type != "cpu":
        raise UserError(
            f"int8 runs on a CPU, not on '{device.type}'; leave the device out, or use bertscore in bfloat16"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of its successor torchao, another package
            from torch.ao.quantization import per_channel_dynamic_qconfig, quantize_dynamic

            return quantize_dynamic(model, {torch.nn.Linear: per_channel_dynamic_qconfig}, dtype=torch.qint8)
    except ImportError:
        raise UserError("this torch has no dynamic quantisation any more; use bertscore in float32") from None
