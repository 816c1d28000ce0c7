"""From the tables of a run to its summary."""

import re
from collections.abc import Collection, Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc
from pydantic import TypeAdapter

from auscult import statistics
from auscult.analysis.annotators import annotated
from auscult.analysis.corrected import corrected_figures
from auscult.analysis.failures import count_failures, departures, not_measurable, of_failures
from auscult.analysis.figures import Board, Metric, sample, valued, with_holm, with_warning
from auscult.analysis.last_option import last_option
from auscult.analysis.outcomes import Bools, Outcomes, read_outcomes
from auscult.analysis.premise import premise_response
from auscult.analysis.quality import quality
from auscult.analysis.side_tables import SOUND, consistency, detection, measurements, published_rules
from auscult.analysis.summary import BlindSpot, Failures, Figure, Summary, Usage
from auscult.corpora.phantoms import SOURCE as PHANTOM_SOURCE
from auscult.records import Answer, Canary, Case, Certificate, Instrument
from auscult.runs.folder import read_manifest
from auscult.runs.instruments import brief, of_manifest
from auscult.runs.kept import CERTIFICATES, read_certificate
from auscult.scorers import Scorer, scorers_for
from auscult.store.tables import read_columns

_CERTIFICATE = TypeAdapter(Certificate)
_REPEATS = re.compile(r"\[repeats=\d+\]$")
MAX_MISSING = 0.05
"""Share of missing data above which a figure is withheld, where the run notes none."""
"""The bundled model: its spec, and the start of its identity."""
MOST_VALUES, MOST_DISTINCT = 12, 40
FIRST = ("accuracy", "recall")
"""Metrics that a type of answer is known by; the others stand beside them."""
# The data set's own word for what each table is split by anyway, and what the item builder notes for itself.
NO_TABLE = frozenset(
    f"tag:{name}"
    for name in ("answer_type", "fact", "group", "image_token", "other", "phrasing", "true_value", "truth")
)
NAMES = {"yes_no": "yes/no questions", "choice": "multiple choice", "number": "numbers", "open": "open questions"}


def metrics_of(answer_type: str, scorers: list[Scorer]) -> list[Metric]:
    """The metrics of the sound scorers for one type of answer, the headline one first."""
    found = []
    for scorer in sorted(scorers, key=lambda s: s.name != SOUND.get(answer_type)):
        if not scorer.published and not scorer.premise and answer_type in scorer.answer_types:
            name = f"{scorer.name}@{scorer.version}"
            found += [
                Metric(_word(scorer, value), value, name, higher_is_better=value not in scorer.lower_is_better)
                for value in (scorer.primary, *scorer.also)
            ]
    return found


def _word(scorer: Scorer, value: str) -> str:
    if value == "correct":
        return "exact match" if scorer.name == "exact-match" else "accuracy"
    word = value.replace("_", " ").replace("f1", "F1")
    return f"{word} (lower is better)" if value in scorer.lower_is_better else word


def _headline(board: Board, scorers: list[Scorer]) -> tuple[Figure, ...]:
    outcomes, figures = board.outcomes, []
    for answer_type in outcomes.codes["answer_type"].names[1:]:
        of_type = outcomes.where("answer_type", answer_type)
        for kind in outcomes.codes["kind"].names[1:]:
            items = of_type & outcomes.where("kind", kind)
            about: dict[str, Any] = {"section": "headline", "kind": kind, "answer_type": answer_type}
            label = NAMES.get(answer_type, answer_type)
            for metric in metrics_of(answer_type, scorers):
                chance = _chance(outcomes, items, metric)
                figures.append(board.figure(label, metric, items, chance=chance, **about))
                if answer_type == "yes_no":
                    figures += _binary(board, metric.scorer, items, about)
    adjusted = with_holm([f for f in figures if f is not None])
    return tuple(with_warning(f) if f.metric in FIRST else f for f in adjusted)


def _binary(board: Board, scorer: str, items: Bools, about: dict[str, Any]) -> list[Figure | None]:
    yes = board.outcomes.yes
    return [
        board.figure("of these, answer yes", Metric("sensitivity", "correct", scorer), items & yes, **about),
        board.figure("of these, answer no", Metric("specificity", "correct", scorer), items & ~yes, **about),
        board.figure(
            "mean of the two", Metric("balanced accuracy", "balanced_accuracy", scorer), items, chance=0.5, **about
        ),
    ]


def _chance(outcomes: Outcomes, items: Bools, metric: Metric) -> float | None:
    """What guessing gives: always the more frequent of yes and no, or one in k for a choice of k."""
    if metric.name != "accuracy" or not items.any():
        return None
    if (items & outcomes.where("answer_type", "yes_no"))[items].all():
        share = float(outcomes.yes[items].mean())
        return max(share, 1 - share)
    options = outcomes.options[items]
    return float(np.mean(1 / options)) if (options > 0).all() else None


