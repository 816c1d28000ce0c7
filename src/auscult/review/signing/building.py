"""A signed-off item set: its bundles with what reviewers decided, and the tables that say who decided what."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from auscult.construction import REJECTS
from auscult.construction.carried import Carrying
from auscult.construction.checks import Check, Refusal, checks, first_refusal
from auscult.construction.generators import Reject, rejected
from auscult.construction.screened import HOLDS, PatientDataCheck
from auscult.items.bundle import Bundle
from auscult.items.item_set import CASES, ItemSet
from auscult.items.patient_data.screening import masked_text, word_signs
from auscult.items.signed import SIGNED, SignedRow
from auscult.items.writer import Added
from auscult.records import Case, Item
from auscult.review.signing.files import Signed, read_signed
from auscult.review.signing.outcome import Outcome, agreement, outcomes, said_by, summary
from auscult.store.tables import read_where, write_rows

UNSIGNED = "not signed off"
PREMISES = {"non-hallucination": "true", "hallucination": "false"}
"""Kind of an item → whether its premise is true."""


@dataclass(frozen=True, kw_only=True)
class SignOffOptions:
    """What clinicians signed off, and what is made of it (with --from item-set).

    Attributes:
        reviewed: files that pages of 'auscult review ITEMS --sign-off' saved, one or more a reviewer.
        accept_disputed: keep items on which reviewers differ: as the one who mends would have them, else as they are.
        signed_only: leave out the items that nobody decided on.
    """

    reviewed: tuple[Path, ...] = ()
    accept_disputed: bool = False
    signed_only: bool = False


class SigningOff:
    """Makes a signed-off set of an item set and the files of its reviewers.

    Args:
        items: the set that was signed off.
        options: the files, and what is made of them.
        keep: what may tell of a person is taken over as it is.

    Raises:
        UserError: as ``read_signed``.
    """

    def __init__(self, items: ItemSet, options: SignOffOptions, *, keep: bool = False) -> None:
        self._items, self._signed_only, self._keep = items, options.signed_only, keep
        self._signed = read_signed(items, options.reviewed)
        self._settled = outcomes(self._signed, options.accept_disputed)
        wanted = {item.case_id for item in self._signed.items.values()}
        groups: dict[str, str] = {}
        mended: dict[str, list[str]] = {}
        for name in (name for name, outcome in self._settled.items() if _changed(outcome)):
            mended.setdefault(self._signed.items[name].case_id, []).append(name)
        for case in read_where(items.folder / CASES, Case, "id", wanted):
            groups[case.id] = case.group or case.id
            for name in mended.get(case.id, ()):
                self._settled[name] = _fit(case, self._signed.items[name], self._settled[name], keep)
        self._agreed = agreement(self._signed, groups)

    @property
    def said(self) -> str:
        """What came of it, in a sentence."""
        return str(self._summary()["said"])

    def _summary(self) -> dict[str, object]:
        return summary(self._signed, self._settled, self._agreed, len(self._items))

    def bundles(self, bundles: Iterable[Bundle]) -> Iterator[Bundle]:
        """The bundles of the set, with mended items in place of the old ones and without the refused."""
        for bundle in bundles:
            kept = [i for item in bundle.items if (i := self._kept(item)) is not None]
            left = sum(item.id not in self._settled for item in bundle.items) if self._signed_only else 0
            left_out = Counter(bundle.left_out) + Counter({UNSIGNED: left})
            yield replace(bundle, items=tuple(_linked(bundle.items, kept, self._settled)), left_out=dict(left_out))

    def _kept(self, item: Item) -> Item | None:
        outcome = self._settled.get(item.id)
        if outcome is None:
            return None if self._signed_only else item
        return outcome.item and replace(outcome.item, split=item.split)

    def adding(self, folder: Path) -> Carrying:
        """What ``write_item_set`` is given: the tables beside the items, and what the manifest says."""
        before = self._items.manifest.counts.get("kind", {})
        tables = _Tables(folder, self._signed, self._settled, self._summary(), before)
        return Carrying(folder, [self._items], tables, self._name, keep=self._keep)

    def _name(self, name: str) -> str:
        """What an item is called now; empty where it was refused."""
        outcome = self._settled.get(name)
        return name if outcome is None else outcome.item.id if outcome.item else ""


def _changed(outcome: Outcome) -> bool:
    """Whether an item stays with other words."""
    return outcome.item is not None and any(s.decision.decision == "mend" for s in outcome.signatures)


def _fit(case: Case, before: Item, outcome: Outcome, keep: bool) -> Outcome:
    """What becomes of a mended item: it must pass the checks that it passed before, and tell of no person."""
    if outcome.item is None:
        return outcome
    asked: list[Check] = [check for check in checks() if not first_refusal([check], case, before, [])]
    refusal = first_refusal(asked, case, outcome.item, [])
    said = f"{refusal.said}; {said_by(outcome.signatures)}" if refusal else ""
    if not keep and (signs := list(dict.fromkeys(word_signs(outcome.item)))):
        refusal, said = Refusal(PatientDataCheck.name, HOLDS), "; ".join(map(str, signs))
    if not refusal:
        return outcome
    return replace(outcome, word="unfit", item=None, refusal=replace(refusal, said=said.removeprefix("; ")))


def _linked(before: Sequence[Item], kept: Sequence[Item], settled: dict[str, Outcome]) -> Iterator[Item]:
    """Items of a case with their twins and repeats as they are now called."""
    now = {i.id: i.id for i in kept}
    now |= {i.id: o.item.id for i in before if (o := settled.get(i.id)) and o.item and o.item.id in now}
    first: dict[object, str] = {}
    for item in kept:
        same = first.setdefault((item.question, item.options, item.reference), item.id)
        yield replace(item, twin=now.get(item.twin, ""), duplicate_of="" if same == item.id else same)


class _Tables:
    """An ``Addition`` that adds no item: it writes who decided what, and what was refused."""

    def __init__(
        self,
        folder: Path,
        signed: Signed,
        settled: dict[str, Outcome],
        about: dict[str, object],
        before: Mapping[str, int],
    ) -> None:
        self._folder, self._signed, self._settled, self._about = folder, signed, settled, about
        self._premises, self._before = Counter[str](), before

    def look(self, case: Case, items: Sequence[Item]) -> None:
        """Needs no first pass."""

    def choose(self, parts: Sequence[int], alike: Sequence[int]) -> None:
        """Chooses nothing."""

    def make(self, number: int, case: Case, items: Sequence[Item], split: str) -> Iterable[Item]:
        """Adds no item; counts the premises that are left."""
        self._premises.update(PREMISES[item.kind] for item in items if item.kind in PREMISES)
        return ()

    def finish(self) -> Added:
        """Writes the tables."""
        settled = [(self._signed.items[name], outcome) for name, outcome in self._settled.items()]
        refused = (rejected(item, item.split, o.refusal) for item, o in settled if o.refusal)
        write_rows(self._folder / REJECTS, Reject, refused)
        write_rows(self._folder / SIGNED, SignedRow, (row for pair in settled for row in _rows(*pair)))
        left = {name: self._premises[name] for name in PREMISES.values()}
        true, false = left["true"], left["false"]
        changed = any(left[name] != self._before.get(kind, 0) for kind, name in PREMISES.items())
        told = f" {true:,} true and {false:,} false premises are left." if changed and true != false else ""
        return Added(signed=[{**self._about, "premises": left, "said": f"{self._about['said']}{told}"}])

    def close(self) -> None:
        """Leaves nothing behind: its tables are written whole."""


def _rows(item: Item, outcome: Outcome) -> Iterator[SignedRow]:
    now = outcome.item or item
    changed = [f for f in ("question", "reference", "premise") if getattr(item, f) != getattr(now, f)]
    for one in outcome.signatures:
        yield SignedRow(
            item_id=outcome.item.id if outcome.item else "",
            was=item.id,
            reviewer=one.reviewer,
            decision=one.decision.decision,
            when=one.decision.when.isoformat(),
            outcome=outcome.word,
            reason=masked_text(one.decision.reason),
            **{field: getattr(item, field) for field in changed},
        )
