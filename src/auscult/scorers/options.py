"""What scorers may be given beside their names."""

from dataclasses import dataclass
from pathlib import Path

from auscult.errors import UserError


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorerOptions:
    """What scorers may be given beside their names; each takes what it knows.

    Attributes:
        wordnet: folder of WordNet's files (index.noun, data.noun, ...), for METEOR; looked for where not given.
        store: folder in which BERTScore keeps embeddings across runs.
        baseline: file with BERTScore's baseline of the encoder (CSV with LAYER,P,R,F): scores are rescaled with it.
        device: where an encoder runs: cpu, cuda; the GPU where there is one.
        dtype: number format of an encoder: float32, bfloat16 or float16; float32, on a GPU bfloat16.
        offline: never ask a model hub.
    """

    wordnet: Path | None = None
    store: Path | None = None
    baseline: Path | None = None
    device: str = ""
    dtype: str = ""
    offline: bool = False


def refuse(rest: str, name: str) -> None:
    """For scorers that have no settings of their own.

    Raises:
        UserError: something follows the colon.
    """
    if rest:
        raise UserError(f"scorer '{name}:{rest}': {name} takes nothing after its name; write {name}")
