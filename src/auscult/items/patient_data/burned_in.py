"""Texts in the pixels of images, read by ``tesseract`` on this machine, where it is installed.

Images go to it a batch at a time, on all cores; the words are looked at and dropped, and what is kept, for the next
build, is the hash of an image and the kinds of what it may hold.
"""

import os
import re
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from difflib import get_close_matches
from io import BytesIO
from pathlib import Path

import numpy as np
import orjson
from PIL import Image, ImageStat
from scipy.ndimage import grey_opening

from auscult.items.bundle import Bundle
from auscult.items.images import image_bytes
from auscult.items.patient_data.identifiers import identifiers, known_in, rules_version
from auscult.items.patient_data.turned import turned_words
from auscult.records import digest
from auscult.store.files import shipped_table

BATCH, AHEAD = 8, 64
"""Images that one call of the program reads, and images that are read ahead of the item set."""
SECONDS = 60
"""Time that the program has for an image, before it is left unread."""
NOT_LOOKED_FOR = "burned-in text was not looked for: install tesseract (apt install tesseract-ocr), and build again"
UNREAD = "images in which tesseract could look for no burned-in text"
_LIGHT, _LARGE = 190, 1_500
"""Mean grey of a light image, and pixels from which none is enlarged."""
_STROKE, _LIGHTER = 90, 20
"""A stroke is thinner than one in so many parts of the longer side, and so much lighter than what it stands on."""
_THINNEST = 11
"""Pixels: no stroke is held to be thinner."""
_ALIKE = 0.85
"""Likeness from which a word that was read is held to be another one."""
_LEAST = 6
"""Characters of what is believed of a text that was read off pixels."""


def program() -> str | None:
    """Where tesseract is; None where it is not installed."""
    return shutil.which("tesseract")


def version_of(tesseract: str) -> str:
    """The program's own name and version: ``tesseract 5.3.0``."""
    said = subprocess.run([tesseract, "--version"], capture_output=True, timeout=SECONDS, check=False, text=True)
    return (said.stdout or said.stderr).partition("\n")[0].strip()


