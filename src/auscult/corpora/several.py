"""Several data sets as one: their cases in turn, each with its own source and licence.

Images with equal pixels stay in one part of the split, whichever set they come from (``items.split``), and so do
patients of one name. An item set may be among them: what needs options of its own is built first.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from auscult.corpora import Bundle, ReadOptions, read, resolved
from auscult.errors import UserError
from auscult.records import digest, item_id


@dataclass(frozen=True, slots=True)
class Source:
    """One data set: its format, and where it lies."""

    format: str
    path: Path


def known(source: str, path: Path) -> Source:
    """A data set by its format, or by what it looks like where that is ``auto``.

    Raises:
        UserError: it looks like no format that is known.
    """
    return Source(resolved(source, path), path)


def source_of(text: str) -> Source:
    """What ``FORMAT=PATH`` names.

    Raises:
        UserError: it is not written so, or looks like no format that is known.
    """
    name, mark, path = text.partition("=")
    if not (name and mark and path):
        raise UserError(f"--and {text}: write FORMAT=PATH, for example --and captions=more.csv")
    return known(name, Path(path))


def merged(
    sources: Sequence[Source],
    options: ReadOptions,
    begun: Callable[[Source], None] | None = None,
    *,
    in_turn: bool = False,
) -> Iterator[Bundle]:
    """Streams the cases of all data sets, one set after the other.

    A data set whose name an earlier one has is called after its folder as well, since a case is known by its data set.

    Args:
        sources: the first is read with all options; the others with those that are not about columns and folders.
        options: of the reading.
        begun: takes each data set when its first case comes.
        in_turn: one case of each set in turn, for as long as it has any: the first hundred then are of all of them.

    Raises:
        UserError: as ``read``.
    """
    plain = ReadOptions(follow_links=options.follow_links, skip_bad=options.skip_bad, slices=options.slices)
    opened = [read(each.format, each.path, plain if n else options) for n, each in enumerate(sources)]
    owners: dict[str, int] = {}
    told = begun or (lambda source: None)
    each = [_named(n, *pair, told, owners) for n, pair in enumerate(zip(sources, opened, strict=True))]
    return _in_turn(each) if in_turn else chain.from_iterable(each)


def _in_turn(streams: Sequence[Iterator[Bundle]]) -> Iterator[Bundle]:
    """One of each in turn; what ends is passed over."""
    left = list(streams)
    while left:
        for each in list(left):
            if (bundle := next(each, None)) is None:
                left.remove(each)
            else:
                yield bundle


def _named(
    number: int, source: Source, bundles: Iterator[Bundle], begun: Callable[[Source], None], owners: dict[str, int]
) -> Iterator[Bundle]:
    """The cases of a data set under a name that no other one has; ``owners``: name → number of its data set."""
    for place, bundle in enumerate(bundles):
        if not place:
            begun(source)
        name = bundle.case.source
        if owners.setdefault(name, number) == number or source.format == "item-set":
            yield bundle
            continue
        longer = f"{source.path.resolve().parent.name}/{name}"
        yield _called(bundle, longer if owners.setdefault(longer, number) == number else f"{longer} {number + 1}")


def _called(bundle: Bundle, source: str) -> Bundle:
    """A case of a data set by another name, with the ids that follow from it."""
    case = replace(bundle.case, source=source, id=digest("case", bundle.case.id, source))
    ids = {i.id: item_id(case.id, i.question, i.options, i.reference, i.source_id) for i in bundle.items}
    items = (
        replace(i, id=ids[i.id], case_id=case.id, twin=ids.get(i.twin, ""), duplicate_of=ids.get(i.duplicate_of, ""))
        for i in bundle.items
    )
    return replace(bundle, case=case, items=tuple(items))
