"""Benchmarks that a set is held against: what stands in them is not to be tuned or tested on under another name.

A case is left out where one of its images stands in a benchmark: the same pixels, or the same picture saved another way
(``items.likeness``). An item is refused where its question does, about whatever image: word for word, in eight words on
end, or nearly (MinHash of words and pairs of words: Broder 1997). Only what is worded freely is found so. "Is there a
pneumothorax?" stands in every benchmark: a template, or a question to be answered yes or no, says nothing without its
image. Benchmarks are kept as keys, not as texts: a few kilobytes a question, 50 bytes an image.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from PIL import Image

from auscult.construction.checks import Check
from auscult.construction.screened import templated
from auscult.errors import UserError
from auscult.facts.reply import words
from auscult.items.bundle import Bundle
from auscult.items.item_set import ItemSet, load_image
from auscult.items.likeness import BITS, alike, tells, words_of
from auscult.records import Case, ImageFile, Item, rank
from auscult.store.files import content_hash
from auscult.store.rows import read_rows

RUN = 8
"""Words on end that are enough for a question to stand in a benchmark."""
NEARLY, HASHES = 0.7, 128
"""Share of words and pairs of words from which two questions are nearly the same, and hashes that it is read from."""


class Benchmark:
    """The keys of one benchmark.

    Args:
        path: an item set, or a table of questions (CSV, TSV, JSON Lines, Parquet) with a column ``question``.

    Raises:
        UserError: it is neither, or holds no question.
    """

    def __init__(self, path: Path) -> None:
        from datasketch import MinHashLSH  # type: ignore[import-untyped]

        self.path, self.name = path, path.resolve().name
        self._whole: dict[int, int] = {}
        self._runs: dict[int, int] = {}
        self._near = MinHashLSH(threshold=NEARLY, num_perm=HASHES)
        self._pixels: set[int] = set()
        self._looks, self._images = array("Q"), list[ImageFile]()
        self.questions = 0
        if path.is_dir():
            self._take_set(ItemSet(path))
        else:
            self._take_table()
        if not self.questions:
            raise UserError(f"{path}: holds no question to hold a set against; is it another file?")
        self._table = np.frombuffer(self._looks, np.uint64).reshape(-1, 4)

    def about(self) -> dict[str, Any]:
        """What it is, for the manifest."""
        counts = {"questions": self.questions, "images": len(self._pixels)}
        return {"name": self.name, "digest": self.digest, **counts}

    def _take_set(self, items: ItemSet) -> None:
        self.digest = items.digest
        for case in items.cases():
            for image in case.images:
                self._pixels.add(_pixels(image))
                if tells(image.look):
                    self._looks.extend(words_of(image.look))
                    self._images.append(replace(image, pixels="", look=""))
        for item in items:
            self._take(item.question)

    def _take_table(self) -> None:
        for row in read_rows(self.path):
            if "question" not in row.values:
                raise UserError(
                    f"{row.where}: no column 'question'; --against takes an item set, or a table with that column"
                )
            self._take(row.text("question"))
        self.digest = content_hash(self.path)

    def _take(self, question: str) -> None:
        self.questions += 1
        said = words(question)
        self._whole.setdefault(rank(*said), self.questions)
        for run in _runs(said):
            self._runs.setdefault(run, self.questions)
        self._near.insert(self.questions, _minhash(said))

    def asks(self, question: str) -> tuple[str, int]:
        """How a question stands in it, and which of its questions that is; empty and 0 where it does not."""
        said = words(question)
        if number := self._whole.get(rank(*said), 0):
            return "word for word", number
        if number := next((n for run in _runs(said) if (n := self._runs.get(run, 0))), 0):
            return f"{RUN} words on end", number
        if near := self._near.query(_minhash(said)):
            return "nearly", min(near)
        return "", 0

    def shows(self, image: ImageFile, payload: Path | bytes) -> str:
        """Whether an image stands in it: exactly, nearly, or empty."""
        if _pixels(image) in self._pixels:
            return "exactly"
        if not image.look or not len(self._table):
            return ""
        own = np.array(words_of(image.look), dtype=np.uint64)
        near = np.flatnonzero(np.bitwise_count(self._table ^ own).sum(axis=1) <= BITS)
        if not len(near):
            return ""

        def load(number: int) -> Image.Image:
            opened = Image.open(
                (BytesIO(payload) if isinstance(payload, bytes) else payload)
                if number < 0
                else BytesIO(load_image(self.path, self._images[number]).data)
            )
            opened.load()
            return opened

        return "nearly" if alike([(-1, int(n)) for n in near], load) else ""


class Against:
    """All benchmarks that a set is held against.

    Args:
        paths: of item sets or tables of questions.

    Raises:
        UserError: as ``Benchmark``.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self.benchmarks = [Benchmark(path) for path in dict.fromkeys(paths)]
        self._check = Decontamination(benchmarks=self.benchmarks)

    @property
    def checks(self) -> list[Check]:
        """What items that are made must pass as well."""
        return [self._check] if self.benchmarks else []

    def about(self) -> list[dict[str, Any]]:
        """What the set was held against, for manifest and card."""
        return [one.about() for one in self.benchmarks]

    def bundles(self, bundles: Iterable[Bundle]) -> Iterator[Bundle]:
        """Cases without those whose image stands in a benchmark, and without questions that stand there; counted."""
        left = Counter[str]()
        waiting: Bundle | None = None
        for bundle in bundles:
            if name := self._shown(bundle):
                left.update({**bundle.left_out, f"its image stands in {name}": 1})
                continue
            if waiting:
                yield waiting
            waiting, left = self._asked(bundle, left), Counter()
        if waiting is None and left:
            raise UserError(f"every image stands in {self.benchmarks[0].path} or another --against; nothing is left")
        if waiting:
            yield replace(waiting, left_out=dict(Counter(waiting.left_out) + left))

    def _asked(self, bundle: Bundle, left: Counter[str]) -> Bundle:
        """A case without the questions that stand in a benchmark, with what was left out before it."""
        found = {item.id: self._check.refuse(bundle.case, item, ()) for item in bundle.items}
        left.update(bundle.left_out)
        left.update(why.partition(": ")[0] for why in found.values() if why)
        return bundle.without({name for name, why in found.items() if why}, left_out=dict(left))

    def _shown(self, bundle: Bundle) -> str:
        images = list(zip(bundle.case.images, bundle.payloads, strict=False))
        return next((b.name for b in self.benchmarks for image, p in images if b.shows(image, p)), "")


@dataclass(kw_only=True, eq=False)
class Decontamination(Check):
    """Refuses an item whose freely worded question stands in a benchmark."""

    name: ClassVar[str] = "decontamination"
    version: ClassVar[str] = "1"
    benchmarks: Sequence[Benchmark] = field(default_factory=list)

    def refuse(self, case: Case, item: Item, kept: Sequence[Item]) -> str:
        """See ``Check``."""
        if item.answer_type == "yes_no" or templated(item) or "phrasing" in item.tags:
            return ""
        for benchmark in self.benchmarks:
            how, number = benchmark.asks(item.question)
            if how:
                return f"its question stands in {benchmark.name}: {how}, as question {number}"
        return ""


def _pixels(image: ImageFile) -> int:
    return rank(f"pixels {image.pixels or image.sha256}")


def _runs(said: Sequence[str]) -> Iterator[int]:
    return (rank(*said[at : at + RUN]) for at in range(len(said) - RUN + 1))


def _minhash(said: Sequence[str]) -> Any:
    from datasketch import MinHash

    found = MinHash(num_perm=HASHES)
    found.update_batch([piece.encode() for piece in (*said, *map(" ".join, pairwise(said)))])
    return found
