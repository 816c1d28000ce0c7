"""What comes back from those who sign items off: the file that their page saved, held to the set that it is about."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from auscult.errors import UserError
from auscult.items.item_set import ITEMS, ItemSet
from auscult.printing import one_line
from auscult.records import Item, item_id
from auscult.store.given import read_json
from auscult.store.tables import read_where

SCHEMA = "auscult.sign-off/1"
_STRICT = ConfigDict(frozen=True, extra="forbid")
_Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200_000)]
_Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000)]
_Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class Decision(BaseModel):
    """What a reviewer decided of one item.

    Attributes:
        item: its id.
        decision: to accept, mend or refuse it.
        when: time, with its zone.
        reason: of a refusal.
        question: of a mend, where it changed.
        reference: likewise.
        premise: likewise.
    """

    model_config = _STRICT

    item: str
    decision: Literal["accept", "mend", "refuse"]
    when: AwareDatetime
    reason: _Words = ""
    question: _Text | None = None
    reference: _Text | None = None
    premise: _Text | None = None


class SignOff(BaseModel):
    """The file of one reviewer, as their page saved it.

    Attributes:
        schema_: of the file.
        set: digest of the item set.
        reviewer: name or initials.
        saved: when.
        shown: items on the page.
        decisions: one an item at most.
    """

    model_config = _STRICT

    schema_: Literal["auscult.sign-off/1"] = Field(alias="schema")
    set: str
    reviewer: _Name
    saved: AwareDatetime
    shown: int
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What one reviewer decided of one item, and the item as they would have it; None where they refuse it."""

    reviewer: str
    decision: Decision
    item: Item | None

    @property
    def day(self) -> str:
        """The day, in the zone in which it was decided."""
        return self.decision.when.date().isoformat()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """All that reviewers decided.

    Attributes:
        shown: reviewer → items on their pages.
        items: id → the item as it stands in the set, of those that somebody decided on.
        given: id → signatures, in the order of the files.
    """

    shown: Mapping[str, int]
    items: Mapping[str, Item]
    given: Mapping[str, Sequence[Signature]]


def read_signed(items: ItemSet, files: Sequence[Path]) -> Signed:
    """What reviewers decided of the items of a set.

    Raises:
        UserError: a file is damaged, of another set, names an item that the set does not hold, decides on one twice,
            or mends one to nothing.
    """
    read = [(path, _read(path, items)) for path in files]
    wanted = {d.item for _, file in read for d in file.decisions}
    known = {i.id: i for i in read_where(items.folder / ITEMS, Item, "id", wanted)}
    shown: dict[str, int] = {}
    given: dict[str, list[Signature]] = {}
    for path, file in read:
        shown[file.reviewer] = shown.get(file.reviewer, 0) + file.shown
        for number, decision in enumerate(file.decisions, 1):
            at = f"{path}: decision {number} (item {one_line(decision.item, 40)})"
            if decision.item not in known:
                raise UserError(f"{at}: is not in {items.folder}; give the file as the page saved it")
            so_far = given.setdefault(decision.item, [])
            if any(s.reviewer == file.reviewer for s in so_far):
                raise UserError(
                    f"{at}: '{file.reviewer}' decides on it a second time; give each reviewer a name of their own"
                )
            mended = _mended(at, decision, known[decision.item])
            so_far.append(Signature(reviewer=file.reviewer, decision=decision, item=mended))
    if not given:
        raise UserError(
            f"{files[0]}: nothing is decided; accept, mend or refuse items on the page, and save the file again"
        )
    return Signed(shown=shown, items={i: known[i] for i in given}, given=given)


def _read(path: Path, items: ItemSet) -> SignOff:
    found = read_json(path, "save it again from the page")
    if not isinstance(found, dict) or found.get("schema") != SCHEMA:
        raise UserError(f"{path}: not a file of a sign-off page ('{SCHEMA}'); give what the page saved")
    try:
        file = SignOff.model_validate(found)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise UserError(
            f"{path}: damaged at {one_line(where, 60)} ({first['msg']}); save it again from the page"
        ) from None
    if file.set != items.digest:
        raise UserError(
            f"{path}: signs off another item set (digest {one_line(file.set, 40)}, and {items.folder} has "
            f"{items.digest}); give the set that the page was made of"
        )
    return file


def _mended(at: str, decision: Decision, item: Item) -> Item | None:
    """The item as the reviewer would have it."""
    texts = {f: text for f in ("question", "reference", "premise") if (text := getattr(decision, f)) is not None}
    if decision.decision == "refuse":
        if not decision.reason:
            raise UserError(f"{at}: refused without a reason; say why")
        return None
    if decision.decision == "accept":
        return item
    if empty := [field for field, text in texts.items() if not text]:
        raise UserError(f"{at}: the mend leaves no {empty[0]}; refuse the item, or write one")
    if all(text == getattr(item, field) for field, text in texts.items()):
        raise UserError(f"{at}: the mend changes nothing; accept the item, or change its words")
    new = replace(item, **texts)
    if wrong := _answer_fault(new):
        raise UserError(f"{at}: {wrong}")
    return replace(new, id=item_id(new.case_id, new.question, new.options, new.reference, new.source_id))


FORMS_FOR_YES_OR_NO = ("polar", "tag")


def _answers(item: Item) -> bool:
    """Whether an answer begins with yes or no, or speaks of what the premise does."""
    said = re.findall(r"\w+", item.reference.casefold())
    return said[:1] in (["yes"], ["no"]) or any(len(word) > 3 and word in item.premise.casefold() for word in said)


def _answer_fault(item: Item) -> str:
    """Why an answer does not fit its question, or empty."""
    allowed: Iterable[str] = ("yes", "no") if item.answer_type == "yes_no" else item.options
    if item.answer_type in ("yes_no", "choice") and item.reference not in allowed:
        return f"the answer '{one_line(item.reference, 40)}' is none of {one_line(', '.join(allowed), 80)}"
    if item.answer_type == "open" and item.premise_form in FORMS_FOR_YES_OR_NO and not _answers(item):
        return f"the answer '{one_line(item.reference, 40)}' says neither yes nor no, nor what is asked about"
    if item.answer_type == "number":
        try:
            float(item.reference)
        except ValueError:
            return f"the answer '{one_line(item.reference, 40)}' is no number"
    return ""
