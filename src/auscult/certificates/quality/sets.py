"""Clean sets and what is planted into them: right and wrong pairs of a half, and pairs that generators make."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from auscult import corpora
from auscult.certificates.quality import QualityOptions
from auscult.certificates.quality.pairs import Maker, Pair
from auscult.certificates.quality.truth import Truth, truth_of_report, truth_of_scene
from auscult.certificates.quality.words import Words
from auscult.construction.generators import create
from auscult.errors import UserError
from auscult.items.split import PARTS
from auscult.phantoms.distribution import draw_scene
from auscult.phantoms.scene import Split
from auscult.records import Case, Item, rank

GENERATORS = ("premises", "presence")
REPORTS = "indiana_reports.csv"
STRANGERS = 40
"""Right pairs of earlier images that one about another image is drawn from."""


@dataclass(frozen=True)
class Asked:
    """All pairs about one case."""

    truth: Truth
    right: tuple[Pair, ...]
    wrong: tuple[Pair, ...]


def scenes(options: QualityOptions) -> list[Truth]:
    """Phantoms, of the test stream or, for development, of the training stream."""
    stream: Split = "test" if options.half == "held_out" else "train"
    return [truth_of_scene(draw_scene(n, stream), n, options.half) for n in range(options.scenes)]


def in_half(source_key: str, half: str) -> bool:
    """Whether a report belongs to a half: odd numbers serve development."""
    return (int(source_key) % 2 == 1) == (half == "development")


def cases_in(data: Path | None) -> list[Case]:
    """All studies of the published reports; none where the data set is not there."""
    folder = data / "iu-reports" if data else None
    if folder is None or not (folder / REPORTS).is_file():
        return []
    found = corpora.read("iu-reports", folder, corpora.ReadOptions())
    return [b.case for b in found if b.case.annotation]


def reports(cases: Sequence[Case], options: QualityOptions) -> list[Truth]:
    """Real reports of the half, as far as they say something plainly."""
    half = options.half
    own = [c for c in cases if in_half(c.source_key, half)]
    made = (truth_of_report(c, half, Random(f"{options.seed} {c.id}")) for c in own)
    return [t for t in made if t is not None]


def asked(truths: Iterable[Truth], seed: int) -> Iterator[Asked]:
    """Right and wrong pairs about each case."""
    strangers: list[Pair] = []
    for truth in truths:
        maker = Maker(truth, Words(truth.half, Random(f"{seed} {truth.case.id}")))
        right = tuple(maker.right())
        yield Asked(truth, right, tuple(maker.wrong(strangers)))
        strangers = [*right, *strangers][:STRANGERS]


def generated(truths: Sequence[Truth], seed: int) -> list[list[Pair]]:
    """What the rule-based generators make of each case, all of it right as far as the annotation is."""
    made: list[list[Pair]] = [[] for _ in truths]
    for name in GENERATORS:
        generator = create(name, seed)
        for truth in truths:
            generator.look(truth.case, ())
        try:
            generator.choose([PARTS.index("test") + 1] * len(truths))
        except UserError:  # so few images that it makes nothing of them
            continue
        for number, truth in enumerate(truths):
            for item in generator.make(number, truth.case, (), "test"):
                if isinstance(item, Item):
                    named = item if item.id else replace(item, id=f"{truth.case.id} {item.source_id}")
                    made[number].append(
                        Pair(cluster=truth.case.id, origin=truth.origin, case=truth.case, item=named, about=name)
                    )
    return made


def planted(clean: Sequence[Pair], wrong: Sequence[Pair], share: float, seed: int) -> list[Pair]:
    """The clean pairs of a case with wrong ones among them, ``share`` of all on average; the order is drawn too."""
    odds, rng = share / (1 - share), Random(f"{seed} {share} {clean[0].cluster if clean else ''}")
    able = [p for p in wrong if p.degree > 1]
    count = sum(rng.random() < odds for _ in clean)
    chosen = rng.sample(able, min(count, len(able)))
    return sorted([*clean, *chosen], key=lambda p: rank(seed, share, p.item.id, p.error))
