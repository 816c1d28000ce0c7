"""The certificate of the probes: which one names a planted weakness first, and how often the others speak."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
from scipy import stats

from auscult.analysis.probed import Collected
from auscult.analysis.quantities.probes import MARK, ProbeReading, faults, worst_first
from auscult.analysis.summary import Figure, ProbeAsked
from auscult.certificates.cells import Row, kept
from auscult.certificates.probes import ProbesOptions
from auscult.certificates.probes import wrapped as wrapping
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
from auscult.records import Case, Certificate, Condition, Item, Reply, digest, item_id
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
EVERY: Final = 1_000_000
"""Items, more than there are: every one is probed."""
WRAPPED: Final = 1
"""Sets the draws of wrapped models apart from those of simulated ones."""
CONDITIONS: Final = frozenset[Condition](("with", "without", "wrong"))
Key = tuple[str, str, str, str]
"""Probe, role, item as it was put, and what was answered."""
FIELDS: Final = tuple(one.name for one in fields(Probed))


def certify(options: ProbesOptions, show: Show = progress) -> Certificate:
    """Puts all probes to models with one weakness, and to one with none.

    Args:
        options: how many, of what.
        show: how progress is shown.

    Returns:
        One row a model and probe: in how many runs its fault is surely there, and in how many it comes first. It passes
        where the probe that names a weakness comes first in 9 of 10 runs, and no other speaks in significantly more
        than 1 of 20; of the wrapped phantom model, beyond what speaks of it without a wrapper.
    """
    with TemporaryDirectory() as temporary:
        work = options.work or Path(temporary)
        models = [*enumerate((NONE, *WEAKNESSES))]
        simulated = _Made(partial(_simulated, Path(temporary), options))
        wrapped = _Made(partial(_wrapped, Path(temporary), options, work / "journal", show))
        parts = [(_rows, simulated), *([(wrapped_rows, wrapped)] if options.phantoms else [])]
        trial = Trial(
            instrument=f"auscult.probes {__version__}",
            subject="simulated models and the bundled phantom model, each with one planted weakness",
            steps=[
                partial(_kept, work, options, make, made, weakness, n) for make, made in parts for n, weakness in models
            ],
            conclude=conclusion,
        )
        return trial.certificate(show)


@dataclass
class Asked:
    """What is put to models, and what was read of answers already; of the phantom model, what it says by itself."""

    pool: list[list[Pairing]]
    read_before: dict[Key, dict[str, Any]] = field(default_factory=dict)
    said: dict[wrapping.Asked, str] = field(default_factory=dict)


class _Made:
    """What is asked, made when it is first needed: rows that are kept need none of it."""

    def __init__(self, make: Callable[[], Asked]) -> None:
        self._make = make

    @cached_property
    def asked(self) -> Asked:
        return self._make()


def _kept(
    work: Path,
    options: ProbesOptions,
    make: Callable[[ProbesOptions, Asked, Weakness, int], list[Row]],
    made: _Made,
    weakness: Weakness,
    number: int,
) -> list[Row]:
    """The rows of one model: made, or where the same command made them before."""
    told = {name: value for name, value in asdict(options).items() if name not in MATTER_NOT[make.__name__]}
    file = work / f"{digest(__version__, make.__name__, weakness.name, number, [p.id for p in every()], told)}.json"
    return kept(file, lambda: make(options, made.asked, weakness, number))


MATTER_NOT: Final = {
    "_rows": frozenset({"work", "phantoms"}),
    "wrapped_rows": frozenset({"work", "cases", "knows", "slips"}),
}
"""Options that the rows of a model do not depend on."""


def _simulated(folder: Path, options: ProbesOptions) -> Asked:
    """All that is put about each case of a pool of phantoms; nobody looks at them."""
    write_folder(FolderPlan(n=POOL * options.cases, seed=options.seed, size=SIZE), folder / "phantoms")
    return Asked(_drawn(folder, _bundles(folder / "phantoms"), options.seed))


def _wrapped(folder: Path, options: ProbesOptions, journal: Path, show: Show) -> Asked:
    """All that is put to the phantom model about phantoms that it has not seen, and what it says."""
    folder = folder / "wrapped"
    write_folder(FolderPlan(n=options.phantoms, seed=options.seed + 1), folder / "phantoms")
    pool = _drawn(folder, _bundles(folder / "phantoms"), options.seed)
    return Asked(pool, said=wrapping.answered(pool, journal, show))


def _that_speak() -> tuple[Probe, ...]:
    """The probes that can be at fault: no control, and none where nobody is to blame."""
    return tuple(probe for probe in every() if probe.blamed and not probe.control)


def _drawn(folder: Path, bundles: Iterable[Bundle], seed: int) -> list[list[Pairing]]:
    write_item_set(bundles, folder / "items", source=SourceNote(reader="phantoms", path="-"))
    plan = Plan(
        items=ItemSet(folder / "items"),
        split="",
        limit=None,
        controls=0,
        conditions=CONDITIONS,
        seed=seed,
        asks=lambda item: item.answer_type in RULES,
    )
    probing = Probing(plan, _that_speak(), EVERY, CONDITIONS)
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


def _rows(options: ProbesOptions, told: Asked, weakness: Weakness, number: int) -> list[Row]:
    """The rows of one simulated model; the same answer to the same question is read once."""
    spoken = []
    for run in range(options.runs):
        rng = np.random.default_rng([options.seed, number, run])
        model = Simulated(weakness, options.strength, options.knows, options.slips, rng)
        asked = _of_run(told.pool, options.cases, rng)
        spoken.append([fault.group for fault in worst_first(_faults(asked, model, told.read_before))])
    return list(_counted(weakness, spoken))


def _of_run(pool: Sequence[list[Pairing]], cases: int, rng: np.random.Generator) -> list[Pairing]:
    chosen = rng.choice(len(pool), min(cases, len(pool)), replace=False)
    return [pairing for case in chosen for pairing in pool[case]]


def wrapped_rows(options: ProbesOptions, told: Asked, weakness: Weakness, number: int) -> list[Row]:
    """The rows of the phantom model with a weakness: what rises over itself, and what would be said first."""
    tally: Counter[str] = Counter()
    speaks: Counter[str] = Counter()
    for run in range(options.runs):
        rng = np.random.default_rng([options.seed, WRAPPED, number, run])
        asked = _of_run(told.pool, 2 * options.phantoms // 3, rng)
        alone, model = (wrapping.Wrapped(w, options.strength, told.said, rng) for w in (NONE, weakness))
        before = {(f.group, f.metric): _surely(f) for f in _faults(asked, alone, told.read_before)}
        found = list(_faults(asked, model, told.read_before))
        own = {group for (group, _), low in before.items() if low > MARK}
        first = [fault.group for fault in worst_first(found)]
        rise, name = max((_surely(f) - before[f.group, f.metric], f.group) for f in found)
        tally["own"] += bool(own & weakness.named_by)
        tally["speaks"] += bool(weakness.named_by & set(first))
        tally["rises most"] += rise > 0 and name in weakness.named_by & set(first)
        tally["first of all"] += first[:1] != [] and first[0] in weakness.named_by
        speaks.update(set(first) if weakness is NONE else set(first) - own - weakness.named_by)
    return list(_of_wrapped(weakness, options.runs, tally, speaks))


def _surely(fault: Figure) -> float:
    """The lower end of a fault; 0 where it has none."""
    low = fault.with_image.low if fault.with_image else None
    return max(low or 0.0, 0.0)


def _of_wrapped(weakness: Weakness, runs: int, tally: Counter[str], speaks: Counter[str]) -> Iterator[Row]:
    for probe, n in sorted(speaks.items()):
        part = "phantom alone" if weakness is NONE else "phantom, other probe"
        yield {"part": part, "what": weakness.name, "probe": probe, "runs": runs, "speaks": n}
    if weakness is not NONE:
        yield {
            "part": "phantom",
            "what": weakness.name,
            "probe": ", ".join(sorted(weakness.named_by)),
            "runs": runs,
            "speaks": tally["speaks"],
            "spoke before": tally["own"],
            "rises most": tally["rises most"],
            "first of all": tally["first of all"],
        }


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
    for probe in (probe.name for probe in _that_speak()):
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
    """Whether each weakness is named first in 9 of 10 runs, and no other probe speaks significantly above 1 in 20.

    Of the wrapped phantom model, whether the probe that names a weakness speaks and rises most over the model itself.
    """
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
    wrapped = [row for row in rows if row["part"] == "phantom"]
    low = [row for row in wrapped if row["rises most"] < FIRST * row["runs"]]
    own = [row["what"] for row in low if row["spoke before"] >= FIRST * row["runs"]]
    late = [row["what"] for row in low if row["what"] not in own]
    if wrapped:
        said += (
            f" Of {len(wrapped)} planted in the phantom model {len(wrapped) - len(low)} are spoken of, and rise most "
            "over the model itself, in 9 of 10 runs or more"
            + (f", not so: {', '.join(late)}" if late else "")
            + (f"; it has by itself: {', '.join(own)}" if own else "")
            + "."
        )
    return not missed and not loud and not late, said
