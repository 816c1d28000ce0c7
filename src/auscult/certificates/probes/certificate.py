"""The certificate of the probes: which one names a planted weakness first, and how often the others speak."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
from scipy import stats

from auscult.analysis.quantities.probes import Collected, ProbeReading, faults, worst_first
from auscult.analysis.summary import Figure, ProbeAsked
from auscult.certificates.cells import Row
from auscult.certificates.probes import ProbesOptions
from auscult.certificates.probes.models import NONE, WEAKNESSES, Simulated, Weakness
from auscult.certificates.trial import Trial, Verdict
from auscult.corpora import ReadOptions, phantoms
from auscult.engine.progress import progress
from auscult.engine.session import Show
from auscult.items.bundle import Bundle
from auscult.items.item_set import ItemSet
from auscult.items.writer import SourceNote, write_item_set
from auscult.phantoms.folder import FolderPlan, write_folder
from auscult.phantoms.scene import KINDS
from auscult.probes import Probe, every
from auscult.probes.asking import Pairing, Probed, question, read
from auscult.probes.reading import RULES
from auscult.protocols import Asking
from auscult.protocols.direct import Direct
from auscult.records import Case, Certificate, Condition, Item, Reply, item_id
from auscult.runs.plan import Plan
from auscult.runs.probing import Probing
from auscult.version import __version__

POOL: Final = 4
"""Times as many phantoms are drawn as a run asks about."""
SIZE: Final = 64
"""Pixels a side: nobody looks, but pictures are changed as in a run."""
FIRST: Final = 0.9
"""Share of the runs in which the right probe is to come first: 27 of 30."""
ALARMS: Final = 0.05
"""Share of the runs in which a probe that names nothing may speak."""
LEVEL: Final = 0.05
"""Of all tests of false alarms together."""
MOST: Final = 100
"""Questions about one phantom, at most."""
CONDITIONS: Final = frozenset[Condition](("with", "without", "wrong"))
Key = tuple[str, str, str, str]
"""Probe, role, item as it was put, and what was answered."""
FIELDS: Final = tuple(field.name for field in fields(Probed))


def certify(options: ProbesOptions, show: Show = progress) -> Certificate:
    """Puts all probes to models with one weakness, and to one with none.

    Args:
        options: how many, of what.
        show: how progress is shown.

    Returns:
        One row a model and probe: in how many runs its fault is surely there, and in how many it comes first. It passes
        where the probe that names a weakness comes first in 9 of 10 runs, and no other speaks in significantly more
        than 1 of 20.
    """
    with TemporaryDirectory() as temporary:
        pool = _drawn(Path(temporary), options)
        read_before: dict[Key, dict[str, Any]] = {}
        trial = Trial(
            instrument=f"auscult.probes {__version__}",
            subject="simulated models with one planted weakness that read phantoms",
            steps=[
                partial(_rows, options, pool, read_before, weakness, n)
                for n, weakness in enumerate((NONE, *WEAKNESSES))
            ],
            conclude=conclusion,
        )
        return trial.certificate(show)


def _drawn(folder: Path, options: ProbesOptions) -> list[list[Pairing]]:
    """All that is put about each case of a pool of phantoms."""
    write_folder(FolderPlan(n=POOL * options.cases, seed=options.seed, size=SIZE), folder / "phantoms")
    source = SourceNote(reader="phantoms", path="-")
    write_item_set(_bundles(folder / "phantoms"), folder / "items", source=source)
    plan = Plan(
        items=ItemSet(folder / "items"),
        split="",
        limit=None,
        controls=0,
        conditions=CONDITIONS,
        seed=options.seed,
        asks=lambda item: item.answer_type in RULES,
    )
    probing = Probing(plan, every(), POOL * options.cases * MOST, CONDITIONS)
    return [probing.pairings(group) for group in probing.groups()]


def _bundles(folder: Path) -> Iterator[Bundle]:
    """The phantoms with their own questions, and one whether each finding is there."""
    for bundle in phantoms.read(folder, ReadOptions()):
        case = bundle.case
        known = [f for f in dict.fromkeys(fact.finding for fact in case.facts) if f in KINDS]
        asked = tuple(_asked_presence(case, finding) for finding in known)
        yield replace(bundle, items=(*bundle.items, *asked))


def _asked_presence(case: Case, finding: str) -> Item:
    question, reference = f"Is there any {finding} in this image?", "yes" if _is_there(case, finding) else "no"
    source_id = f"{case.source_key}:presence:{finding}"
    return Item(
        id=item_id(case.id, question, (), reference, source_id),
        case_id=case.id,
        source_id=source_id,
        question=question,
        reference=reference,
        answer_type="yes_no",
        category="presence",
        target=finding,
        split="test",
    )


def _is_there(case: Case, finding: str) -> bool:
    return any(fact.finding == finding and fact.presence == "present" for fact in case.facts)


def _rows(
    options: ProbesOptions,
    pool: Sequence[list[Pairing]],
    read_before: dict[Key, dict[str, Any]],
    weakness: Weakness,
    number: int,
) -> list[Row]:
    """The rows of one simulated model; the same answer to the same question is read once."""
    spoken = []
    for run in range(options.runs):
        rng = np.random.default_rng([options.seed, number, run])
        model = Simulated(weakness, options.strength, options.knows, options.slips, rng)
        chosen = rng.choice(len(pool), min(options.cases, len(pool)), replace=False)
        asked = [pairing for case in chosen for pairing in pool[case]]
        spoken.append([fault.group for fault in worst_first(_faults(asked, model, read_before))])
    return list(_counted(weakness, spoken))


def _faults(asked: Sequence[Pairing], model: Simulated, read_before: dict[Key, dict[str, Any]]) -> Iterator[Figure]:
    """The faults of a model that was asked all this, by the reading and the figures of a run."""
    direct = Direct(asking=Asking(model="simulated"))
    collected: dict[str, Collected] = defaultdict(Collected)
    probes: dict[str, Probe] = {}
    for pairing in asked:
        text = model.says(pairing)
        key = pairing.probe.name, pairing.twin.role, pairing.twin.item.id, text
        if key not in read_before:
            reply = Reply(text=text, finish="stop")
            row = read(pairing, direct.asking.answer(question(pairing, 0), reply))
            read_before[key] = {name: getattr(row, name) for name in FIELDS}
        collected[pairing.probe.name].add(read_before[key])
        probes[pairing.probe.name] = pairing.probe
    for name, probe in probes.items():
        if probe.blamed and not probe.control:
            named = ProbeAsked(
                name=probe.name,
                id=probe.id,
                title=probe.title,
                about=probe.about,
                right=probe.right,
                against=probe.against,
            )
            yield from faults(named, ProbeReading(named, collected[name].arms()).figures())


def _counted(weakness: Weakness, spoken: Sequence[Sequence[str]]) -> Iterator[Row]:
    """A row a probe: in how many runs it says that there is a fault, and in how many it says so first."""
    runs = len(spoken)
    for probe in (probe.name for probe in every() if probe.blamed and not probe.control):
        speaks, first = sum(probe in run for run in spoken), sum(run[:1] == [probe] for run in spoken)
        yield {
            "part": "probe",
            "what": weakness.name,
            "probe": probe,
            "names it": "yes" if probe in weakness.named_by else "no",
            "runs": runs,
            "speaks": speaks,
            "first": first,
        }
    right = sum(bool(run) and run[0] in weakness.named_by for run in spoken)
    yield {
        "part": "named first",
        "what": weakness.name,
        "probe": ", ".join(sorted(weakness.named_by)) or "none",
        "names it": "yes",
        "runs": runs,
        "speaks": sum(bool(weakness.named_by.intersection(run)) for run in spoken),
        "first": right,
    }


def conclusion(rows: Sequence[Row]) -> Verdict:
    """Whether each weakness is named first in 9 of 10 runs, and no other probe speaks significantly above 1 in 20."""
    planted = [row for row in rows if row["part"] == "named first" and row["what"] != NONE.name]
    others = [row for row in rows if row["part"] == "probe" and row["names it"] == "no"]
    missed = [row["what"] for row in planted if row["first"] < FIRST * row["runs"]]
    level = LEVEL / max(1, len(others))
    loud = [row for row in others if stats.binom.sf(row["speaks"] - 1, row["runs"], ALARMS) < level]
    noise = [f"{row['probe']} ({row['what']})" for row in loud]
    alarms, runs = sum(row["speaks"] for row in others), sum(row["runs"] for row in others)
    fewest = min((row["first"] for row in planted), default=0)
    said = (
        f"Of {len(planted)} planted weaknesses {len(planted) - len(missed)} are named first by their own probe in 9 of "
        f"10 runs or more (the least {fewest} of {planted[0]['runs'] if planted else 0})"
        + (f", not so: {', '.join(missed)}" if missed else "")
        + f". Probes that name nothing speak in {alarms} of {runs} cases"
        + (f"; too often: {', '.join(noise)}" if noise else "")
        + "."
    )
    return not missed and not loud, said
