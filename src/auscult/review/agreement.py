"""Filled rating sheets → agreement: rater with rater, and rater with our scorers, over all and by category."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path

from auscult.records import Estimate, Score
from auscult.reports.format import Scale, limits
from auscult.reports.selection import graders
from auscult.reports.table import Cell, Part, Row, Table, count, text, titled
from auscult.review.filled import Filled, read_all, read_key
from auscult.review.sheet import Rated
from auscult.runs.folder import read_manifest
from auscult.runs.ratings import HARMS, VERDICTS, Said
from auscult.statistics import cohen_kappa, gwet_ac, krippendorff_alpha, percent_agreement
from auscult.statistics.agreement import Metric, Weights
from auscult.store.files import json_file
from auscult.store.tables import read_where
from auscult.version import __version__

GRADES = ("correct", "partly", "wrong")
"""The verdicts that decide, in order; ``cannot tell`` counts as no rating."""
YES_NO = ("no", "yes")
WRONG = frozenset({"partly", "wrong"})
SHOWN = 20
"""Answers that raters must share for a category to stand in the terminal; the file holds all."""
_COLUMNS = ("agree", "kappa", "AC", "alpha")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One agreement: of what, between whom, over which answers."""

    what: str
    between: str
    over: str
    estimate: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """All that ``agreement.json`` holds.

    Attributes:
        schema: of the file.
        package: version of this package.
        raters: rater → answers rated.
        rows: answers in the sheet.
        figures: agreements with their intervals.
        confusion: "A and B" → verdict of the first → verdict of the second → answers.
        scorers: "A and SCORER" → reading → verdict → answers; a scorer's unusable readings stand as "no reading".
        disagreements: answers on whose verdict raters differ, with what each said.
        published: the scorers among these that are published rules, which the terminal leaves out.
        notes: what could not be computed, and why.
    """

    schema: str
    package: str
    raters: dict[str, int]
    rows: int
    figures: tuple[Figure, ...]
    confusion: dict[str, dict[str, dict[str, int]]]
    scorers: dict[str, dict[str, dict[str, int]]]
    disagreements: tuple[dict[str, str], ...]
    published: tuple[str, ...]
    notes: tuple[str, ...]


def agree(sheet: Path, filled: Sequence[Path]) -> Agreement:
    """Agreement of the filled sheets of one sheet folder.

    Raises:
        UserError: the folder is no sheet, a file is none of its filled sheets, or a cell is none of the allowed ones.
    """
    key = read_key(sheet)
    rows, given = key.rows, read_all(key, filled)
    notes = [f"rater {r}: {len(rows) - len(g)} of {len(rows)} answers not rated" for r, g in given.items()]
    readings, published, gone = _readings(key.runs, rows)
    figures = [f for over, chosen in _parts(rows) for f in _between_raters(given, chosen, over)]
    figures += [f for over, chosen in _parts(rows) for f in _with_scorers(given, readings, chosen, over)]
    pairs = list(combinations(given, 2))
    return Agreement(
        schema="auscult.agreement/1",
        package=__version__,
        raters={r: len(g) for r, g in given.items()},
        rows=len(rows),
        figures=tuple(figures),
        confusion={f"{a} and {b}": _confusion(given[a], given[b]) for a, b in pairs},
        scorers={f"{r} and {s}": _against(read, g) for r, g in given.items() for s, read in readings.items()},
        disagreements=tuple(_disagreements(given, rows, readings)),
        published=tuple(sorted(published)),
        notes=(*(n for n in notes if ": 0 of" not in n), *gone),
    )


def as_json(found: Agreement) -> bytes:
    """The agreement as the bytes of a JSON file."""
    return json_file(asdict(found))


def _parts(rows: Mapping[str, Rated]) -> Iterator[tuple[str, list[Rated]]]:
    """All answers, and those of each kind and category where there are several."""
    yield "all", list(rows.values())
    parts: defaultdict[str, list[Rated]] = defaultdict(list)
    for row in rows.values():
        parts[f"{row.kind}: {row.category}" if row.category else row.kind].append(row)
    if len(parts) > 1:
        yield from sorted(parts.items())


