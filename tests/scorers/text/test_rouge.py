import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer
from tests.scorers.text.texts import EDGES, pairs

from auscult.scorers import create

THEIRS = RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=True)
ROUGE = create("rouge")


def differences(some: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The pairs of which a figure is not the package's."""
    ours = ROUGE.score(some)
    theirs = [{k: v.fmeasure for k, v in THEIRS.score(r, c).items()} for c, r in some]
    return [p for p, a, b in zip(some, ours, theirs, strict=True) if a != pytest.approx(b, abs=1e-9)]


def test_it_equals_the_package_on_200_pairs() -> None:
    assert differences(pairs(200)) == []


def test_it_equals_the_package_on_edges() -> None:
    some = [e for e in EDGES if len(e) < 1_000]
    assert differences([(c, r) for c in some for r in some] + [("opacity " * 300, "opacity clear " * 100)]) == []


@pytest.mark.slow
def test_it_equals_the_package_on_2000_pairs() -> None:
    assert differences(pairs(2_000, seed=1)) == []


@settings(max_examples=20, deadline=None)
@given(*[st.lists(st.sampled_from(["a", "b", "c", "nodules", "nodule", "it"]), max_size=80).map(" ".join)] * 2)
def test_it_equals_the_package_where_words_repeat(candidate: str, reference: str) -> None:
    assert differences([(candidate, reference)]) == []


def test_words_of_three_letters_are_not_stemmed() -> None:
    assert ROUGE.score([("ribs", "rib"), ("hes", "he"), ("its", "it")]) == [
        {"rouge1": 1, "rouge2": 0, "rougeL": 1},
        *[{"rouge1": 0, "rouge2": 0, "rougeL": 0}] * 2,
    ]


def test_an_empty_text_has_0() -> None:
    assert ROUGE.score([("", ""), ("...", "a b")]) == [{"rouge1": 0, "rouge2": 0, "rougeL": 0}] * 2


def test_a_long_report_is_scored_in_a_moment() -> None:
    words = " ".join(f"w{n % 977}" for n in range(20_000))
    assert ROUGE.score([(words, words)])[0]["rougeL"] == pytest.approx(1)
