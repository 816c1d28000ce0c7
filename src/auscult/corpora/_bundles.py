"""From what a reader knows to a finished bundle: ids, groups, exact repeats, words without placeholders, targets."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from auscult.corpora import Bundle
from auscult.corpora.placeholders import TAG, in_words
from auscult.errors import UserError
from auscult.facts.presence_questions import finding_asked
from auscult.items.images import CHANGES, TURNED_BY_EXIF, Taken
from auscult.records import Case, Item, case_id, item_id
from auscult.store.faults import Faults

DRAFT = ""
"""Stands for an id in records that are not yet sealed."""
drafted = partial(Item, id=DRAFT, case_id=DRAFT)
"""A question that is not yet sealed."""
FINDING = "yes/no questions whose words ask for a finding, counted as invented or missed (target)"
ABSENCE = "yes/no questions whose yes says that a finding is not there, not counted as invented or missed (no target)"
NO_FINDING = "yes/no questions whose words ask for no finding, or not for one alone (no target)"


def seal(case: Case, items: Iterable[Item], images: Sequence[Taken] = ()) -> Bundle:
    """Gives a case and its items their ids, the case its group, and marks exact repeats.

    Where no patient or lesion is known, the group is the pixels of the first image, or without image the study. Image
    placeholders are taken out of the words (``placeholders``); a case with an image that was changed is tagged so. A
    yes/no question gets its target, where its words ask for one finding (``auscult.facts.presence_questions``).

    Args:
        case: with its images where they are not among ``images``.
        items: about it.
        images: as they were taken in.

    Raises:
        UserError: a question has more image placeholders than its case has images; a box lies on an image that was
            turned.
    """
    originals = [image.original for image in images] or [file.sha256 for file in case.images]
    key = case_id(originals, case.source, case.source_key)
    files = tuple(image.file for image in images) or case.images
    told = {name: value for image in reversed(images) for name, value in image.tags.items()}
    case = replace(case, images=files, tags=told | case.tags | _changed(case, images))
    group = case.group or (case.images[0].pixels if case.images else case.source_key)
    seen: dict[tuple[str, tuple[str, ...], str], str] = {}
    sealed, asks = list[Item](), dict[str, str]()
    for item in (_worded(item, case) for item in items):
        item, said = _aimed(item)
        name = item_id(key, item.question, item.options, item.reference, item.source_id)
        asks |= {name: said} if said else {}
        first = seen.setdefault((item.question, item.options, item.reference), name)
        sealed.append(replace(item, id=name, case_id=key, duplicate_of="" if first == name else first))
    case = replace(case, id=key, group=group)
    identity = tuple(dict.fromkeys(value for image in images for value in image.identity))
    payloads = tuple(image.payload for image in images)
    return Bundle(case, tuple(sealed), payloads, noted=tuple(noted(case, sealed)), identity=identity, asks=asks)


def _changed(case: Case, images: Sequence[Taken]) -> dict[str, str]:
    """The tag of a case some of whose images were changed, so that they look the same everywhere.

    Raises:
        UserError: one was turned, and boxes lie on it.
    """
    changes = dict.fromkeys(change for image in images for change in image.changes)
    if TURNED_BY_EXIF in changes and case.boxes:
        raise UserError(
            f"{case.source}, '{case.source_key}': an image is turned by its metadata, and its boxes may or may not be; "
            "turn it and save it without the tag (magick IN -auto-orient OUT)"
        )
    windows = ", ".join(image.window for image in images if image.window)
    found = {CHANGES: "; ".join(changes), "window": windows}
    return {tag: text for tag, text in found.items() if text}


def settled(bundles: Iterable[Bundle], faults: Faults) -> Iterator[Bundle]:
    """The bundles of a file some of whose rows cannot be used: all of them and a count, or none.

    Raises:
        UserError: rows cannot be used and may not be left out; only once all were looked at.
    """
    ahead: Bundle | None = None
    for bundle in bundles:
        if ahead is not None:
            yield ahead
        ahead = bundle
    faults.settle()
    if ahead is not None:
        bad = {"rows that cannot be used": faults.count} if faults.count else {}
        told = (f"left out: {line}" for line in faults.told())
        yield replace(ahead, left_out={**ahead.left_out, **bad}, noted=(*ahead.noted, *told))


def noted(case: Case, items: Iterable[Item]) -> Iterator[str]:
    """What a user should know of a case and its items that are in the set all the same."""
    if CHANGES in case.tags:
        yield from (f"images {change} (tag {CHANGES})" for change in case.tags[CHANGES].split("; "))
    for place in (item.tags[TAG] for item in items if TAG in item.tags):
        done = "written as words" if place == "inside" else "taken off"
        yield f"image placeholders {place} the words of a question, {done} (tag {TAG})"


def _aimed(item: Item) -> tuple[Item, str]:
    """A question with the finding that its words ask for as its target, and what is noted of it, or empty.

    A question whose yes says that something is *not* there ("Are the lungs clear?") gets none: what counts as invented
    and as missed would be turned round.
    """
    if item.answer_type != "yes_no" or item.target or item.kind != "question" or item.premise_form:
        return item, ""
    asked = finding_asked(item.question)
    if asked is None:
        return item, NO_FINDING
    if asked.yes_means == "absent":
        return item, ABSENCE
    return replace(item, target=asked.name), FINDING


def _worded(item: Item, case: Case) -> Item:
    """An item whose question, options and reference hold no image placeholders; the tag says where they stood."""
    where = f"{case.source}, question '{item.source_id}' on '{case.source_key}'"
    images = len(case.images) or None
    question, place = in_words(item.question, images, where)
    if not question:
        raise UserError(f"{where}: the question is empty but for an image placeholder; fill it in or take it out")
    texts = (item.reference, *item.options)
    reference, *options = (in_words(text, images, where, keep=True)[0] for text in texts)
    if not place and (reference, *options) == texts:
        return item
    tags = item.tags | ({TAG: place} if place else {})
    return replace(item, question=question, reference=reference, options=tuple(options), tags=tags)


def yes_or_no(answer: str) -> str:
    """``yes`` or ``no`` where the whole answer is that word in any case, with or without a full stop; else empty."""
    word = answer.strip().rstrip(".").casefold()
    return word if word in ("yes", "no") else ""


def polar(item: Item) -> Item:
    """An open item as a question for yes or no, where that is its answer."""
    word = yes_or_no(item.reference)
    return replace(item, answer_type="yes_no", reference=word) if word else item
