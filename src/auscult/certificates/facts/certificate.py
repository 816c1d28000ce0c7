"""The facts reader and checker, put to the test: planted errors, and texts that people have labelled.

Errors are planted into real reports, hand-written sentences and answers about phantoms. What plants them
(``certificates.planting``) shares no code, wording or word list with ``auscult.facts``. Real text is the headline. Data
that development may use is left alone: reports with odd numbers, and two thirds of the negation sentences.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import Literal

import orjson

from auscult.certificates import human_labels as human
from auscult.certificates.cells import ENOUGH, INSUFFICIENT, Cell, Row, f1, gain, share
from auscult.certificates.facts.baselines import WINDOW, NegEx, asserted, mentioned, triggers
from auscult.certificates.issuing import Progress, Step, computed, issued, named
from auscult.certificates.planting.phantoms import Put, answers
from auscult.certificates.planting.reports import KINDS, PLANTERS, Report
from auscult.certificates.planting.rewording import reordered, reworded
from auscult.certificates.recorded.facts import facts_part
from auscult.certificates.recorded.reading import read_answers, sets_of
from auscult.facts import Checked, canonical, compare, entailment, presence_of, read_facts
from auscult.phantoms.distribution import VERSION, draw_scene
from auscult.records import Certificate, Fact
from auscult.scorers.rules.facts import SCORER

Flag = Literal["", "elsewhere", "at the error"]

SENSITIVITY, SPECIFICITY = 0.80, 0.95
"""Target on real reports: of object errors and of attribute errors, at this specificity."""
OBJECT, ATTRIBUTE = ("object inserted", "presence flipped"), ("side swapped", "grade changed", "size changed")
WITHIN_TOLERANCE = "factor 1.1"
"""A measurement that is off by a tenth is no error: two readers differ by more. Reported, not counted."""
COPIED, REWORDED = "rest copied", "all reworded"
SETS = {
    "iu-reports": "indiana_reports.csv",
    "negation-corpus": "sentences.jsonl",
    "radfact-entailment": "entailment_radiologist_labelled.json",
    "medec": "medec_ms_validation.csv",
}
"""Data set → the file that must be there."""


@dataclass(frozen=True)
class Reader:
    """The instrument: what reads facts and what compares them; another one than ours is put in to test the test."""

    name: str = named(SCORER)
    read: Callable[[str], list[Fact]] = read_facts
    compare: Callable[..., list[Checked]] = compare
    entailment: Callable[..., str] = entailment
    presence: Callable[[str, int, int], str] = presence_of


@dataclass(frozen=True)
class Verdict:
    """What the instrument made of one answer."""

    put: Put
    flag: Flag


def certify(
    *,
    seed: int = 0,
    progress: Progress | None = None,
    data: Path | None = None,
    answers: Sequence[Path] = (),
    scenes: int = 2000,
    reader: Reader | None = None,
) -> Certificate:
    """Plants errors and counts which are found, and reads texts that people have labelled.

    Args:
        seed: of the choice of errors and wordings.
        progress: called with steps done and steps in all.
        data: folder of the real data sets; without it only phantoms and hand-written sentences are put.
        answers: folders of recorded answers of real models.
        scenes: phantoms of the test stream.
        reader: the instrument, ours by default.

    Returns:
        One row a cell. It passes where object errors and attribute errors planted into real reports reach the target
        sensitivity at the target specificity, and findings in recorded answers, where there are any, are read as
        ``recorded.grading`` asks; without real reports it claims nothing.

    Raises:
        UserError: a data set is there but cannot be read.
    """
    instrument, recorded = reader or Reader(), read_answers([*answers, *sets_of(data)])
    there = {name: data / name for name, file in SETS.items() if data and (data / name / file).is_file()}
    rows = computed(list(_steps(instrument, there, seed, scenes)), progress)
    passed, summary = _conclusion(rows, sorted(set(SETS) - set(there)))
    subject = f"planted errors in real reports and in answers about phantoms {VERSION}; human labels"
    real = facts_part(instrument.read, recorded) if recorded else None
    return issued(instrument.name, subject, rows, passed, summary, real)


def _steps(reader: Reader, there: dict[str, Path], seed: int, scenes: int) -> Iterator[Step]:
    """The parts of the certificate, the headline first."""
    if "iu-reports" in there:
        reports = human.held_out_reports(there["iu-reports"])
        yield lambda: planted_rows("real reports", "report", _tried(reader, _edited(reports, seed)), headline=True)
        yield lambda: cross_section_rows(reader, reports)
    yield lambda: planted_rows("hand-written sentences", "sentence", _tried(reader, _hand_written()))
    if "iu-reports" in there:
        yield lambda: gold_rows(reader, reports, human.gold(there["iu-reports"]))
    if "negation-corpus" in there:
        yield lambda: negation_rows(reader, human.negation_cases(there["negation-corpus"]))
    if "radfact-entailment" in there:
        yield lambda: entailment_rows(reader, human.claims(there["radfact-entailment"]))
    if "medec" in there:
        yield lambda: vignette_rows(reader, human.vignettes(there["medec"]))
    yield lambda: planted_rows("phantoms", "scene", _tried(reader, _about_phantoms(seed, scenes)))


def _about_phantoms(seed: int, scenes: int) -> Iterator[Put]:
    for number in range(scenes):
        yield from answers(draw_scene(number, "test"), seed)


def _edited(reports: Sequence[Report], seed: int) -> Iterator[Put]:
    """Real reports with and without a planted error; the original is the reference, and taken as complete."""
    for report in reports:
        rng = Random(f"{seed} {report.uid}")
        plain = report.sentences

        def put(text: Sequence[str], kind: str = "", degree: str = "", wrong: tuple[str, ...] = ()) -> Put:
            answer = " ".join(text)
            about = {"cluster": report.uid, "reference": report.text, "answer": answer}  # noqa: B023
            return Put(**about, kind=kind, degree=degree, planted=wrong, complete=False)

        yield put(plain, degree="copied")
        yield put(reordered(plain, rng), degree="other order")
        yield put(reworded(plain, rng), degree="other words")
        yield put(reordered(reworded(plain, rng), rng), degree=REWORDED)
        for kind in KINDS:
            for edit in PLANTERS[kind](report, rng):
                yield put(edit.sentences, kind, f"{edit.degree}; {COPIED}", edit.planted)
                new = reworded(edit.sentences, rng)
                wrong = tuple(t for s, t in zip(edit.sentences, new, strict=True) if s in edit.planted)
                yield put(reordered(new, rng), kind, f"{edit.degree}; {REWORDED}", wrong)


def _hand_written() -> Iterator[Put]:
    lines = (files("auscult.certificates.facts") / "hand_written.jsonl").read_bytes().splitlines()
    for number, line in enumerate(lines):
        row = orjson.loads(line)
        about = {"cluster": str(number), "reference": row["statement"], "complete": False}
        yield Put(**about, answer=row["same"], degree="same meaning")
        yield Put(**about, answer=row["wrong"], kind=row["kind"], planted=(row["wrong"],))


def _tried(reader: Reader, puts: Iterable[Put]) -> Iterator[Verdict]:
    """Puts every answer to the instrument."""
    known: tuple[str, list[Fact]] = ("", [])
    for put in puts:
        if isinstance(put.reference, str):
            if put.reference != known[0]:
                known = (put.reference, reader.read(put.reference))
            truth: Sequence[Fact] = known[1]
        else:
            truth = put.reference
        yield Verdict(put, _flag(put, reader.compare(reader.read(put.answer), truth, exhaustive=True)))


def _flag(put: Put, checked: Sequence[Checked]) -> Flag:
    """Whether anything is flagged, and whether that is where the error is.

    An answer is flagged where a fact is contradicted or unsupported; one that claims to be complete, also where it
    omits a finding.
    """
    wrong = ("contradicted", "unsupported", "omitted") if put.complete else ("contradicted", "unsupported")
    flagged = [c for c in checked if c.status in wrong]
    if not flagged:
        return ""
    spans = [(at, at + len(s)) for s in put.planted if (at := put.answer.find(s)) >= 0]
    for c in flagged:
        if c.status == "omitted":
            if c.fact.finding == put.left_out:
                return "at the error"
        elif any(low <= c.fact.start < high for low, high in spans):
            return "at the error"
    return "elsewhere"


def planted_rows(part: str, unit: str, verdicts: Iterable[Verdict], headline: bool = False) -> list[Row]:
    """Sensitivity by kind and degree, specificity by how right answers were reworded."""
    unsorted: defaultdict[tuple[str, str], list[Verdict]] = defaultdict(list)
    for v in verdicts:
        unsorted[v.put.kind, v.put.degree].append(v)
    kinds = list(dict.fromkeys(kind for kind, _ in unsorted))
    groups = dict(sorted(unsorted.items(), key=lambda item: kinds.index(item[0][0])))
    cells = [_specificity(Cell(part, "no error", degree), g, unit) for (kind, degree), g in groups.items() if not kind]
    cells += [_sensitivity(Cell(part, kind, degree), g, unit) for (kind, degree), g in groups.items() if kind]
    if headline:
        return _headline(part, unit, groups) + cells
    wrong = [v for (kind, degree), g in groups.items() if kind and degree != WITHIN_TOLERANCE for v in g]
    right = [v for (kind, _), g in groups.items() if not kind for v in g]
    total = [_sensitivity(Cell(part, "all errors"), wrong, unit), _specificity(Cell(part, "no error"), right, unit)]
    return total + (cells[1:] if sum(not kind for kind, _ in groups) == 1 else cells)


def _headline(part: str, unit: str, groups: dict[tuple[str, str], list[Verdict]]) -> list[Row]:
    rows = []
    for name, kinds in (("object errors", OBJECT), ("attribute errors", ATTRIBUTE)):
        for how in (REWORDED, COPIED):
            pooled = [
                v
                for (kind, degree), g in groups.items()
                if kind in kinds and degree.endswith(how) and not degree.startswith(WITHIN_TOLERANCE)
                for v in g
            ]
            rows.append(_sensitivity(Cell(part, name, how), pooled, unit))
    return rows


def _sensitivity(cell: Cell, group: Sequence[Verdict], unit: str) -> Row:
    row = share(cell, "sensitivity", [bool(v.flag) for v in group], [v.put.cluster for v in group], unit)
    located = sum(v.flag == "at the error" for v in group)
    return row | {"located": located / len(group) if row["value"] is not None else None}


def _specificity(cell: Cell, group: Sequence[Verdict], unit: str) -> Row:
    return share(cell, "specificity", [not v.flag for v in group], [v.put.cluster for v in group], unit)


def cross_section_rows(reader: Reader, reports: Sequence[Report]) -> list[Row]:
    """Two sections of one report, which name different things: only a contradiction is a false alarm."""
    rows = []
    both = [(r, reader.read(r.findings), reader.read(r.impression)) for r in reports if r.findings and r.impression]
    for name, swap in (("impression against findings", False), ("findings against impression", True)):
        clean = []
        for _, findings, impression in both:
            said, known = (findings, impression) if swap else (impression, findings)
            checked = reader.compare(said, known, exhaustive=False)
            clean.append(all(c.status != "contradicted" for c in checked))
        cell = Cell("real reports", "no error", f"{name}; contradictions only")
        rows.append(share(cell, "specificity", clean, [r.uid for r, _, _ in both], "report"))
    return rows


def gold_rows(reader: Reader, reports: Sequence[Report], gold: dict[str, set[str]]) -> list[Row]:
    """F1 of every finding of the gold table: ours beside NegEx and keywords, on the same reports."""
    names = {label: {canonical(t) for t in terms} - {None} for label, terms in human.GOLD_TERMS.items()}
    kept = [r for r in reports if r.uid in gold]
    facts = {r.uid: reader.read(r.text) for r in kept}

    def ours(report: Report, *presence: str) -> set[str]:
        there = {f.finding for f in facts[report.uid] if f.presence in presence}
        return {label for label, terms in names.items() if terms & there}

    systems: dict[str, Callable[[Report], set[str]]] = {
        "facts": lambda r: ours(r, "present", "uncertain"),
        "facts, uncertain left out": lambda r: ours(r, "present"),
        "keywords": lambda r: mentioned(r.text),
    }
    for name, negex in _plain_negex().items():
        systems[name] = lambda r, negex=negex: asserted(r.text, negex)  # type: ignore[misc]
    rows = []
    for system, labels_of in systems.items():
        said = [labels_of(r) for r in kept]
        truth = [gold[r.uid] for r in kept]
        uids = [r.uid for r in kept]
        pooled = Cell("gold findings", "all findings", instrument=system)
        marked, named = ([label in labels for labels in sets for label in names] for sets in (truth, said))
        rows.append(f1(pooled, marked, named, [uid for uid in uids for _ in names], "report"))
        for label in names:
            cell = Cell("gold findings", label.replace("_", " ").lower(), instrument=system)
            rows.append(f1(cell, [label in t for t in truth], [label in s for s in said], uids, "report"))
    return sorted(rows, key=lambda row: row["what"] != "all findings")


def _plain_negex() -> dict[str, NegEx]:
    """What the reader stands beside: NegEx with its window, and to the end of the sentence."""
    return {f"NegEx, {WINDOW} tokens": NegEx(triggers()), "NegEx, whole sentence": NegEx(triggers(), None)}


def negation_rows(reader: Reader, cases: Sequence[human.NegationCase]) -> list[Row]:
    """Negation on the third of NegEx's own corpus that development left alone, beside plain NegEx."""
    reports = [c.report for c in cases]
    truth = [c.negated for c in cases]
    found = {"facts": [reader.presence(c.sentence, c.start, c.end) == "absent" for c in cases]}
    for name, negex in _plain_negex().items():
        found[name] = [negex.negated(c.sentence, c.start, c.end) for c in cases]
    part, what = "negation", "NegEx's own corpus, held-out third"
    rows = [f1(Cell(part, what, instrument=name), truth, said, reports, "report") for name, said in found.items()]
    right = {name: [s == t for s, t in zip(said, truth, strict=True)] for name, said in found.items()}
    rows += [share(Cell(part, what, instrument=n), "accuracy", r, reports, "report") for n, r in right.items()]
    others = [name for name in found if name != "facts"]
    return rows + [
        gain(Cell(part, what, f"over {n}"), "accuracy gained", right["facts"], right[n], reports, "report")
        for n in others
    ]


