"""A run → one HTML file that needs no network, works without scripts, and prints."""

from dataclasses import replace
from pathlib import Path

from auscult.analysis.summary import PROBED, Failures, Section, Summary, read_summary
from auscult.records import Certificate
from auscult.reports import format as say
from auscult.reports import plain, premise, probes, quality, tables
from auscult.reports.cells import figure_table, remarks
from auscult.reports.gallery import Gallery, gallery
from auscult.reports.html import page
from auscult.reports.physician import checked_table
from auscult.reports.places import BY_METRIC
from auscult.reports.selection import gravest, judged_worst
from auscult.reports.table import Table
from auscult.reports.thumbnails import image_folder
from auscult.reports.verdicts import face_of
from auscult.reports.worst import Worst, judged, worst
from auscult.runs.instruments import instruments_of
from auscult.store.files import replace_file

GALLERY = 60
POOL = 24
"""Answers that the worst are picked from, at least."""
GRAVEST = 12
"""Answers that the gravest are picked from."""
ROWS = 40
"""Lines of a table of statistics; the CSV has all."""


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
    face, folder = face_of(run, summary), image_folder(run, summary.manifest)
    shown = gallery(run, summary, folder, size)
    pool = shown if size >= POOL else gallery(run, summary, folder, POOL)
    told = not face.stop
    return page(
        "report.html.j2",
        summary=summary,
        face=face,
        worst=_worst(run, summary, folder, pool) if told else None,
        folds=_folds(summary) if told else [],
        failures=tables.failures(summary.failures),
        missing=missing_in_words(summary),
        gallery=shown,
        shown_answers=tables.shown_answers(shown.selection) if told else None,
        certificates=[(c, *_certificate(c)) for c in summary.certificates],
        published=_head(tables.published(summary))[0] if told else replace(tables.published(summary), rows=()),
        statistics=_statistics(summary) if told else [],
        remarks=remarks([f for f in summary.figures if f.section not in BY_METRIC]) if told else [],
        manifest=_manifest(summary),
        condition_words=tables.CONDITION_WORDS,
        outcome_words=tables.OUTCOME_WORDS,
    )


def _worst(run: Path, summary: Summary, folder: Path, pool: Gallery) -> Worst:
    """By the rules' scores; where there are open answers alone, by a judge's marks, if there are any."""
    closed = any(e.item.answer_type in ("yes_no", "choice") for c in pool.cards for e in c.entries)
    chosen = None if closed else judged_worst(run, summary, POOL)
    if chosen:
        return judged(gallery(run, summary, folder, POOL, chosen), folder)
    return worst(gallery(run, summary, folder, GRAVEST, gravest(run, summary, GRAVEST)), folder)


Fold = tuple[str, str, str, str, tuple[plain.Group, ...], bool]


def _folds(summary: Summary) -> list[Fold]:
    """What is folded behind the first screen in plain words: id, title, contents, how to read it, lines, printed."""
    few = "A group of fewer than five images or patients has its counts and no picture."
    found: list[Fold] = [
        (
            "findings",
            "Invented and missed, finding by finding",
            "which findings it sees where there are none, and which it overlooks",
            "Invented: of 100 images without the finding. Missed: of 100 images with it. A model that always says no "
            f"never invents and misses everything: read both. {few}",
            plain.findings(summary),
            True,
        ),
        (
            "premises",
            "Questions that are wrong themselves",
            "does it go along, or does it say so",
            "Some questions take something for granted that is not so. Goes along: it accepts that, although it "
            "answers the plain question rightly. Denies what is true: the same wording, where it is so.",
            plain.premises(summary),
            True,
        ),
        (
            "kinds",
            "By kind of question",
            "with the image, without it, and with another's",
            "What it still gets right without the image it did not see. The line shows what guessing gets.",
            plain.kinds(summary),
            True,
        ),
        (
            "probes",
            "When question or image is changed",
            "does it stay with what it sees, and say so where there is nothing to see",
            "The same questions, put again in another way or on another image. What is right then is known, and each "
            "answer stands beside the one to the question as it was. To know less is one thing, to be led another: "
            "the methods tell them apart.",
            probes.groups(summary),
            True,
        ),
        (
            "open",
            "Open answers",
            "what judges and text metrics say",
            "A judge is a model that reads question, right answer and answer, and gives marks; it errs. A text metric "
            "counts words in common and knows no medicine.",
            plain.opened(summary),
            False,
        ),
        (
            "groups",
            "By group",
            "where it is better and where it is worse",
            f"{few} Two groups whose ranges overlap widely may be the same.",
            plain.groups(summary),
            False,
        ),
    ]
    return [fold for fold in found if any(g.lines for g in fold[4])]


