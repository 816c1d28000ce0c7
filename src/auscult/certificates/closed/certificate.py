"""The reader of closed answers, put to the test: answers that models gave, planted ones, and what people wrote.

Answers of real models are the headline (``recorded``). Published rules of other systems stand beside it on the planted
ones.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from auscult.certificates.cells import Cell, Row, gain, share
from auscult.certificates.closed.planting import NONE, WORDINGS, Planted, planted
from auscult.certificates.human_labels import published
from auscult.certificates.issuing import Progress, Step, computed, issued, named
from auscult.certificates.recorded.closed import closed_part
from auscult.certificates.recorded.reading import read_answers, sets_of
from auscult.corpora import ReadOptions, vqa_rad
from auscult.records import Certificate, Item
from auscult.scorers import Scorer
from auscult.scorers.rules.closed import SCORER
from auscult.scorers.rules.llava_med_closed import SCORER as LLAVA_MED
from auscult.scorers.rules.medtrinity_closed import SCORER as MEDTRINITY
from auscult.scorers.rules.pope import SCORER as POPE

PUBLISHED = (LLAVA_MED, MEDTRINITY, POPE)
MISREAD = 0.05
"""Greatest share of planted answers read as another value than theirs that the certificate lets pass."""
LONGEST = 400
"""Characters; the corpus has whole headers of records in some of its sentences."""


@dataclass(frozen=True)
class Read:
    """An answer with its value and what was read; ``cluster`` names what answers of it are alike in."""

    item: Item
    text: str
    value: str
    read: str
    family: str
    cluster: str

    @property
    def right(self) -> bool:
        """Read as it is meant; an answer without a value is not read."""
        return self.read.casefold() == self.value.casefold()

    @property
    def wrong(self) -> bool:
        """Read as something that it does not say."""
        return bool(self.read) and not self.right


def certify(
    *,
    seed: int = 0,
    progress: Progress | None = None,
    data: Path | None = None,
    answers: Sequence[Path] = (),
    scorer: Scorer = SCORER,
) -> Certificate:
    """Puts answers of known value to the reader and to published rules.

    Args:
        seed: of the choice of questions and pairs of options.
        progress: called with steps done and steps in all.
        data: folder of the real data sets (``vqa-rad``, ``negation-corpus``, ``model-answers``, ``closed-answers``).
        answers: folders of recorded answers of real models; without data and answers only planted ones are put.
        scorer: the instrument, ours by default.

    Returns:
        One row a cell, the headline first. It passes where at most ``MISREAD`` of the planted answers are read as
        another value than theirs and the recorded ones, where there are any, are read as ``recorded.grading`` asks.

    Raises:
        UserError: a data set is there but cannot be read.
    """
    recorded = read_answers([*answers, *sets_of(data)])
    steps: list[Step] = [lambda: planted_rows(scorer, seed)]
    if data and (data / "vqa-rad" / "qa.jsonl").is_file():
        steps.append(lambda: reference_rows(scorer, data / "vqa-rad"))
    if data and (data / "negation-corpus" / "sentences.jsonl").is_file():
        steps.append(lambda: negation_rows(scorer, data / "negation-corpus" / "sentences.jsonl"))
    rows = computed(steps, progress)
    right, wrong = rows[0]["value"], rows[1]["value"]
    passed = wrong <= MISREAD
    summary = (
        f"Of {rows[0]['n']} planted answers to closed questions, {right:.1%} are read as they are meant and "
        f"{wrong:.1%} as something else; the rest is not read, or read as unclear."
    )
    subject = f"planted answers of known value (wordings {WORDINGS})" + ("; human labels" if len(steps) > 1 else "")
    real = closed_part(scorer, recorded) if recorded else None
    return issued(named(scorer), subject, rows, passed, summary, real)


def read_by(scorer: Scorer, item: Item, text: str) -> str:
    """What a reader makes of an answer; empty where it reads nothing, or that nothing is decided."""
    verdict = scorer.rule(item, text)
    return verdict.parsed if verdict.status == "ok" and "unclear" not in verdict.values else NONE


def planted_rows(scorer: Scorer, seed: int) -> list[Row]:
    """Planted answers: all, by kind of question, by family, and beside the published rules."""
    puts = list(planted(seed))
    read = [_planted(scorer, p) for p in puts]
    rows = list(_shares("planted answers", "all", read, scorer))
    groups: defaultdict[tuple[str, str], list[Read]] = defaultdict(list)
    for r in read:
        groups[r.item.answer_type, ""].append(r)
        groups[r.item.answer_type, "with a value" if r.value else "without a value"].append(r)
    for r in read:
        groups[r.item.answer_type, r.family].append(r)
    for (answer_type, family), some in groups.items():
        rows += _shares("planted answers", answer_type.replace("_", "/"), some, scorer, family)
    return [*rows, *_beside_published(scorer, read)]


def _planted(scorer: Scorer, put: Planted) -> Read:
    name = f"{put.item.answer_type} {put.family} {put.wording}"
    return Read(put.item, put.text, put.value, read_by(scorer, put.item, put.text), put.family, name)


def _shares(part: str, what: str, read: Sequence[Read], scorer: Scorer, degree: str = "") -> Iterator[Row]:
    cell, clusters = Cell(part, what, degree, scorer.name), [r.cluster for r in read]
    yield share(cell, "read as meant", [r.right for r in read], clusters, "wording")
    yield share(cell, "read as something else", [r.wrong for r in read], clusters, "wording")


def _beside_published(scorer: Scorer, read: Sequence[Read]) -> Iterator[Row]:
    """Every answer scored against its own value and against another one: is it called right exactly where it is?"""
    ours: dict[str, list[bool]] = {}
    asked: dict[str, list[Read]] = {}
    for answer_type in ("yes_no", "choice"):
        asked[answer_type] = [r for r in read if r.item.answer_type == answer_type]
        ours[answer_type] = list(_scored(scorer, asked[answer_type]))
    for other in (scorer, *PUBLISHED):
        for answer_type, some in asked.items():
            if answer_type not in other.answer_types:
                continue
            what, clusters = answer_type.replace("_", "/"), [r.cluster for r in some for _ in range(2)]
            cell = Cell("beside published rules", what, other.published or "ours", other.name)
            theirs = list(_scored(other, some))
            yield share(cell, "scored as it should be", theirs, clusters, "wording")
            if other is not scorer:
                yield gain(cell, "ours minus this", ours[answer_type], theirs, clusters, "wording")


def _scored(scorer: Scorer, read: Sequence[Read]) -> Iterator[bool]:
    for r in read:
        own = r.item.reference
        options = r.item.options or ("yes", "no")
        for reference in (own, next(o for o in options if o != own)):
            correct = scorer.rule(replace(r.item, reference=reference), r.text).values.get(scorer.primary, 0.0)
            yield bool(correct) == (r.value.casefold() == reference.casefold())


def reference_rows(scorer: Scorer, folder: Path) -> list[Row]:
    """VQA-RAD's own closed answers, as clinicians wrote them, read as answers to their questions."""
    written = {row["qid"]: str(row["answer"]) for row in published(folder / "qa.jsonl", ("qid", "answer"))}
    read: list[Read] = []
    for bundle in vqa_rad.read(folder, ReadOptions()):
        for item in bundle.items:
            if item.answer_type in ("yes_no", "choice") and item.source_id in written:
                text = written[item.source_id]
                got = read_by(scorer, item, text)
                read.append(Read(item, text, item.reference, got, "reference", bundle.case.group or bundle.case.id))
    rows: list[Row] = []
    for answer_type in ("yes_no", "choice"):
        some = [r for r in read if r.item.answer_type == answer_type]
        clusters = [r.cluster for r in some]
        cell = Cell("VQA-RAD references", answer_type.replace("_", "/"), "as written", scorer.name)
        rows.append(share(cell, "read as the reference", [r.right for r in some], clusters, "image"))
        rows.append(share(cell, "read as something else", [r.wrong for r in some], clusters, "image"))
    return rows