def entailment_rows(reader: Reader, claims: Sequence[human.Claim]) -> list[Row]:
    """A smoke check on few sentences that a radiologist labelled; nothing was tuned on it."""
    words = {"entailed": "entailment", "contradicted": "contradiction", "unknown": "neutral"}
    said = []
    for claim in claims:
        known = reader.read(claim.known)
        found = {reader.entailment(known, fact, exhaustive=False) for fact in reader.read(claim.sentence)}
        one = "contradicted" if "contradicted" in found else "entailed" if found == {"entailed"} else "unknown"
        said.append(words[one])
    pairs, truth = [c.pair for c in claims], [c.status for c in claims]
    part, what = "entailment", "67 sentences, smoke check" if len(claims) == 67 else f"{len(claims)} sentences"
    right = [s == t for s, t in zip(said, truth, strict=True)]
    rows = [share(Cell(part, what), "accuracy", right, pairs, "report pair", least=1)]
    neutral = [t == "neutral" for t in truth]
    rows.append(
        share(Cell(part, what, instrument="always neutral"), "accuracy", neutral, pairs, "report pair", least=1)
    )
    for status in words.values():
        chosen = [(r, p) for r, t, p in zip(right, truth, pairs, strict=True) if t == status]
        cell = Cell(part, what, status)
        rows.append(share(cell, "recall", [r for r, _ in chosen], [p for _, p in chosen], "report pair"))
    return rows


