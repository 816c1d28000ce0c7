"""Small runs to compare: the same items answered by several models, with scores of judges and text metrics by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from tests.analysis.worked import Asked, ask, study, write_run

from auscult.analysis.summary import write_summary
from auscult.records import Answer, Case, Instrument, Score, Value, score_id
from auscult.runs.folder import SCHEMA
from auscult.runs.instruments import as_plain
from auscult.store.tables import read_rows, write_rows

P, N, Q = "non-hallucination", "hallucination", "question"
CLINICAL = Instrument(
    name="clinical",
    version="1+judge-a",
    kind="judge",
    about="clinical judge, judge-a",
    values=tuple(Value(name=n, low=1.0, high=10.0, share=False) for n in ("accuracy", "risk")),
    judge="judge-a",
)
METEOR = Instrument(
    name="meteor",
    version="1",
    kind="text",
    about="METEOR as nltk 3.10",
    values=(Value(name="meteor", label="METEOR", share=False),),
)
Given = Mapping[str, float] | str
"""Values of one scorer for one item, or the status that says why there are none."""


def question(name: str, kind: str, said: str = "Nothing.") -> Asked:
    """An open question; its name is all that tells it from others."""
    return ask(f"What is {name}?", f"thing {name}", said, answer_type="open", kind=kind)


def patients(items: Sequence[tuple[str, str, str]], source: str = "worked") -> list[tuple[Case, list[Asked]]]:
    """Studies of (patient, item, kind), one image a patient."""
    cases: dict[str, list[Asked]] = {}
    for patient, name, kind in items:
        cases.setdefault(patient, []).append(question(name, kind))
    return [(replace(study(p, p), source=source), asked) for p, asked in cases.items()]


def write(
    folder: Path,
    spec: str,
    studies: Sequence[tuple[Case, Sequence[Asked]]],
    scores: Mapping[Instrument, Mapping[str, Given]] | None = None,
    *,
    max_missing: float = 0.05,
    **settings: Any,
) -> Path:
    """A finished run. ``scores``: instrument → name of the item → what it said of the answer."""
    folder.mkdir(parents=True)
    run = write_run(folder, studies)
    said = [
        replace(a, text=f"Nothing, says {spec} in {folder}.") if a.text == "Nothing." else a
        for a in read_rows(folder / "answers.parquet", Answer)
    ]
    write_rows(folder / "answers.parquet", Answer, said)
    scores = scores or {}
    names = {item.id: item.source_id for item in _items(folder)}
    rows = list(read_rows(folder / "scores.parquet", Score))
    for answer in read_rows(folder / "answers.parquet", Answer):
        for instrument, given in scores.items():
            name = names[answer.item_id].removeprefix("What is ").removesuffix("?")
            if name in given:
                rows.append(_score(answer, instrument, given[name]))
    write_rows(folder / "scores.parquet", Score, rows)
    manifest = {
        "schema": SCHEMA,
        "created": "2026-03-02T10:00:00+00:00",
        "command": f"auscult evaluate items --model {spec}",
        "settings": {"items": "digest", "model": spec, "protocol": "direct@1", "samples": 1, **settings},
        "model": {"spec": spec, "identity": spec, "recorded": spec.startswith("replay:")},
        "items": {"source": {"reader": "by hand"}},
        "instruments": as_plain(list(scores)),
    }
    write_summary(folder / "summary.json", run.summary(max_missing, **manifest))
    return folder


def _items(folder: Path) -> Any:
    from auscult.records import Item

    return read_rows(folder / "items.parquet", Item)


def _score(answer: Answer, instrument: Instrument, given: Given) -> Score:
    return Score(
        id=score_id(answer.id, instrument.name, instrument.version, 0),
        answer_id=answer.id,
        item_id=answer.item_id,
        case_id=answer.case_id,
        scorer=instrument.name,
        version=instrument.version,
        status="ok" if isinstance(given, Mapping) else given,  # type: ignore[arg-type]
        values=dict(given) if isinstance(given, Mapping) else {},
    )


def judged(values: Mapping[str, float], instrument: Instrument = CLINICAL) -> dict[Instrument, dict[str, Given]]:
    """Every figure of an instrument gets the same value."""
    return {instrument: {name: dict.fromkeys(instrument.names, v) for name, v in values.items()}}


def models(
    folder: Path, count: int = 3, *, images: int = 24, gain: float = 1.0, seed: int = 0, names: Sequence[str] = ()
) -> list[Path]:
    """Runs of models on the same P and N items, judged and measured; each is ``gain`` better than the one before."""
    rng = np.random.default_rng(seed)
    items = [(f"p{i}", f"{kind[0]}{i}-{k}", kind) for i in range(images) for kind in (P, N) for k in range(3)]
    hard = {name: rng.normal(5.5 if kind == P else 4.5, 1.5) for _, name, kind in items}
    found = []
    for m in range(count):
        clinical: dict[str, Given] = {}
        meteor: dict[str, Given] = {}
        for _, name, _ in items:
            value = float(np.clip(np.rint(hard[name] + gain * m + rng.normal(0, 1.5)), 1, 10))
            clinical[name] = {"accuracy": value, "risk": float(np.clip(value + rng.integers(-1, 2), 1, 10))}
            meteor[name] = {"meteor": float(np.clip(rng.normal(0.3 + 0.02 * gain * m, 0.1), 0, 1))}
        spec = names[m] if names else f"replay:model-{m}.jsonl"
        found.append(write(folder / f"run-{m}", spec, patients(items), {CLINICAL: clinical, METEOR: meteor}))
    return found
