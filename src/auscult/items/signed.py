"""The table of an item set that says who signed its items off: one row a reviewer and item."""

from dataclasses import dataclass

SIGNED = "signed.parquet"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRow:
    """What one reviewer decided of one item.

    Attributes:
        item_id: the item, as the set holds it now; empty where it was not kept.
        was: its id before.
        reviewer: name or initials.
        decision: accept, mend or refuse.
        when: ISO time.
        outcome: accepted, mended, refused or disputed.
        reason: of a refusal.
        question: of a mended item, as it was before, where it changed.
        reference: likewise.
        premise: likewise.
    """

    item_id: str
    was: str
    reviewer: str
    decision: str
    when: str
    outcome: str
    reason: str = ""
    question: str = ""
    reference: str = ""
    premise: str = ""
