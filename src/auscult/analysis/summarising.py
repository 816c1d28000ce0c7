"""From the folder of a run to its summary: every number of the report."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from auscult import statistics
from auscult.analysis.certified import certificates_of, uncertified_judges, used_in, without_certificate
from auscult.analysis.failures import count_failures, departures, not_measurable, of_failures
from auscult.analysis.joined import Bools, Joined
from auscult.analysis.joining import join
from auscult.analysis.quantities import Balanced, Board, Quantity, headline_quantities, with_holm, with_warning
from auscult.analysis.quantities.annotators import annotated
from auscult.analysis.quantities.consistency import consistency
from auscult.analysis.quantities.corrected import corrected_figures
from auscult.analysis.quantities.detection import detection
from auscult.analysis.quantities.guessing import chance, last_option
from auscult.analysis.quantities.measurement import measurements
from auscult.analysis.quantities.pairs import told_apart
from auscult.analysis.quantities.physician import physician_figures
from auscult.analysis.quantities.premise import premise_response
from auscult.analysis.quantities.prevalence import invented_at
from auscult.analysis.quantities.probes import count_asked, probe_figures
from auscult.analysis.quantities.published import published_rules
from auscult.analysis.quantities.quality import quality
from auscult.analysis.quantities.twins import twins
from auscult.analysis.summary import Failures, Figure, Summary, Usage
from auscult.corpora.phantoms import SOURCE as PHANTOM_SOURCE
from auscult.records import Canary, Value
from auscult.runs.folder import model_name

MAX_MISSING = 0.05
"""Share of missing data above which a figure is withheld, where the run notes none."""
MOST_VALUES, MOST_DISTINCT = 12, 40
FIRST = ("accuracy", "recall")
"""Metrics that a type of answer is known by; the others stand beside them."""
# The data set's own word for what each table is split by anyway, and what the item builder notes for itself.
NO_TABLE = frozenset(
    f"tag:{name}"
    for name in [
        "answer_type",
        "confusing_pair",
        "fact",
        "group",
        "image_token",
        "other",
        "pair",
        "phrasing",
        "true_side",
        "true_value",
        "truth",
    ]
)
NAMES = {"yes_no": "yes/no questions", "choice": "multiple choice", "number": "numbers", "open": "open questions"}


def summarise(folder: Path) -> Summary:
    """Every number of the report, from the folder of a run: its four tables and its manifest.

    Args:
        folder: of a run in which answers were asked and scored.

    Raises:
        UserError: the folder is no run, or a table is not whole.
    """
    run = join(folder)
    manifest = run.manifest
    board = Board(run, manifest.get("max_missing", MAX_MISSING))
    canary = Canary(**manifest.get("canary", {"status": "not_applicable", "detail": ""}))
    failures, certificates = count_failures(run), certificates_of(folder, used_in(run))
    taken_for_granted, premises = premise_response(board)
    of_open, read_by = quality(board)
    detected, counts = detection(board)
    apart, paired = told_apart(board)
    of_rules, rules = published_rules(board)
    by_place = last_option(board)
    of_probes, probes = probe_figures(folder, board)
    failures += count_asked(folder, board)
    return Summary(
        title=f"{model_name(manifest)} on {manifest['items']['source'].get('reader', 'items')}",
        manifest=manifest,
        plumbing_only=_plumbing_only(run),
        cases=run.cases,
        items=len(run.ids),
        clusters=len(np.unique(run.cluster)),
        unit=run.unit,
        duplicates=run.duplicates,
        figures=(
            *_headline(board),
            *by_place,
            *_by_tag(board),
            *taken_for_granted,
            *of_open,
            *detected,
            *invented_at(detected),
            *apart,
            *twins(board),
            *measurements(board),
            *annotated(board),
            *corrected_figures(board),
            *physician_figures(board),
            *consistency(board),
            *of_probes,
            *of_rules,
        ),
        detection=counts,
        pairs=paired,
        premises=premises,
        quality=read_by,
        probes=probes,
        published=rules,
        failures=failures,
        canary=canary,
        usage=_usage(run),
        power=tuple(_power(run)),
        certificates=certificates,
        warnings=(
            *_of_phantoms(run),
            *uncertified_judges(run, certificates),
            *_warnings(run, canary, failures),
            *(
                f"{f.warning[0].upper()}{f.warning[1:]}."
                for f in (*by_place, *of_probes)
                if f.warning.startswith("control:")
            ),
            *departures(run),
        ),
        limits=(*_limits(run, canary), *not_measurable(run), *without_certificate(run, certificates)),
    )


def _headline(board: Board) -> Iterator[Figure]:
    """By type of answer and kind of item, all metrics; yes/no questions by their answer too."""
    adjusted = with_holm(_headline_lines(board))
    return (with_warning(f) if f.metric in FIRST else f for f in adjusted)


def _headline_lines(board: Board) -> Iterator[Figure | None]:
    run = board.run
    for answer_type in run.values_of("answer_type"):
        for kind in run.values_of("kind"):
            items = run.where("answer_type", answer_type) & run.where("kind", kind)
            about: dict[str, Any] = {"kind": kind, "answer_type": answer_type}
            for quantity in headline_quantities(run, answer_type):
                guessing = chance(run, items) if quantity.name == "accuracy" else None
                label = NAMES.get(answer_type, answer_type)
                yield board.figure("headline", label, quantity, items, chance=guessing, **about)
                if answer_type == "yes_no":
                    yield from _binary(board, quantity, items, about)


def _binary(board: Board, quantity: Quantity, items: Bools, about: dict[str, Any]) -> Iterator[Figure | None]:
    """Accuracy apart by what is right, and the mean of the two."""
    for label, name, kept, known in (
        ("of these, answer yes", "sensitivity", board.run.yes, None),
        ("of these, answer no", "specificity", ~board.run.yes, None),
        ("mean of the two", "balanced accuracy", True, 0.5),
    ):
        made = Balanced if known else Quantity
        one = made(name=name, scorer=quantity.scorer, value=Value(name="correct"))
        yield board.figure("headline", label, one, items & kept, chance=known, **about)


def _by_tag(board: Board) -> Iterator[Figure]:
    """One table a tag: its most frequent values, and all others in one line. A tag of ever new values is no table."""
    run = board.run
    tags = sorted(n for n in run.labels if n.startswith("tag:") and n not in NO_TABLE)
    for label in ("category", *tags):
        codes, counts = np.unique(run.labels[label][run.labels[label] > 0], return_counts=True)
        if 2 <= len(codes) <= MOST_DISTINCT:
            order = codes[np.argsort(-counts, kind="stable")]
            names = run.codes[label].names
            lines = [(names[code], run.labels[label] == code) for code in order[:MOST_VALUES]]
            if len(rest := order[MOST_VALUES:]):
                lines.append((f"{len(rest)} other values", np.isin(run.labels[label], rest)))
            yield from with_holm(_tag_lines(board, label.removeprefix("tag:"), lines))


def _tag_lines(board: Board, tag: str, lines: list[tuple[str, Bools]]) -> Iterator[Figure | None]:
    for value, items in lines:
        for answer_type in board.run.values_of("answer_type"):
            of_type = items & board.run.where("answer_type", answer_type)
            for quantity in headline_quantities(board.run, answer_type)[:1]:
                yield board.figure("tag", value, quantity, of_type, group=tag, answer_type=answer_type)


def _usage(run: Joined) -> Usage:
    calls, prices = run.manifest.get("calls", {}), run.manifest.get("prices", {})
    tokens_in, tokens_out = calls.get("tokens_in", 0), calls.get("tokens_out", 0)
    return Usage(
        calls=calls.get("calls", 0),
        attempts=calls.get("attempts", 0),
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        tokens_cached=calls.get("tokens_cached", 0),
        cost=(tokens_in * prices.get("tokens_in", 0) + tokens_out * prices.get("tokens_out", 0)) / 1e6,
        seconds=round(run.replies.seconds, 3),
    )


def _power(run: Joined) -> Iterator[str]:
    """What difference could be seen, for the first quantity of each type of answer."""
    for answer_type in run.values_of("answer_type"):
        for quantity in headline_quantities(run, answer_type)[:1]:
            taken = quantity.sample(run, run.where("answer_type", answer_type))
            known = taken.at(~taken.missing)
            if len(known.rows):
                visible = statistics.smallest_visible_difference(known.means, known.clusters, unit=run.unit)
                yield f"{NAMES.get(answer_type, answer_type)}: {visible.sentence}"


def _limits(run: Joined, canary: Canary) -> Iterator[str]:
    yield f"Intervals hold the variance between {run.unit}s and items, for these {run.unit}s' kind of source."
    if not {condition for _, condition in run.columns} & {"without", "wrong"}:
        yield "No control was asked: nothing here shows that an answer depends on its image."
    if run.unit == "image":
        yield "Patients are not known: images of one patient, if there are any, are taken as independent."
    if run.duplicates:
        yield f"{run.duplicates} questions repeat an earlier one of their image; they are kept."
    if canary.status in ("inconclusive", "skipped"):
        yield "The canary did not show that answers belong to their image."


def _warnings(run: Joined, canary: Canary, failures: tuple[Failures, ...]) -> Iterator[str]:
    """What must be read before any figure; what must be said of one figure stands with it."""
    if canary.status in ("failed", "inconclusive", "skipped"):
        yield f"Canary {canary.status}: {canary.detail}."
    yield from run.manifest.get("notes", ())
    if unmatched := run.manifest.get("unmatched", 0):
        yield f"{unmatched} recorded answers belong to no question of this item set; check the ids."
    yield from of_failures(failures)


def _plumbing_only(run: Joined) -> bool:
    """Whether a model that can see one data set alone, such as the phantom model, was asked about another one."""
    only = run.manifest["model"].get("sees_only")
    return bool(only) and run.values_of("source") != [only]


def _of_phantoms(run: Joined) -> Iterator[str]:
    if PHANTOM_SOURCE in run.values_of("source"):
        yield (
            "The images are phantoms, drawn by a program: how a model reads them is no evidence of how it reads "
            "patients."
        )
