"""``sacrebleu``: sentence BLEU of the package of that name, which tokenises by itself; divided by 100.

Post 2018, *A Call for Clarity in Reporting BLEU Scores*. The signature is part of the implementation line.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from auscult.errors import MissingExtra
from auscult.scorers.text import MetricOptions, refuse_rest
from auscult.scorers.text._scripts import parts_words

if TYPE_CHECKING:
    from sacrebleu.metrics.bleu import BLEU


class SacreBleu:
    """Sentence BLEU with exponential smoothing and effective order.

    Args:
        bleu: the package's scorer.
        package: the package's version.
    """

    name = "sacrebleu"
    values = ("sacrebleu",)

    def __init__(self, bleu: "BLEU", package: str) -> None:
        self._bleu, self.version = bleu, package
        bleu.sentence_score("", [""])  # it knows its signature once it has seen references
        self.implementation = f"sentence BLEU / 100 of the package sacrebleu, {bleu.get_signature()}"

    def reads(self, reference: str) -> bool:
        """The tokeniser parts words at blanks and marks: a script without blanks is one word."""
        return parts_words(reference)

    def score(self, pairs: Sequence[tuple[str, str]]) -> list[dict[str, float]]:
        """BLEU of each (candidate, reference) pair, 0 to 1."""
        return [{"sacrebleu": self._bleu.sentence_score(c, [r]).score / 100} for c, r in pairs]


def create(rest: str, options: MetricOptions) -> SacreBleu:
    """Makes the package's scorer with its own defaults for sentences.

    Raises:
        MissingExtra: the package is not installed.
    """
    refuse_rest("sacrebleu", rest)
    try:
        from sacrebleu import __version__
        from sacrebleu.metrics.bleu import BLEU
    except ImportError:
        raise MissingExtra("sacrebleu", "metrics") from None
    return SacreBleu(BLEU(effective_order=True), __version__)
