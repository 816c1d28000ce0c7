"""Cases → hallucination items: true and false premises in the same words, each with its neutral twin.

Three categories, as in MedHallTune (nonexistent object, wrong attribute, distorted knowledge); the reference is always
the truthful answer. Every candidate claim is asked or rejected with a reason.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from auscult.construction.balance import Balance, Chosen
from auscult.construction.claims import DISTORTED, UNMENTIONED, Claim, Known, Stated, stated
from auscult.construction.generators import Generator, Reject
from auscult.construction.knowledge import KNOWLEDGE_FORMS, ask_knowledge, sentence, statements
from auscult.construction.known import known_of
from auscult.construction.lexicon import lexicon
from auscult.construction.wordings import FORMS, PHRASINGS, ask, not_known, premise, truth_sentence
from auscult.errors import UserError
from auscult.items.split import PARTS
from auscult.records import AnswerType, Case, Item, item_id, rank

SILENT, UNKNOWN_ANSWER = "unmentioned: silence is not absence", "what the question asks for is not known"
NEVER_TRUE, NEVER_FALSE = "never true in this part", "never false in this part"
NOT_CHOSEN = "not needed for the balance"
WANTED = {
    "modality": ("modality", "which kind it is (X-ray, CT, ...)", "X-ray"),
    "region": ("anatomy", "which part of the body it shows", "chest"),
}
"""What a presupposition asks for → the column that tells it, in words, and what may stand there."""

KNOWLEDGE_SHARE = 3
"""On one case of how many a true and a false statement of medicine are asked."""


@dataclass(kw_only=True, eq=False)
class Premises(Generator):
    """Makes hallucination items: what is asked is chosen so that the words of a question do not give its truth away."""

    version: ClassVar[str] = "1"

    def __post_init__(self) -> None:
        self._balance, self._lacking = Balance(self.seed), Counter[str]()
        self._looked_at = self._asked = self._without_knowledge = 0

    def begin(self, folder: Path) -> None:
        """Before the first pass: what can be asked is kept on the disk of the set."""
        self._balance = Balance(self.seed, folder)

    def look(self, case: Case, items: Sequence[Item]) -> None:
        """First pass: takes note of what can be asked of the next case.

        Raises:
            UserError: the data set holds hallucination items already.
        """
        if any(item.premise_form for item in items):
            raise UserError(f"case '{case.source_key}' holds hallucination items already; build with --no-premises")
        known = known_of(case, items)
        found = list(stated(known, case.id))
        reasons = [_unfit(s, known) for s in found]
        for one in (s for s, reason in zip(found, reasons, strict=True) if reason == UNKNOWN_ANSWER):
            self._lacking.update(asks for asks in not_known(one.claim, known) if asks in WANTED)
        self._balance.add(case.id, [(s.claim, bool(s.truth)) for s, r in zip(found, reasons, strict=True) if not r])

    def choose(self, parts: Sequence[int]) -> None:
        """Between the passes: chooses what is asked, within each part.

        Raises:
            UserError: nothing can be asked of any image; naming what would give some.
        """
        self._balance.choose(parts)
        if parts and not any(self._balance.of(number) for number in range(len(parts))):
            raise UserError(self._nothing())

    def _nothing(self) -> str:
        """Why no premise can be made, and which column or text would give some."""
        counts = {claim: n for part in self._balance.counts.values() for claim, n in part.items()}
        if not any(truth for _, truth in counts) and self._lacking:
            column, what, example = WANTED[self._lacking.most_common(1)[0][0]]
            return (
                f"no hallucination items can be made: of no image is it known {what}, and this is what a question that "
                f"takes something for granted asks for. A column {column} would give some (--map {column}=COLUMN, or "
                f"--map {column}=={example} for all images)"
            )
        if not counts:
            return (
                "no hallucination items can be made: nothing is known of any image. A column of captions or reports "
                "(--from captions), of labels or of 0 and 1 (--from labels), of questions like 'Is there a mass?' with "
                "yes or no, or a column modality or anatomy would give some"
            )
        (number, truth), n = max(counts.items(), key=lambda pair: pair[1])
        claim = self._balance.claims[number]
        name, images = claim.finding or claim.value, f"{n} image{'s' * (n != 1)}"
        other = "without it (a label 0 or No Finding, a report that denies it)" if truth else "with it"
        said = "true" if truth else "false"
        return (
            "no hallucination items can be made: each needs an image where its claim is true and one where it is not; "
            f"'{name}' for example is {said} on {images} and nowhere {'false' if truth else 'true'}. "
            f"Images {other} would give some, and so would a column modality or anatomy"
        )

    def make(self, number: int, case: Case, items: Sequence[Item], split: str) -> Iterator[Item | Reject]:
        """Second pass: the hallucination items of a case; the claims that were not chosen are rejected."""
        known = known_of(case, items)
        chosen = {self._balance.claims[c.claim]: c for c in self._balance.of(number)}
        part = PARTS.index(split) + 1
        made: list[Item] = []
        for one in stated(known, case.id):
            self._looked_at += 1
            if one.claim in chosen:
                self._asked += 1
                made += _items(case, split, known, one, chosen[one.claim])
            else:
                reason = _unfit(one, known) or self._left(part, one.claim)
                yield _rejected(case, split, one, reason)
        yield from made
        yield from self._knowledge(case, split, known)

    def claims(self) -> dict[str, int]:
        """Claims that were looked at and that are asked, and cases without a statement of knowledge."""
        return {"candidates": self._looked_at, "kept": self._asked, "without_knowledge": self._without_knowledge}

    def _left(self, part: int, claim: Claim) -> str:
        counts, number = self._balance.counts[part], self._balance.number(claim)
        if not counts[number, True]:
            return NEVER_TRUE
        return NOT_CHOSEN if counts[number, False] else NEVER_FALSE

    def _knowledge(self, case: Case, split: str, known: Known) -> Iterator[Item]:
        """One true and one false statement about this region of the body, from different pairs, in one form."""
        if rank(self.seed, case.id, "knowledge") % KNOWLEDGE_SHARE:
            return
        pairs = sorted(statements(known.region), key=lambda s: rank(self.seed, case.id, s.number))
        if not known.region or len(pairs) < 2:
            self._without_knowledge += 1
            return
        at = rank(self.seed, case.id, "form") % (len(KNOWLEDGE_FORMS) * PHRASINGS)
        form, phrasing = KNOWLEDGE_FORMS[at // PHRASINGS], at % PHRASINGS
        for true, pair in ((True, pairs[0]), (False, pairs[1])):
            question = ask_knowledge(pair, true, form, phrasing)
            source_id = f"{case.source_key}:premise:knowledge {pair.number} {str(true).casefold()}:{form}"
            yield Item(
                id=item_id(case.id, question.text, (), question.answer, source_id),
                case_id=case.id,
                source_id=source_id,
                question=question.text,
                reference=question.answer,
                answer_type="open",
                kind="non-hallucination" if true else "hallucination",
                category=DISTORTED,
                premise=f"{sentence(pair.true if true else pair.false)}.",
                premise_form=form,
                target=pair.topic,
                split=split,
                tags={
                    "fact": f"knowledge {pair.number}",
                    "statement": "knowledge",
                    "truth": f"{sentence(pair.true)}.",
                    "phrasing": str(phrasing),
                    "tier": "text",
                    "asks": question.asks,
                },
            )


def _rejected(case: Case, split: str, one: Stated, reason: str) -> Reject:
    claim = one.claim
    return Reject(
        case_id=case.id,
        split=split,
        reason=reason,
        category=claim.category,
        statement=claim.statement,
        finding=claim.finding,
        value=claim.value,
        other=claim.other,
        truth="unmentioned" if one.truth is None else "true" if one.truth else "false",
        tier=one.tier,
    )


def _unfit(one: Stated, known: Known) -> str:
    """Why a claim cannot be asked of an image at all, or empty."""
    if one.unfit:
        return one.unfit
    if one.truth is None or one.tier == UNMENTIONED:
        return SILENT
    return UNKNOWN_ANSWER if one.truth and not_known(one.claim, known) else ""


def _items(case: Case, split: str, known: Known, one: Stated, chosen: Chosen) -> Iterator[Item]:
    """The neutral twin, then the claim in the three premise forms, which name it."""
    claim, true = one.claim, bool(one.truth)
    entry = lexicon().findings.get(claim.finding)
    tags = {
        "fact": claim.name,
        "statement": claim.statement,
        "value": claim.value if claim.statement != "presence" else "",
        "other": claim.other,
        "true_value": "" if claim.statement == "presence" else claim.value if true else known.true_value(claim),
        "truth": truth_sentence(claim, known, true=true),
        "phrasing": str(chosen.phrasing),
        "tier": one.tier,
        "group": str(chosen.group),
    }
    tags = {tag: text for tag, text in tags.items() if text}
    twin = ""
    for form in FORMS:
        question = ask(claim, form, chosen.phrasing, known, true=true)
        if question is None:
            raise ValueError(f"{claim} was chosen and cannot be asked of case {case.source_key!r}")
        neutral = form == "neutral"
        answer_type: AnswerType = "yes_no" if neutral else "open"
        reference = ("yes" if true else "no") if neutral else question.answer
        source_id = f"{case.source_key}:premise:{claim.name}:{form}"
        name = item_id(case.id, question.text, (), reference, source_id)
        yield Item(
            id=name,
            case_id=case.id,
            source_id=source_id,
            question=question.text,
            reference=reference,
            answer_type=answer_type,
            kind="question" if neutral else "non-hallucination" if true else "hallucination",
            category=claim.statement if neutral else claim.category,
            premise=premise(claim),
            premise_form=form,
            twin=twin,
            target=entry.noun if entry else claim.finding or claim.statement,
            split=split,
            tags=tags | {"asks": question.asks} if question.asks else tags,
        )
        twin = twin or name


GENERATOR = Premises
