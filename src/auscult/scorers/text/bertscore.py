"""``bertscore:ENCODER[@LAYER]``: BERTScore as the package ``bert_score`` computes it, without its idf weights.

Zhang et al. 2020, *BERTScore: Evaluating Text Generation with BERT*: each token is matched with the most similar token
of the other text; precision over the candidate's tokens, recall over the reference's, F1. A text is embedded once,
whatever the number of pairs, calls and, with ``store``, runs it occurs in.
"""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from auscult.errors import MissingExtra, UserError
from auscult.records import Value
from auscult.scorers.options import ScorerOptions
from auscult.scorers.text import TextMetric, text_instrument
from auscult.scorers.text._embeddings import Embedding, KeptEmbeddings, key_of
from auscult.store.given import TOML_MOST, read_given

if TYPE_CHECKING:
    from auscult.scorers.text._encoder import Encoder

DEFAULT = "roberta-large"
LAYERS = {
    "roberta-base": 10,
    "roberta-large": 17,
    "roberta-large-mnli": 19,
    "distilroberta-base": 5,
    "bert-base-uncased": 9,
    "bert-large-uncased": 18,
    "bert-base-multilingual-cased": 9,
    "xlm-roberta-large": 17,
    "scibert_scivocab_uncased": 8,
    "deberta-large-mnli": 18,
    "deberta-xlarge-mnli": 40,
}
"""The layer that the package takes where none is named, tuned by its authors on WMT16."""
DTYPES = ("float32", "bfloat16", "float16")
POOL = 2_000
"""Pairs whose texts are sorted by length together."""
AT_ONCE = 64
"""Pairs whose embeddings are in memory together."""


class BertScore:
    """BERTScore with one layer of one encoder.

    Args:
        encoder: embeds texts.
        kept: the embeddings there are.
        version: names the encoder, the layer and all that changes scores.
        about: one line for tables.
        baseline: precision, recall and F1 of unrelated texts, from which scores are rescaled.
    """

    def __init__(
        self,
        encoder: "Encoder",
        kept: KeptEmbeddings,
        version: str,
        about: str,
        baseline: tuple[float, float, float] | None,
    ) -> None:
        self._encoder, self._kept, self._baseline = encoder, kept, baseline
        least = min((-1 - b) / (1 - b) for b in baseline or (0.0,))  # of cosines, and what a baseline makes of them
        labels = {"f1": "BERTScore F1", "precision": "", "recall": ""}
        values = [Value(name=n, label=label, low=least, share=False) for n, label in labels.items()]
        self.metric = TextMetric(
            instrument=text_instrument("bertscore", *values, version=version, source="Zhang et al. 2020", about=about),
            score=self.score,
            notes=self.notes,
        )

    def notes(self) -> tuple[str, ...]:
        """How many texts embedded so far were longer than the encoder reads."""
        cut = self._encoder.cut
        return (f"{cut} texts are longer than the encoder reads, and were scored without their end.",) if cut else ()

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[dict[str, float]]:
        """Precision, recall and F1 of each (candidate, reference) pair; 0 where a text is empty."""
        stripped = [(candidate.strip(), reference.strip()) for candidate, reference in pairs]
        found = []
        for start in range(0, len(stripped), POOL):
            part = stripped[start : start + POOL]
            texts = {key_of(text): text for pair in part for text in pair}
            for _ in self._embed({key: texts[key] for key in self._kept.lacking(texts)}):
                pass
            for first in range(0, len(part), AT_ONCE):
                found += self._figures(part[first : first + AT_ONCE])
        return found

    def _embed(self, texts: dict[bytes, str]) -> Iterable[dict[bytes, Embedding]]:
        """Embeds texts and keeps them, batch by batch."""
        keys = list(texts)
        for batch in self._encoder.encode(list(texts.values())):
            made = {keys[i]: embedding for i, embedding in batch.items()}
            self._kept.add(made)
            yield made

    def _figures(self, pairs: Sequence[tuple[str, str]]) -> list[dict[str, float]]:
        from auscult.scorers.text._matching import match, unit_rows

        texts = {key_of(text): text for pair in pairs for text in pair}
        embeddings = self._kept.find(texts)
        # Where long texts fill the memory, some are gone by now.
        for made in self._embed({key: text for key, text in texts.items() if key not in embeddings}):
            embeddings |= made
        units = {texts[key]: unit_rows(e) for key, e in embeddings.items()}
        return [self._rescaled(*match(units[c], units[r])) for c, r in pairs]

    def _rescaled(self, precision: float, recall: float) -> dict[str, float]:
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        zero = self._baseline or (0.0, 0.0, 0.0)
        precision, recall, f1 = ((x - b) / (1 - b) for x, b in zip((precision, recall, f1), zero, strict=True))
        return {"f1": f1, "precision": precision, "recall": recall}


