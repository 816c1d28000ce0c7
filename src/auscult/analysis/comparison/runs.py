"""The runs of a comparison: read once, their items numbered together, runs of one model put into one row."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from auscult.analysis.joined import Joined
from auscult.analysis.joining import join
from auscult.analysis.samples import Rows
from auscult.analysis.summary import Summary, read_summary
from auscult.errors import UserError
from auscult.records import Answer
from auscult.runs.checks import says_untold
from auscult.runs.folder import model_name, read_manifest
from auscult.store.tables import read_rows

SETTINGS = ("protocol", "decoding", "samples")
"""What was asked in another way is another measurement."""


@dataclass(frozen=True)
class ComparedRun:
    """One run, ready to be compared.

    Attributes:
        folder: of the run.
        manifest: of the run.
        summary: of the run, which says that it is finished.
        joined: the run in arrays; clusters have the same code in all runs.
        numbers: of its items, the same in all runs.
    """

    folder: Path
    manifest: dict[str, Any]
    summary: Summary
    joined: Joined
    numbers: Rows


@dataclass(frozen=True)
class Contestant:
    """One row of the tables: a model with its run, or its runs on different items.

    Attributes:
        label: what the row is called.
        about: what tells it from others: model, how it was asked, folder.
        runs: of this model; no item is in two of them.
        plumbing_only: its figures say nothing about a real model, and none is shown.
    """

    label: str
    about: str
    runs: tuple[ComparedRun, ...]
    plumbing_only: bool

    @property
    def numbers(self) -> Rows:
        """The items of all its runs."""
        return np.concatenate([r.numbers for r in self.runs])

    def setting(self, name: str) -> object:
        """How it was asked; the same in all its runs."""
        return self.runs[0].manifest["settings"].get(name)


def read_runs(folders: Sequence[Path]) -> list[ComparedRun]:
    """Reads runs that are finished and different.

    Raises:
        UserError: a folder is no finished run, the same run is named twice, or two runs hold the same recorded answers.
    """
    manifests = [read_manifest(folder) for folder in folders]
    for (a, one), (b, other) in combinations(zip(folders, manifests, strict=True), 2):
        if a.resolve() == b.resolve():
            raise UserError(f"{b}: named twice; name each run once")
        if one == other:
            raise UserError(f"{b}: the same run as {a}, in another folder; name each run once")
    _refuse_copies(folders, manifests)
    items: dict[str, int] = {}
    groups: dict[tuple[str, str], int] = {}
    return [_read(f, m, items, groups) for f, m in zip(folders, manifests, strict=True)]


def _refuse_copies(folders: Sequence[Path], manifests: Sequence[dict[str, Any]]) -> None:
    """Refuses recorded answers that came in twice, under two names: two models never agree in every word of them."""
    recorded = [f for f, manifest in zip(folders, manifests, strict=True) if manifest.get("model", {}).get("recorded")]
    seen: dict[int, Path] = {}
    for folder in recorded if len(recorded) > 1 else ():
        first = seen.setdefault(_answers(folder), folder)
        if first is not folder:
            raise UserError(
                f"{folder}: holds the same recorded answers as {first}, every word of them; name each model's own file"
            )


def _answers(folder: Path) -> int:
    """What tells the answers of a run from others: to what each was given and what it says, in any order."""
    said = 0
    for a in read_rows(folder / "answers.parquet", Answer):
        row = orjson.dumps([a.item_id, a.condition, a.repeat, a.status, a.text])
        said += int.from_bytes(hashlib.blake2b(row, digest_size=16).digest())
    return said


def _read(
    folder: Path, manifest: dict[str, Any], items: dict[str, int], groups: dict[tuple[str, str], int]
) -> ComparedRun:
    summary, run = read_summary(folder / "summary.json"), join(folder)
    sources = run.codes["source"].names
    pairs = zip(run.labels["source"], run.cluster, strict=True)
    names = ((sources[source], run.groups[cluster]) for source, cluster in pairs)
    run.cluster = np.array([groups.setdefault(name, len(groups)) for name in names], np.int32)
    return ComparedRun(
        folder=folder,
        manifest=manifest,
        summary=summary,
        joined=run,
        numbers=np.array([items.setdefault(i, len(items)) for i in run.ids], np.int64),
    )


def common(numbers: Sequence[Rows]) -> Rows:
    """The items that all have."""
    return reduce(np.intersect1d, numbers)


def contestants(runs: Sequence[ComparedRun], names: Sequence[str] = ()) -> list[Contestant]:
    """Rows of the comparison, in the order of their first run.

    Runs of the same model, asked in the same way about different items, are one row; so are runs of one name.

    Args:
        runs: to be compared.
        names: one a run, or none.

    Raises:
        UserError: the number of names is wrong, or runs of one name do not go together.
    """
    if names and len(names) != len(runs):
        raise UserError(f"{len(names)} names for {len(runs)} runs; give one a run, in the same order, after --names")
    rows: list[list[ComparedRun]] = []
    for n, run in enumerate(runs):
        row = next((r for r in rows if _together(r, run, runs, names, n)), None)
        if row is None:
            rows.append([run])
        else:
            row.append(run)
    named = [names[runs.index(row[0])] for row in rows] if names else _labels(rows)
    return [
        Contestant(
            label=label,
            about=_about(label, row),
            runs=tuple(row),
            plumbing_only=any(r.summary.plumbing_only for r in row),
        )
        for label, row in zip(named, rows, strict=True)
    ]


def _together(
    row: list[ComparedRun], run: ComparedRun, runs: Sequence[ComparedRun], names: Sequence[str], n: int
) -> bool:
    """Whether a run goes into a row that is there."""
    apart = not any(np.isin(run.numbers, r.numbers).any() for r in row)
    if not names:
        return apart and _how(run) == _how(row[0]) and _identity(run) == _identity(row[0])
    if names[n] != names[runs.index(row[0])]:
        return False
    if not apart:
        raise UserError(f"{run.folder}: named '{names[n]}' like a run on the same items; give each its own name")
    if _how(run) != _how(row[0]):
        raise UserError(f"{run.folder}: named '{names[n]}' like a run that was asked in another way; give it its own")
    return True


def _identity(run: ComparedRun) -> object:
    return run.manifest["settings"].get("model") or run.manifest["model"].get("identity")


def _how(run: ComparedRun) -> list[object]:
    return [run.manifest["settings"].get(name) for name in SETTINGS]


def _labels(rows: Sequence[Sequence[ComparedRun]]) -> list[str]:
    """The model, and where several rows have it the folder of the run too."""
    specs = [model_name(row[0].manifest) for row in rows]
    return [
        spec if specs.count(spec) == 1 else f"{spec} ({row[0].folder.name or row[0].folder.resolve().name})"
        for spec, row in zip(specs, rows, strict=True)
    ]


def _about(label: str, row: Sequence[ComparedRun]) -> str:
    spec = model_name(row[0].manifest)
    folders = ", ".join(str(r.folder) for r in row)
    return folders if label.startswith(spec) else f"{spec} · {folders}"


def refuse_strangers(rows: Sequence[Contestant], against: Contestant | None) -> None:
    """Refuses a row that shares no item with any other (or with the baseline).

    Raises:
        UserError: which row, and what to do.
    """
    for row in rows:
        others = [against] if against else [r for r in rows if r is not row]
        if against is not row and not any(np.isin(row.numbers, o.numbers).any() for o in others if o):
            whom = f"'{against.label}'" if against else "any other run"
            raise UserError(
                f"{row.runs[0].folder}: no item in common with {whom}: nothing can be compared; evaluate both on the "
                "same item set"
            )


def cautions(rows: Sequence[Contestant]) -> Iterable[str]:
    """What must be read before any figure, from how the runs were made."""
    warned = list(_said_by_runs(rows))
    yield from (text for text in warned if says_untold(text))
    if hidden := [r.label for r in rows if r.plumbing_only]:
        yield f"Plumbing only, no figure is shown: {', '.join(hidden)} (the bundled phantom model on other images)."
    sets = {str(r.manifest["settings"].get("items")) for row in rows for r in row.runs}
    first = np.sort(rows[0].numbers)
    if len(sets) > 1 and not all(np.array_equal(first, np.sort(row.numbers)) for row in rows):
        yield f"The rows were not asked the same items: {_shared(rows)}"
    for name in SETTINGS:
        values = [row.setting(name) for row in rows]
        if any(v != values[0] for v in values):
            said = "; ".join(f"{row.label}: {_plain(v, values)}" for row, v in zip(rows, values, strict=True))
            yield f"Asked in different ways ({name}), so that a difference may come from that: {said}."
    identities = [_identity(row.runs[0]) for row in rows]
    if len(set(map(str, identities))) < len(rows):
        yield "Several rows are the same model."
    if any(i.primary.estimator == "powered" for row in rows for r in row.runs for i, _ in r.joined.scored()):
        yield "Verdicts of a cascade are not compared here: its total stands in the report of each run."
    yield from (text for text in warned if not says_untold(text))


def _shared(rows: Sequence[Contestant]) -> str:
    shared = len(common([row.numbers for row in rows]))
    said = "; ".join(f"{row.label} {len(row.numbers) - shared} more" for row in rows)
    return f"{shared} items are common to all ({said})."


def _plain(value: object, values: Sequence[object]) -> str:
    """A setting in words; of several at once only those that differ."""
    if not isinstance(value, dict):
        return str(value)
    others = [v for v in values if isinstance(v, dict)]
    differing = {k: v for k, v in value.items() if any(o.get(k) != v for o in others)}
    return ", ".join(f"{k} {v}" for k, v in differing.items())


def _said_by_runs(rows: Sequence[Contestant]) -> Iterable[str]:
    """Warnings that stand in the runs' own reports, each once, with the rows that it is about."""
    about: dict[str, list[str]] = {}
    for row in rows:
        said = [w for r in row.runs for w in r.summary.warnings]
        for text in dict.fromkeys(said):
            about.setdefault(text, []).append(row.label)
    for text, labels in about.items():
        yield text if len(labels) == len(rows) else f"{', '.join(labels)}: {text}"
