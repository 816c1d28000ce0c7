"""A judge that names the kind of a hallucination, beside the people who labelled the same answers.

Agreement over all answers, how many of each kind are called so, what else they are called, and by how much the score
that weighs kinds is off. Intervals by image.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from auscult.certificates.cells import Cell, Row, clusters
from auscult.certificates.judge.figures import Judged, Value
from auscult.certificates.judge.planting import Put
from auscult.scorers.judges import medihall
from auscult.statistics import cohen_kappa, percent_agreement

ALL = "all answers"
KAPPA = "kappa, quadratic"
IMAGE = "image"


def class_rows(judged: Judged, part: str, puts: Sequence[Put]) -> Iterator[Row]:
    """Agreement with people, whole and kind by kind, and the confusion matrix.

    Args:
        judged: answers with the kinds that a judge gave them.
        part: of the certificate.
        puts: those whose ``kind`` is what people called them.
    """
    said = {put.id: _said(judged, put) for put in puts}
    yield from _agreement(judged, part, puts, [said[put.id] for put in puts])
    for kind in medihall.KINDS:
        labelled = [put for put in puts if put.kind == kind]
        if not labelled:
            continue
        yield _share(judged, Cell(part, kind, unit=IMAGE), "called so by the judge", labelled, said, kind)
        for other in medihall.KINDS:
            if other != kind and any(said[put.id] == other for put in labelled):
                yield _share(judged, Cell(part, kind, f"called {other}", unit=IMAGE), "share", labelled, said, other)
    for kind in medihall.KINDS:
        called = [put for put in puts if said[put.id] == kind]
        if called:
            cell = Cell(part, f"called {kind}", unit=IMAGE)
            yield judged.mean(cell, "called so by people", called, lambda p: float(p.kind == kind)) | _hits(  # noqa: B023
                sum(p.kind == kind for p in called)
            )

    def off(put: Put) -> Value:
        grade = judged.grade(put.id)
        return None if grade is None else grade - medihall.WEIGHTS[_kind(put)]

    yield judged.mean(Cell(part, ALL, unit=IMAGE), "score less people's", puts, off, bounds=(-1.0, 1.0))


def _kind(put: Put) -> medihall.Kind:
    return next(kind for kind in medihall.KINDS if kind == put.kind)


def _said(judged: Judged, put: Put) -> str:
    """What the judge called it; empty where it gave no verdict."""
    score = judged.scores[put.id]
    return score.parsed if score.status == "ok" else ""


def _share(judged: Judged, cell: Cell, measure: str, labelled: Sequence[Put], said: dict[str, str], kind: str) -> Row:
    def called(put: Put) -> Value:
        return float(said[put.id] == kind) if said[put.id] else None

    return judged.mean(cell, measure, labelled, called) | _hits(sum(said[put.id] == kind for put in labelled))


def _hits(count: int) -> Row:
    return {"hits": count}


def _agreement(judged: Judged, part: str, puts: Sequence[Put], said: Sequence[str]) -> Iterator[Row]:
    """Exact agreement and kappa over all answers; withheld where too many lack a verdict."""
    pairs = [(put, kind) for put, kind in zip(puts, said, strict=True) if kind]
    gone, cell = len(puts) - len(pairs), Cell(part, ALL, unit=IMAGE)
    if not pairs or gone / len(puts) > judged.scale.max_missing:
        for measure in ("exact agreement", KAPPA):
            row = judged.scale.cell(cell).row(measure, len(pairs), len(set(clusters([p for p, _ in pairs]))))
            yield row | {"missing": gone, "label": f"withheld: {gone} of {len(puts)} answers lack a kind"}
        return
    people, judge = [put.kind for put, _ in pairs], [kind for _, kind in pairs]
    of, kinds = clusters([put for put, _ in pairs]), list(medihall.KINDS)
    found = (
        percent_agreement(list(zip(people, judge, strict=True)), of, categories=kinds, unit=IMAGE),
        cohen_kappa(people, judge, of, weights="quadratic", categories=kinds, unit=IMAGE),
    )
    for measure, figure in zip(("exact agreement", KAPPA), found, strict=True):
        yield judged.estimated(cell, replace(figure, name=measure, missing=gone), len(pairs))
