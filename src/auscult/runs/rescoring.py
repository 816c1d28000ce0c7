"""Everything after the answers: rules, text metrics and judges → scores. No model is asked again."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any

from auscult.engine.forecast import Forecast
from auscult.engine.progress import progress
from auscult.engine.remarks import read_remarks
from auscult.engine.session import Show
from auscult.errors import UserError
from auscult.printing import tell
from auscult.records import Instrument, Score
from auscult.runs.annotations import read_annotations
from auscult.runs.folder import UNTYPED, RunFolder, Typed, read_manifest, redact, run_folder
from auscult.runs.instruments import CHANGED, as_plain, brief, instruments_of
from auscult.runs.judged import Judgement, judgements
from auscult.runs.judging import Judging
from auscult.runs.judging_options import JudgingOptions
from auscult.runs.kept import keep_annotators, keep_certificates, keep_labels, read_certificate, read_labels
from auscult.runs.probe_judging import ProbeJudging, judge_probes
from auscult.runs.probing import TABLE
from auscult.runs.reading import Reading
from auscult.runs.reading_options import ReaderOptions
from auscult.runs.scores import Scoring
from auscult.scorers import Scorer, ScorerOptions, TextMetric, select
from auscult.scorers.selection import BESIDE_A_JUDGE, DEFAULT, LEFT_OUT, NONE, left_out, ordered
from auscult.scorers.text import CHANGES, blind_spots
from auscult.store.tables import read_rows, write_rows

ANSWERS = "journal"
SERVERS = {
    ANSWERS: "Of the model's server: ",
    "judges/*/journal": "Of a judge's server: ",
    "readers/*/journal": "Of the second reader's server: ",
}
"""Where the journals of a run lie, and how a note on their servers begins."""
SPOTTED = 200
"""Most different references that a text metric's blind spots are measured on."""


