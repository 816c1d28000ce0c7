"""Questions of a data set that no model can be tested or tuned on: without an answer, or in another language."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache

from auscult.construction.checks.language import other_language
from auscult.construction.foreign import short_foreign
from auscult.items.bundle import Bundle
from auscult.items.contradicted import KEPT
from auscult.records import Item
from auscult.store.files import shipped_table

NO_ANSWER = "reference answers that say nothing of the image"
NAMED = 5
"""Questions that are named, of each kind."""


def answerable(bundles: Iterable[Bundle]) -> Iterator[Bundle]:
    """The cases of a user's own data without such questions; these are counted, and the first ones named.

    What was published stays, since it is that benchmark: those of its answers that say nothing are named all the same.
    """
    named = Counter[tuple[str, str]]()
    for bundle in bundles:
        why = {item.id: found for item in bundle.items if (found := unanswerable(item, own=bundle.own))}
        if not why:
            yield bundle
            continue
        noted, done = list[str](), "left out" if bundle.own else KEPT
        for item in bundle.items:
            if not (reason := why.get(item.id)):
                continue
            if not bundle.own:
                noted.append(f"{done}: {reason}")
            if named[done, reason] < NAMED:
                named[done, reason] += 1
                noted.append(f"{done}: {reason}: question '{item.source_id}' ({item.reference[:40]!r})")
        if not bundle.own:
            yield replace(bundle, noted=(*bundle.noted, *noted))
            continue
        left_out = dict(Counter(bundle.left_out) + Counter(why[item.id] for item in bundle.items if item.id in why))
        yield bundle.without(why.keys(), left_out=left_out, noted=(*bundle.noted, *noted))


def unanswerable(item: Item, *, own: bool) -> str:
    """Why nobody can be tested on a question, as a kind of thing that is counted; empty where they can."""
    if item.answer_type == "open" and item.reference.strip().casefold().rstrip(".!").strip() in _no_answers():
        return NO_ANSWER
    for what, text in (("questions", item.question), ("answers", item.reference)) if own else ():
        if found := short_foreign(text) or other_language(text):
            return f"{what} of which the text {found}"
    return ""


@cache
def _no_answers() -> frozenset[str]:
    return frozenset(word.rstrip(".") for word in shipped_table("construction/no_answers.toml")["words"])
