"""ClinHallu's denominators and retries; how RadFact and GREEN put reports together."""

from collections.abc import Iterator

import numpy as np
from benchmarks.published_defects.table import Row, estimate, rng


def of_traces() -> Iterator[Row]:
    """ClinHallu's denominators and retries."""
    rows = []
    for n in range(300):
        random = rng("trace", str(n))
        valid = [random.random() < 0.6 for _ in range(51)]
        rows.append((f"image {n // 3}", valid, random.random() < 0.7))
    groups = [g for g, _, _ in rows]
    right = np.array([float(ok and valid[0]) for _, valid, ok in rows])
    published = float(np.mean([ok for _, valid, ok in rows if valid[0]]))
    yield Row(
        "ClinHallu",
        "accuracy leaves out traces without the format",
        published,
        estimate(right, groups, "accuracy"),
        "they stay in n, as not correct",
    )
    first = np.array([float(valid[0]) for _, valid, _ in rows])
    yield Row(
        "ClinHallu",
        "asked up to 51 times until the format is right",
        float(np.mean([any(v) for _, v, _ in rows])),
        estimate(first, groups, "format kept"),
        "the first try counts; retries are counted",
    )
    gold = [("no", "It looks normal."), ("no", "No."), ("yes", "Yes."), ("no", "Not sure.")] * 25
    held = float(np.mean([truth in text.lower() for truth, text in gold]))
    judge = np.array([float(text in ("No.", "Yes.")) for _, text in gold])
    yield Row(
        "ClinHallu",
        "gold check: the answer contained in the text, “no” in “normal”",
        held,
        estimate(judge, [str(k) for k in range(100)], "right"),
        "the decision is read from the words",
    )


def of_reports() -> Iterator[Row]:
    """RadFact's and GREEN's aggregation."""
    made = []
    for n in range(120):
        random = rng("report", str(n))
        phrases, asked_back = int(random.integers(0, 8)), int(random.integers(1, 8))
        heard = random.random() > 0.05
        hit = float(random.binomial(phrases, 0.6)) / phrases if phrases else np.nan
        back = float(random.binomial(asked_back, 0.5)) / asked_back
        made.append((hit, back, heard))
    precision = np.array([p if heard else (0.0 if p == p else np.nan) for p, _, heard in made])
    recall = np.array([r if heard else 0.0 for _, r, heard in made])
    p, r = float(np.nanmean(precision)), float(recall.mean())
    f1 = np.array(
        [np.nan if not heard else 0.0 if not (p == p and p + r) else 2 * p * r / (p + r) for p, r, heard in made]
    )
    groups = [str(n) for n in range(len(made))]
    sound = estimate(f1, groups, "F1 by report")
    yield Row(
        "RadFact",
        "F1 of the mean precision and recall; reports without a phrase count in one of them",
        2 * p * r / (p + r),
        sound,
        "F1 of each report; one that says nothing scores 0",
    )
    silent = np.array([np.nan if not heard else (0.0 if p != p else p) for p, _, heard in made])
    yield Row(
        "RadFact",
        "a judge that did not reply means “not entailed”; empty reports leave the mean",
        p,
        estimate(silent, groups, "precision"),
        "no reply is missing; an empty report scores 0",
    )
    replies = []
    for n in range(120):
        random = rng("green", str(n))
        errors, matched, cut = int(random.integers(0, 5)), int(random.integers(1, 6)), random.random() < 0.1
        replies.append((errors, matched, cut))
    green = [m / (m + (0 if cut else e)) for e, m, cut in replies]
    whole = np.array([np.nan if cut else m / (m + e) for e, m, cut in replies])
    yield Row(
        "GREEN",
        "a reply cut at its length has no section of errors: no errors",
        float(np.mean(green)),
        estimate(whole, groups, "GREEN"),
        "a cut reply is not judged: missing, with bounds",
    )