@dataclass(frozen=True, kw_only=True)
class Readers:
    """What reads the answers.

    Attributes:
        scorers: rules and text metrics by name, and no others: ``closed``, ``bertscore:FOLDER@LAYER``; ``default``: all
            rules; ``none``. Nothing named: ``default``, and beside a judge ``meteor`` and ``rouge``.
        scorer_options: what they may be given.
        judges: judge models, ``KIND:REST``, each with how it judges.
        reader: model that reads what the rules left unread, ``KIND:REST``; empty: none, or the one that the run was
            read by before.
        reader_options: how it is asked.
        certificates: files of ``auscult calibrate judge``.
        annotators: table of what several annotators said of the items.
        labels: table of what some of the model's yes/no answers mean.
    """

    scorers: tuple[str, ...] = ()
    scorer_options: ScorerOptions = field(default_factory=ScorerOptions)
    judges: tuple[tuple[str, JudgingOptions], ...] = ()
    reader: str = ""
    reader_options: ReaderOptions = field(default_factory=ReaderOptions)
    certificates: tuple[Path, ...] = ()
    annotators: Path | None = None
    labels: Path | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The scorers named, or those that are used where none is."""
        return self.scorers or (DEFAULT, *(BESIDE_A_JUDGE if self.judges else ()))

    def check(self) -> None:
        """Refuses what cannot be used, before anything is asked, and says on standard error what goes without.

        Raises:
            UserError: a scorer is unknown, or what it needs is not there; a certificate is none; or
                options of the second reader cannot mean anything.
        """
        self.reader_options.check()
        for path in self.certificates:
            read_certificate(path)
        if self.annotators:
            read_annotations(self.annotators)
        if self.labels:
            read_labels(self.labels)
        select(self.names, self.scorer_options)
        for line in left_out() if DEFAULT in self.names else ():
            tell(line)


def score_run(folder: RunFolder, readers: Readers, max_missing: float, show: Show) -> None:
    """Scores the answers of an open run; judgements and scorers of an earlier call are kept.

    What was used to score them, and what analysis must know of it, is noted in the manifest.

    Raises:
        UserError: a judge or a metric cannot do its work.
        BudgetReached: a judge's budget is used up; the same call goes on.
    """
    asked = _scorers_of(folder, readers)
    scorers = _opened(asked, readers.scorer_options)
    metrics = [s for s in scorers if isinstance(s, TextMetric)]
    keep_certificates(folder.path, readers.certificates)
    if readers.annotators:
        keep_annotators(folder.path, readers.annotators)
    if readers.labels:
        keep_labels(folder.path, readers.labels)
    for spec, options in readers.judges:
        with closing(Judging(folder.path, spec, options)) as judging:
            judging.run(show)
    judge_probes(folder, readers.judges, show)
    rules = [s for s in scorers if isinstance(s, Scorer)]
    reading = _reading(folder, readers, rules)
    if reading:
        reading.run(show)
    judged = judgements(folder.path)
    with show("scoring", None):
        scoring = Scoring(reading.scorers if reading else rules, metrics, SPOTTED if metrics else 0)
        rows = scoring.rows(folder.table("items"), folder.table("answers"))
        verdicts = chain.from_iterable(read_rows(j.scores, Score) for j in judged)
        write_rows(folder.table("scores"), Score, chain(reading.filled(rows) if reading else rows, verdicts))
        spots = _blind_spots(list(scoring.references), metrics)
    notes = [note for note in folder.manifest.get("notes", ()) if not note.startswith((LEFT_OUT, *SERVERS.values()))]
    notes += left_out() if DEFAULT in dict(asked) else ()
    notes += _of_servers(folder.path)
    said = {"notes": notes} | (reading.note({**folder.manifest, "notes": notes}) if reading else {})
    own = [reading.noted(s.instrument) if reading else s.instrument for s in scoring.used]
    instruments = [*own, *map(_judge, judged), *map(_measured, metrics)]
    if changed := _changed(folder, instruments):
        tell(changed)
        said["notes"] = [*said["notes"], changed]
    folder.note(
        instruments=as_plain(instruments),
        scorers=[list(pair) for pair in asked],
        blind_spots=spots,
        **said,
        max_missing=max_missing,
        tables=folder.digests("scores"),
    )


def _changed(folder: RunFolder, instruments: Sequence[Instrument]) -> str:
    """What to say where instruments that scored the run before do no more: its scores are of the new ones alone."""
    before, now = ([i.id for i in some] for some in (instruments_of(folder.manifest), instruments))
    new = [i for i in now if i not in before]
    gone = [i for i in before if i not in now and not any(n.startswith(f"{i}+") for n in new)]  # +: beside a reader
    if not gone:
        return ""
    by = f"by {', '.join(map(brief, new))}" if new else "without it"
    return f"{CHANGED}{', '.join(map(brief, gone))} scored this run before; all of it was scored anew {by}."


def _of_servers(run: Path) -> Iterator[str]:
    """What must be known of the servers that were asked: other weights under one name, what was left out."""
    for place, said in SERVERS.items():
        for journal in sorted(run.glob(place)):
            remarks = read_remarks(journal).sentences(departures=place != ANSWERS)
            yield from (f"{said}{sentence}." for sentence in remarks)


def _reading(folder: RunFolder, readers: Readers, rules: Sequence[Scorer]) -> Reading | None:
    """The second reader, of this call or an earlier one; None where there is none."""
    earlier = folder.manifest.get("reader", {}).get("identity", "")
    if not (readers.reader or earlier):
        return None
    return Reading(folder.path, rules, readers.reader, readers.reader_options, earlier)


def forecasts(run: Path, readers: Readers) -> Iterator[tuple[str, Forecast]]:
    """What each judge and the second reader would be asked of a run's answers; what is journalled is not asked again.

    Raises:
        UserError: there is nothing to judge, or a judge, a reader or a scorer is not there.
    """
    for spec, options in readers.judges:
        with closing(Judging(run, spec, options)) as judging:
            yield f"judge {spec}", judging.forecast()
    for spec, options in readers.judges[:1] if (run / f"{TABLE}.parquet").exists() else ():
        yield f"judge {spec}, of open answers to probes", ProbeJudging(run, spec, options).forecast()
    if readers.reader:
        asked = _scorers_of(RunFolder(run, read_manifest(run)), readers)
        rules = [s for s in _opened(asked, readers.scorer_options) if isinstance(s, Scorer)]
        yield f"reader {readers.reader}", Reading(run, rules, readers.reader, readers.reader_options).forecast()


def rescore(
    run: Path, readers: Readers, *, max_missing: float = 0.05, show: Show = progress, typed: Typed = UNTYPED
) -> None:
    """Scores the answers of a run anew, with more metrics and judges; the model is not asked.

    What was typed is noted beside the command that made the run, as ``rescored``.

    Raises:
        UserError: as ``score_run``.
    """
    readers.check()
    with run_folder(run, read_manifest(run)["settings"]) as folder:
        score_run(folder, readers, max_missing, show)
        if typed.command:
            earlier = [line for line in folder.manifest.get("rescored", ()) if line != redact(typed.command)]
            folder.note(rescored=[*earlier, redact(typed.command)])


def _scorers_of(folder: RunFolder, readers: Readers) -> list[tuple[str, str]]:
    """Scorers of earlier calls, then of this one, each with the baseline that it is rescaled with, or none."""
    baseline = str(readers.scorer_options.baseline.resolve()) if readers.scorer_options.baseline else ""
    now = [(spec, baseline if spec.startswith("bertscore") else "") for spec in readers.names if spec != NONE]
    earlier = [(str(spec), str(kept)) for spec, kept in folder.manifest.get("scorers", ())]
    return list(dict.fromkeys((*earlier, *now)))


def _opened(asked: list[tuple[str, str]], options: ScorerOptions) -> list[Scorer | TextMetric]:
    """The scorers, ready to score; one that was named stands over the same one among the default."""
    made: dict[str, Scorer | TextMetric] = {}
    for spec, baseline in sorted(asked, key=lambda pair: pair[0] != DEFAULT):
        for one in select((spec,), replace(options, baseline=Path(baseline) if baseline else None)):
            made[one.instrument.id] = one
    return ordered(made.values())


def _measured(metric: TextMetric) -> Instrument:
    """How a text metric stands in the manifest, with what must be said of the scores it gave."""
    return replace(metric.instrument, notes=(*metric.instrument.notes, *metric.notes()))


def _judge(judgement: Judgement) -> Instrument:
    """How a judge stands in the manifest, with what came of its verdicts."""
    counts, instrument = judgement.counts, judgement.instrument
    said = [f"{counts.get('ok', 0)} of {sum(counts.values())} answers were judged"]
    words = {
        "unusable": "empty or withheld, at the worst value without asking",
        "request_failed": "without a verdict because requests failed",
        "judge_unusable": "without a verdict that could be used",
        "unread": "without a verdict because the answer could not be read",
    }
    said += [f"{counts[status]} {text}" for status, text in words.items() if counts.get(status)]
    reasons = [f"{n} × {reason}" for reason, n in judgement.reasons.items() if not reason.startswith("unusable")]
    sentence = "; ".join(said) + (f" ({'; '.join(reasons[:3])})" if reasons else "") + "."
    return replace(instrument, notes=(sentence, *instrument.notes))


def _blind_spots(references: list[str], opened: list[TextMetric]) -> dict[str, list[dict[str, Any]]]:
    """What each metric gives for this run's own references after one change, with how many could be changed so."""
    if not references:
        return {}
    found = {}
    for metric in opened:
        spots = blind_spots(metric, references)
        found[metric.instrument.id] = [
            {"metric": value, "change": change, "mean": mean, "n": len(spots.values(change, value))}
            for value in metric.instrument.names
            for change in CHANGES
            if (mean := spots.mean(change, value)) is not None
        ]
    return found


def check_judges(readers: Readers) -> None:
    """Refuses judge options that cannot mean anything, before anything is asked.

    Raises:
        UserError: what to set instead.
    """
    for _, options in readers.judges:
        options.check()
    if len({spec for spec, _ in readers.judges}) != len(readers.judges):
        raise UserError("--judge: the same judge is named twice")
