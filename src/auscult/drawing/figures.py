"""Drawings and what readers say of them → figures. Contents are the clusters: all that is drawn of one is one unit."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from auscult.drawing import rates
from auscult.drawing.figured import ALL, Count, Figure, Figures, Section, Tried, Variance
from auscult.drawing.nouns import ADDITIONS, OUTCOMES, PLAIN, Drawn, Outcome, Prompt
from auscult.drawing.prompts import KINDS
from auscult.drawing.rates import UNIT, Read
from auscult.records import Estimate
from auscult.statistics import holm, mean

PEOPLE = "people"
ORDER = (PEOPLE, "pixels", "judge", "words")
"""Readers, the dearest first; the dearest that has read all drawings leads."""


def _dear(reader: str) -> int:
    return ORDER.index(reader) if reader in ORDER else len(ORDER)


def figures(
    prompts: Sequence[Prompt],
    drawn: Sequence[Drawn],
    outcomes: Mapping[str, Sequence[Outcome]],
    *,
    max_missing: float = 0.05,
    alike: int = 0,
    uncertified: Sequence[str] = (),
    tried: Mapping[str, Tried] = MappingProxyType({}),
    remarks: Sequence[str] = (),
) -> Figures:
    """Every figure of an audit.

    Args:
        prompts: that were drawn.
        drawn: their drawings, as they count (``asking.counted``).
        outcomes: reader → what it says of them; of some or all.
        max_missing: greatest share of drawings without an outcome at which a figure is given.
        alike: prompts whose drawings are all one picture.
        uncertified: readers that have no certificate that passed.
        tried: of them, reader → what its certificate says.
        remarks: what must be read with the figures.
    """
    reads = {name: Read.of(prompts, drawn, rows, ADDITIONS) for name, rows in outcomes.items()}
    readers = sorted(reads, key=lambda name: (len(outcomes[name]) < len(drawn), _dear(name)))
    made = [f for name in readers for f in _of_reader(name, reads[name], max_missing)]
    leads, dear = readers[0], min(readers, key=_dear)
    if _dear(dear) < _dear(leads):
        made += _corrected((leads, reads[leads]), (dear, reads[dear]), max_missing)
    made += _decoys(outcomes.get("judge", ()))
    return Figures(
        prompts=len(prompts),
        contents=len({p.content for p in prompts}),
        draws=max((d.repeat + 1 for d in drawn), default=0),
        drawings=len(drawn),
        readers=tuple(readers),
        figures=tuple(made),
        counts=tuple(_counts(prompts, outcomes)),
        variances=tuple(v for name in readers for v in _variances(name, reads[name])),
        faults=dict(Counter(d.failure for d in drawn if d.failure).most_common()),
        alike=alike,
        uncertified=tuple(uncertified),
        tried=dict(tried),
        remarks=tuple(remarks),
    )


def _of_reader(name: str, read: Read, max_missing: float) -> Iterator[Figure]:
    def figure(section: Section, estimate: Estimate, what: str = "", kind: str = "", wording: str = ALL) -> Figure:
        return Figure(section=section, reader=name, what=what, kind=kind, wording=wording, estimate=estimate)

    wordings = list(dict.fromkeys(read.wording.tolist()))
    for wording in ("", *wordings):
        where = wording or ALL
        yield figure("compliance", rates.compliance(read, wording, max_missing=max_missing), wording=where)
        for kind in KINDS:
            share = rates.outcome_share(
                read, "refused", wording, impossible=kind == "impossible", max_missing=max_missing
            )
            yield figure("refusals", share, kind=kind, wording=where)
    for wording, estimate in _against_plain(read, wordings, max_missing).items():
        yield figure("difference", estimate, wording=wording)
    for addition in ("", *ADDITIONS):
        yield figure("additions", rates.addition(read, addition, max_missing=max_missing), addition or ALL)
    yield figure("side", rates.rightward(read, max_missing=max_missing))
    for finding in sorted({f for f in read.finding[read.open_side].tolist() if f}):
        yield figure("side", rates.rightward(read, finding, max_missing=max_missing), finding)
    for kind in KINDS:
        for outcome in OUTCOMES:
            share = rates.outcome_share(read, outcome, impossible=kind == "impossible", max_missing=max_missing)
            yield figure("outcome", share, outcome, kind)


def _against_plain(read: Read, wordings: Sequence[str], max_missing: float) -> dict[str, Estimate]:
    """Every other wording against the plain one; the p-values are those of so many comparisons at once (Holm)."""
    others = [w for w in wordings if w != PLAIN and PLAIN in wordings]
    found = {w: rates.against_plain(read, w, max_missing=max_missing) for w in others}
    tested = {w: e.p_value for w, e in found.items() if e.p_value is not None}
    note = f"p adjusted for {len(tested)} wordings (Holm)" if len(tested) > 1 else ""
    for wording, p_value in zip(tested, holm(list(tested.values())), strict=True):
        known = found[wording]
        found[wording] = replace(known, p_value=p_value, note="; ".join(filter(None, (known.note, note))))
    return found


def _variances(name: str, read: Read) -> Iterator[Variance]:
    """What contents and draws each bring to implausible compliance."""
    for wording in dict.fromkeys(("", *read.wording.tolist())):
        if (spread := rates.spread(read, wording)) is not None:
            yield Variance(
                reader=name, wording=wording or ALL, total=spread.total, draws=spread.draws, repeats=spread.repeats
            )


def _corrected(cheap: tuple[str, Read], dear: tuple[str, Read], max_missing: float) -> Iterator[Figure]:
    """Figures of all drawings as the dearer reader would have them, who saw some."""
    name = f"{cheap[0]} by {dear[0]}"
    wordings = list(dict.fromkeys(cheap[1].wording.tolist()))
    for wording in ("", *wordings):
        for section, figure in (("compliance", "compliance"), ("refusals", "refusal")):
            share = rates.corrected(cheap[1], dear[1], figure, wording=wording, max_missing=max_missing)
            kind = "plausible" if section == "refusals" else ""
            yield Figure(section=section, reader=name, kind=kind, wording=wording or ALL, estimate=share)  # type: ignore[arg-type]
    for addition in ("", *ADDITIONS):
        share = rates.corrected(cheap[1], dear[1], "addition", kind=addition, max_missing=max_missing)
        yield Figure(section="additions", reader=name, what=addition or ALL, estimate=share)


def _decoys(outcomes: Sequence[Outcome]) -> Iterator[Figure]:
    """In how many of the drawings that it looked at a judge saw what nobody had asked for."""
    looked = [o for o in outcomes if o.modality]
    if looked:
        share = mean(
            [float(bool(o.decoy)) for o in looked],
            [o.content for o in looked],
            name="saw what nobody asked for",
            instrument=f"judge@{looked[0].version}",
            unit=UNIT,
            higher_is_better=False,
        )
        yield Figure(section="decoys", reader="judge", estimate=share)


def _counts(prompts: Sequence[Prompt], outcomes: Mapping[str, Sequence[Outcome]]) -> Iterator[Count]:
    """Outcomes as counted; where there is none, why."""
    asked = {p.id: p for p in prompts}
    for reader, rows in outcomes.items():
        counted = Counter(
            (asked[o.prompt_id].kind, asked[o.prompt_id].wording, o.outcome or o.status.replace("_", " ")) for o in rows
        )
        for (kind, wording, what), n in sorted(counted.items()):
            yield Count(reader=reader, kind=kind, wording=wording, what=what, n=n)
