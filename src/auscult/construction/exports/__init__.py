"""Item sets in the forms that people train with: one file a form, with ``FORM``, a class derived from ``Form``.

Every form has the same folder: a part of the set is a folder, or a file, of its name; each image lies once in
``PART/images``, under the hash of its bytes, however many pairs are about it. Nothing is there until all is written.
"""

import os
import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import orjson

from auscult.construction.contents import Contents
from auscult.construction.exports.card import write_card
from auscult.construction.use import Use, use_of
from auscult.errors import UserError
from auscult.items.item_set import ItemSet
from auscult.records import Case, Item
from auscult.registry import Room
from auscult.store.files import draft_folder, put_in_place

ROOM = Room("auscult.construction.exports", "form", "auscult.exports", needs="FORM", exclude=frozenset({"card"}))
_RUN = "it is one of the answers of a run; of an item set export hf, trl, sharegpt, llava or medhalltune"
READ_BY = {
    "llama-factory": "LLaMA-Factory reads --to sharegpt",
    "llamafactory": "LLaMA-Factory reads --to sharegpt",
    "ms-swift": "ms-swift reads --to sharegpt",
    "swift": "ms-swift reads --to sharegpt",
    "llava-med": "LLaVA-Med reads --to llava",
    "huggingface": "datasets of Hugging Face are --to hf",
    "datasets": "datasets of Hugging Face are --to hf",
    "sft": "TRL's SFTTrainer reads --to trl",
    "csv": _RUN,
    "jsonl": _RUN,
}
"""Programs and other names that are taken for forms → what to give in their place."""
WHOLE = "train"
"""The part of a set that is not split: what libraries call data that have but one part."""
PLACEHOLDER = "<image>"
"""Where an image stands in a text, for the forms that put it there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One item as it is trained on.

    Attributes:
        item: the item.
        case: what it is about.
        images: paths in the folder of the export, in order; none where the set has no images.
        prompt: what is put to a model, in the words that ``evaluate`` uses.
        answer: the reference, in the form that the prompt asks for.
    """

    item: Item
    case: Case
    images: tuple[str, ...]
    prompt: str
    answer: str


Write = Callable[[Pair], None]
"""Adds a pair to a part."""


class Form(ABC):
    """A form in which item sets are written."""

    about: ClassVar[str]

    @abstractmethod
    def part(self, folder: Path, name: str) -> AbstractContextManager[Write]:
        """Opens a part for writing; ``folder/name`` is there, for its images."""

    def finish(self, folder: Path, parts: dict[str, int]) -> None:  # noqa: B027 - not every form has more files
        """Writes what stands beside the parts, whose pairs are counted by name."""

    def load(self, parts: Sequence[str]) -> str:
        """How what was written is opened, in a line or two of code; for the card.

        Args:
            parts: that are there, the one to tune on first.
        """
        return ""


@contextmanager
def lines(path: Path, row: Callable[[Pair], dict[str, Any]]) -> Iterator[Write]:
    """A part in JSON Lines, ``row`` of a pair in each."""
    with open(path, "wb") as file:

        def write(pair: Pair) -> None:
            file.write(orjson.dumps(row(pair), option=orjson.OPT_APPEND_NEWLINE))

        yield write


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written: pairs by part, different images, and what the set may be used for."""

    pairs: dict[str, int]
    images: int
    use: Use


def export(
    items: ItemSet,
    form: str,
    out: Path,
    *,
    put: Callable[[Item], str],
    right: Callable[[Item], str],
    parts: Iterable[str] = (),
    advance: Callable[[], None] | None = None,
) -> Exported:
    """Writes an item set in a form that others read.

    Args:
        items: the set.
        form: name of the form.
        out: folder to make.
        put: the prompt of an item.
        right: its right answer, in the form that the prompt asks for.
        parts: only these parts of the set; none: all.
        advance: called after every case that is asked about.

    Raises:
        UserError: the form is unknown; ``out`` is there; the set has no question, or lacks a part; an image was
            altered; a text holds what marks the place of an image; the place cannot be written.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UserError(f"{out}: is there already; name another folder with --out")
    if not len(items):
        raise UserError(f"{items.folder}: holds no question, so that there is nothing to export; its card says why")
    chosen = tuple(dict.fromkeys(items.part(name) for name in parts))
    if items.folder.resolve() in (out.resolve(), *out.resolve().parents):
        raise UserError(f"{out}: lies in the item set; name another folder")
    if form not in ROOM.names() and (known := READ_BY.get(form.casefold().replace("_", "-"))):
        raise UserError(f"unknown form '{form}'; {known}")
    maker: Form = ROOM.get(form).FORM()
    try:
        with draft_folder(out) as draft:
            contents, images = _write(items, maker, draft, put, right, chosen, advance)
            maker.finish(draft, contents.parts)
            write_card(draft, items, form, contents, maker.load(_tuned_first(contents.parts)))
            put_in_place(draft, out)
            return Exported(pairs=contents.parts, images=images, use=use_of(items))
    except OSError as error:
        raise UserError(f"{out}: cannot be written ({error.strerror}); name another folder with --out") from None


def _tuned_first(parts: Iterable[str]) -> list[str]:
    """Names of parts in the order in which somebody looks for one to tune on; that one where there is none."""
    return sorted(parts, key=lambda name: name != WHOLE) or [WHOLE]


def _write(
    items: ItemSet,
    form: Form,
    folder: Path,
    put: Callable[[Item], str],
    right: Callable[[Item], str],
    chosen: tuple[str, ...],
    advance: Callable[[], None] | None,
) -> tuple[Contents, int]:
    contents, images = Contents(), 0
    with ExitStack() as stack:
        parts: dict[str, Write] = {}
        for case, group in items.groups():
            wanted = [item for item in group if not chosen or "" in chosen or item.split in chosen]
            for name in sorted({item.split or WHOLE for item in wanted}):
                if name not in parts:
                    (folder / name).mkdir()
                    parts[name] = stack.enter_context(form.part(folder, name))
                paths, new = _images(items, case, folder, name)
                images += new
                for item in (i for i in wanted if (i.split or WHOLE) == name):
                    pair = _pair(case, item, paths, put(item), right(item))
                    parts[name](pair)
                    contents.add(case, item, name, pair.answer)
            if advance:
                advance()
    for name in contents.parts:
        if not any((folder / name).iterdir()):
            (folder / name).rmdir()
    return contents, images


def _pair(case: Case, item: Item, images: tuple[str, ...], prompt: str, answer: str) -> Pair:
    if PLACEHOLDER in prompt or PLACEHOLDER in answer:
        raise UserError(
            f"question '{item.source_id}' of {case.source_key} holds {PLACEHOLDER}, which marks the place of an image; "
            "build the set again without it"
        )
    return Pair(item=item, case=case, images=images, prompt=prompt, answer=answer)


def _images(items: ItemSet, case: Case, folder: Path, part: str) -> tuple[tuple[str, ...], int]:
    """Puts the images of a case beside its part, each once; their paths, and how many were new."""
    paths, new = [], 0
    for image in case.images:
        path = f"{part}/{image.path}"
        if not (folder / path).exists():
            items.load_image(image)  # checks that it is the one that the set was built with
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            _link(items.folder / image.path, folder / path)
            new += 1
        paths.append(path)
    return tuple(paths), new


def _link(source: Path, target: Path) -> None:
    """A second name for a file where the file system allows it, else a copy."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def placed(pair: Pair) -> str:
    """The prompt with a mark for each image, images first."""
    return "".join(f"{PLACEHOLDER}\n" for _ in pair.images) + pair.prompt