def negation_rows(scorer: Scorer, path: Path) -> list[Row]:
    """Sentences of clinical records, read as answers to "Is there CONCEPT?"; labelled affirmed or negated by people.

    Every third sentence (number modulo 3 is 2). It is the set that NegEx was made with, and rules of this reader have
    been looked at on all of it: it is real text, not unseen text.
    """
    rows: list[Row] = []
    read = list(_negation(scorer, path))
    for value, label in (("yes", "affirmed"), ("no", "negated")):
        some = [r for r in read if r.value == value]
        clusters = [r.cluster for r in some]
        cell = Cell("negation corpus, every third sentence", label, "", scorer.name)
        rows.append(share(cell, "read as labelled", [r.right for r in some], clusters, "record"))
        rows.append(share(cell, "read as something else", [r.wrong for r in some], clusters, "record"))
        rows.append(share(cell, "not read", [not r.read for r in some], clusters, "record"))
    return rows


def _negation(scorer: Scorer, path: Path) -> Iterator[Read]:
    for number, row in enumerate(published(path, ("id", "report", "concept", "sentence", "negation_binary"))):
        if number % 3 != 2 or len(row["sentence"]) > LONGEST:
            continue
        concept = " ".join(row["concept"].split())
        # the corpus marks the concept by capitals, which answers do not
        marked = r"\s+".join(map(re.escape, concept.upper().split()))
        sentence = re.sub(marked, concept.replace("\\", r"\\"), " ".join(row["sentence"].split()))
        value = "no" if row["negation_binary"] == "negated" else "yes"
        item = Item(
            id=str(row["id"]),
            case_id=str(row["report"]),
            source_id=str(row["id"]),
            question=f"Is there {concept}?",
            reference=value,
            answer_type="yes_no",
        )
        yield Read(item, sentence, value, read_by(scorer, item, sentence), "sentence", str(row["report"]))
