"""Which answers of a run people see: drawn by chance, more of those on which the instruments are unsure or differ."""

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from auscult.analysis.joined import Joined
from auscult.analysis.joining import join
from auscult.analysis.quantities.opinions import Opinions, opinions
from auscult.records import Answer
from auscult.runs.ratings import FAILED, SILENT, Draw, Stratum
from auscult.statistics.audited import allocated
from auscult.store.tables import read_fields

EXPECTED = {"called right": 0.22, "called wrong": 0.3, "unsure": 0.5}
"""How far what people say is expected to lie apart (standard deviation) in answers that instruments call right, call
wrong, or are unsure of: as where they err on 5 % of the first, 10 % of the second, and half of the third are wrong."""


@dataclass(frozen=True)
class Drawn:
    """The draw from one run, and the drawn answers: id → item and stratum."""

    draw: Draw
    answers: dict[str, tuple[str, int]]


def draw(runs: Sequence[Path], n: int, seed: int) -> list[Drawn]:
    """Draws ``n`` answers of all runs together, as many of each run as of any other while they last.

    The first sample of each question with its own image is drawn from. Strata are what the instruments say of an answer
    (right, wrong, unsure) and, for yes/no questions, what the reference is; in each the draw is by chance alone.
    """
    pools = [_pools(run) for run in runs]
    flat = [
        (name, len(pool), sum(map(len, of_run)))
        for names, of_run, _ in pools
        for name, pool in zip(names, of_run, strict=True)
    ]
    # every run counts alike, however many answers it has
    deviations = [EXPECTED[name.rpartition(", ")[2]] / of_all for name, _, of_all in flat]
    counts = iter(allocated([size for _, size, _ in flat], deviations, n))
    return [_drawn(names, of_run, letters, list(islice(counts, len(names))), seed) for names, of_run, letters in pools]


def _drawn(names: list[str], pools: list[list[tuple[str, str]]], letters: str, counts: list[int], seed: int) -> Drawn:
    rng = random.Random(f"draw {seed}")
    answers: dict[str, tuple[str, int]] = {}
    for code, (pool, count) in enumerate(zip(pools, counts, strict=True)):
        answers |= {answer: (item, code) for answer, item in rng.sample(sorted(pool), count)}
    strata = [Stratum(name=m, answers=len(p), drawn=k) for m, p, k in zip(names, pools, counts, strict=True)]
    return Drawn(Draw(strata=tuple(strata), of_items=letters), answers)


def _pools(run: Path) -> tuple[list[str], list[list[tuple[str, str]]], str]:
    """Names of the strata, their answers with their items, and the stratum of every item as a letter."""
    joined = join(run)
    read, rows = opinions(joined), {name: row for row, name in enumerate(joined.ids)}
    pools: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    of_item = [FAILED] * len(joined.ids)
    fields = ("id", "item_id", "condition", "repeat", "status", "text")
    for answer, item, condition, repeat, status, text in read_fields(run / "answers.parquet", Answer, fields):
        if condition != "with" or repeat or status == "request_failed":
            continue
        row = rows[item]
        if status != "ok" or not text.strip():
            of_item[row] = SILENT
            continue
        of_item[row] = _stratum(joined, read, row)
        pools[of_item[row]].append((answer, item))
    names = sorted(pools)
    letters = {name: chr(ord("a") + k) for k, name in enumerate(names)} | {FAILED: FAILED, SILENT: SILENT}
    return names, [pools[name] for name in names], "".join(letters[name] for name in of_item)


def _stratum(run: Joined, read: Opinions, row: int) -> str:
    """``yes/no, the reference is no, called right``: the last part is a key of ``EXPECTED``."""
    asked = run.codes["answer_type"].names[run.labels["answer_type"][row]]
    what = f"yes/no, the reference is {'yes' if run.yes[row] else 'no'}" if asked == "yes_no" else "other questions"
    said = "unsure" if not read.sure[row] else "called right" if read.right[row] > 0.5 else "called wrong"
    return f"{what}, {said}"


def in_order(strata: Sequence[tuple[str, object]], seed: int, rater: str) -> list[int]:
    """An order by chance in which every stretch holds its share of each stratum, so that who stops early saw all kinds.

    Within a stratum each order is as likely as any other: the rows that a rater came to are a smaller draw.

    Args:
        strata: of each row: its id and its stratum.
        seed: of the sheet.
        rater: each has an order of their own.
    """
    rng, sizes = random.Random(f"order {seed} {rater}"), Counter(stratum for _, stratum in strata)
    rows = sorted(range(len(strata)), key=lambda k: strata[k][0])
    rng.shuffle(rows)
    taken: Counter[object] = Counter()
    offset = {stratum: rng.random() for stratum in sorted(sizes, key=str)}
    places = {}
    for k in rows:
        stratum = strata[k][1]
        places[k] = (taken[stratum] + offset[stratum]) / sizes[stratum]
        taken[stratum] += 1
    return sorted(rows, key=lambda k: places[k])
