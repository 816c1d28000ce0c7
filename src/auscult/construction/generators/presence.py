"""Cases → yes/no questions for the findings that a label, caption or report says are there, or are not.

What is not mentioned, uncertain or contradicted is never asked. The words of a question depend on its finding alone, so
that images with it and without it are asked the same.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from auscult.construction.claims import UNMENTIONED, Claim, Known, stated
from auscult.construction.generators import SAID, Generator, Reject
from auscult.construction.known import known_of
from auscult.construction.lexicon import lexicon
from auscult.construction.readable import unreadable
from auscult.construction.refused import reasons_of
from auscult.construction.wordings import PHRASINGS, question_text
from auscult.errors import UserError
from auscult.records import Case, Item, rank

NOTHING_KNOWN = (
    "no question about a finding can be made: nothing says of any image that a finding is there or is not{}. A column "
    "of captions or reports (--from captions), of labels or of 0 and 1 (--from labels), or of questions with yes or no "
    "(--from image-folder) would give some"
)


@dataclass(kw_only=True, eq=False)
class Presence(Generator):
    """Makes a yes/no question of every finding whose presence is known.

    A case without an image is asked about only where the whole data set has none.
    """

    version: ClassVar[str] = "1"

    def __post_init__(self) -> None:
        self._pictured, self._asked, self._counts = 0, 0, Counter[str]()
        self._described, self._known = Counter[bool](), Counter[bool]()
        self._unread = Counter[str]()
        self._targets: set[str] = set()

    def look(self, case: Case, items: Sequence[Item]) -> None:
        """First pass: counts what can be asked of the next case."""
        self._pictured += bool(case.images)
        self._asked += len(items)
        self._described[bool(case.images)] += bool(case.annotation or case.findings or items)
        known = bool(dict(_asked(known_of(case, items))))
        self._known[bool(case.images)] += known
        if not known and (why := unreadable(case.annotation)):
            self._unread[why[1]] += 1

    def choose(self, parts: Sequence[int]) -> None:
        """Between the passes.

        A data set that has questions of its own needs none; one without any text or label has said so already.

        Raises:
            UserError: nothing can be asked of any image; naming what would give questions.
        """
        shown = bool(self._pictured)
        if self._described[shown] and not self._known[shown] and not self._asked:
            unread = f" (refused: {reasons_of(self._unread)})" if self._unread else ""
            raise UserError(NOTHING_KNOWN.format(unread))

    def make(self, number: int, case: Case, items: Sequence[Item], split: str) -> Iterator[Item | Reject]:
        """Second pass: a question for every finding that is known and that the data set does not ask for itself."""
        known = known_of(case, items)
        own = {item.target for item in items if item.answer_type == "yes_no"}
        asked = dict(_asked(known)) if case.images or not self._pictured else {}
        if not asked and (why := unreadable(case.annotation)):
            yield Reject(case_id=case.id, split=split, check=why[0], reason=why[1], said=case.annotation[:SAID])
        self._counts["images without a known finding"] += not asked
        self._counts["findings left out, uncertain or contradicted"] += len(known.uncertain | known.conflicts)
        for finding, there in asked.items():
            made = self._item(case, known, finding, there)
            if made.target not in own:
                yield made

    def kept(self, item: Item) -> None:
        """Counts a question that passed all checks."""
        self._counts[item.reference] += 1
        self._targets.add(item.target)

    def finish(self, folder: Path) -> dict[str, dict[str, int]]:
        """What the manifest counts."""
        return {"presence": {**self._counts, "findings": len(self._targets)}}

    def _item(self, case: Case, known: Known, finding: str, there: bool) -> Item:
        claim = Claim("presence", finding, known.nouns.get(finding, ""))
        phrasing = rank(self.seed, finding, "phrasing") % PHRASINGS if len(case.images) <= 1 else 0
        entry = lexicon().findings.get(finding)
        return Item(
            id="",
            case_id=case.id,
            source_id=f"{case.source_key}:presence:{finding}",
            question=question_text(claim, "neutral", phrasing, measured=False),
            reference="yes" if there else "no",
            answer_type="yes_no",
            category="presence",
            target=entry.noun if entry else finding,
            evidence=known.words.get(claim.about, ""),
            tags={"tier": known.tiers.get(claim.about, known.tier)},
        )


def _asked(known: Known) -> Iterator[tuple[str, bool]]:
    """Findings and whether they are there, where the annotation does not contradict itself."""
    for one in stated(known):
        asked = one.claim.statement == "presence" and one.claim.finding not in known.conflicts
        if asked and one.truth is not None and one.tier != UNMENTIONED:
            yield one.claim.finding, one.truth


GENERATOR = Presence