def _between_raters(given: Mapping[str, Filled], rows: Sequence[Rated], over: str) -> Iterator[Figure]:
    if len(given) < 2:
        return
    everyone, of, unit = " and ".join(given), [r.group for r in rows], _unit(rows)

    def table(read: Callable[[Said], str | None]) -> list[list[str | None]]:
        return [[read(g[r.row]) if r.row in g else None for g in given.values()] for r in rows]

    def figure(what: str, estimate: Estimate, between: str = everyone) -> Figure:
        return Figure(what=what, between=between, over=over, estimate=estimate)

    verdict = table(lambda s: s.verdict if s.verdict in GRADES else None)
    wrong = table(_wrong)
    scales: tuple[tuple[str, list[list[str | None]], tuple[str, ...], Weights, Metric], ...] = (
        ("verdict", verdict, GRADES, "identity", "nominal"),
        ("verdict, ordered", verdict, GRADES, "linear", "ordinal"),
        ("wrong or not", wrong, YES_NO, "identity", "nominal"),
    )
    yield figure("verdict", percent_agreement(verdict, of, categories=GRADES, unit=unit))
    for what, cells, categories, weights, metric in scales:
        yield figure(what, gwet_ac(cells, of, weights=weights, categories=categories, unit=unit))
        yield figure(what, krippendorff_alpha(cells, of, metric=metric, categories=categories, unit=unit))
    for (a, first), (b, second) in combinations(enumerate(given), 2):
        for what, cells, categories, weights, _ in scales:
            pair = [c[a] for c in cells], [c[b] for c in cells]
            kappa = cohen_kappa(*pair, of, weights=weights, categories=categories, unit=unit)
            yield figure(what, kappa, f"{first} and {second}")
    harm = table(lambda s: s.harm or None)
    if _paired(harm):
        yield figure("harm", krippendorff_alpha(harm, of, metric="ordinal", categories=HARMS, unit=unit))
    for what, words in (
        ("states what is not there", lambda s: _problem(s, "invented")),
        ("misses what is there", lambda s: _problem(s, "missed")),
        ("the reference is right", lambda s: {"right": "yes", "wrong": "no"}.get(s.reference)),
    ):
        if _paired(cells := table(words)):
            yield figure(what, gwet_ac(cells, of, categories=YES_NO, unit=unit))


def _problem(said: Said, name: str) -> str | None:
    """Whether an answer has a fault; None where a rater calls it wrong and does not say what is."""
    if said.verdict == "correct":
        return "no"
    return ("yes" if name in said.problems else "no") if said.problems else None


def _paired(table: list[list[str | None]]) -> bool:
    return any(sum(cell is not None for cell in line) > 1 for line in table)


def _wrong(said: Said) -> str | None:
    """Whether a rating calls the answer wrong; None where it does not say."""
    return "yes" if said.verdict in WRONG else "no" if said.verdict == "correct" else None


def _unit(rows: Sequence[Rated]) -> str:
    kinds = {r.group_kind for r in rows}
    return kinds.pop() if len(kinds) == 1 else "group"


def _readings(runs: Sequence[Path], rows: Mapping[str, Rated]) -> tuple[dict[str, dict[str, str]], set[str], list[str]]:
    """Scorer → row → "yes" (it calls the answer wrong), "no" or "no reading"; which are published rules; notes."""
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    unfit: set[str] = set()
    published: set[str] = set()
    notes = []
    for number, run in enumerate(runs):
        of = {r.answer: r.row for r in rows.values() if r.run == number}
        if not (run / "scores.parquet").is_file():
            notes.append(f"{run}: its scores are not there, so that raters are not compared with scorers on it")
            continue
        known = graders(read_manifest(run))
        for score in read_where(run / "scores.parquet", Score, "answer_id", set(of)):
            if score.scorer not in known or score.repeat or score.status in ("request_failed", "judge_unusable"):
                continue
            grader, name = known[score.scorer], f"{score.scorer}@{score.version}"
            value = score.values.get(grader.primary.name)
            published |= {name} if grader.published else set()
            if score.status in ("unusable", "unread") or value is None:
                found[name][of[score.answer_id]] = "no reading"
            elif value in (0.0, 1.0):
                found[name][of[score.answer_id]] = "no" if value else "yes"
            else:
                unfit.add(name)
    notes += [f"{name}: gives no right or wrong, and is not compared" for name in sorted(unfit)]
    return {n: r for n, r in sorted(found.items()) if n not in unfit}, published, notes