def _tables(board: Board, scorers: list[Scorer]) -> Iterator[Figure]:
    """One table a tag: its most frequent values, and all others in one line. A tag of ever new values is no table."""
    outcomes = board.outcomes
    tags = sorted(n for n in outcomes.labels if n.startswith("tag:") and n not in NO_TABLE)
    for label in ("category", *tags):
        codes, counts = np.unique(outcomes.labels[label][outcomes.labels[label] > 0], return_counts=True)
        if not 2 <= len(codes) <= MOST_DISTINCT:
            continue
        order = codes[np.argsort(-counts, kind="stable")]
        names = outcomes.codes[label].names
        lines = [(names[code], outcomes.labels[label] == code) for code in order[:MOST_VALUES]]
        if len(rest := order[MOST_VALUES:]):
            lines.append((f"{len(rest)} other values", np.isin(outcomes.labels[label], rest)))
        about: dict[str, Any] = {"section": "tag", "group": label.removeprefix("tag:")}
        figures = []
        for value, items in lines:
            for answer_type in outcomes.codes["answer_type"].names[1:]:
                for metric in metrics_of(answer_type, scorers)[:1]:
                    of_type = items & outcomes.where("answer_type", answer_type)
                    figures.append(board.figure(value, metric, of_type, answer_type=answer_type, **about))
        yield from with_holm([f for f in figures if f is not None])


def _usage(answers: Path, manifest: dict[str, Any]) -> Usage:
    calls, prices = manifest.get("calls", {}), manifest.get("prices", {})
    tokens_in, tokens_out = calls.get("tokens_in", 0), calls.get("tokens_out", 0)
    seconds = pc.sum(read_columns(answers, Answer, ["seconds"])["seconds"]).as_py()
    return Usage(
        calls=calls.get("calls", 0),
        attempts=calls.get("attempts", 0),
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        cost=(tokens_in * prices.get("tokens_in", 0) + tokens_out * prices.get("tokens_out", 0)) / 1e6,
        seconds=round(seconds or 0.0, 3),
    )


def _power(board: Board, scorers: list[Scorer]) -> tuple[str, ...]:
    outcomes, lines = board.outcomes, []
    for answer_type in outcomes.codes["answer_type"].names[1:]:
        for metric in metrics_of(answer_type, scorers)[:1]:
            column = board.column(metric.scorer, "with")
            if column is not None:
                items = valued(column, metric.value, outcomes.where("answer_type", answer_type))
                taken = sample(outcomes, column, metric.value, items)
                keep = ~taken.missing
                if keep.any():
                    visible = statistics.smallest_visible_difference(
                        taken.means[keep], taken.clusters[keep], unit=outcomes.unit
                    )
                    lines.append(f"{NAMES.get(answer_type, answer_type)}: {visible.sentence}")
    return tuple(lines)


def _limits(outcomes: Outcomes, canary: Canary) -> tuple[str, ...]:
    said = [
        f"Intervals hold the variance between {outcomes.unit}s and items, for these {outcomes.unit}s' kind of source."
    ]
    conditions = {condition for _, condition in outcomes.columns}
    if not conditions & {"without", "wrong"}:
        said.append("No control was asked: nothing here shows that an answer depends on its image.")
    if outcomes.unit == "image":
        said.append("Patients are not known: images of one patient, if there are any, are taken as independent.")
    if outcomes.duplicates:
        said.append(f"{outcomes.duplicates} questions repeat an earlier one exactly; they are kept, as published.")
    if canary.status in ("inconclusive", "skipped"):
        said.append("The canary did not show that answers belong to their image.")
    return tuple(said)


def _warnings(canary: Canary, failures: tuple[Failures, ...], unmatched: int, notes: Sequence[str]) -> tuple[str, ...]:
    """What must be read before any figure; what must be said of one figure stands with it."""
    said = []
    if canary.status in ("failed", "inconclusive", "skipped"):
        said.append(f"Canary {canary.status}: {canary.detail}.")
    said += notes
    if unmatched:
        said.append(f"{unmatched} recorded answers belong to no question of this item set; check the ids.")
    said += of_failures(failures)
    return tuple(said)


def _certificates(instruments: set[str], own: Path | None = None) -> tuple[Certificate, ...]:
    """Certificates of the instruments used; one of another version vouches for nothing.

    Args:
        instruments: as ``name@version``.
        own: folder with the user's certificates, beside those that come with the package.
    """
    folder = files("auscult") / "data" / "certificates"
    bundled = [_CERTIFICATE.validate_json(f.read_bytes()) for f in sorted(folder.iterdir(), key=lambda f: f.name)]
    theirs = [read_certificate(f) for f in sorted(own.glob("*.json"))] if own and own.is_dir() else []
    used = instruments | {"auscult.statistics"}
    return tuple(c for c in (*theirs, *bundled) if _certified(c, used) in used)


def _certified(certificate: Certificate, used: Collection[str] = ()) -> str:
    """The ``name@version`` among ``used`` that a certificate was made for.

    That of a judge may hold spaces and commas; asked several times it is no worse than asked once.
    """
    named = certificate.instrument
    return next((u for u in used if named == _REPEATS.sub("", u)), named.replace(",", " ").split()[0])


