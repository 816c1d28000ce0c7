"""An adapter and its base in, a model of its own out: a folder that every program opens as it opens the base."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import orjson

from auscult.errors import MissingExtra, UserError
from auscult.models import ModelOptions
from auscult.models.adapters import CARD, MERGED, Card, is_adapter, read_adapter, refuse_unfinished
from auscult.models.folders import CODE, DTYPES, FILES, Opened, base_folder, opened
from auscult.store.files import draft_folder, put_in_place, replace_file, shipped_table
from auscult.store.given import read_json

FORM: Final = "merged"
README = "README.md"
_WRITTEN_ANEW = ("*.safetensors", "*.index.json", "config.json", CARD, "README.md")


@dataclass(frozen=True, kw_only=True)
class Merged:
    """What was written: where the base lay, and in which number format."""

    base: Path
    dtype: str


def write_merged(adapter: Path, out: Path) -> Merged:
    """Writes the base of an adapter with the adapter added to its weights, with all else that lies beside them.

    Weights have the base's number format, as it lies on disk; processor, chat template and generation config are the
    base's, byte by byte. The card of the adapter goes along, so that an evaluation leaves out what it learnt from.

    Args:
        adapter: its folder.
        out: folder to make.

    Raises:
        MissingExtra: a package is not installed.
        UserError: there is no adapter, its base is not there or is another one, or ``out`` is there or cannot be
            written.
    """
    refuse_unfinished(adapter)
    if not is_adapter(adapter):
        raise UserError(f"{adapter}: is no adapter (no adapter_config.json there); --to {FORM} takes a folder of tune")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UserError(f"{out}: is there already; name another folder with --out")
    try:
        from safetensors import SafetensorError
        from transformers import AutoConfig
    except ImportError:
        raise MissingExtra("merging", "tune") from None
    base = base_folder(read_adapter(adapter), offline=True)
    try:
        kept = str(AutoConfig.from_pretrained(base, local_files_only=True).dtype).removeprefix("torch.")
    except (OSError, ValueError, KeyError) as error:
        raise UserError(f"model folder '{base}' cannot be loaded: {str(error).splitlines()[0]}") from None
    dtype = kept if kept in DTYPES else DTYPES[0]
    weights = opened(str(adapter), ModelOptions(device="cpu", dtype=dtype, offline=True))
    try:
        with draft_folder(out.resolve()) as draft:
            _write(weights, read_adapter(adapter).card, draft, out.name)
            put_in_place(draft, out.resolve())
    except (OSError, SafetensorError) as error:
        said = " ".join(str(getattr(error, "strerror", "") or error).split())[:200]
        raise UserError(f"{out}: cannot be written ({said}); make room, or name another folder with --out") from None
    return Merged(base=base, dtype=dtype)


def _write(weights: Opened, card: Card | None, draft: Path, name: str) -> None:
    weights.model.save_pretrained(draft)
    for pattern in (*FILES, CODE):
        for path in weights.folder.glob(pattern):
            if path.is_file() and not any(path.match(anew) for anew in _WRITTEN_ANEW):
                shutil.copyfile(path, draft / path.name)
    for path in draft.iterdir():
        path.chmod(0o644)
    config = read_json(draft / "config.json", "merge again")
    replace_file(draft / "config.json", orjson.dumps({**config, MERGED: True}, option=orjson.OPT_INDENT_2) + b"\n")
    if card is None:
        return
    known = card.model_copy(update={"images": sorted(weights.tuned_on), "untold": weights.untold})
    replace_file(draft / CARD, known.model_dump_json(indent=2).encode() + b"\n")
    values = {"name": name, "base": card.base["name"], "hash": card.base["hash"], "images": f"{len(known.images):,}"}
    text: str = shipped_table("tuning/card.toml")[FORM]
    for key, value in values.items():
        text = text.replace(f"{{{key}}}", value)
    replace_file(draft / README, text.encode())
