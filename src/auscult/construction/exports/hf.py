"""A folder for Hugging Face ``datasets``: a table a part, with everything that is known of an item, and its images.

``load_dataset`` opens it with the images decoded. An image lies there once, however many questions are about it, where
the usual Parquet form repeats its bytes in every row.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, ClassVar

import orjson
import pyarrow as pa

from auscult.construction.exports import Form, Pair, Write
from auscult.construction.exports._tables import LOAD, TURNS, image_table

_TEXT = ("source_id", "question", "reference", "answer_type", "kind", "category", "premise", "premise_form", "twin")
_MORE = ("target", "unit", "paraphrase_group", "duplicate_of", "evidence", "style", "difficulty")
_CASE = ("annotation", "source", "source_key", "group", "group_kind", "licence")
COLUMNS: dict[str, pa.DataType] = {
    "id": pa.string(),
    "case_id": pa.string(),
    **dict.fromkeys(_TEXT, pa.string()),
    "options": pa.list_(pa.string()),
    **dict.fromkeys(_MORE, pa.string()),
    "tolerance": pa.float64(),
    "tags": pa.string(),
    **dict.fromkeys(_CASE, pa.string()),
    "case_tags": pa.string(),
    "case_context": pa.string(),
    "prompt": TURNS,
    "completion": TURNS,
}
"""Fields of item and case, tags and context as JSON, and the pair as it is trained on."""


def turns(pair: Pair) -> dict[str, Any]:
    """Prompt and completion, each a conversation of one turn; TRL puts the images into the first."""
    return {
        "prompt": [{"role": "user", "content": pair.prompt}],
        "completion": [{"role": "assistant", "content": pair.answer}],
    }


def _row(pair: Pair) -> dict[str, Any]:
    item, case = pair.item, pair.case
    plain = {name: getattr(item, name) for name in ("id", "case_id", *_TEXT, *_MORE, "tolerance")}
    of_case = {name: getattr(case, name) for name in _CASE}
    mapped = {"tags": item.tags, "case_tags": case.tags, "case_context": case.context}
    as_json = {name: orjson.dumps(of).decode() for name, of in mapped.items()}
    return {**plain, "options": list(item.options), **of_case, **as_json, **turns(pair)}


class HuggingFace(Form):
    """Everything that is known, for ``datasets``."""

    about: ClassVar[str] = "folder for datasets.load_dataset: every field, images, prompt and completion"

    def part(self, folder: Path, name: str) -> AbstractContextManager[Write]:
        """A table beside its images."""
        return image_table(folder, name, COLUMNS, _row)

    def load(self, parts: Sequence[str]) -> str:
        """With the library."""
        return LOAD


FORM = HuggingFace
