"""Measurements: by how much a number is off, in its own unit."""

from auscult.analysis.quantities import Board, Quantity
from auscult.analysis.samples import with_note
from auscult.analysis.summary import Figure

RANGES = "answered by a range, a limit or a possibility: these have no error and are left out"


def measurements(board: Board) -> list[Figure]:
    """Mean of each value without a greatest one, by unit, among answers that hold a number.

    The others are counted as unusable; who gives a range or a limit has no error either, which a note says.
    """
    run, figures = board.run, []
    for instrument, column in run.sound():
        for value in (v for v in instrument.values if v.high is None):
            of_type = run.where("answer_type", "number")
            quantity = Quantity(name=f"mean {value.title}", scorer=instrument.id, value=value)
            for unit in sorted(set(run.labels["unit"][of_type].tolist())):
                items = of_type & (run.labels["unit"] == unit)
                found = quantity.estimate(quantity.sample(run, items), board.max_missing)
                if found is None:
                    continue
                if hedged := int((items & column.asked & ~quantity.having(column, items)).sum()):
                    found = with_note(found, f"{hedged} {RANGES}")
                figures.append(
                    Figure(
                        section="measurement",
                        label=run.codes["unit"].names[unit] or "count",
                        metric=quantity.name,
                        scorer=instrument.id,
                        answer_type="number",
                        share=value.share,
                        higher_is_better=value.higher_is_better,
                        with_image=found,
                    )
                )
    return figures
