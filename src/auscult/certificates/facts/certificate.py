"""The facts reader and checker, put to the test: planted errors, and texts that people have labelled.

Errors are planted into real reports, hand-written sentences and answers about phantoms. What plants them
(``certificates.planting``) shares no code, wording or word list with ``auscult.facts``. Real text is the headline. Data
that development may use is left alone: reports with odd numbers, and two thirds of the negation sentences.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import Literal

import orjson

from auscult.certificates import human_labels as human
from auscult.certificates.cells import Cell, Row, clusters, told
from auscult.certificates.facts import FactsOptions
from auscult.certificates.facts.baselines import WINDOW, NegEx, asserted, mentioned, triggers
from auscult.certificates.planting.phantoms import Put, answers
from auscult.certificates.planting.reports import KINDS, PLANTERS, Report
from auscult.certificates.planting.rewording import reordered, reworded
from auscult.certificates.recorded.facts import facts_part
from auscult.certificates.trial import Trial, Verdict, named
from auscult.engine.progress import progress
from auscult.engine.session import Show
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
class Tried:
    """What the instrument made of one answer."""

    put: Put
    flag: Flag

    @property
    def cluster(self) -> str:
        """Scene or report."""
        return self.put.cluster


def certify(options: FactsOptions, show: Show = progress, reader: Reader | None = None) -> Certificate:
    """Plants errors and counts which are found, and reads texts that people have labelled.

    Args:
        options: without data only phantoms and hand-written sentences are put.
        show: how progress is shown.
        reader: the instrument, ours by default.

    Returns:
        One row a cell. It passes where object errors and attribute errors planted into real reports reach the target
        sensitivity at the target specificity, and findings in recorded answers, where there are any, are read as
        ``recorded.grading`` asks; without real reports it claims nothing.

    Raises:
        UserError: a data set is there but cannot be read.
    """
    instrument, data = reader or Reader(), options.data
    there = {name: data / name for name, file in SETS.items() if data and (data / name / file).is_file()}
    trial = Trial(
        instrument=instrument.name,
        subject=f"planted errors in real reports and in answers about phantoms {VERSION}; human labels",
        steps=list(_steps(instrument, there, options.seed, options.scenes)),
        conclude=partial(_conclusion, lacking=sorted(set(SETS) - set(there))),
        recorded=partial(facts_part, instrument.read),
    )
    return trial.certificate(show, options)


def _steps(reader: Reader, there: dict[str, Path], seed: int, scenes: int) -> Iterator[Callable[[], list[Row]]]:
    """The parts of the certificate, the headline first."""
    if "iu-reports" in there:
        reports = human.held_out_reports(there["iu-reports"])
        real = Cell("real reports", "", unit="report")
        yield lambda: planted_rows(real, _tried(reader, _edited(reports, seed)), headline=True)
        yield lambda: cross_section_rows(reader, reports)
    hand_written = Cell("hand-written sentences", "", unit="sentence")
    yield lambda: planted_rows(hand_written, _tried(reader, _hand_written()))
    if "iu-reports" in there:
        yield lambda: gold_rows(reader, reports, human.gold(there["iu-reports"]))
    if "negation-corpus" in there:
        yield lambda: negation_rows(reader, human.negation_cases(there["negation-corpus"]))
    if "radfact-entailment" in there:
        yield lambda: entailment_rows(reader, human.claims(there["radfact-entailment"]))
    if "medec" in there:
        yield lambda: vignette_rows(reader, human.vignettes(there["medec"]))
    phantoms = Cell("phantoms", "", unit="scene")
    yield lambda: planted_rows(phantoms, _tried(reader, _about_phantoms(seed, scenes)))


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


def _tried(reader: Reader, puts: Iterable[Put]) -> Iterator[Tried]:
    """Puts every answer to the instrument."""
    known: tuple[str, list[Fact]] = ("", [])
    for put in puts:
        if isinstance(put.reference, str):
            if put.reference != known[0]:
                known = (put.reference, reader.read(put.reference))
            truth: Sequence[Fact] = known[1]
        else:
            truth = put.reference
        yield Tried(put, _flag(put, reader.compare(reader.read(put.answer), truth, exhaustive=True)))


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


def planted_rows(cell: Cell, tried: Iterable[Tried], headline: bool = False) -> list[Row]:
    """Sensitivity by kind and degree, specificity by how right answers were reworded; ``cell`` names part and unit."""
    unsorted: defaultdict[tuple[str, str], list[Tried]] = defaultdict(list)
    for one in tried:
        unsorted[one.put.kind, one.put.degree].append(one)
    kinds = ["", *dict.fromkeys(kind for kind, _ in unsorted if kind)]
    groups = dict(sorted(unsorted.items(), key=lambda item: kinds.index(item[0][0])))

    def pooled(what: str, degree: str, wanted: Callable[[str, str], bool]) -> Row:
        some = [one for (kind, how), group in groups.items() if wanted(kind, how) for one in group]
        return _found(replace(cell, what=what, degree=degree), some)

    rows = [_found(replace(cell, what=kind or "no error", degree=degree), g) for (kind, degree), g in groups.items()]
    if headline:
        return [
            pooled(
                name,
                how,
                lambda kind, d: kind in kinds and d.endswith(how) and not d.startswith(WITHIN_TOLERANCE),  # noqa: B023
            )
            for name, kinds in (("object errors", OBJECT), ("attribute errors", ATTRIBUTE))
            for how in (REWORDED, COPIED)
        ] + rows
    errors = pooled("all errors", "", lambda kind, degree: bool(kind) and degree != WITHIN_TOLERANCE)
    alike = sum(not kind for kind, _ in groups) == 1
    return [errors, pooled("no error", "", lambda kind, _: not kind), *rows[alike:]]


def _found(cell: Cell, tried: Sequence[Tried]) -> Row:
    """Sensitivity for errors, and how many were found where they stand; specificity where there is none."""
    if cell.what == "no error":
        return cell.share_of("specificity", tried, lambda t: not t.flag)
    row = cell.share_of("sensitivity", tried, lambda t: t.flag)
    located = sum(t.flag == "at the error" for t in tried)
    return row | {"located": located / len(tried) if row["value"] is not None else None}


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
        cell = Cell("real reports", "no error", f"{name}; contradictions only", unit="report")
        rows.append(cell.share("specificity", clean, [r.uid for r, _, _ in both]))
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
    for system, negex in _plain_negex().items():
        systems[system] = lambda r, negex=negex: asserted(r.text, negex)  # type: ignore[misc]
    truth, uids = [gold[r.uid] for r in kept], [r.uid for r in kept]
    rows = []
    for system, labels_of in systems.items():
        said = [labels_of(r) for r in kept]
        pooled = Cell("gold findings", "all findings", "", system, "report")
        marked, named = ([label in labels for labels in sets for label in names] for sets in (truth, said))
        rows.append(pooled.f1(marked, named, [uid for uid in uids for _ in names]))
        for label in names:
            cell = replace(pooled, what=label.replace("_", " ").lower())
            rows.append(cell.f1([label in t for t in truth], [label in s for s in said], uids))
    return sorted(rows, key=lambda row: row["what"] != "all findings")


def _plain_negex() -> dict[str, NegEx]:
    """What the reader stands beside: NegEx with its window, and to the end of the sentence."""
    return {f"NegEx, {WINDOW} tokens": NegEx(triggers()), "NegEx, whole sentence": NegEx(triggers(), None)}


def negation_rows(reader: Reader, cases: Sequence[human.NegationCase]) -> list[Row]:
    """Negation on the third of NegEx's own corpus that development left alone, beside plain NegEx."""
    truth, found = [c.negated for c in cases], {"facts": [_absent(reader, c) for c in cases]}
    for name, negex in _plain_negex().items():
        found[name] = [negex.negated(c.sentence, c.start, c.end) for c in cases]
    right = {name: [s == t for s, t in zip(said, truth, strict=True)] for name, said in found.items()}
    cells = {name: Cell("negation", "NegEx's own corpus, held-out third", "", name, "report") for name in found}
    reports = clusters(cases)
    ours, *others = found
    return [
        *(cell.f1(truth, found[name], reports) for name, cell in cells.items()),
        *(cell.share("accuracy", right[name], reports) for name, cell in cells.items()),
        *(
            replace(cells[ours], degree=f"over {name}").gain("accuracy gained", right[ours], right[name], reports)
            for name in others
        ),
    ]


