import subprocess
import sys
from collections.abc import Iterator

import pytest

from auscult.errors import UserError
from auscult.scorers.text import ROOM, create, score_pairs, shift


def test_the_room_holds_these_metrics() -> None:
    assert ROOM.names() == [
        "bertscore",
        "bertscore-int8",
        "bleu",
        "meteor",
        "meteor-no-wordnet",
        "rouge",
        "sacrebleu",
    ]


@pytest.mark.parametrize(
    ("spec", "said"),
    [("ter", "unknown text metric 'ter'; known: bertscore"), ("rouge:2", "rouge takes nothing after its name")],
)
def test_a_wrong_name_is_one_line(spec: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        create(spec)


def test_every_metric_gives_the_values_that_it_names() -> None:
    for name in ("bleu", "meteor", "meteor-no-wordnet", "rouge", "sacrebleu"):
        metric = create(name)
        assert all(set(row) == set(metric.values) for row in metric.score([("a b", "a b c"), ("", "")]))
        assert metric.score([]) == [] and metric.version and metric.implementation


def test_a_stream_is_scored_in_order_and_in_chunks() -> None:
    taken = []

    def stream() -> Iterator[tuple[str, str]]:
        for n in range(7):
            taken.append(n)
            yield f"word {n}", "word 3"

    found = score_pairs([create("bleu"), create("rouge")], stream(), chunk=3)
    first = next(found)
    assert taken == [0, 1, 2] and set(first[0]) == {"bleu"}
    rest = list(found)
    assert [row[1]["rouge1"] for row in (first, *rest)] == [0.5, 0.5, 0.5, 1.0, 0.5, 0.5, 0.5]


def test_a_shift_is_second_minus_first() -> None:
    bleu = create("bleu")
    assert shift(bleu, bleu, [("a b", "a c")])["bleu"].largest == 0
    with pytest.raises(UserError, match="nothing in common"):
        shift(bleu, create("rouge"), [("a", "a")])


def test_metrics_of_words_load_neither_torch_nor_nltk() -> None:
    script = """
import sys
from auscult.scorers.text import create
for name in ("meteor", "rouge", "bleu"):
    create(name).score([("a finding", "two findings")])
assert not {"torch", "transformers", "nltk", "rouge_score", "numpy"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", script], check=True)