class BurnedIn:
    """Reads ahead and puts on each bundle the kinds of what may be burned into its images.

    Args:
        memory: file of what is known of images from earlier builds; made where it is not there.
        tesseract: the program.

    Attributes:
        noted: what a user should know.
    """

    def __init__(self, memory: Path, tesseract: str) -> None:
        self._memory, self._program = memory, tesseract
        self._version = f"5.{rules_version()}"
        self._known: dict[str, tuple[str, ...]] = dict(self._remembered())
        self.noted = Counter[str]()

    def about(self) -> str:
        """What reads, for the manifest."""
        return version_of(self._program)

    def read(self, bundles: Iterable[Bundle]) -> Iterator[Bundle]:
        """The bundles, with ``burned_in`` filled."""
        ahead: list[Bundle] = []
        for bundle in bundles:
            ahead.append(bundle)
            if sum(len(one.payloads) for one in ahead) >= AHEAD:
                yield from self._looked_at(ahead)
                ahead = []
        yield from self._looked_at(ahead)

    def _looked_at(self, bundles: list[Bundle]) -> Iterator[Bundle]:
        asked: dict[str, tuple[Path | bytes, str, tuple[str, ...]]] = {}
        for bundle in bundles:
            for image, payload in zip(bundle.case.images, bundle.payloads, strict=False):
                if (key := self._key(image.sha256, bundle.identity)) not in self._known:
                    asked[key] = payload, Path(image.path).suffix, bundle.identity
        self._ask(asked)
        for bundle in bundles:
            keys = [self._key(image.sha256, bundle.identity) for image in bundle.case.images]
            yield replace(bundle, burned_in=tuple(dict.fromkeys(k for key in keys for k in self._known.get(key, ()))))

    def _key(self, sha256: str, identity: tuple[str, ...]) -> str:
        return digest(sha256, *identity) if identity else sha256

    def _ask(self, asked: dict[str, tuple[Path | bytes, str, tuple[str, ...]]]) -> None:
        keys = list(asked)
        batches = [keys[i : i + BATCH] for i in range(0, len(keys), BATCH)]
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            for batch, texts in zip(
                batches, pool.map(lambda b: self._texts([asked[k] for k in b]), batches), strict=True
            ):
                lines = []
                for key, text in zip(batch, texts, strict=True):
                    kinds = kinds_in(text, asked[key][2]) if text is not None else ()
                    self.noted[UNREAD] += text is None
                    self._known[key] = kinds
                    lines.append(orjson.dumps([self._version, key, *kinds], option=orjson.OPT_APPEND_NEWLINE))
                self._memory.parent.mkdir(parents=True, exist_ok=True)
                with self._memory.open("ab") as file:
                    file.write(b"".join(lines))
        self.noted += Counter()

    def _texts(self, images: Sequence[tuple[Path | bytes, str, tuple[str, ...]]]) -> list[str | None]:
        """The words in the pixels of some images, by one call of the program; one by one where that fails."""
        with tempfile.TemporaryDirectory(prefix="auscult-burned-in-") as folder:
            paths, of = list[Path](), list[int]()
            for number, (payload, suffix, _) in enumerate(images):
                upright = legible(image_bytes(payload, suffix, "burned-in text"))
                for shown in filter(None, (upright, turned_words(upright))):
                    paths.append(Path(folder) / f"{len(paths)}.png")
                    shown.save(paths[-1], compress_level=1)
                    of.append(number)
            listed = Path(folder) / "images.txt"
            listed.write_text("".join(f"{path}\n" for path in paths))
            pages: Sequence[str | None] | None = self._called(listed, SECONDS * len(paths))
            if pages is None or len(pages) != len(paths):
                pages = [page[0] if (page := self._called(path, SECONDS)) else None for path in paths]
            return [_whole([p for p, n in zip(pages, of, strict=True) if n == number]) for number in range(len(images))]

    def _called(self, path: Path, seconds: float) -> list[str] | None:
        command = [self._program, str(path), "stdout", "--psm", "11"]
        alone = {**os.environ, "OMP_THREAD_LIMIT": "1"}
        try:
            done = subprocess.run(command, capture_output=True, timeout=seconds, env=alone, check=True)
        except (OSError, subprocess.SubprocessError):
            return None
        return done.stdout.decode("utf-8", "replace").removesuffix("\f").split("\f")

    def _remembered(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """What earlier builds read with these rules; lines that are cut or of others are passed over."""
        if not self._memory.is_file():
            return
        for line in self._memory.read_bytes().splitlines():
            try:
                version, key, *kinds = orjson.loads(line)
            except (orjson.JSONDecodeError, ValueError, TypeError):
                continue
            if version == self._version:
                yield key, tuple(kinds)


def _whole(pages: Sequence[str | None]) -> str | None:
    """The words of an image on all its pages; None where the first, the image as it stands, was not read."""
    return None if pages[0] is None else "\n".join(filter(None, pages))


def legible(data: bytes) -> Image.Image:
    """An image as the program reads it best: on a darker one, thin light strokes are black on white, twice as large.

    What a stroke stands on is the image opened by a square (its darkest near each pixel, the lightest of these): grey
    letters on black and white ones on bone or abdomen are told from it alike, which no one threshold does.
    """
    with Image.open(BytesIO(data)) as opened:
        image = opened.convert("L")
    if ImageStat.Stat(image).mean[0] > _LIGHT:
        return image
    side = max(_THINNEST, max(image.size) // _STROKE)
    grey = np.asarray(image)
    strokes = grey.astype(np.int16) - grey_opening(grey, (side, side)) >= _LIGHTER
    image = Image.fromarray(np.where(strokes, 0, 255).astype(np.uint8))
    if max(image.size) < _LARGE:
        image = image.resize((image.width * 2, image.height * 2), Image.Resampling.BICUBIC)
    return image


def kinds_in(text: str, identity: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The kinds of what may tell of a person among the words that were read off an image."""
    table = shipped_table("items/patient_data/patterns.toml")["pixels"]
    published = _says(text, table["archives"].split())
    believed = set(table["kinds"]) - (set(table["credited"]) if published else set())
    found = []
    for line in text.splitlines():
        if not _says(line, table["credits"].split()):
            found += [i.kind for i in identifiers(line) if i.kind in believed and i.end - i.start >= _LEAST]
        found += [one.kind for one in known_in(line, identity)]
    return tuple(dict.fromkeys(found))


def _says(text: str, words: Sequence[str]) -> bool:
    """Whether one of these words stands in a text, though a letter of it may be misread ("Uptoader")."""
    said = text.casefold()
    read = list(dict.fromkeys(re.findall(r"\w{5,}", said)))
    return any(word in said or get_close_matches(word, read, 1, _ALIKE) for word in words)