def _with_scorers(
    given: Mapping[str, Filled], readings: Mapping[str, Mapping[str, str]], rows: Sequence[Rated], over: str
) -> Iterator[Figure]:
    for (rater, ratings), (name, read) in ((g, r) for g in given.items() for r in readings.items()):
        both = [
            (row, wrong, read[row.row])
            for row in rows
            if row.row in ratings
            and (wrong := _wrong(ratings[row.row]))
            and read.get(row.row, "no reading") != "no reading"
        ]
        if not both:
            continue
        human, ours, of = [w for _, w, _ in both], [o for _, _, o in both], [r.group for r, _, _ in both]
        unit = _unit([r for r, _, _ in both])
        pairs = [list(p) for p in zip(human, ours, strict=True)]
        for estimate in (
            percent_agreement(pairs, of, categories=YES_NO, unit=unit),
            cohen_kappa(human, ours, of, categories=YES_NO, unit=unit),
            gwet_ac(pairs, of, categories=YES_NO, unit=unit),
        ):
            yield Figure(what="wrong or not", between=f"{rater} and {name}", over=over, estimate=estimate)


def _confusion(first: Filled, second: Filled) -> dict[str, dict[str, int]]:
    pairs = Counter((first[r].verdict, second[r].verdict) for r in first if r in second)
    return {a: {b: pairs[a, b] for b in VERDICTS} for a in VERDICTS}


def _against(read: Mapping[str, str], ratings: Filled) -> dict[str, dict[str, int]]:
    words = {"yes": "wrong", "no": "right", "no reading": "no reading"}
    pairs = Counter((words[read[r]], g.verdict) for r, g in ratings.items() if r in read)
    return {a: {b: pairs[a, b] for b in VERDICTS} for a in words.values()}


def _disagreements(
    given: Mapping[str, Filled], rows: Mapping[str, Rated], readings: Mapping[str, Mapping[str, str]]
) -> Iterator[dict[str, str]]:
    for name, row in rows.items():
        said = {rater: g[name].verdict for rater, g in given.items() if name in g}
        if len(set(said.values())) < 2:
            continue
        yield {
            "row": name,
            "answer": row.answer,
            "model": row.model,
            "kind": row.kind,
            "category": row.category,
            "question": row.question,
            "text": row.text,
            "reference": row.reference,
            **{f"verdict {rater}": verdict for rater, verdict in said.items()},
            **{f"comment {r}": g[name].comment for r, g in given.items() if name in g and g[name].comment},
            **{f"{scorer} calls it wrong": read[name] for scorer, read in readings.items() if name in read},
        }


def terminal_table(found: Agreement) -> Table:
    """One line a comparison: over all answers, and by category where raters share enough; sound scorers only."""
    lines: defaultdict[tuple[str, str, str], dict[str, Estimate]] = defaultdict(dict)
    for figure in found.figures:
        lines[figure.over, figure.between, figure.what][_column(figure.estimate)] = figure.estimate
    rows = []
    for (over, between, what), estimates in lines.items():
        n = max(e.n for e in estimates.values())
        if between.rpartition(" and ")[2] in found.published or (
            over != "all" and (n < SHOWN or what != "wrong or not")
        ):
            continue
        figures = (_cell(estimates.get(column)) for column in _COLUMNS)
        rows.append(Row(label=what, cells=(text(between), text(over), *figures, count(n))))
    return titled("agreement", "Agreement", ("On", "Between", "Answers", *_COLUMNS, "n"), rows)


def _column(estimate: Estimate) -> str:
    return next((c for c in _COLUMNS if c in estimate.instrument), "agree")


def _cell(e: Estimate | None) -> Cell:
    if e is None or e.value is None:
        return text("" if e is None else "withheld", tone="none")
    return Cell(parts=(Part(value=f"{e.value:.2f}", interval=limits(e.low, e.high, Scale.PLAIN)),))
