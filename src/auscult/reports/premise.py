"""The section on premises in words: figures of all forms, by form and category, and every response."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from auscult.analysis.summary import Figure, Premises, Summary
from auscult.reports import format as say
from auscult.reports.cells import by_metric, crossed, figure_table
from auscult.reports.table import Row, Table, text

BY_GROUP = ("knowing acceptance", "raw acceptance", "over-denial", "d′", "criterion c")
RESPONSES = {
    "accepted": "Accepted",
    "denied": "Corrected / denied",
    "states truth": "of these, truth stated",
    "evaded": "Evaded",
    "refused": "of these, refused",
    "hedged": "of these, hedged",
}


def overall(summary: Summary) -> tuple[Figure, ...]:
    """The figures over all forms: those of the first group."""
    return next(iter(summary.groups("premise").values()), ())


def _upper(metric: str) -> str:
    return metric if metric == "d′" else say.upper(metric)


def headline(figures: Sequence[Figure]) -> Table:
    """One line a metric over all forms, under each image condition."""
    caption = "Premise response, all forms, for premises that an image decides"
    table = figure_table("premise", caption, figures, head="Figure")
    rows = [
        replace(row, label=_upper(f.metric), about=f"{f.label} · {f.scorer}")
        for row, f in zip(table.rows, figures, strict=True)
    ]
    return replace(table, rows=tuple(rows))


def groups(figures: Sequence[Figure]) -> Table:
    """One line a form or category, one column a metric, with the image."""
    known, names = by_metric(figures), dict.fromkeys(f.group for f in figures)
    return crossed(
        "premise-groups",
        "Premise response by form and category, with the image",
        "Form or category",
        {m: _upper(m) for m in BY_GROUP if m in known},
        [(Row(label=say.upper(name)), by_metric(f for f in figures if f.group == name)) for name in names],
        usable=False,
    )


def responses(figures: Sequence[Figure]) -> Table:
    """One line a form and category, one column a response: shares of all items asked, which the line counts."""
    lines: dict[tuple[str, str, str], dict[str, Figure]] = {}
    for f in figures:
        lines.setdefault((f.group, f.label, f.category), {})[f.metric] = f
    table = crossed(
        "premise-responses",
        "Responses by truth of the premise, form and category, with the image",
        "Form · category",
        RESPONSES,
        [(_line(*key, found), found) for key, found in lines.items()],
        usable=False,
        counted=False,
    )
    at = list(RESPONSES).index("states truth")
    none = text(say.DASH, tone="none")
    rows = [
        replace(row, cells=(*row.cells[:at], none, *row.cells[at + 1 :])) if truth == "true" else row
        for row, (truth, _, _) in zip(table.rows, lines, strict=True)
    ]
    return replace(table, rows=tuple(rows))


def _line(premise: str, form: str, category: str, found: dict[str, Figure]) -> Row:
    label = " · ".join(filter(None, (form, category))) or "All forms"
    asked = found["accepted"].with_image
    counts = f" · {say.count(asked.n, 'item')} on {say.count(asked.clusters, asked.unit)}" if asked else ""
    return Row(label=say.upper(label), about=f"premise is {premise}{counts}")


def counts(premise: Premises) -> Iterator[str]:
    """What stands in no figure, in words."""
    if premise.untwinned:
        yield (
            f"{say.count(premise.untwinned, 'false premise')} had no neutral twin in this run and "
            f"{'is' if premise.untwinned == 1 else 'are'} in no figure of knowing acceptance."
        )
    if premise.unmatched:
        yield (
            f"{say.count(premise.unmatched, 'true premise')} stood in words in which no false premise was asked in "
            f"this run and {'is' if premise.unmatched == 1 else 'are'} not in over-denial, d′ and c."
        )
