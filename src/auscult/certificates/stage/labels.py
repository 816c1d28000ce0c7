"""Stages that physicians have labelled: Hidden-Flaws-GPT-4V (Jin et al. 2024, npj Digital Medicine 7, 190)."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from auscult.certificates.judge.labels import FLAWS, SETS, STAGES
from auscult.certificates.judge.planting import Put as Labelled
from auscult.certificates.stage.put import LABELLED, Asked, Put
from auscult.records import STAGES as NAMES
from auscult.records import Trace

_NAMES = dict(zip(STAGES, NAMES, strict=True))


def labelled(data: Path | None) -> Iterator[list[Put]]:
    """The stages of each rationale whose file is there; the picture is not read, and no gold stage is known.

    Raises:
        UserError: the file is there and cannot be read.
    """
    pattern, read = SETS[FLAWS]
    files = sorted((data / FLAWS).glob(pattern)) if data else []
    for _, stages in groupby(read(files[0]) if files else (), key=lambda put: put.cluster):
        yield list(_puts(list(stages)))


def _puts(found: list[Labelled]) -> Iterator[Put]:
    trace = Trace(**{_NAMES[one.kind]: one.subject.answer.text for one in found})
    for one in found:
        item = one.subject.item
        asked = Asked(
            origin=LABELLED,
            cluster=one.cluster,
            case=one.subject.case,
            question=item.question,
            reference=item.reference,
        )
        yield asked.put(_NAMES[one.kind], trace, bool(one.degree), "called wrong by a physician" if one.degree else "")
