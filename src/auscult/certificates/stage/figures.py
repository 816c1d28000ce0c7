"""From verdicts to figures: of each stage how often the judge calls wrong what is wrong, and right what is right.

A stage that the judge leaves open is one that it does not call wrong: so its rates are counted, and so are these. How
much it leaves open stands beside.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from auscult.certificates.cells import ENOUGH, INSUFFICIENT, Cell, Row, clusters, filled
from auscult.certificates.stage.asking import VALUE
from auscult.certificates.stage.put import AFTER_WRONG_EYES, REAL, Put
from auscult.records import AT_MOST, MAX_MISSING, STAGES, Score
from auscult.statistics import balanced_accuracy, mean

UNREAD = MAX_MISSING
"""Greatest share of stages without a verdict at which a figure is given."""
YOUDEN = "sensitivity + specificity - 1"
UNITS = {"phantoms": "scene", "traces of a real model": "report", "traces of a real model, error planted": "report"}


@dataclass(frozen=True)
class Judged:
    """Stages with their scores.

    Attributes:
        puts: all that was put.
        scores: in the same order.
        names: stage → the name of its instrument.
    """

    puts: Sequence[Put]
    scores: Sequence[Score]
    names: dict[str, str]

    def of(self, origin: str, stage: str, wanted: Callable[[Put], bool] = lambda put: True) -> "Judged":
        """The stages of one origin."""
        chosen = [n for n, p in enumerate(self.puts) if p.origin == origin and p.stage == stage and wanted(p)]
        return replace(self, puts=[self.puts[n] for n in chosen], scores=[self.scores[n] for n in chosen])

    @property
    def missing(self) -> list[bool]:
        """Whether the judge gave no verdict; a published rule may force one where it gave none."""
        return [VALUE not in s.values for s in self.scores]

    @property
    def said(self) -> list[float]:
        """1 where the judge calls the stage wrong for certain."""
        return [float(s.values.get(VALUE, 0.0) == 1.0) for s in self.scores]

    @property
    def decided(self) -> list[float]:
        """1 where the judge says one or the other, 0 where it leaves the stage open or cannot read it."""
        most = [s.values.get(f"{VALUE}{AT_MOST}", s.values.get(VALUE, 1.0)) for s in self.scores]
        return [float(VALUE in s.values and high == s.values[VALUE]) for s, high in zip(self.scores, most, strict=True)]

    @property
    def unheard(self) -> list[bool]:
        """Whether nothing readable came from the judge: what it could not read itself is not among these."""
        return [s.status in ("request_failed", "judge_unusable") and VALUE not in s.values for s in self.scores]

    def share(
        self,
        cell: Cell,
        measure: str,
        hits: Sequence[float],
        *,
        least: int = ENOUGH,
        missing: Sequence[bool] | None = None,
    ) -> Row:
        """Share of hits, with its interval by cluster; what has no verdict is missing, where nothing else is said."""
        lost, held = list(self.missing if missing is None else missing), clusters(self.puts)
        kept = sum(hit for hit, gone in zip(hits, lost, strict=True) if not gone)
        row = cell.row(measure, len(hits) - sum(lost), len(set(held)), hits=int(kept), missing=sum(lost))
        if len(hits) < least:
            return row | {"label": INSUFFICIENT}
        plain = np.asarray(hits, float)
        return filled(row, mean(plain, held, name=measure, missing=lost, unit=cell.unit, max_missing=UNREAD))


def rows_of(judged: Judged, origins: Sequence[str]) -> Iterator[Row]:
    """All figures of stages whose truth is known, origin by origin."""
    for origin in origins:
        for stage in STAGES:
            known = judged.of(origin, stage, lambda p: p.wrong is not None and p.kind != AFTER_WRONG_EYES)
            if known.puts:
                yield from _known_rows(known, _cell(judged, origin, stage))
        for stage in STAGES:
            yield from _kind_rows(judged, origin, stage)


def _cell(judged: Judged, origin: str, stage: str, degree: str = "") -> Cell:
    unit = UNITS.get(origin, "case")
    return Cell(origin, stage.replace("_", " "), degree, judged.names[stage], unit)


def _known_rows(known: Judged, cell: Cell) -> Iterator[Row]:
    wrong, right = (only(known, lambda p, so=so: p.wrong is so) for so in (True, False))  # type: ignore[misc]
    yield wrong.share(cell, "sensitivity", wrong.said)
    if right.puts:
        yield right.share(cell, "specificity", [1 - said for said in right.said])
        yield youden(known, cell)
    if cell.part != REAL:  # of which all are counted, labelled or not
        yield known.share(cell, "decided", known.decided, missing=known.unheard)


def only(judged: Judged, wanted: Callable[[Put], bool]) -> Judged:
    """Those that are wanted."""
    chosen = [n for n, put in enumerate(judged.puts) if wanted(put)]
    return replace(judged, puts=[judged.puts[n] for n in chosen], scores=[judged.scores[n] for n in chosen])


def youden(known: Judged, cell: Cell) -> Row:
    """Sensitivity + specificity - 1: 0 for a judge that tells nothing, 1 for one that never errs."""
    truth = [bool(put.wrong) for put in known.puts]
    held, lost = clusters(known.puts), known.missing
    row = cell.row(YOUDEN, len(truth) - sum(lost), len(set(held)), missing=sum(lost))
    if min(sum(truth), len(truth) - sum(truth)) < ENOUGH:
        return row | {"label": INSUFFICIENT}
    correct = [said == wrong for said, wrong in zip(known.said, truth, strict=True)]
    found = balanced_accuracy(
        np.asarray(correct, float), np.asarray(truth), held, missing=lost, unit=cell.unit, max_missing=UNREAD
    )
    return _rescaled(filled(row, replace(found, name=YOUDEN)))


def _rescaled(row: Row) -> Row:
    """From the mean of two shares to their sum less 1."""
    ends = ("value", "low", "high")
    return row | {end: None if row[end] is None else 2 * row[end] - 1 for end in ends}


def _kind_rows(judged: Judged, origin: str, stage: str) -> Iterator[Row]:
    """Sensitivity by degree and by kind; specificity of what follows from a wrong first stage."""
    wrong = judged.of(origin, stage, lambda p: p.wrong is True)
    for degree in sorted({p.degree for p in wrong.puts} - {""}):
        some = only(wrong, lambda p: p.degree == degree)  # noqa: B023
        yield some.share(_cell(judged, origin, stage, degree), "sensitivity", some.said)
    kinds = dict.fromkeys((p.degree, p.kind) for p in wrong.puts)
    for degree, kind in sorted(kinds) if len(wrong.puts) >= 2 * ENOUGH else ():
        some = only(wrong, lambda p: (p.degree, p.kind) == (degree, kind))  # noqa: B023
        label = ", ".join(filter(None, (degree, kind)))
        yield some.share(_cell(judged, origin, stage, label), "sensitivity", some.said)
    after = judged.of(origin, stage, lambda p: p.kind == AFTER_WRONG_EYES)
    if after.puts:
        cell = _cell(judged, origin, stage, AFTER_WRONG_EYES)
        yield after.share(cell, "specificity", [1 - said for said in after.said])


def real_rows(judged: Judged, origin: str) -> Iterator[Row]:
    """Of all that a model wrote, labelled or not: how much the judge can decide, and how much it calls wrong."""
    for stage in STAGES:
        of = judged.of(origin, stage)
        if of.puts:
            cell = _cell(judged, origin, stage)
            row = of.share(cell, "decided", of.decided, least=FEWEST_TRACES, missing=of.unheard)
            measurable = row["value"] is None or row["value"] >= MEASURABLE
            yield row if measurable else row | {"label": "not measurable: under half are decided"}
            yield of.share(cell, "called wrong", of.said, least=FEWEST_TRACES)


FEWEST_TRACES = 50
"""Traces of a real model from which it is told how many the judge can decide."""
MEASURABLE = 0.5


def read_rows(judged: Judged) -> Iterator[Row]:
    """How many verdicts could be read, a stage; what failed to arrive is apart."""
    for stage in STAGES:
        scores = [s for s, p in zip(judged.scores, judged.puts, strict=True) if p.stage == stage]
        arrived = [s for s in scores if s.status != "request_failed"]
        if arrived:
            of = [p.cluster for s, p in zip(judged.scores, judged.puts, strict=True) if p.stage == stage]
            held = [c for c, s in zip(of, scores, strict=True) if s.status != "request_failed"]
            cell = Cell("replies", stage.replace("_", " "), "", judged.names[stage], "source")
            yield cell.share("could be read", [s.status != "judge_unusable" for s in arrived], held, 1)


def verdicts(
    judged: Judged, instruments: Mapping[str, str], origins: Sequence[str], planted: Callable[[str], bool]
) -> Iterator[dict[str, Any]]:
    """What was said where the truth is known, for whoever frees a rate of the judge's errors; one row a stage.

    Args:
        judged: all stages.
        instruments: stage → ``name@version`` of its judge.
        origins: whose stages count; those with too few wrong or right ones do not.
        planted: whether what is wrong there was planted.
    """
    for origin in origins:
        for stage in STAGES:
            of = judged.of(origin, stage, lambda p: p.wrong is not None and p.kind != AFTER_WRONG_EYES)
            truth = [bool(p.wrong) for p in of.puts]
            if min(sum(truth), len(truth) - sum(truth)) < ENOUGH:
                continue
            number = {cluster: n for n, cluster in enumerate(dict.fromkeys(clusters(of.puts)))}
            yield {
                "origin": origin,
                "stage": stage,
                "instrument": instruments[stage],
                "planted": planted(origin),
                "clusters": [number[cluster] for cluster in clusters(of.puts)],
                "truth": truth,
                "said": [None if gone else said for said, gone in zip(of.said, of.missing, strict=True)],
            }
