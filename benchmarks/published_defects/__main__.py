"""Known defects of published scorers, replayed: the number they print, and the sound one, on the same recorded answers.

    python -m benchmarks.published_defects --out docs/concepts/published-defects.md

The questions are those of the bundled VQA-RAD sample (CC0). Answers, judge replies and traces are made by this program
from a fixed seed, in the styles of real models: terse, wordy, unsure, refusing, empty, failed. The sizes of the
differences therefore say what such a defect can do, and nothing about any model. The published rules are written from
their descriptions; those that Auscult offers by name come from its own modules.
"""

import argparse
from collections import Counter
from pathlib import Path

from benchmarks.published_defects.choices import of_choices
from benchmarks.published_defects.closed_questions import of_closed_questions
from benchmarks.published_defects.judges import of_kinds, of_the_judge
from benchmarks.published_defects.open_questions import of_open_questions
from benchmarks.published_defects.table import Row, table
from benchmarks.published_defects.traces_and_reports import of_reports, of_traces

PARTS = (of_closed_questions, of_choices, of_open_questions, of_the_judge, of_kinds, of_traces, of_reports)
"""In the order of the page."""

PAGE = """# Published defects, replayed

Numbers in papers come out of scorers, and scorers have defects. Here {count} known ones of {systems} systems are run on
the same recorded answers as the sound rule, so that one sees what such a defect is worth.

    python -m benchmarks.published_defects --out docs/concepts/published-defects.md

The questions are those of the bundled sample of VQA-RAD; answers, judge replies and traces were made by the program
from a fixed seed, in the styles that real models answer in. The differences show what a defect *can* do; they say
nothing about any model, and a defect can go either way. Of the systems' rules, those that Auscult offers by name are
its own modules (see [scores](scores.md)); the others were written from their descriptions and code as read in 2026.

{table}

Missing are failed requests and answers that could not be read; the range after them is what the figure would be if all
of them were the worst, or the best, and the interval holds both.
"""


def rows() -> list[Row]:
    """The whole table."""
    return [row for part in PARTS for row in part()]


def page() -> str:
    """The whole page."""
    found = rows()
    systems = Counter(row.system.split(",")[0] for row in found if row.system != "common practice")
    return PAGE.format(count=len(found), systems=len(systems), table=table(found))


def main() -> None:
    """Prints the table, or writes the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, help="page to write; without it the table is printed")
    out = parser.parse_args().out
    if out:
        out.write_text(page(), "utf-8")
        print(out)
    else:
        print(table(rows()))


if __name__ == "__main__":
    main()