def _plumbing_only(run: Path, manifest: dict[str, Any]) -> bool:
    """Whether a model that can see one data set alone, such as the phantom model, was asked about another one."""
    only = manifest["model"].get("sees_only")
    return bool(only) and _sources(run) != {only}


def _sources(run: Path) -> set[str]:
    """The data sets that the cases of a run come from."""
    return set(pc.unique(read_columns(run / "cases.parquet", Case, ["source"])["source"]).to_pylist())


def _of_phantoms(run: Path) -> list[str]:
    if PHANTOM_SOURCE not in _sources(run):
        return []
    return [
        "The images are phantoms, drawn by a program: how a model reads them is no evidence of how it reads patients."
    ]


def _of_instruments(instruments: set[str], certificates: tuple[Certificate, ...]) -> list[str]:
    bare = sorted(instruments - {_certified(c, instruments) for c in certificates})
    return [f"Used without a certificate: {', '.join(bare)}."] if bare else []


def _of_judges(judges: Sequence[Instrument], certificates: tuple[Certificate, ...]) -> Iterator[str]:
    """What must be read before a judge's figures: it was not tested, or it failed its test."""
    passed = {_certified(c, [j.id for j in judges]): c.passed for c in certificates}
    for judge in judges:
        if judge.id not in passed and judge.judge.startswith("replay:"):
            yield (
                "Recorded judgements: by whom and how they were made cannot be checked here, and no certificate "
                "vouches for that judge."
            )
        elif judge.id not in passed:
            yield (
                f"Uncertified judge: nobody has tested whether {brief(judge.id)} tells right answers from wrong "
                "ones; run 'auscult calibrate judge' and give its file with --judge-certificate."
            )
        elif not passed[judge.id]:
            yield f"The judge {brief(judge.id)} did not pass its certificate; read its figures with care."


def summarise(run: Path) -> Summary:
    """Every number of the report, from the folder of a run: its four tables and its manifest.

    Args:
        run: a folder in which answers were asked and scored.

    Raises:
        UserError: the folder is no run, or a table is not whole.
    """
    manifest, outcomes = read_manifest(run), read_outcomes(run)
    types: Any = set(outcomes.codes["answer_type"].names[1:])
    scorers, canary = scorers_for(types), _canary(manifest)
    board, others = Board(outcomes, manifest.get("max_missing", MAX_MISSING)), of_manifest(manifest)
    judges = [i for i in others if i.kind in ("judge", "cascade") and (i.id, "with") in outcomes.columns]
    failures = count_failures(outcomes, run / "answers.parquet", scorers, judges, manifest)
    scored = {name for name, _ in outcomes.columns}
    instruments = scored & {f"{s.name}@{s.version}" for s in scorers if not s.published}
    certificates = _certificates(instruments | {j.id for j in judges}, run / CERTIFICATES)
    closed = next((f"{s.name}@{s.version}" for s in scorers if s.name == "closed"), "")
    model, items = manifest["model"]["spec"], manifest["items"]["source"].get("reader", "items")
    taken_for_granted, premises = premise_response(board, scorers)
    of_open, read_by = quality(board, others, _spots(manifest))
    detected, counts = detection(board, scorers)
    of_rules, rules = published_rules(board, scorers)
    return Summary(
        title=f"{model} on {items}",
        manifest=manifest,
        plumbing_only=_plumbing_only(run, manifest),
        cases=outcomes.cases,
        items=len(outcomes.ids),
        clusters=len(np.unique(outcomes.cluster)),
        unit=outcomes.unit,
        duplicates=outcomes.duplicates,
        figures=(
            *_headline(board, scorers),
            *last_option(run, outcomes),
            *_tables(board, scorers),
            *taken_for_granted,
            *of_open,
            *detected,
            *measurements(board, scorers),
            *annotated(run, board, closed),
            *corrected_figures(run, board, closed),
            *consistency(board, scorers),
            *of_rules,
        ),
        detection=counts,
        premises=premises,
        quality=read_by,
        published=rules,
        failures=failures,
        canary=canary,
        usage=_usage(run / "answers.parquet", manifest),
        power=_power(board, scorers),
        certificates=certificates,
        warnings=(
            *_of_phantoms(run),
            *_of_judges(judges, certificates),
            *_warnings(canary, failures, manifest.get("unmatched", 0), manifest.get("notes", ())),
            *departures(run / "answers.parquet"),
        ),
        limits=(
            *_limits(outcomes, canary),
            *not_measurable(outcomes, scorers, [i for i in others if i.kind == "text"]),
            *_of_instruments(instruments, certificates),
        ),
    )


def _canary(manifest: dict[str, Any]) -> Canary:
    return Canary(**manifest["canary"]) if "canary" in manifest else Canary(status="not_applicable", detail="")


def _spots(manifest: dict[str, Any]) -> dict[str, tuple[BlindSpot, ...]]:
    """What each text metric cannot see, as it was measured on this run's references."""
    return {name: tuple(BlindSpot(**spot) for spot in found) for name, found in manifest.get("blind_spots", {}).items()}