def missing_in_words(summary: Summary) -> str:
    """What is missing of the answers with the image, and of those to what probes put, in one line."""
    found = {f.condition: f for f in summary.failures}
    if "with" not in found:
        return "no answers are counted"
    said = _missing_of(found["with"])
    return f"{said}; {_missing_of(found[PROBED])} to changed questions" if PROBED in found else said


def _missing_of(of: Failures) -> str:
    counts = (
        (of.unusable, "gave no answer"),
        (of.unread, "could not be read"),
        (of.request_failed, "never came"),
        (of.judge_unusable, "not marked by the judge"),
    )
    said = [f"{say.whole(n)} {words}" for n, words in counts if n]
    return f"{', '.join(said) or 'nothing'}, of {say.count(of.asked, 'answer')}"


def _head(table: Table, most: int = ROWS) -> tuple[Table, int]:
    """The first lines of a table, and how many more there are."""
    return replace(table, rows=table.rows[:most]), max(0, len(table.rows) - most)


def _certificate(one: Certificate) -> tuple[list[Table], int]:
    """The headline of a test, and how many more rows there are."""
    made = tables.certificate(one)
    first = [_head(t)[0] for t in made[:1]]
    return first, sum(len(t.rows) for t in made) - sum(len(t.rows) for t in first)


Part = tuple[str, list[tuple[Table, int]], tuple[str, ...]]
"""Title of a part of the methods, its tables with how many lines are left out, and what must be read with them."""


def _statistics(summary: Summary) -> list[Part]:
    """Every figure with interval, n, method and p-value."""

    def of(caption: str, section: Section, head: str) -> list[Table]:
        return [figure_table(section, caption, summary.of(section), head=head, controls=section == "headline")]

    told = quality.section(summary)
    groups = summary.groups("tag").items()
    found: list[tuple[str, list[Table], tuple[str, ...]]] = [
        ("Headline", of("By kind of question and image condition", "headline", "Questions"), ()),
        ("Detection: fabrication, FP / (FP + TN), and miss, FN / (FN + TP)", [tables.detection(summary)], ()),
        ("Premises", *_premises(summary)),
        (
            "Open answers",
            [t for q in told for t in (q.table, q.classes, q.blind) if t],
            tuple(f"{q.title}: {r}" for q in told for r in q.remarks),
        ),
        ("Groups", [figure_table(f"tag-{n}", f"By {t}", f, head=t) for n, (t, f) in enumerate(groups, 1)], ()),
        ("Measurements", of("Errors of measured numbers", "measurement", "Measurement"), ()),
        ("Several annotators: the truth drawn from what they said, and each alone", of("", "annotators", "Truth"), ()),
        ("Checked by a physician", [checked_table(summary)], ()),
        (
            "Corrected for misreading, by labelled answers",
            [figure_table("corrected", "As read and as meant", summary.of("corrected", ""), head="Answers")],
            (),
        ),
        ("Twins of the set: confusing pairs, wrong premises", of("Each held against its pair", "twins", "Twins"), ()),
        ("Probes: changed questions and images, in pairs", probes.tables(summary), probes.remarks(summary)),
        ("Consistency", of("Over paraphrases and repeats", "consistency", "Varied"), ()),
    ]
    return [
        (title, [_head(t) for t in some if t.rows], said) for title, some, said in found if any(t.rows for t in some)
    ]


def _premises(summary: Summary) -> tuple[list[Table], tuple[str, ...]]:
    if summary.premises is None:
        return [], ()
    made = [
        premise.headline(premise.overall(summary)),
        premise.groups(summary.of("premise")),
        premise.responses(summary.of("response")),
    ]
    return made, tuple(premise.counts(summary.premises))


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
    cached = f" ({say.whole(u.tokens_cached)} of them not computed anew)" if u.tokens_cached else ""
    cost = (
        f"{say.plain(u.cost)}, in the currency of the prices given"
        if u.cost
        else "0 (no prices were given, or nothing was charged)"
    )
    return [
        ("calls", f"{say.whole(u.calls)} answered; {say.count(u.attempts, 'attempt')}"),
        ("tokens", f"{say.whole(u.tokens_in)} in{cached}, {say.whole(u.tokens_out)} out{uncounted}"),
        ("cost", cost),
        ("waits", f"{say.duration(u.seconds)}, added up over replies that overlap"),
    ]
