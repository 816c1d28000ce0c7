"""LLaVA's conversation JSON: one list a part; image paths are relative to the folder (``--image_folder``)."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, ClassVar

import orjson

from auscult.construction.exports import Form, Pair, Write, placed


def _row(pair: Pair) -> dict[str, Any]:
    said = [{"from": "human", "value": placed(pair)}, {"from": "gpt", "value": pair.answer}]
    images = {"image": pair.images[0] if len(pair.images) == 1 else list(pair.images)} if pair.images else {}
    return {"id": pair.item.id, **images, "conversations": said}


@contextmanager
def _list(path: Path) -> Iterator[Write]:
    """A JSON list, streamed."""
    with open(path, "wb") as file:
        before = b"[\n"

        def write(pair: Pair) -> None:
            nonlocal before
            file.write(before + orjson.dumps(_row(pair)))
            before = b",\n"

        yield write
        file.write(b"\n]\n")


class Llava(Form):
    """Conversations."""

    about: ClassVar[str] = "conversation JSON of LLaVA and LLaVA-Med"

    def part(self, folder: Path, name: str) -> AbstractContextManager[Write]:
        """A file a part."""
        return _list(folder / f"{name}.json")

    def load(self, parts: Sequence[str]) -> str:
        """With LLaVA's own trainer."""
        return f"train_mem.py ... --data_path PATH/OF/THIS/FOLDER/{parts[0]}.json --image_folder PATH/OF/THIS/FOLDER"


FORM = Llava
