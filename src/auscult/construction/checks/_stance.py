"""How the reference of an item takes its premise, by the reader of such answers (``auscult.scorers.premise``)."""

import re
from collections.abc import Callable
from functools import lru_cache

from auscult.construction.checks._claims import asked, denied, stated
from auscult.construction.claims import DISTORTED
from auscult.facts import is_a
from auscult.records import Fact, Item, Kind
from auscult.scorers.premise import read

ACCEPTS, DENIES = "the answer goes along with a false premise", "the answer denies a true premise"
_NOT = r"(?: not\b| no longer\b|n['’]t\b)"
_VERB = r"(?: (?:is|are|was|were|has|have|does|do|did|can|could)|['’]s)"
_REFUSES = re.compile(
    rf"^\W*(?:[^.,;:!?]{{1,30}}, )?(?:(?:it|they|that|this|these|he|she|there){_VERB}?(?:{_NOT}| (?:no|none|nothing)\b)"
    rf"|(?:no|none|neither|nothing|nowhere|not)\b"
    rf"|(?:the|this|that)(?: [a-z-]+){{1,4}}?(?:{_VERB}{_NOT}| cannot\b))",
    re.IGNORECASE,
)
_LUMPS = frozenset({"nodule", "lung nodule", "mass", "lung mass", "lesion", "granuloma"})
EVADES = "the answer does not say that the premise is false"


def taken(item: Item) -> str:
    """Why the answer does not take a false premise for false, or a true one for true; empty where it does."""
    truth = item.tags.get("truth", "")
    response = _response(
        item.question, item.reference, item.premise, item.premise_form, item.kind, item.category, truth
    )
    if item.kind == "hallucination":
        return {"accepted": ACCEPTS, "hedged": EVADES, "evaded": EVADES, "refused": EVADES}.get(response, "")
    return DENIES if response == "denied" else ""


def refuses(item: Item) -> bool:
    """Whether an answer begins with a denial, of a premise that is none: "It isn't!", "With respect, they are not"."""
    return _REFUSES.match(item.reference) is not None and not denied(item.premise)


def denied_premise(item: Item, truth: Callable[[Fact], str]) -> frozenset[str]:
    """The findings of a false premise that an answer plainly denies; empty where it does not, or it is not false.

    Who puts a premise right says again what it says, and turned: a reader that takes one of its words wrongly takes a
    right answer for a contradiction.
    """
    known = item.tags.get("truth", "")
    told = (item.question, item.reference, item.premise, item.premise_form, item.kind, item.category, known)
    if (
        item.kind != "hallucination"
        or item.category == DISTORTED
        or not (_response(*told) == "denied" or refuses(item))
    ):
        return frozenset()
    claims = (*stated(item.premise), *asked(item.question))
    return frozenset(c.finding for c in claims) if any(truth(c) == "false" for c in claims) else frozenset()


def alike(one: str, other: str) -> bool:
    """Whether two findings are of one kind: "fluid" and "effusion"."""
    return is_a(one, other) or is_a(other, one) or {one, other} <= _LUMPS


@lru_cache(maxsize=131_072)
def _response(question: str, reference: str, premise: str, form: str, kind: Kind, category: str, truth: str) -> str:
    item = Item(
        id="",
        case_id="",
        source_id="",
        question=question,
        reference=reference,
        answer_type="open",
        kind=kind,
        category=category,
        premise=premise,
        premise_form=form,
        tags={"truth": truth} if truth else {},
    )
    return read(item, reference).response
