"""Rows of the certificate: sensitivity by kind and degree, specificity, yield; of each check and of all together."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from auscult.certificates.cells import Cell, Row
from auscult.certificates.quality.pairs import ATTRIBUTE, EVIDENCE, KINDS, KNOWLEDGE, OBJECT, Pair
from auscult.construction.certified import STRICT, WRONG
from auscult.construction.checks import Check

VOTE = "vote of the checkers"
"""Who decides where several models check: the majority."""
ALL_CHECKS, TOGETHER = "all checks", "checks and checkers"
OBJECT_ERRORS, ATTRIBUTE_ERRORS, NO_ERROR = "object errors", "attribute errors", "no error"
GROUPS: Mapping[str, tuple[str, ...]] = {
    WRONG: (*OBJECT, *ATTRIBUTE),
    OBJECT_ERRORS: OBJECT,
    ATTRIBUTE_ERRORS: ATTRIBUTE,
    "evidence errors": EVIDENCE,
    "knowledge errors": KNOWLEDGE,
}
COUNTED = 2
"""Least degree of an error that counts: the first makes no difference to anybody."""
DEGREES = {1: "1, slip", 2: "2, low", 3: "3, moderate", 4: "4, high"}


@dataclass(frozen=True)
class Tried:
    """A pair and who refused it: check or checker → the reason, for those that refused."""

    pair: Pair
    refused: Mapping[str, str]

    @property
    def cluster(self) -> str:
        """Image, report or statement."""
        return self.pair.cluster


def refusing(check: Check, why: str) -> dict[str, str]:
    """Who refused a pair, as ``Tried`` has it: a check, or its doubt; nobody where it gave no reason."""
    doubt = why.partition(": ")[0] in check.doubts
    return {doubt_of(check.name) if doubt else check.name: why} if why else {}


def doubt_of(check: str) -> str:
    """What a check that only doubts is called."""
    return f"{check}, in doubt"


def by(instrument: str, checks: Sequence[str], checkers: Sequence[str]) -> Callable[[Tried], bool]:
    """Whether an instrument refuses a pair: a check or checker, all checks, those with their doubts, or all of both."""
    deciding = checkers if len(checkers) == 1 else (VOTE,)
    doubts = map(doubt_of, checks)
    groups = {ALL_CHECKS: [*checks], STRICT: [*checks, *doubts], TOGETHER: [*checks, *deciding]}
    names = groups.get(instrument, [instrument])
    return lambda one: any(name in one.refused for name in names)


@dataclass(frozen=True)
class Part:
    """A part of the certificate: what was put, by whom it was tried."""

    name: str
    unit: str
    checks: tuple[str, ...]
    checkers: tuple[str, ...] = ()

    @property
    def main(self) -> str:
        """The instrument that the headline is about."""
        return TOGETHER if self.checkers else ALL_CHECKS

    @property
    def instruments(self) -> list[str]:
        """All together first, then each alone."""
        if not self.checkers:
            return [ALL_CHECKS, STRICT, *self.checks]
        voting = [VOTE] if len(self.checkers) > 1 else []
        return [TOGETHER, ALL_CHECKS, *voting, *self.checkers]

    def cell(self, what: str, instrument: str, degree: str = "") -> Cell:
        """Where a figure belongs."""
        return Cell(self.name, what, degree, instrument, self.unit)

    def rows(self, tried: Sequence[Tried], detail: bool = True) -> list[Row]:
        """Groups of errors for every instrument, then kinds and degrees for all together."""
        made = [row for name in self.instruments for row in self._groups(tried, name)]
        return [*made, *self._kinds(tried)] if detail else made

    def _groups(self, tried: Sequence[Tried], instrument: str) -> Iterator[Row]:
        refuses = by(instrument, self.checks, self.checkers)
        for group, kinds in GROUPS.items():
            wrong = [t for t in tried if t.pair.error in kinds and t.pair.degree >= COUNTED]
            if wrong:
                yield self.cell(group, instrument).share_of("sensitivity", wrong, refuses)
        right = [t for t in tried if not t.pair.error]
        if right:
            yield self.cell(NO_ERROR, instrument).share_of("specificity", right, lambda t: not refuses(t))

    def _kinds(self, tried: Sequence[Tried]) -> Iterator[Row]:
        refuses = by(self.main, self.checks, self.checkers)
        for kind in KINDS:
            for degree, said in DEGREES.items():
                some = [t for t in tried if t.pair.error == kind and t.pair.degree == degree]
                if some:
                    yield self.cell(kind, self.main, said).share_of("sensitivity", some, refuses)

    def kept(self, tried: Iterable[Tried]) -> Iterator[Row]:
        """Yield of right pairs by polarity and category."""
        refuses = by(self.main, self.checks, self.checkers)
        groups: dict[tuple[str, str], list[Tried]] = {}
        for one in tried:
            if not one.pair.error:
                groups.setdefault((one.pair.item.kind, one.pair.item.category), []).append(one)
        for (kind, category), some in sorted(groups.items()):
            yield self.cell(kind, self.main, category).share_of("kept", some, lambda t: not refuses(t))


def set_rows(part: Part, tried: Sequence[Tried], share: float) -> Iterator[Row]:
    """A set with planted errors: how many are found, how many right ones stay, what is wrong before and after."""
    refuses = by(part.main, part.checks, part.checkers)
    wrong, right = [t for t in tried if t.pair.error], [t for t in tried if not t.pair.error]
    left = [t for t in tried if not refuses(t)]
    name = f"{share:.0%} planted"
    cell = replace(part.cell(name, part.main), what=name)
    yield cell.share_of("sensitivity", wrong, refuses)
    yield cell.share_of("specificity", right, lambda t: not refuses(t))
    yield cell.share_of("wrong before", tried, lambda t: t.pair.error)
    yield cell.share_of("wrong after", left, lambda t: t.pair.error)