def _layer(name: str, given: str) -> int:
    """The named layer, or the package's for an encoder that it knows."""
    if given:
        return int(given)
    known = LAYERS.get(Path(name).name)
    if known is None:
        raise UserError(
            f"bertscore:{name}: which layer? It is part of the metric; add it, for example bertscore:{name}@6"
        )
    return known


def _baseline(file: Path, layer: int) -> tuple[float, float, float]:
    """A layer's row of a baseline file in the package's format (CSV: LAYER,P,R,F)."""
    try:
        lines = read_given(file, TOML_MOST).decode().splitlines()
        rows = {int(row["LAYER"]): (float(row["P"]), float(row["R"]), float(row["F"])) for row in csv.DictReader(lines)}
        return rows[layer]
    except (KeyError, ValueError, TypeError, csv.Error):
        raise UserError(f"{file}: no baseline for layer {layer}; a row with LAYER,P,R,F is needed") from None


def load(rest: str, options: ScorerOptions, int8: bool = False) -> BertScore:
    """Loads the encoder; see ``create``."""
    try:
        from auscult.scorers.text._encoder import Encoder, digest_of, find_folder
    except ImportError:
        raise MissingExtra("bertscore", "local") from None
    name, at, layer_text = rest.rpartition("@") if rest.rpartition("@")[2].isdigit() else (rest, "", "")
    name = name or DEFAULT
    layer = _layer(name, layer_text)
    if options.dtype and options.dtype not in DTYPES:
        raise UserError(f"unknown number format '{options.dtype}' for bertscore; known: {', '.join(DTYPES)}")
    baseline = _baseline(options.baseline, layer) if options.baseline else None
    folder = find_folder(name, options.offline)
    dtype = options.dtype or ("float32" if int8 else _usual_dtype(options.device))
    encoder = Encoder(folder, layer, options.device, dtype, int8)
    form = "int8" if int8 else "" if dtype == "float32" else dtype
    digest = digest_of(folder)
    called = f"{Path(name).name}.{digest[:8]}-L{layer}"
    version = "-".join(["1+" + called, *(["rescaled"] if baseline else []), *([form] if form else [])])
    file = options.store / f"{'-'.join([called, *([form] if form else [])])}-1.sqlite" if options.store else None
    about = f"BERTScore as bert_score 0.3.13 (no idf), {called}, {'int8 linear layers' if int8 else dtype}, " + (
        f"rescaled with P, R, F {', '.join(f'{b:.4f}' for b in baseline)}" if baseline else "not rescaled"
    )
    return BertScore(encoder, KeptEmbeddings(file, encoder.width), version, about, baseline)


def _usual_dtype(device: str) -> str:
    import torch

    return "bfloat16" if device.startswith("cuda") or (not device and torch.cuda.is_available()) else "float32"


def create(rest: str, options: ScorerOptions) -> TextMetric:
    """BERTScore; ``rest`` is an encoder's folder or hub name and its layer, by default ``roberta-large@17``.

    Raises:
        MissingExtra: torch or transformers is not installed.
        UserError: no such encoder or layer, or no baseline for it.
    """
    return load(rest, options).metric
