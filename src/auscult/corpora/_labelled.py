"""Image sets with an ``items.jsonl`` of the base fields id, image, modality, anatomy, labels, width, height, sha256."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from auscult.corpora import Bundle, ReadOptions
from auscult.corpora._bundles import DRAFT, drafted, seal
from auscult.errors import UserError
from auscult.items.images import Taken, inside, take_image
from auscult.records import Case, Item, Presence
from auscult.store.rows import Row, read_rows

Study = tuple[Row, Case, Taken]
"""A row of ``items.jsonl``, its case (not yet sealed), and its image."""


def studies(path: Path, options: ReadOptions, source: str, licence: str) -> Iterator[Study]:
    """Yields the images of a set with their base fields: modality and anatomy as tags, image checked against sha256.

    Raises:
        UserError: ``items.jsonl`` is missing or broken, or an image is missing, broken or another one.
    """
    folder = options.images or path
    if not (path / "items.jsonl").is_file():
        raise UserError(f"{path}: holds no items.jsonl; name the folder of the data set '{source}'")
    for row in read_rows(path / "items.jsonl"):
        key, name = row.required("id"), row.required("image")
        file = inside(folder, name, row.where, options.follow_links)
        image = take_image(file, name, row.where, row.text("sha256"))
        tags = {t: row.text(t) for t in ("modality", "anatomy") if row.text(t)}
        yield row, Case(id=DRAFT, source=source, source_key=key, tags=tags, licence=licence), image


def labels(row: Row, known: Sequence[str]) -> list[str]:
    """The labels of a row.

    Raises:
        UserError: there is no list of labels, or a label that the set does not have.
    """
    found = row.values.get("labels")
    if not isinstance(found, list):
        raise UserError(f"{row.where}: labels is no list; each row needs labels: [...]")
    for label in found:
        if label not in known:
            raise UserError(f"{row.where}: label {label!r} is unknown; known: {', '.join(known)}")
    return [str(label) for label in found]


def one_label(row: Row, known: Sequence[str]) -> str:
    """The label of a row in a set where each image has exactly one.

    Raises:
        UserError: as ``labels``, or there is not exactly one.
    """
    found = labels(row, known)
    if len(found) != 1:
        raise UserError(f"{row.where}: {len(found)} labels where there must be one")
    return found[0]


def asserted(case: Case, asked: Mapping[str, tuple[bool, str]], category: str = "presence") -> tuple[Case, list[Item]]:
    """The case with findings whose presence or absence its labels assert, and a question for each.

    Args:
        case: not yet sealed.
        asked: finding → whether it is there, and the question in full.
        category: of the questions.
    """
    findings: dict[str, Presence] = {target: "present" if there else "absent" for target, (there, _) in asked.items()}
    items = [
        drafted(
            source_id=f"{case.source_key}:{target}",
            question=question,
            reference="yes" if there else "no",
            answer_type="yes_no",
            category=category,
            target=target,
        )
        for target, (there, question) in asked.items()
    ]
    return replace(case, findings={**case.findings, **findings}), items


def choice(key: str, name: str, question: str, options: Sequence[str], right: str) -> Item:
    """A choice among the classes of a set."""
    return drafted(
        source_id=f"{key}:{name}",
        question=question,
        reference=right,
        answer_type="choice",
        options=tuple(options),
        category=name,
    )


def bundles(found: Iterable[Study], ask: Callable[[Row, Case], tuple[Case, list[Item]]]) -> Iterator[Bundle]:
    """Seals every study with what ``ask`` makes of its row: the completed case and its items."""
    for row, case, image in found:
        whole, items = ask(row, case)
        yield seal(whole, items, [image])


def tagged(case: Case, items: list[Item], **tags: str) -> tuple[Case, list[Item]]:
    """The case with more tags, and its items; tags without a value are left out."""
    return replace(case, tags=case.tags | {k: v for k, v in tags.items() if v}), items
