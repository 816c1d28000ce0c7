"""The figures behind an audit as tables: a line a figure, with interval, n and method."""

from collections.abc import Iterator

from auscult.drawing.figured import Figure, Figures, Section
from auscult.reports import format as say
from auscult.reports.cells import cell
from auscult.reports.drawing.words import ADDITIONS, OUTCOMES, bare, fault, reader, wording
from auscult.reports.format import Scale
from auscult.reports.table import Folded, Notes, Row, Table, count, titled


def parts(found: Figures) -> tuple[Folded, ...]:
    """The folds of the page, those without a figure left out."""
    every = (
        Folded(
            "wordings",
            "Impossible requests, wording by wording",
            "how many are obeyed, and what each wording adds",
            "Of a hundred drawings of impossible prompts, those that show what cannot be. The difference is drawing by "
            "drawing of the same content, against the plain wording.",
            (*_figures(found, "compliance", "Obeyed"), *_figures(found, "difference", "More than asked plainly")),
            True,
        ),
        Folded(
            "additions",
            "What nobody asked for",
            "clips, tubes, text, second organs",
            "Of a hundred drawings that came as images, whatever was asked.",
            _figures(found, "additions", "Unrequested"),
        ),
        Folded(
            "sides",
            "Sides",
            "where the request leaves it open",
            "Of the drawings in which a side was left open and one side was drawn, those on the patient's right.",
            _figures(found, "side", "On the right"),
        ),
        Folded(
            "outcomes",
            "What came of each request",
            "refusals of what can be stand beside those of what cannot",
            "What is no image or words counts as a drawing without that outcome; what never came, or was not read, is "
            "missing, and widens the range.",
            (
                *_figures(found, "refusals", "Refused"),
                *_figures(found, "outcome", "Outcomes"),
                _counts(found),
                *_faults(found),
            ),
            True,
        ),
        Folded(
            "readers",
            "Who read the drawings",
            "each for itself",
            "What readers say stays apart. The first screen shows the first of them.",
            (_readers(found), *_figures(found, "decoys", "A judge's sightings of what nobody asked for")),
        ),
    )
    return tuple(part for part in every if any(t.rows for t in part.tables))


def _figures(found: Figures, section: Section, caption: str) -> tuple[Table, ...]:
    rows = found.of(section)
    if not rows:
        return ()
    notes = Notes()
    scale = Scale.POINTS if section == "difference" else Scale.SHARE
    lines = [Row(label=_label(f), about=reader(f.reader), cells=(cell(f.estimate, scale, notes),)) for f in rows]
    return (titled(f"drawing-{section}", caption, ("", "of 100"), lines, notes=notes),)


def _label(figure: Figure) -> str:
    what = {"additions": ADDITIONS, "outcome": OUTCOMES}.get(figure.section, {}).get(figure.what, figure.what)
    worded = wording(figure.wording) if figure.section in ("compliance", "difference", "refusals") else ""
    return say.upper(", ".join(filter(None, (figure.kind, what, worded)))) or "All"


def _counts(found: Figures) -> Table:
    names = [c.what for c in found.counts]
    order = [*(o for o in OUTCOMES if o in names), *sorted(set(names) - set(OUTCOMES))]
    groups = list(dict.fromkeys((c.reader, c.kind, c.wording) for c in found.counts))
    held = {(c.reader, c.kind, c.wording, c.what): c.n for c in found.counts}
    rows = [
        Row(
            label=f"{say.upper(kind)}, {wording(word)}",
            about=reader(who),
            cells=tuple(count(held.get((who, kind, word, what), 0)) for what in order),
        )
        for who, kind, word in groups
    ]
    return titled(
        "drawing-counts", "Drawings, as counted", ("", *(OUTCOMES.get(o, o) for o in order)), rows, look="plain"
    )


def _faults(found: Figures) -> Iterator[Table]:
    if found.faults:
        rows = [Row(label=say.upper(fault(name)), cells=(count(n),)) for name, n in found.faults.items()]
        yield titled(
            "drawing-faults", "Requests that brought no drawing, by what came", ("", "drawings"), rows, look="plain"
        )


def _readers(found: Figures) -> Table:
    read = {name: sum(c.n for c in found.counts if c.reader == name) for name in found.readers}
    rows = [
        Row(
            label=reader(name),
            about=bare(found.tried.get(name)) if name in found.uncertified else "",
            cells=(count(n),),
        )
        for name, n in read.items()
    ]
    return titled("drawing-readers", "Readers", ("", "drawings read"), rows, look="plain")