def _absent(reader: Reader, case: human.NegationCase) -> bool:
    return reader.presence(case.sentence, case.start, case.end) == "absent"


def entailment_rows(reader: Reader, claims: Sequence[human.Claim]) -> list[Row]:
    """A smoke check on few sentences that a radiologist labelled; nothing was tuned on it."""
    words = {"entailed": "entailment", "contradicted": "contradiction", "unknown": "neutral"}
    said = []
    for claim in claims:
        known = reader.read(claim.known)
        found = {reader.entailment(known, fact, exhaustive=False) for fact in reader.read(claim.sentence)}
        one = "contradicted" if "contradicted" in found else "entailed" if found == {"entailed"} else "unknown"
        said.append(words[one])
    pairs, truth = clusters(claims), [c.status for c in claims]
    what = "67 sentences, smoke check" if len(claims) == 67 else f"{len(claims)} sentences"
    cell, right = Cell("entailment", what, unit="report pair"), [s == t for s, t in zip(said, truth, strict=True)]
    neutral = replace(cell, instrument="always neutral")
    rows = [
        cell.share("accuracy", right, pairs, least=1),
        neutral.share("accuracy", [t == "neutral" for t in truth], pairs, least=1),
    ]
    for status in words.values():
        chosen = [n for n, t in enumerate(truth) if t == status]
        recall = replace(cell, degree=status)
        rows.append(recall.share("recall", [right[n] for n in chosen], [pairs[n] for n in chosen]))
    return rows


