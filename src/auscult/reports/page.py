"""A run → one HTML file that needs no network, works without scripts, and prints."""

from pathlib import Path

from auscult.analysis.summary import Section, Summary, read_summary
from auscult.reports import charts, premise, quality, tables
from auscult.reports import format as say
from auscult.reports.cells import figure_table, remarks
from auscult.reports.gallery import gallery
from auscult.reports.html import page
from auscult.reports.places import BY_METRIC, PLUMBING
from auscult.reports.thumbnails import image_folder
from auscult.reports.verdict import alerts, verdict
from auscult.runs.instruments import instruments_of
from auscult.store.files import replace_file

GALLERY = 60
SMALL: dict[Section, tuple[str, str]] = {
    "measurement": ("Measurement", "Errors of measured numbers"),
    "annotators": ("Truth", "Accuracy where several annotators gave the reference"),
    "corrected": ("Answers", "Yes/no questions as read and as meant"),
    "consistency": ("What was varied", "Consistency over paraphrases and repeats"),
}
"""Sections of one table: heading of its labels, and what it holds."""


def write_report(run: Path, out: Path | None = None, *, gallery: int = GALLERY) -> Path:
    """Writes the report of a run and returns its path.

    Args:
        run: run folder with ``summary.json`` and the tables of the four nouns.
        out: the file to write; default ``report.html`` in the run folder.
        gallery: most answers to show in the gallery.

    Raises:
        UserError: the summary or a table is missing or not whole.
    """
    path = out or run / "report.html"
    replace_file(path, render(run, gallery).encode())
    return path


def render(run: Path, size: int) -> str:
    """The page as text. Raises as ``write_report``."""
    summary = read_summary(run / "summary.json")
    shown = gallery(run, summary, image_folder(run, summary.manifest), size)
    return page(
        "report.html.j2",
        script="report.js",
        summary=summary,
        verdict=verdict(summary),
        alerts=alerts(summary),
        plumbing=PLUMBING,
        remarks=remarks([f for f in summary.figures if f.section not in BY_METRIC]),
        headline=figure_table(
            "headline",
            "Headline figures by kind of question and image condition",
            summary.of("headline"),
            head="Questions",
            controls=True,
        ),
        headline_charts=[] if summary.plumbing_only else charts.headline_charts(summary.of("headline")),
        tag_tables=[
            (
                tag,
                figure_table(f"tag-{n}", f"Figures by {tag}", figures, head=tag),
                charts.condition_chart(figures, f"By {tag}"),
            )
            for n, (tag, figures) in enumerate(summary.groups("tag").items(), 1)
        ],
        premise=_premise(summary),
        quality=quality.section(summary),
        detection=tables.detection(summary),
        detection_chart=charts.detection_chart(summary.of("detection"), "What was fabricated and what was missed"),
        small={
            section: figure_table(section, caption, summary.of(section), head=head)
            for section, (head, caption) in SMALL.items()
        },
        measurement_chart=charts.condition_chart(summary.of("measurement"), "Measurements"),
        consistency_chart=charts.condition_chart(summary.of("consistency"), "Consistency"),
        published=tables.published(summary),
        failures=tables.failures(summary.failures),
        certificates=[(c, tables.certificate(c)) for c in summary.certificates],
        gallery=shown,
        shown_answers=tables.shown_answers(shown.selection),
        manifest=_manifest(summary),
        condition_words=tables.CONDITION_WORDS,
        outcome_words=tables.OUTCOME_WORDS,
    )


def _premise(summary: Summary) -> dict[str, object] | None:
    """The section on premises, where there is one."""
    if summary.premises is None:
        return None
    figures, responses = premise.shown(summary)
    return {
        "headline": premise.headline(premise.overall(summary)),
        "groups": premise.groups(figures),
        "responses": premise.responses(responses),
        "chart": charts.premise_chart(figures, "Agreeing with what is false, denying what is true"),
        "counts": tuple(premise.counts(summary.premises)),
    }


def _manifest(summary: Summary) -> list[tuple[str, list[tuple[str, str]]]]:
    """What the run notes of itself, an instrument a line, and what it took."""
    noted = {key: list(tables.flat(value)) for key, value in summary.manifest.items()}
    if "instruments" in noted:
        of = instruments_of(summary.manifest)
        noted["instruments"] = [(i.id, "; ".join(filter(None, (i.about, i.source, *i.notes)))) for i in of]
    return [*noted.items(), ("usage", _usage(summary))]


def _usage(summary: Summary) -> list[tuple[str, str]]:
    """What the run took, for the manifest."""
    u = summary.usage
    uncounted = "" if u.tokens_in or u.tokens_out else " (the model does not count them)"
    cost = (
        f"{say.plain(u.cost)}, in the currency of the prices given"
        if u.cost
        else "0 (no prices were given, or nothing was charged)"
    )
    return [
        ("calls", f"{say.whole(u.calls)} answered; {say.count(u.attempts, 'attempt')}"),
        ("tokens", f"{say.whole(u.tokens_in)} in, {say.whole(u.tokens_out)} out{uncounted}"),
        ("cost", cost),
        ("waits", f"{say.duration(u.seconds)}, added up over replies that overlap"),
    ]
