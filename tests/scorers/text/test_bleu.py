import pytest
from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu
from sacrebleu.metrics.bleu import BLEU
from tests.scorers.text.texts import EDGES, pairs

from auscult.errors import MissingExtra
from auscult.scorers import create

METHOD_1 = SmoothingFunction().method1


def bleus(some: list[tuple[str, str]]) -> list[float]:
    return [row["bleu"] for row in create("bleu").score(some)]


def nltks(some: list[tuple[str, str]]) -> list[float]:
    return [sentence_bleu([r.split()], c.split(), smoothing_function=METHOD_1) for c, r in some]


def test_bleu_equals_nltk_on_200_pairs_and_on_edges() -> None:
    some = pairs(200) + [(c, r) for c in EDGES for r in EDGES]
    assert bleus(some) == pytest.approx(nltks(some), abs=1e-9)


@pytest.mark.slow
def test_bleu_equals_nltk_on_2000_pairs() -> None:
    some = pairs(2_000, seed=1)
    assert bleus(some) == pytest.approx(nltks(some), abs=1e-9)


def test_a_right_answer_of_one_word_is_far_from_1() -> None:
    assert bleus([("Yes", "Yes")]) == pytest.approx([0.1**0.75])


def test_sacrebleu_is_the_packages_over_100_on_200_pairs() -> None:
    package = BLEU(effective_order=True)
    some = pairs(200)
    theirs = [package.sentence_score(c, [r]).score / 100 for c, r in some]
    assert [row["sacrebleu"] for row in create("sacrebleu").score(some)] == pytest.approx(theirs, abs=1e-9)


def test_sacrebleu_names_its_signature() -> None:
    metric = create("sacrebleu")
    assert "tok:13a" in metric.instrument.about and f"version:{metric.instrument.version}" in metric.instrument.about


def test_without_the_package_the_pip_line_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "sacrebleu", None)
    with pytest.raises(MissingExtra, match=r"pip install 'auscult\[metrics\]'"):
        create("sacrebleu")
