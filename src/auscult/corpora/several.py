"""Several data sets as one: their cases in turn, each with its own source and licence.

Images with equal pixels stay in one part of the split, whichever set they come from (``items.split``), and so do
patients of one name. An item set may be among them: what needs options of its own is built first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from auscult.corpora import Bundle, ReadOptions, read
from auscult.errors import UserError


@dataclass(frozen=True, slots=True)
class Source:
    """One data set: its format, and where it lies."""

    format: str
    path: Path


def source_of(text: str) -> Source:
    """What ``FORMAT=PATH`` names.

    Raises:
        UserError: it is not written so.
    """
    name, mark, path = text.partition("=")
    if not (name and mark and path):
        raise UserError(f"--and {text}: write FORMAT=PATH, for example --and captions=more.csv")
    return Source(name, Path(path))


def merged(sources: Sequence[Source], options: ReadOptions) -> Iterator[Bundle]:
    """Streams the cases of all data sets, in order.

    Args:
        sources: the first is read with all options; the others with those that are not about columns and folders.
        options: of the reading.

    Raises:
        UserError: as ``read``; two data sets have one name.
    """
    plain = ReadOptions(follow_links=options.follow_links, skip_bad=options.skip_bad, slices=options.slices)
    owners: dict[str, Source] = {}
    for number, source in enumerate(sources):
        for bundle in read(source.format, source.path, plain if number else options):
            name = bundle.case.source
            owner = owners.setdefault(name, source)
            if owner is not source and "item-set" not in (owner.format, source.format):
                raise UserError(
                    f"{owner.path} and {source.path} are both called '{name}'; rename one of them, since a case is "
                    "known by its data set"
                )
            yield bundle
