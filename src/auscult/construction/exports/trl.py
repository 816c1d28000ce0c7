"""A folder for TRL: images, prompt and completion, which ``SFTTrainer`` takes as they are (loss on the completion)."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import ClassVar

from auscult.construction.exports import Form, Write
from auscult.construction.exports._tables import LOAD, TURNS, image_table
from auscult.construction.exports.hf import turns


class Trl(Form):
    """Prompt and completion."""

    about: ClassVar[str] = "folder for TRL's SFTTrainer: images, prompt, completion"

    def part(self, folder: Path, name: str) -> AbstractContextManager[Write]:
        """A table beside its images."""
        return image_table(folder, name, {"prompt": TURNS, "completion": TURNS}, turns)

    def load(self, parts: Sequence[str]) -> str:
        """With the library."""
        return f'{LOAD}["{parts[0]}"]  # SFTTrainer(train_dataset=pairs, ...)'


FORM = Trl
