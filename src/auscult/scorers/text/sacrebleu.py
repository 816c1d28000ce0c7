"""``sacrebleu``: sentence BLEU of the package of that name, which tokenises by itself; divided by 100.

Post 2018, *A Call for Clarity in Reporting BLEU Scores*. The signature is part of the line on the instrument.
"""

from collections.abc import Sequence

from auscult.errors import MissingExtra
from auscult.records import Value
from auscult.scorers.options import ScorerOptions, refuse
from auscult.scorers.text import TextMetric, text_instrument
from auscult.scorers.text._scripts import parts_words


def create(rest: str, options: ScorerOptions) -> TextMetric:
    """The package's scorer with its own defaults for sentences: exponential smoothing, effective order.

    Raises:
        MissingExtra: the package is not installed.
    """
    refuse(rest, "sacrebleu")
    try:
        from sacrebleu import __version__
        from sacrebleu.metrics.bleu import BLEU
    except ImportError:
        raise MissingExtra("sacrebleu", "metrics") from None
    bleu = BLEU(effective_order=True)
    bleu.sentence_score("", [""])  # it knows its signature once it has seen references

    def scores(pairs: Sequence[tuple[str, str]]) -> list[dict[str, float]]:
        return [{"sacrebleu": bleu.sentence_score(c, [r]).score / 100} for c, r in pairs]

    instrument = text_instrument(
        "sacrebleu",
        Value(name="sacrebleu", share=False),
        version=__version__,
        source="Post 2018",
        about=f"sentence BLEU / 100 of the package sacrebleu, {bleu.get_signature()}",
    )
    return TextMetric(instrument=instrument, score=scores, reads=parts_words)
