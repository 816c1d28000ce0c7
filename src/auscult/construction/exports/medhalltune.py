"""MedHallTune's question files: ``negative.jsonl`` (hallucination items) and ``positive.jsonl`` (the others), a part.

The fields are those of its released annotations (arXiv 2502.20780): ``question_id``, ``image``, ``text`` (the
question), ``gpt4_answer`` (the reference) and ``fig_caption``; ``auscult build --from medhalltune`` reads them back.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any, ClassVar

from auscult.construction.exports import Form, Pair, Write, lines


@contextmanager
def _two_files(folder: Path) -> Iterator[Write]:
    """The two files of a part; each is made with its first pair, and numbers its questions from 0."""
    files: dict[str, Write] = {}
    counts: Counter[str] = Counter()

    def row(pair: Pair) -> dict[str, Any]:
        image = pair.images[0] if len(pair.images) == 1 else list(pair.images)
        said = {"text": pair.item.question, "gpt4_answer": pair.item.reference, "fig_caption": pair.case.annotation}
        return {"question_id": counts[_file(pair)], "image": image, **said}

    with ExitStack() as stack:

        def write(pair: Pair) -> None:
            name = _file(pair)
            if name not in files:
                files[name] = stack.enter_context(lines(folder / name, row))
            files[name](pair)
            counts[name] += 1

        yield write


def _file(pair: Pair) -> str:
    return "negative.jsonl" if pair.item.kind == "hallucination" else "positive.jsonl"


class MedHallTune(Form):
    """Questions and references in two files."""

    about: ClassVar[str] = "MedHallTune's question files, negative.jsonl and positive.jsonl"

    def part(self, folder: Path, name: str) -> AbstractContextManager[Write]:
        """Two files a part."""
        return _two_files(folder / name)


FORM = MedHallTune
