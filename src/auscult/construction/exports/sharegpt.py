"""JSON Lines of messages with image paths, and the entry that LLaMA-Factory wants; ms-swift reads the same files.

An image stands in a message as ``<image>``; paths are relative to the folder, which is LLaMA-Factory's ``dataset_dir``
(and ``media_dir``).
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, ClassVar

import orjson

from auscult.construction.exports import Form, Pair, Write, lines, placed
from auscult.store.files import replace_file


def _row(pair: Pair) -> dict[str, Any]:
    messages = [{"role": "user", "content": placed(pair)}, {"role": "assistant", "content": pair.answer}]
    return {"messages": messages, "images": list(pair.images)}


class ShareGpt(Form):
    """Messages and image paths."""

    about: ClassVar[str] = "messages in JSON Lines and dataset_info.json, for LLaMA-Factory and ms-swift"

    def part(self, folder: Path, name: str) -> AbstractContextManager[Write]:
        """A file a part."""
        return lines(folder / f"{name}.jsonl", _row)

    def finish(self, folder: Path, parts: dict[str, int]) -> None:
        """Writes LLaMA-Factory's list of data sets: one a part."""
        tags = {"role_tag": "role", "content_tag": "content", "user_tag": "user", "assistant_tag": "assistant"}
        entries = {
            f"auscult_{name}": {
                "file_name": f"{name}.jsonl",
                "formatting": "sharegpt",
                "columns": {"messages": "messages", "images": "images"},
                "tags": tags,
            }
            for name in parts
        }
        replace_file(folder / "dataset_info.json", orjson.dumps(entries, option=orjson.OPT_INDENT_2) + b"\n")

    def load(self, parts: Sequence[str]) -> str:
        """With both tools."""
        return (
            f"llamafactory-cli train ... --dataset_dir PATH/OF/THIS/FOLDER --dataset auscult_{parts[0]}\n"
            f"swift sft ... --dataset PATH/OF/THIS/FOLDER/{parts[0]}.jsonl  "
            "# from within this folder: paths are relative"
        )


FORM = ShareGpt
