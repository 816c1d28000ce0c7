"""What people who rated a drawn part of the answers change in the figures: one table for page and terminal."""

from auscult.analysis.quantities.physician import AS_SAID, GROUP
from auscult.analysis.summary import Summary
from auscult.reports.cells import cell
from auscult.reports.format import Scale
from auscult.reports.table import Notes, Row, Table, text, titled

WORDS = {
    "correct": "right",
    "invented": "state something that is not there",
    "missed": "miss or deny something that is there",
    "fabrication": "invented, of questions where the finding is not there",
    "miss": "missed, of questions where the finding is there",
    "harm": "would harm, if acted on",
    "severe harm": "would harm severely",
    "wrong reference": "have a wrong reference",
}


def checked_table(summary: Summary) -> Table:
    """A line a figure: by the instruments, and by the people who rated; no line where nobody did."""
    figures = summary.of("corrected", GROUP)
    before = {f.metric: f.with_image for f in figures if f.label == AS_SAID}
    notes = Notes()
    rows = [
        Row(
            label=WORDS[f.metric],
            cells=(
                cell(before[f.metric], Scale.SHARE, notes, counted=False)
                if f.metric in before
                else text("", tone="none"),
                cell(f.with_image, Scale.SHARE, notes, f.scorer),
            ),
        )
        for f in figures
        if f.label != AS_SAID
    ]
    return titled(
        "physician", "Checked by a physician", ("Of the answers", "By the instruments", "Checked"), rows, notes=notes
    )
