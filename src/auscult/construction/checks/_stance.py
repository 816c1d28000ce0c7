"""How the reference of an item takes its premise, by the reader of such answers (``auscult.scorers.premise``)."""

from functools import lru_cache

from auscult.records import Item, Kind
from auscult.scorers.premise import read

ACCEPTS, DENIES = "the answer goes along with a false premise", "the answer denies a true premise"
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
