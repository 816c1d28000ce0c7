"""The reader of closed answers, put to the test: answers that models gave, planted ones, and what people wrote.

Answers of real models are the headline (``recorded``). Published rules of other systems stand beside it on the planted
ones.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import orjson

from auscult.certificates.cells import Cell, Row, clusters
from auscult.certificates.closed import ClosedOptions
from auscult.certificates.closed.planting import NONE, WORDINGS, Planted, planted
from auscult.certificates.human_labels import published
from auscult.certificates.recorded.closed import closed_part, sample
from auscult.certificates.recorded.reading import read_answers
from auscult.certificates.trial import Trial, Verdict, named
from auscult.corpora import ReadOptions, vqa_rad
from auscult.engine.progress import progress
from auscult.engine.session import Show
from auscult.records import Certificate, Item
from auscult.scorers import Scorer
from auscult.scorers.rules.closed import SCORER
from auscult.scorers.rules.llava_med_closed import SCORER as LLAVA_MED
from auscult.scorers.rules.medtrinity_closed import SCORER as MEDTRINITY
from auscult.scorers.rules.pope import SCORER as POPE
from auscult.store.files import replace_file

RULES = (LLAVA_MED, MEDTRINITY, POPE)
MISREAD = 0.05
"""Greatest share of planted answers read as another value than theirs that the certificate lets pass."""
LONGEST = 400
"""Characters; the corpus has whole headers of records in some of its sentences."""


@dataclass(frozen=True)
class Read:
    """An answer of known value and what was read."""

    put: Planted
    read: str

    @property
    def cluster(self) -> str:
        """What answers of it are alike in."""
        return self.put.cluster

    @property
    def right(self) -> bool:
        """Read as it is meant; an answer without a value is not read."""
        return self.read.casefold() == self.put.value.casefold()

    @property
    def wrong(self) -> bool:
        """Read as something that it does not say."""
        return bool(self.read) and not self.right


def certify(options: ClosedOptions, show: Show = progress, scorer: Scorer = SCORER) -> Certificate:
    """Puts answers of known value to the reader and to published rules.

    Args:
        options: without data (``vqa-rad``, ``negation-corpus``, ``model-answers``, ``closed-answers``) and recorded
            answers only planted ones are put.
        show: how progress is shown.
        scorer: the instrument, ours by default.

    Returns:
        One row a cell, the headline first. It passes where at most ``MISREAD`` of the planted answers are read as
        another value than theirs and the recorded ones, where there are any, are read as ``recorded.grading`` asks.

    Raises:
        UserError: a data set is there but cannot be read.
    """
    if options.sample:
        rows = sample(read_answers(options.answers), 100, options.seed)
        replace_file(options.sample, b"".join(orjson.dumps(row) + b"\n" for row in rows))
    data = options.data
    steps: list[Callable[[], list[Row]]] = [lambda: planted_rows(scorer, options.seed)]
    if data and (data / "vqa-rad" / "qa.jsonl").is_file():
        steps.append(lambda: reference_rows(scorer, data / "vqa-rad"))
    if data and (data / "negation-corpus" / "sentences.jsonl").is_file():
        steps.append(lambda: negation_rows(scorer, data / "negation-corpus" / "sentences.jsonl"))
    trial = Trial(
        instrument=named(scorer),
        subject=f"planted answers of known value (wordings {WORDINGS})" + "; human labels" * (len(steps) > 1),
        steps=steps,
        conclude=_conclusion,
        recorded=partial(closed_part, scorer),
    )
    return trial.certificate(show, options)


def _conclusion(rows: Sequence[Row]) -> Verdict:
    right, wrong = rows[0]["value"], rows[1]["value"]
    return wrong <= MISREAD, (
        f"Of {rows[0]['n']} planted answers to closed questions, {right:.1%} are read as they are meant and "
        f"{wrong:.1%} as something else; the rest is not read, or read as unclear."
    )


def read_by(scorer: Scorer, item: Item, text: str) -> str:
    """What a reader makes of an answer; empty where it reads nothing, or that nothing is decided."""
    verdict = scorer.rule(item, text)
    return verdict.parsed if verdict.status == "ok" and "unclear" not in verdict.values else NONE


def planted_rows(scorer: Scorer, seed: int) -> list[Row]:
    """Planted answers: all, by kind of question, by family, and beside the published rules."""
    read = [Read(p, read_by(scorer, p.item, p.text)) for p in planted(seed)]
    groups: defaultdict[tuple[str, str], list[Read]] = defaultdict(list)
    for r in read:
        groups[r.put.item.answer_type, ""].append(r)
        groups[r.put.item.answer_type, "with a value" if r.put.value else "without a value"].append(r)
    for r in read:
        groups[r.put.item.answer_type, r.put.family].append(r)
    cell = Cell("planted answers", "all", "", scorer.instrument.name, "wording")
    rows = list(_shares(cell, read))
    for (answer_type, family), some in groups.items():
        rows += _shares(replace(cell, what=answer_type.replace("_", "/"), degree=family), some)
    return [*rows, *_beside_published(scorer, read)]


def _shares(cell: Cell, read: Sequence[Read], right: str = "read as meant") -> Iterator[Row]:
    yield cell.share_of(right, read, lambda r: r.right)
    yield cell.share_of("read as something else", read, lambda r: r.wrong)


def _beside_published(scorer: Scorer, read: Sequence[Read]) -> Iterator[Row]:
    """Every answer scored against its own value and against another one: is it called right exactly where it is?"""
    asked = {kind: [r.put for r in read if r.put.item.answer_type == kind] for kind in ("yes_no", "choice")}
    ours = {kind: list(_scored(scorer, puts)) for kind, puts in asked.items()}
    for other in (scorer, *RULES):
        for answer_type, puts in asked.items():
            if answer_type not in other.instrument.answer_types:
                continue
            whose = other.instrument.published or "ours"
            cell = Cell(
                "beside published rules", answer_type.replace("_", "/"), whose, other.instrument.name, "wording"
            )
            theirs, twice = list(_scored(other, puts)), [c for c in clusters(puts) for _ in range(2)]
            yield cell.share("scored as it should be", theirs, twice)
            if other is not scorer:
                yield cell.gain("ours minus this", ours[answer_type], theirs, twice)


def _scored(scorer: Scorer, puts: Sequence[Planted]) -> Iterator[bool]:
    for put in puts:
        own = put.item.reference
        for reference in (own, next(o for o in put.item.options or ("yes", "no") if o != own)):
            correct = scorer.rule(replace(put.item, reference=reference), put.text).values.get(
                scorer.instrument.primary.name, 0.0
            )
            yield bool(correct) == (put.value.casefold() == reference.casefold())


def reference_rows(scorer: Scorer, folder: Path) -> list[Row]:
    """VQA-RAD's own closed answers, as clinicians wrote them, read as answers to their questions."""
    written = {row["qid"]: str(row["answer"]) for row in published(folder / "qa.jsonl", ("qid", "answer"))}
    read: defaultdict[str, list[Read]] = defaultdict(list)
    for bundle in vqa_rad.read(folder, ReadOptions()):
        for item in bundle.items:
            if item.source_id in written:
                image, text = bundle.case.group or bundle.case.id, written[item.source_id]
                put = Planted(item=item, text=text, value=item.reference, family="reference", cluster=image)
                read[item.answer_type].append(Read(put, read_by(scorer, item, text)))
    rows: list[Row] = []
    for answer_type in ("yes_no", "choice"):
        cell = Cell("VQA-RAD references", answer_type.replace("_", "/"), "as written", scorer.instrument.name, "image")
        rows += _shares(cell, read[answer_type], "read as the reference")
    return rows


def negation_rows(scorer: Scorer, path: Path) -> list[Row]:
    """Sentences of clinical records, read as answers to "Is there CONCEPT?"; labelled affirmed or negated by people.

    Every third sentence (number modulo 3 is 2). It is the set that NegEx was made with, and rules of this reader have
    been looked at on all of it: it is real text, not unseen text.
    """
    rows: list[Row] = []
    read = list(_negation(scorer, path))
    for value, label in (("yes", "affirmed"), ("no", "negated")):
        some = [r for r in read if r.put.value == value]
        cell = Cell("negation corpus, every third sentence", label, "", scorer.instrument.name, "record")
        rows += [*_shares(cell, some, "read as labelled"), cell.share_of("not read", some, lambda r: not r.read)]
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
        record, own_id = str(row["report"]), str(row["id"])
        asked = f"Is there {concept}?"
        item = Item(id=own_id, case_id=record, source_id=own_id, question=asked, reference=value, answer_type="yes_no")
        put = Planted(item=item, text=sentence, value=value, family="sentence", cluster=record)
        yield Read(put, read_by(scorer, item, sentence))
