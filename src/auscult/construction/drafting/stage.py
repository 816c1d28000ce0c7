"""The stage of a model-backed build: an image's batch is drafted, read, checked by rules, then by checker models."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from auscult.construction.checks import Check, first_refusal
from auscult.construction.drafting import DraftingOptions
from auscult.construction.drafting.asking import batch_call
from auscult.construction.drafting.checking import Checker, Verdict, verdicts, vote
from auscult.construction.drafting.plan import Slot, plan_of, sentences_of
from auscult.construction.drafting.replies import Draft, Filled, read_batch
from auscult.construction.generators import REPLY, SAID, sealed
from auscult.construction.readable import unreadable
from auscult.engine.ask import Ask
from auscult.records import Case, Image, Item, Reply

CHECKERS, ANNOTATION = "checkers", "annotation"
"""What refuses a pair beside the rule checks and its own reply: the checker models, or an image that gives nothing."""
NO_TEXT, NO_IMAGE = "the image has no annotation", "the case has no image, and --text-only was not said"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """What came of one slot of a case, or of the case where nothing was asked or nothing came back.

    Attributes:
        case_id: the image.
        status: ok for an item, rejected, or request_failed: then the same command asks again.
        item: as far as there is one; without an id none could be made, and it says what was asked for.
        check: who refused it.
        reason: why, in words that many rows share.
        said: what is wrong with this one, or what the model answered.
        verdicts: of the checker models.
    """

    case_id: str
    status: Literal["ok", "rejected", "request_failed"]
    item: Item
    check: str = ""
    reason: str = ""
    said: str = ""
    verdicts: tuple[Verdict, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafting:
    """How a case becomes rows.

    Attributes:
        options: how the generator is asked.
        seed: of plans and replies.
        load: images of a case, as they are sent.
        checks: rule checks, in order.
        checkers: models that check what these let pass.
    """

    options: DraftingOptions
    seed: int
    load: Callable[[Case], Sequence[Image]]
    checks: Sequence[Check]
    checkers: Sequence[Checker] = ()

    async def rows(self, case: Case, ask: Ask) -> list[Drafted]:
        """The rows of one case: one a slot, and one for each pair that belongs to none."""
        if why := self.unfit(case):
            return [Drafted(case_id=case.id, status="rejected", item=_nothing(case), check=ANNOTATION, reason=why)]
        slots = plan_of(case.id, self.options.pairs, self.seed, sentences_of(case.annotation))
        images = () if self.options.text_only else self.load(case)
        reply = await ask(batch_call(case, slots, images, self.options, self.seed))
        if reply.failure:
            said = f"{reply.failure}: {reply.detail}"
            return [Drafted(case_id=case.id, status="request_failed", item=_nothing(case), check=REPLY, said=said)]
        return await self._checked(case, self.read(case, slots, reply))

    def unfit(self, case: Case) -> str:
        """Why nothing can be asked about a case; empty where something can."""
        if not case.annotation.strip():
            return NO_TEXT
        if why := unreadable(case.annotation):
            return why[1]
        return "" if case.images or self.options.text_only else NO_IMAGE

    def read(self, case: Case, slots: Sequence[Slot], reply: Reply) -> list[Drafted]:
        """The rows of a reply, before checker models see them."""
        return list(self._rows(case, slots, read_batch(reply, slots)))

    def _rows(self, case: Case, slots: Sequence[Slot], filled: Sequence[Filled]) -> Iterator[Drafted]:
        items = {
            one.slot.number: item_of(case, one.slot, one.draft)
            for one in filled
            if one.slot and one.draft and not one.reason
        }
        twins = {slot.twin_of: items[slot.number].id for slot in slots if slot.twin_of and slot.number in items}
        kept: list[Item] = []
        for one in filled:
            if one.reason or one.slot is None:
                item = _unmade(case, one.slot, one.draft)
                yield _refused(case, item, REPLY, one.reason, one.said)
                continue
            item = replace(items[one.slot.number], twin=twins.get(one.slot.number, ""))
            if refusal := first_refusal(self.checks, case, item, kept, doubting=self.options.strict):
                yield _refused(case, item, refusal.check, refusal.reason, refusal.said)
            else:
                kept.append(item)
                yield Drafted(case_id=case.id, status="ok", item=item)

    async def _checked(self, case: Case, rows: list[Drafted]) -> list[Drafted]:
        """Puts what passed to the checker models."""
        passed = [n for n, row in enumerate(rows) if row.status == "ok"]
        for n, given in zip(passed, await verdicts(case, [rows[n].item for n in passed], self.checkers), strict=True):
            outcome = vote(given)
            row = replace(rows[n], verdicts=tuple(given))
            if not outcome.accepted:
                status: Literal["rejected", "request_failed"] = "request_failed" if outcome.failed else "rejected"
                row = replace(row, status=status, check=CHECKERS, reason=outcome.reason, said=outcome.said[:SAID])
            rows[n] = row
        return rows


def item_of(case: Case, slot: Slot, draft: Draft) -> Item:
    """The item of a pair that fits its slot, with its id."""
    made = _unmade(case, slot, draft)
    if slot.twin_of:
        made = replace(made, answer_type="yes_no", reference="yes" if slot.truth else "no")
    return sealed(case, made)


def _unmade(case: Case, slot: Slot | None, draft: Draft | None) -> Item:
    """An item without an id, of what is there of it."""
    item = _nothing(case)
    if slot is not None:
        item = replace(
            item,
            source_id=f"{case.source_key}:drafted:{slot.number}",
            kind=slot.kind,
            category=slot.category,
            premise_form=slot.form,
            style=slot.style,
            difficulty=slot.difficulty,
            tags={"tier": "drafted", "statement": slot.task, "fact": f"slot {slot.twin_of or slot.number}"},
        )
    if draft is not None:
        item = replace(
            item,
            question=draft.question.strip(),
            reference=draft.answer.strip(),
            premise=draft.premise.strip() if slot is None or slot.form else "",
            evidence=draft.evidence.strip(),
        )
    return item


def _nothing(case: Case) -> Item:
    return Item(id="", case_id=case.id, source_id="", question="", reference="", answer_type="open")


def _refused(case: Case, item: Item, check: str, reason: str, said: str) -> Drafted:
    return Drafted(case_id=case.id, status="rejected", item=item, check=check, reason=reason, said=said[:SAID])
