import subprocess
import sys

from auscult.scorers import create


def test_every_metric_gives_the_values_that_it_names() -> None:
    for name in ("bleu", "meteor", "meteor-no-wordnet", "rouge", "sacrebleu"):
        metric = create(name)
        assert all(set(row) == set(metric.instrument.names) for row in metric.score([("a b", "a b c"), ("", "")]))
        assert metric.score([]) == [] and metric.instrument.version and metric.instrument.about


def test_metrics_of_words_load_neither_torch_nor_nltk() -> None:
    script = """
import sys
from auscult.scorers import create
for name in ("meteor", "rouge", "bleu"):
    create(name).score([("a finding", "two findings")])
assert not {"torch", "transformers", "nltk", "rouge_score", "numpy"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", script], check=True)
