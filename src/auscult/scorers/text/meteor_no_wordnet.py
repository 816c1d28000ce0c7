"""``meteor-no-wordnet``: METEOR's first two stages, the same on every machine; lower than METEOR."""

from auscult.scorers.text import MetricOptions, refuse_rest
from auscult.scorers.text.meteor import Meteor


def create(rest: str, options: MetricOptions) -> Meteor:
    """METEOR without synonyms, also where WordNet is there."""
    refuse_rest("meteor-no-wordnet", rest)
    return Meteor(None)
