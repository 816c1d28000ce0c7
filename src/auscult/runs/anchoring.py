"""Makes an anchor file: the answers of a baseline system's run, judged first and without an anchor."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from auscult.engine.progress import progress
from auscult.engine.session import Show
from auscult.errors import UserError
from auscult.records import Score
from auscult.runs.judged import Judgement
from auscult.runs.judging import Judging, name_of
from auscult.runs.judging_options import JudgingOptions
from auscult.scorers.judges import Anchor, create
from auscult.scorers.judges.anchors import protocol_of, write_anchors
from auscult.store.tables import read_rows


@dataclass(frozen=True)
class Anchored:
    """An anchor file that was made.

    Attributes:
        path: the file.
        rows: its rows.
        without: answers that got no row: empty or withheld ones, and those whose judgement could not be read.
        judgement: of the baseline's run.
    """

    path: Path
    rows: int
    without: int
    judgement: Judgement


def check_anchoring(options: JudgingOptions) -> None:
    """Refuses options under which no anchors can be made, and protocols that could not use them.

    Raises:
        UserError: what to leave out.
    """
    if options.anchors or options.against:
        raise UserError("the baseline itself is judged without an anchor; leave anchors out")
    if options.judge.repeats > 1:
        raise UserError("an anchor is one judgement; leave repeats out")
    create(options.protocol, "the judge", replace(options.judge, anchor="anchors"))


def make_anchors(judging: Judging, out: Path, show: Show = progress) -> Anchored:
    """Judges a baseline's run and writes its anchor file; the same call goes on where an earlier one stopped.

    Args:
        judging: the run with its judge.
        out: the file to write.
        show: how progress is shown.

    Raises:
        UserError: as ``Judging.run``; or requests failed, and no file is written.
        BudgetReached: a budget is used up.
    """
    check_anchoring(judging.options)
    if not out.resolve().parent.is_dir():
        raise UserError(f"{out.parent}: no such folder; make it, or use another --out")
    judgement = judging.run(show)
    failed, asked = judgement.counts.get("request_failed", 0), sum(judgement.counts.values())
    if failed:
        raise UserError(
            f"{judging.folder}: {failed} of {asked} answers have no judgement, as requests failed; no anchor file is "
            "written; run the same command again"
        )
    if not judgement.counts.get("ok"):
        raise UserError(f"{judging.folder}: none of {asked} judgements can be used; {_why(judgement)}")
    rows = write_anchors(out, _anchors(judging, judgement))
    return Anchored(out, rows, asked - rows, judgement)


def _why(judgement: Judgement) -> str:
    return next(iter(judgement.reasons), "nothing is known of why")


def _anchors(judging: Judging, judgement: Judgement) -> Iterator[Anchor]:
    """One anchor an item: its first answer."""
    model, judge = judging.manifest.get("model", {}), judging.model.identity
    protocol = protocol_of(judging.judge.instrument)
    system = name_of(str(model.get("spec", "")), str(model.get("identity", ""))) or str(judging.folder.name)
    scores = read_rows(judgement.scores, Score)
    for subject in (s for group in judging.selection.groups() for s in group.subjects):
        score = next(scores)
        if score.status == "ok" and subject.answer.repeat == 0:
            yield Anchor(
                item_id=subject.item.id,
                source_id=subject.item.source_id,
                answer=subject.answer.text,
                judgement=score.explanation,
                scores={name: score.values[name] for name in judging.judge.instrument.names},
                system=system,
                judge=judge,
                protocol=protocol,
            )
