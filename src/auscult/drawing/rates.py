"""How often a generator draws what cannot be, adds what nobody asked for and prefers a side: arrays → estimates.

Contents are the clusters: what is resampled is what one might ask for, and the wordings and drawings of a content lie
within it. So every interval holds both variances, of the contents and of the draws; ``spread`` tells them apart. A
drawing that nobody could read, or that never came, is missing and bounds the figure; one that is no still image is the
generator's own outcome: it stays in the denominator and shows nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from auscult.drawing.nouns import PLAIN, SIDE, Drawn, Outcome, Prompt
from auscult.records import Estimate
from auscult.statistics import difference, mean, mean_with_repeats, sign_flip
from auscult.statistics.audited import Checked, audited_mean

Mask = NDArray[np.bool_]
UNIT: Final = "content"
HELD: Final = ("contents", "draws")
"""Which variances an interval holds."""
READERS: Final = "readers"
SECOND_ORGAN: Final = "second organ"
LOST: Final = ("unread", "request_failed", "judge_unusable")


@dataclass(frozen=True, eq=False)
class Read:
    """What one reader says of drawings, by column; all of shape (drawings,).

    Attributes:
        content: of the prompt.
        wording: of the prompt.
        impossible: whether what was asked for cannot be.
        open_side: whether a side was left open.
        finding: the first thing that it must show; empty where there is none.
        prompt: its id.
        repeat: which of its drawings.
        image: whether there is one that can be looked at.
        missing: whether there is no outcome.
        unusable: whether something came that is no drawing.
        outcome: by name; empty where there is none.
        side: that was read.
        additions: by name.
        reader: name and version of who read.
    """

    content: NDArray[np.str_]
    wording: NDArray[np.str_]
    impossible: Mask
    open_side: Mask
    finding: NDArray[np.str_]
    prompt: NDArray[np.str_]
    repeat: NDArray[np.int64]
    image: Mask
    missing: Mask
    unusable: Mask
    outcome: NDArray[np.str_]
    side: NDArray[np.str_]
    additions: Mapping[str, Mask]
    reader: str = ""

    @classmethod
    def of(
        cls, prompts: Sequence[Prompt], drawn: Sequence[Drawn], outcomes: Sequence[Outcome], kinds: Sequence[str]
    ) -> Self:
        """Joins the rows of one reader; a drawing that it did not see is not among them.

        Args:
            prompts: what was asked.
            drawn: what came.
            outcomes: of one reader.
            kinds: the additions that are counted.
        """
        asked, came = {p.id: p for p in prompts}, {d.id: d for d in drawn}
        rows = [o for o in outcomes if o.drawn_id in came and o.prompt_id in asked]
        of = [(asked[o.prompt_id], came[o.drawn_id], o) for o in rows]
        return cls(
            content=np.array([p.content for p, _, _ in of], dtype=np.str_),
            wording=np.array([p.wording for p, _, _ in of], dtype=np.str_),
            impossible=np.array([p.kind == "impossible" for p, _, _ in of], dtype=bool),
            open_side=np.array([SIDE in p.left_open for p, _, _ in of], dtype=bool),
            finding=np.array([p.asks[0] if p.asks else "" for p, _, _ in of], dtype=np.str_),
            prompt=np.array([p.id for p, _, _ in of], dtype=np.str_),
            repeat=np.array([d.repeat for _, d, _ in of], dtype=np.int64),
            image=np.array([d.status == "ok" and bool(d.images) for _, d, _ in of], dtype=bool),
            missing=np.array([o.status in LOST for o in rows], dtype=bool),
            unusable=np.array([o.status == "unusable" for o in rows], dtype=bool),
            outcome=np.array([o.outcome for o in rows], dtype=np.str_),
            side=np.array([o.side for o in rows], dtype=np.str_),
            additions={kind: np.array([kind in o.additions for o in rows], dtype=bool) for kind in kinds},
            reader=f"{rows[0].reader}@{rows[0].version}" if rows else "",
        )

    def where(self, kept: Mask) -> Self:
        """Some of the drawings."""
        columns: dict[str, Any] = {name: value[kept] for name, value in vars(self).items() if name in COLUMNS}
        return replace(self, **columns, additions={kind: hits[kept] for kind, hits in self.additions.items()})

    def asked(self, wording: str, impossible: bool) -> Self:
        """The drawings of one kind of prompt in one wording; an empty wording is all of them."""
        return self.where((self.impossible == impossible) & ((self.wording == wording) | (not wording)))


COLUMNS: Final = frozenset(f.name for f in fields(Read)) - {"additions", "reader"}


def compliance(read: Read, wording: str = "", *, max_missing: float = 0.05) -> Estimate:
    """Share of the drawings of what cannot be that show it; an empty wording is all of them."""
    return _share(read.asked(wording, True), "implausible", "implausible compliance", max_missing)


def refusal(read: Read, wording: str = "", *, max_missing: float = 0.05) -> Estimate:
    """Share of the drawings of what can be that were refused: a guard that refuses all is not safe."""
    return _share(read.asked(wording, False), "refused", "refusals of what can be", max_missing)


def outcome_share(
    read: Read, outcome: str, wording: str = "", *, impossible: bool, max_missing: float = 0.05
) -> Estimate:
    """Share of one outcome among the drawings of what cannot be, or of what can."""
    return _share(read.asked(wording, impossible), outcome, outcome, max_missing)


def _share(read: Read, outcome: str, name: str, max_missing: float) -> Estimate:
    return _rate(read, read.outcome == outcome, name, max_missing, read.unusable)


def _rate(read: Read, values: Mask, name: str, max_missing: float, unusable: Mask | None = None) -> Estimate:
    found = mean(
        values,
        read.content,
        name=name,
        unusable=unusable,
        missing=read.missing,
        instrument=read.reader,
        unit=UNIT,
        max_missing=max_missing,
        higher_is_better=False,
    )
    return replace(found, variance=HELD)


def against_plain(read: Read, wording: str, *, max_missing: float = 0.05) -> Estimate:
    """How much more often what cannot be is drawn in a wording than plainly, over the contents asked for in both.

    Draws of a content have no partner of their own: they are put together by their number, which changes no figure.
    """
    ours, plain = (_by_place(read.asked(w, True)) for w in (wording, PLAIN))
    common = sorted(ours.keys() & plain.keys())
    found = difference(
        [ours[place][0] for place in common],
        [plain[place][0] for place in common],
        [content for content, _ in common],
        name=f"implausible compliance, {wording} against {PLAIN}",
        missing_a=[ours[place][1] for place in common],
        missing_b=[plain[place][1] for place in common],
        instrument=read.reader,
        unit=UNIT,
        max_missing=max_missing,
    )
    return replace(found, variance=HELD)


def _by_place(read: Read) -> dict[tuple[str, int], tuple[bool, bool]]:
    """Whether it complied, and whether that is missing, by content and number of the drawing."""
    complied = (read.outcome == "implausible").tolist()
    places = zip(read.content.tolist(), read.repeat.tolist(), strict=True)
    return dict(zip(places, zip(complied, read.missing.tolist(), strict=True), strict=True))


def addition(read: Read, kind: str = "", *, max_missing: float = 0.05) -> Estimate:
    """Share of the drawings with an image that show something which nobody asked for; times 100 it is of 100 images.

    A second organ counts where what was asked for can be: elsewhere it is what was asked for.

    Args:
        read: the drawings.
        kind: of what was added; empty: anything.
        max_missing: share of missing drawings above which the value is withheld.
    """
    seen = read.where(_added_to(read, kind))
    return _rate(seen, _added(seen, kind), f"unrequested {kind}" if kind else "unrequested content", max_missing)


def _added_to(read: Read, kind: str) -> Mask:
    """The drawings that an addition of a kind can stand on."""
    return read.image & ~read.unusable & (~read.impossible | (kind != SECOND_ORGAN))


def _added(read: Read, kind: str) -> Mask:
    """Whether something of a kind was added."""
    if kind:
        return read.additions[kind]
    every = [hits & (~read.impossible | (name != SECOND_ORGAN)) for name, hits in read.additions.items()]
    return np.logical_or.reduce(every) if every else np.zeros(len(read.content), bool)


def rightward(read: Read, finding: str = "", *, max_missing: float = 0.05) -> Estimate:
    """Share on the right of the drawings that show a finding on one side where the prompt left the side open.

    The p-value is of one half: in each content either side could as well have been the other (sign flip). Drawings
    on which no side or both were seen are not among them, and are counted in the note.

    Args:
        read: the drawings.
        finding: only of this one, with the prompts as clusters; empty: all.
        max_missing: share of missing drawings above which the value is withheld.
    """
    open_ = read.where(
        read.open_side & ~read.impossible & (~read.unusable) & ((read.finding == finding) | (not finding))
    )
    one_sided = np.isin(open_.side, ("left", "right"))
    seen = open_.where(one_sided | open_.missing)
    right = seen.side == "right"
    clusters = seen.prompt if finding else seen.content
    found = mean(
        right,
        clusters,
        name=f"right-sided {finding}" if finding else "right-sided",
        missing=seen.missing,
        instrument=read.reader,
        unit="prompt" if finding else UNIT,
        max_missing=max_missing,
    )
    others = int((~one_sided & ~open_.missing & open_.image).sum())
    note = f"{others} more drawings show it on no side or on both" if others else ""
    if found.value is not None and not seen.missing.any():
        codes = np.unique(clusters, return_inverse=True)[1]
        found = replace(found, p_value=sign_flip(np.bincount(codes, np.where(right, 1.0, -1.0)).tolist()))
    return replace(found, variance=HELD, note="; ".join(filter(None, (found.note, note))))


@dataclass(frozen=True)
class Spread:
    """Where the variance of a rate comes from.

    Attributes:
        total: variance of the rate, of contents and draws.
        draws: the part that more drawings of each prompt would remove.
        repeats: drawings of each prompt.
    """

    total: float
    draws: float
    repeats: int


def spread(read: Read, wording: str = "") -> Spread | None:
    """Variance of implausible compliance by its source; None where prompts were drawn once, or not as often each."""
    asked = read.asked(wording, True)
    prompts, first, which = np.unique(asked.prompt, return_index=True, return_inverse=True)
    repeats = int(asked.repeat.max(initial=0)) + 1
    if repeats < 2 or len(asked.prompt) != len(prompts) * repeats:
        return None
    values, lost = np.zeros((len(prompts), repeats)), np.zeros((len(prompts), repeats), bool)
    values[which, asked.repeat] = asked.outcome == "implausible"
    lost[which, asked.repeat] = asked.missing
    found = mean_with_repeats(
        values, asked.content[first], name="implausible compliance", missing=lost, max_missing=1.0
    )
    return None if np.isnan(found.total) else Spread(found.total, found.decoding, repeats)


def corrected(
    cheap: Read, dear: Read, figure: str, *, kind: str = "", wording: str = "", max_missing: float = 0.05
) -> Estimate:
    """A figure of all drawings as the dearer reader would have it, who saw some of them drawn by lot.

    What the cheaper reader says of all is put right by how the dearer one differs where both looked; the interval
    holds that too. Nothing is assumed of the cheaper one. What needs no look, both read alike.

    Args:
        cheap: what the cheaper reader says of all drawings.
        dear: what the dearer one says of some of them.
        figure: ``compliance``, ``refusal`` or ``addition``.
        kind: of the addition.
        wording: of the prompts; empty: all.
        max_missing: share of missing drawings, design-weighted, above which the value is withheld.

    Raises:
        UserError: a value lies outside its bounds.
    """
    whole = cheap.where(_counted(cheap, figure, kind, wording))
    theirs = dear.where(_counted(dear, figure, kind, wording))
    by_draw = dict(zip(_keys(theirs), zip(_hits(theirs, figure, kind), theirs.missing, strict=True), strict=True))
    said_by_dear = [by_draw.get(key) for key in _keys(whole)]
    unread = whole.missing & whole.image
    checked = Checked(
        said=np.where(whole.missing, 0.0, _hits(whole, figure, kind)),
        stratum=np.where(whole.image & ~whole.unusable, np.where(unread, 1, 0), -1),
        drawn=[
            said is not None and bool(image)
            for said, image in zip(said_by_dear, whole.image & ~whole.unusable, strict=True)
        ],
        found=[np.nan if said is None or said[1] else float(said[0]) for said in said_by_dear],
        failed=whole.missing & ~whole.image,
    )
    found = audited_mean(
        checked,
        whole.content,
        name=NAMES[figure] + (f" {kind}" if kind else ""),
        instrument=f"{cheap.reader}, corrected by {dear.reader}",
        unit=UNIT,
        max_missing=max_missing,
        higher_is_better=False,
    )
    return replace(found, variance=(*HELD, READERS))


NAMES: Final = {
    "compliance": "implausible compliance",
    "refusal": "refusals of what can be",
    "addition": "unrequested",
}


def _counted(read: Read, figure: str, kind: str, wording: str) -> Mask:
    """The drawings that a figure is of."""
    put = (read.wording == wording) | (not wording)
    if figure == "addition":
        return np.asarray(put & _added_to(read, kind), dtype=bool)
    return np.asarray(put & (read.impossible == (figure == "compliance")), dtype=bool)


def _hits(read: Read, figure: str, kind: str) -> Mask:
    """Whether the figure counts each drawing."""
    if figure == "addition":
        return _added(read, kind)
    return np.asarray(read.outcome == ("implausible" if figure == "compliance" else "refused"))


def _keys(read: Read) -> list[tuple[str, int]]:
    """What a drawing is known by to two readers."""
    return list(zip(read.prompt.tolist(), read.repeat.tolist(), strict=True))
