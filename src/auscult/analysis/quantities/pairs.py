"""Images told apart: the same question, true of one and false of the other. It needs no control, nor the images."""

from auscult.analysis.joined import UNUSABLE
from auscult.analysis.quantities import Board, Quantity
from auscult.analysis.samples import with_kinds
from auscult.analysis.summary import Figure, Paired
from auscult.records import Value
from auscult.statistics import pairs

TOLD_APART = "told apart"
COIN = 0.5


def told_apart(board: Board) -> tuple[list[Figure], Paired | None]:
    """Share of the pairs of images told apart by yes/no questions in the same words; none where there are no pairs."""
    run = board.run
    column = run.column(run.reader)
    if column is None:
        return [], None
    asked = column.asked & run.where("answer_type", "yes_no") & (run.question > 0)
    quantity = Quantity(name=TOLD_APART, scorer=run.reader, value=Value(name="correct"))
    taken = quantity.sample(run, asked)
    positive, question = run.yes[taken.rows], run.question[taken.rows]
    there = pairs.pairs_of(positive, question)
    if not there.pairs:
        return [], None
    found = pairs.told_apart(
        taken.means,
        positive,
        question,
        taken.clusters,
        unusable=(column.status[taken.rows] == UNUSABLE).any(axis=1),
        missing=taken.missing,
        instrument=run.reader,
        unit=run.unit,
        max_missing=board.max_missing,
    )
    figure = Figure(
        section="pairs",
        label="the same question, true of one image and false of the other",
        metric=TOLD_APART,
        scorer=run.reader,
        answer_type="yes_no",
        with_image=with_kinds(found, taken.at(there.partners > 0)),
        chance=COIN,
    )
    in_pairs = int((there.partners > 0).sum())
    return [figure], Paired(questions=there.questions, pairs=there.pairs, items=in_pairs)