def vignette_rows(reader: Reader, texts: Sequence[human.Vignette]) -> list[Row]:
    """Errors that take medical knowledge to see: a checker of facts sees at most that a text contradicts itself."""
    cell = Cell("vignettes (out of scope)", "MEDEC, text contradicts itself", unit="text")
    flagged = {text.name: _contradicts_itself(reader, text) for text in texts}
    return [
        cell.share_of(measure, [t for t in texts if t.wrong == wrong], lambda t: flagged[t.name] == t.wrong)
        for wrong, measure in ((True, "sensitivity"), (False, "specificity"))
    ]


def _contradicts_itself(reader: Reader, text: human.Vignette) -> bool:
    facts = [reader.read(s) for s in text.sentences]
    return any(
        reader.entailment([f for m, fs in enumerate(facts) if m != n for f in fs], fact, exhaustive=False)
        == "contradicted"
        for n, own in enumerate(facts)
        for fact in own
    )


def _conclusion(rows: Sequence[Row], lacking: Sequence[str]) -> Verdict:
    """Whether the target is met on real reports, and the headline in a sentence."""
    without = f" Not tested, for want of data: {', '.join(lacking)}." if lacking else ""

    def cell(part: str, what: str, degree: str) -> Row | None:
        return next((r for r in rows if (r["part"], r["what"], r["degree"]) == (part, what, degree)), None)

    names = (("object errors", SENSITIVITY), ("attribute errors", SENSITIVITY), ("no error", SPECIFICITY))
    real = [(name, cell("real reports", name, REWORDED), target) for name, target in names]
    if any(row is None for _, row, _ in real):
        wrong, right = cell("phantoms", "all errors", ""), cell("phantoms", "no error", "")
        said = f"Answers about phantoms: of planted errors {told(wrong)} found, {told(right)} of right answers passed."
        return None, said + without
    object_, attribute, none = (row for _, row, _ in real)
    passed = all(row and _reaches(row, target) for _, row, target in real)
    return passed, (
        f"Real reports: {told(object_)} of planted object errors and {told(attribute)} of attribute errors found, "
        f"{told(none)} of reworded reports without error passed (target {SENSITIVITY:.2f} at {SPECIFICITY:.2f})."
        + without
    )


def _reaches(row: Row, target: float) -> bool:
    """Whether a figure reaches its target; an error must be found where it stands, not by a false alarm elsewhere."""
    figures = [row["value"], row.get("located", 1.0)]
    return all(f is not None and f >= target for f in figures)