def vignette_rows(reader: Reader, texts: Sequence[human.Vignette]) -> list[Row]:
    """Errors that take medical knowledge to see: a checker of facts sees at most that a text contradicts itself."""
    flags = []
    for text in texts:
        facts = [reader.read(s) for s in text.sentences]
        flags.append(
            any(
                reader.entailment([f for m, fs in enumerate(facts) if m != n for f in fs], fact, exhaustive=False)
                == "contradicted"
                for n, own in enumerate(facts)
                for fact in own
            )
        )
    rows = []
    for wrong, measure in ((True, "sensitivity"), (False, "specificity")):
        chosen = [(f == wrong, t.name) for f, t in zip(flags, texts, strict=True) if t.wrong == wrong]
        cell = Cell("vignettes (out of scope)", "MEDEC, text contradicts itself")
        rows.append(share(cell, measure, [hit for hit, _ in chosen], [n for _, n in chosen], "text"))
    return rows


def _conclusion(rows: Sequence[Row], lacking: Sequence[str]) -> tuple[bool | None, str]:
    """Whether the target is met on real reports, and the headline in a sentence."""
    without = f" Not tested, for want of data: {', '.join(lacking)}." if lacking else ""

    def cell(part: str, what: str, degree: str) -> Row | None:
        return next((r for r in rows if (r["part"], r["what"], r["degree"]) == (part, what, degree)), None)

    names = (("object errors", SENSITIVITY), ("attribute errors", SENSITIVITY), ("no error", SPECIFICITY))
    real = [(name, cell("real reports", name, REWORDED), target) for name, target in names]
    if any(row is None for _, row, _ in real):
        wrong, right = cell("phantoms", "all errors", ""), cell("phantoms", "no error", "")
        said = (
            f"Answers about phantoms: of planted errors {_said(wrong)} found, {_said(right)} of right answers passed."
        )
        return None, said + without
    object_, attribute, none = (row for _, row, _ in real)
    passed = all(row and _reaches(row, target) for _, row, target in real)
    return passed, (
        f"Real reports: {_said(object_)} of planted object errors and {_said(attribute)} of attribute errors found, "
        f"{_said(none)} of reworded reports without error passed (target {SENSITIVITY:.2f} at {SPECIFICITY:.2f})."
        + without
    )


def _reaches(row: Row, target: float) -> bool:
    """Whether a figure reaches its target; an error must be found where it stands, not by a false alarm elsewhere."""
    figures = [row["value"], row.get("located", 1.0)]
    return all(f is not None and f >= target for f in figures)


def _said(row: Row | None) -> str:
    if not row or row["value"] is None:
        return f"{INSUFFICIENT} (under {ENOUGH})"
    return f"{row['value']:.3f} ({row['low']:.3f}-{row['high']:.3f}, n {row['n']})"
