"""``meteor-no-wordnet``: METEOR's first two stages, the same on every machine; lower than METEOR."""

from auscult.scorers.text.meteor import metric

SCORER = metric(None)
