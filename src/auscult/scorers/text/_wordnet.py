"""Synonyms from WordNet's database files, found as NLTK finds them. The files are the user's; none come with Auscult.

Formats: wndb(5WN), morph(7WN). Looked for in NLTK's data folders, as a folder or as the archive that NLTK fetches, then
where Debian's ``wordnet-base`` puts them.
"""

import os
import re
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from auscult.errors import UserError

HOW_TO_GET = "apt install wordnet-base, or python -m nltk.downloader wordnet"
_ENDINGS = {
    "noun": (
        ("s", ""),
        ("ses", "s"),
        ("ves", "f"),
        ("xes", "x"),
        ("zes", "z"),
        ("ches", "ch"),
        ("shes", "sh"),
        ("men", "man"),
        ("ies", "y"),
    ),
    "verb": (
        ("s", ""),
        ("ies", "y"),
        ("es", "e"),
        ("es", ""),
        ("ed", "e"),
        ("ed", ""),
        ("ing", "e"),
        ("ing", ""),
    ),
    "adj": (("er", ""), ("est", ""), ("er", "e"), ("est", "e")),
    "adv": (),
}
"""Rules of detachment by part of speech: an ending and what stands in its place (morph(7WN), table 1, as in NLTK)."""
_NEEDED = [name for part in _ENDINGS for name in (f"index.{part}", f"data.{part}", f"{part}.exc")]
_MARKER = re.compile(r"\([^()]*\)$")
_VERSION = re.compile(rb"WordNet (\d+\.\d+)")


class _Part:
    """One part of speech: lemma → line of the index, byte offset → synset, irregular form → lemmas."""

    def __init__(self, name: str, files: dict[str, bytes]) -> None:
        self.endings, self.data = _ENDINGS[name], files[f"data.{name}"]
        lines = (n for n in files[f"index.{name}"].split(b"\n") if n and not n.startswith(b" "))
        self.index = {line[: line.find(b" ")]: line for line in lines}
        exceptions = (line.split() for line in files[f"{name}.exc"].decode().splitlines() if line.strip())
        self.exceptions = {form: lemmas for form, *lemmas in exceptions}

    def lemmas(self, form: str) -> Iterator[bytes]:
        """The index lines of a form and of its base forms."""
        bases = self.exceptions.get(form)
        if bases is None:
            bases = [form[: -len(old)] + new for old, new in self.endings if form.endswith(old)]
        for base in {form, *bases}:
            line = self.index.get(base.encode("utf-8", "surrogatepass"))
            if line is not None:
                yield line

    def words(self, line: bytes) -> Iterator[str]:
        """The words of all synsets that an index line names."""
        fields = line.split()
        for offset in fields[-int(fields[2]) :]:
            start = int(offset)
            synset = self.data[start : self.data.find(b"|", start)].split()
            if synset[:1] != [offset]:
                raise UserError(
                    f"WordNet's index and data files are of another release each; get them again: {HOW_TO_GET}"
                )
            for word in synset[4 : 4 + 2 * int(synset[3], 16) : 2]:
                yield _MARKER.sub("", word.decode())


class WordNet:
    """Synonyms of single words.

    Args:
        files: name → content of the index, data and exception files.
        where: the folder or archive, for messages.

    Raises:
        UserError: files are missing or of another format.
    """

    def __init__(self, files: dict[str, bytes], where: Path) -> None:
        if missing := [name for name in _NEEDED if name not in files]:
            raise UserError(f"{where}: WordNet is half installed: no {missing[0]}; get it again: {HOW_TO_GET}")
        try:
            self._parts = [_Part(name, files) for name in _ENDINGS]
            self.version = _VERSION.findall(files["data.noun"][:4_000])[0].decode()
            self.synonyms("test")
        except (KeyError, IndexError, ValueError) as error:
            raise UserError(
                f"{where}: not a whole WordNet database ({type(error).__name__}: {error}); get it again: {HOW_TO_GET}"
            ) from None

    @lru_cache(maxsize=100_000)  # noqa: B019 - there is one WordNet a process
    def synonyms(self, word: str) -> frozenset[str]:
        """Single words that share a synset with a word or with a base form of it, spelt as in WordNet."""
        word = word.lower()
        found = (w for part in self._parts for line in part.lemmas(word) for w in part.words(line))
        return frozenset(w for w in found if "_" not in w)


def _places() -> Iterator[Path]:
    """Where WordNet may lie; NLTK's places in NLTK's order, then the system's own."""
    given = [Path(p).expanduser() for p in os.environ.get("NLTK_DATA", "").split(os.pathsep) if p]
    prefix = Path(sys.prefix)
    usual = [Path("~/nltk_data").expanduser(), *(prefix / p for p in ("nltk_data", "share/nltk_data", "lib/nltk_data"))]
    roots = ("/usr/share", "/usr/local/share", "/usr/lib", "/usr/local/lib")
    for folder in (*given, *usual, *(Path(r, "nltk_data") for r in roots)):
        yield folder / "corpora" / "wordnet"
        yield folder / "corpora" / "wordnet.zip"
    yield Path("/usr/share/wordnet")


def _files(place: Path) -> dict[str, bytes]:
    """The files of a folder or archive that WordNet needs; those that are there."""
    if place.is_dir():
        return {n: (place / n).read_bytes() for n in _NEEDED if (place / n).is_file()}
    try:
        with ZipFile(place) as archive:
            members = {Path(m).name: m for m in archive.namelist()}
            return {n: archive.read(members[n]) for n in _NEEDED if n in members}
    except BadZipFile:
        raise UserError(f"{place}: not a readable archive; get WordNet again: {HOW_TO_GET}") from None


@lru_cache(maxsize=1)
def _load(place: Path) -> WordNet:
    return WordNet(_files(place), place)


def find_wordnet(folder: Path | None = None) -> WordNet | None:
    """WordNet from a folder, or from the first place that has it; None where there is none.

    Raises:
        UserError: the named folder has none, or what was found is not whole.
    """
    if folder is not None and not (folder / "data.noun").is_file():
        raise UserError(f"{folder}: no WordNet database there (no data.noun); get it: {HOW_TO_GET}")
    places = (folder,) if folder is not None else _places()
    place = next((p for p in places if p.suffix == ".zip" and p.is_file() or (p / "data.noun").is_file()), None)
    return _load(place) if place else None
