"""A second reader, put to the test on what it is for: labelled answers that the rules leave unread, and no others.

What it makes of them is graded as the rules are (``recorded.grading``): right, unread or misread, by what was meant;
a class with too few of them is insufficient, whatever the shares.
"""

from dataclasses import replace
from pathlib import Path

from auscult import models
from auscult.certificates.asking import Asking
from auscult.certificates.reader import ReaderTrial
from auscult.certificates.recorded.closed import closed_part, with_labels
from auscult.certificates.recorded.reading import Recorded, read_answers, sets_of
from auscult.certificates.trial import certificate, named
from auscult.engine.forecast import Forecast
from auscult.engine.progress import progress
from auscult.engine.session import Show
from auscult.errors import UserError
from auscult.models import Model
from auscult.records import Answer, Certificate, Item, digest
from auscult.scorers import Verdict
from auscult.scorers.reader import Reader, Unread
from auscult.scorers.rules.closed import SCORER


class Calibration:
    """A reader and the answers that are put to it; ``forecast`` it, or ``run`` it.

    Args:
        options: the reader and what it is put to.

    Raises:
        UserError: the model or the answers are not there, or the rules read every labelled one.
    """

    def __init__(self, options: ReaderTrial) -> None:
        o = options.reading
        o.check()
        self.model: Model = models.create(options.reader, o.model)
        self.reader = Reader(self.model.identity, o.tries, o.max_tokens, o.schema)
        known = [r for r in with_labels(read_answers([*options.answers, *sets_of(options.data)])) if _closed(r)]
        self.rows = [r for r in known if SCORER.rule(r.item, r.answer).status == "unread"]
        self.known = len(known)
        groups = [[Unread(SCORER, row.item, _answer(row))] for row in self.rows]
        self.asking = Asking(self.model, self.reader.scores, groups, o.asking, "labelled answers and their questions")
        if not self.rows:
            raise UserError(
                f"of {self.known} labelled answers to closed questions the rules leave none unread; give --answers "
                "that hold such, labelled by hand"
            )

    def forecast(self, work: Path) -> Forecast:
        """Says what would be asked, without asking."""
        note = f"{len(self.rows):,} of {self.known:,} labelled answers are unread, and put to the reader."
        return self.asking.forecast(work, note)

    def run(self, work: Path, show: Show = progress) -> Certificate:
        """Has the unread answers read and says how well; the same call goes on where an earlier one stopped.

        Raises:
            UserError: the work folder belongs to another reader, or the model does not answer.
            BudgetReached: a budget is used up; the same call with a larger one goes on.
            FiguresWithheld: too many requests failed; the same call asks them again.
        """
        name = self.reader.instrument.id
        table = f"readings-{digest([r.item.id for r in self.rows])}"
        rows = self.asking.scores(work, {"reader": name}, table, "read", show)
        found = {row.item_id: row for row in rows}

        def said(item: Item, text: str) -> Verdict:
            row = found[item.id]
            status = "unread" if row.status == "request_failed" else row.status
            return Verdict(values=row.values, parsed=row.parsed, status=status, explanation=row.explanation)

        part = closed_part(replace(SCORER, instrument=self.reader.instrument, rule=said), self.rows)
        told = (
            f"Of {self.known:,} labelled answers to closed questions {named(SCORER)} leaves {len(self.rows):,} unread. "
        )
        subject = f"labelled answers that {SCORER.instrument.id} leaves unread"
        return certificate(name, subject, (part.passed, told + part.summary), part.rows)


def _closed(row: Recorded) -> bool:
    options = row.answer_type != "choice" or len(row.options) > 1
    return bool(row.labels) and row.answer_type in ("yes_no", "choice") and options


def _answer(row: Recorded) -> Answer:
    item = row.item
    return Answer(
        id=digest("recorded", item.id),
        item_id=item.id,
        case_id=item.case_id,
        model=row.model,
        protocol="recorded",
        text=row.answer,
    )
