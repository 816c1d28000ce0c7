"""Leave to abstain, the same for a changed twin and its unchanged counterpart: so abstention is told from form.

A yes/no question becomes a choice of yes, no and the offer, so that what is read is a letter and no tone of voice; the
offer stands at a place that the item draws, as its being always the last would be a clue.
"""

from dataclasses import replace

from auscult.corpora import IN_QUESTION
from auscult.probes import Subject, Twin, retold
from auscult.probes.wordings import worded
from auscult.records import Condition, Image, Item, rank


def with_offer(item: Item) -> tuple[Item, str]:
    """The item with leave to abstain, and the option that does so; empty where a sentence gives the leave."""
    if item.answer_type not in ("yes_no", "choice"):
        return retold(item, question=f"{item.question} {worded('offer_sentence', item)}"), ""
    offer = worded("offer_option", item)
    options = list(item.options) if item.answer_type == "choice" else ["yes", "no"]
    bound = IN_QUESTION in item.tags
    options.insert(len(options) if bound else rank("offer", item.id) % (len(options) + 1), offer)
    return retold(item, options=tuple(options), answer_type="choice"), offer


def unseen(subject: Subject, images: tuple[Image, ...], condition: Condition) -> tuple[Twin, ...] | str:
    """The twin that shows something else, or nothing, beside the one that shows the item's own image.

    Args:
        subject: what is changed.
        images: that the changed twin shows.
        condition: image condition of it.
    """
    if not subject.images:
        return "it has no image"
    if subject.item.answer_type == "report":
        return "it asks for a report"
    item, offer = with_offer(subject.item)
    own = Twin(item=item, images=subject.images, role="unchanged", right="same", offer=offer)
    return own, replace(own, images=images, condition=condition, role="changed", right="abstain")
