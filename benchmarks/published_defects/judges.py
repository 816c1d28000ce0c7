"""MedHallTune's batches and parser, CARES' mean of marks, MediHall Score as CoMT's program reads replies."""

import re
from collections.abc import Iterator

import numpy as np
from benchmarks.published_defects.table import Floats, Row, estimate, rng

from auscult.scorers.judges.medihall import WEIGHTS


def judged() -> tuple[list[str], Floats, list[str | None]]:
    """300 judge replies: image, true accuracy mark, and first line; long, poor answers time out more often."""
    groups, marks, lines = [], [], []
    for n in range(300):
        random = rng("judge", str(n))
        mark = int(np.clip(round(random.normal(6, 2)), 1, 10))
        u, others = random.random(), " ".join(str(int(random.integers(4, 10))) for _ in range(3))
        failed = u < (0.03 if mark < 4 else 0.003)
        malformed = 0.03 < u < 0.06
        line = None if failed else f"Scores: {mark}, {others}" if malformed else f"{mark} {others}"
        if 0.06 < u < 0.08:
            line = f"{mark * 10} {others}"
        groups.append(f"image {n // 6}")
        marks.append(mark)
        lines.append(line)
    return groups, np.array(marks, float), lines


def of_the_judge() -> Iterator[Row]:
    """MedHallTune's batches and parser; CARES' mean of GPT scores."""
    groups, marks, lines = judged()

    def read_line(line: str | None) -> float:
        match = re.fullmatch(r"(10|[1-9])( (10|[1-9])){3}", line or "")
        return float(match[1]) if match else np.nan

    strict = np.array([read_line(line) for line in lines])
    sound = estimate(strict, groups, "accuracy 1-10", "strict", top=10.0)
    batches = [range(k, k + 15) for k in range(0, 300, 15)]
    kept = [marks[list(b)] for b in batches if all(lines[k] is not None for k in b)]
    yield Row(
        "MedHallTune",
        "one failed call drops its whole batch of fifteen",
        float(np.mean(np.concatenate(kept))),
        sound,
        "what failed is missing with bounds; the rest stays",
    )
    yield Row(
        "MedHallTune",
        "a first line that is not four numbers ends the program",
        None,
        sound,
        "it is asked again, then counted as not judged",
    )
    free = [float(line.split()[0]) for line in lines if line and re.fullmatch(r"\d+( \d+){3}", line)]
    yield Row(
        "MedHallTune",
        "marks are not checked against 1 to 10: “80 7 6 9”",
        float(np.mean(free)),
        sound,
        "a mark outside 1 to 10 is no mark",
    )
    digits = [float(found[0]) for line in lines if (found := re.search(r"\d+", line or ""))]
    yield Row(
        "common practice",
        "the first number anywhere is the mark",
        float(np.mean(digits)),
        sound,
        "a reply is read whole or not at all",
    )
    yield Row("CARES", "the aggregator overwrites every mark with a constant", 1.0, sound, "the mean of the marks")


def of_kinds() -> Iterator[Row]:
    """MediHall Score, as the program of CoMT reads a judge's replies."""
    groups, replies = [], []
    for n in range(300):
        random = rng("kind", str(n))
        kind = str(random.choice(list(WEIGHTS), p=[0.1, 0.15, 0.2, 0.1, 0.15, 0.3]))
        u = random.random()
        wrong = kind != "correct"
        replies.append(
            kind
            if u < 0.80
            else f"No catastrophic error, but a {kind} one."
            if u < 0.90 and wrong
            else "The statement is incorrect."
            if u < 0.95 and wrong
            else "I cannot decide this."
            if u > 0.97
            else kind
        )
        groups.append(f"image {n // 6}")
    strict = np.array([WEIGHTS.get(said, np.nan) for said in replies])
    sound = estimate(strict, groups, "MediHall Score")
    order = ("catastrophic", "critical", "attribute", "minor", "correct")
    hits = [next((WEIGHTS[kind] for kind in order if kind in said), None) for said in replies]
    yield Row(
        "CoMT",
        "MediHall Score: the first name of a kind anywhere in a reply, “correct” in “incorrect”",
        float(np.mean([hit for hit in hits if hit is not None])),
        sound,
        "a reply is one of the kinds, or no verdict",
    )
    yield Row(
        "CoMT",
        "MediHall Score: a reply that names no known kind scores 0; prompt-induced is not known",
        float(np.mean([0.0 if hit is None else hit for hit in hits])),
        sound,
        "prompt-induced weighs 0.6; what is no verdict is missing, with bounds",
    )
