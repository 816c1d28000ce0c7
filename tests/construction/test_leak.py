from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from auscult.construction.leak import (
    FAILED,
    INSUFFICIENT,
    LEAST,
    LIMIT,
    PASSED,
    LeakData,
    Z,
    clustered_auc,
    find_leaks,
)

FINDINGS = ["left effusion", "right effusion", "nodule", "cyst", "large tumour", "small tumour"]
TEMPLATES = ["Is that a {}?", "There is a {}, right?", "How large is the {}?"]


def balanced(images: int = 300, learn: bool = False) -> LeakData:
    """Two claims an image, one true, one false; each claim and template as often true as false."""
    texts = [t.format(f) for f in FINDINGS for t in TEMPLATES]
    rows = []
    for image in range(images):
        pair, template, turned = (image // 2) % 3 * 2, (image // 6) % 3, image % 2
        for place in (0, 1):
            finding = pair + place
            rows.append((finding * 3 + template, int(place == turned), image, template, finding))
    text, truth, image, template, finding = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    scored = image >= images // 3 if learn else np.ones(len(text), dtype=bool)
    return LeakData(
        texts=texts, text=text, truth=truth, image=image, template=template, finding=finding, key=text, scored=scored
    )


def planted(data: LeakData, share: float, seed: int = 1) -> LeakData:
    """The same questions, a share of the true ones with a word more."""
    generator = np.random.default_rng(seed)
    marked = (data.truth == 1) & (generator.random(len(data.truth)) < share)
    texts = [*data.texts, *(t.replace(" a ", " clearly a ").replace(" the ", " the clear ") for t in data.texts)]
    return replace(data, texts=texts, text=data.text + marked * len(data.texts))


def test_balanced_questions_pass():
    found = find_leaks("made", balanced(600))
    assert [leak.reader for leak in found] == ["words, split by image", "words, split by template", "finding prior"]
    assert {leak.verdict for leak in found} == {PASSED}
    assert all(leak.high <= LIMIT and leak.low < 0.5 for leak in found)
    assert found[0].auc == pytest.approx(0.5), "halves are even: nothing is learnt, the opposite neither"


@pytest.mark.parametrize("learn", [False, True])
@pytest.mark.parametrize("share", [0.5, 0.2])
def test_a_planted_clue_is_found_by_both_classifiers(share, learn):
    found = {leak.reader: leak for leak in find_leaks("made", planted(balanced(900, learn), share))}
    for reader in ("words, split by image", "words, split by template"):
        assert found[reader].verdict == FAILED
        assert found[reader].auc == pytest.approx(0.5 + share / 2, abs=0.06)
        assert found[reader].auc > found[reader].null
        assert found[reader].p_value == pytest.approx(0.05)
    assert found["finding prior"].verdict == PASSED


def test_a_finding_that_is_mostly_true_is_found_by_the_prior():
    data = balanced(900)
    kept = ~((data.finding == 2) & (data.truth == 0) & (data.image % 18 > 5))
    kept &= ~((data.finding == 3) & (data.truth == 1) & (data.image % 18 > 5))
    cut = {n: getattr(data, n)[kept] for n in ("text", "truth", "image", "template", "finding", "key", "scored")}
    found = {leak.reader: leak for leak in find_leaks("made", replace(data, **cut))}
    assert found["finding prior"].verdict == FAILED


def test_small_sets_are_insufficient_and_say_how_many_it_takes():
    found = find_leaks("made", balanced(60))
    assert [leak.verdict for leak in found] == [INSUFFICIENT] * 3
    assert all(500 < leak.needed < 3_000 for leak in found)


def test_the_least_number_follows_from_the_limit():
    def width(n: int) -> float:
        return Z * float(np.sqrt((n + 1) / (12 * (n / 2) ** 2)))

    assert width(LEAST) <= LIMIT - 0.5 < width(LEAST - 1)


def test_a_handful_of_questions_is_insufficient_too():
    found = find_leaks("made", balanced(1))
    assert {leak.verdict for leak in found} == {INSUFFICIENT}
    assert all(leak.needed >= LEAST for leak in found)


def test_an_area_that_chance_may_have_made_is_no_clue_however_near_the_limit():
    """Of 1,160 questions a few more are true of one finding and false of another: the interval is .471 to .562."""
    data = balanced(600)
    one = np.flatnonzero((data.finding == 0) & (data.truth == 0))[:20]
    two = np.flatnonzero((data.finding == 1) & (data.truth == 1))[:20]
    kept = np.setdiff1d(np.arange(len(data.truth)), np.concatenate([one, two]))
    cut = {n: getattr(data, n)[kept] for n in ("text", "truth", "image", "template", "finding", "key", "scored")}
    (prior,) = (leak for leak in find_leaks("made", replace(data, **cut)) if leak.reader == "finding prior")
    assert prior.low < 0.5 < prior.auc and prior.high > LIMIT and prior.high - prior.auc < LIMIT - 0.5
    assert prior.verdict == INSUFFICIENT and prior.needed > prior.n


def test_questions_of_one_truth_give_nothing():
    data = balanced(30)
    assert find_leaks("made", replace(data, truth=np.zeros_like(data.truth))) == []


def test_reading_is_deterministic():
    assert find_leaks("made", planted(balanced(120), 0.3)) == find_leaks("made", planted(balanced(120), 0.3))


def test_the_area_is_that_of_scikit_learn():
    generator = np.random.default_rng(3)
    truth = generator.integers(0, 2, 200)
    scores = np.round(generator.normal(truth, 2.0), 1)
    auc, _ = clustered_auc(scores, truth, np.arange(200), np.zeros(200, dtype=np.int64))
    assert auc == pytest.approx(roc_auc_score(truth, scores))


def test_the_standard_error_holds_its_clusters_together():
    """Against the spread over 400 simulated sets of 60 images with 4 questions each."""
    generator = np.random.default_rng(5)
    images = np.repeat(np.arange(60), 4)
    areas, errors = [], []
    for _ in range(400):
        truth = generator.integers(0, 2, 240)
        scores = truth * 0.5 + np.repeat(generator.normal(size=60) * 2, 4) * truth + generator.normal(size=240)
        area, error = clustered_auc(scores, truth, images, np.zeros(240, dtype=np.int64))
        areas.append(area)
        errors.append(error)
    assert np.mean(errors) == pytest.approx(np.std(areas), rel=0.12)


def of_findings(questions: int, more: int) -> LeakData:
    """Forty findings, each asked about so often, of which every second one is true ``more`` times more, or fewer."""
    truth = [half for n in range(40) for half in np.arange(questions) < questions // 2 + (more if n % 2 else -more)]
    finding = np.repeat(np.arange(40), questions)
    image, one = np.random.default_rng(1).permutation(len(finding)), np.zeros(len(finding), dtype=np.int64)
    texts = [f"Is there finding {n}?" for n in range(40)]
    return LeakData(
        **{"texts": texts, "text": finding, "truth": np.array(truth, dtype=np.int64), "image": image, "template": one},
        **{"finding": finding, "key": finding, "scored": np.ones(len(finding), dtype=bool)},
    )


@pytest.mark.parametrize(("questions", "verdict"), [(8, INSUFFICIENT), (16, PASSED)])
@pytest.mark.parametrize("more", [0, 1], ids=["balanced", "five of eight true"])
def test_an_area_wholly_under_a_half_is_no_proof_from_too_few_questions(questions, verdict, more):
    """Halves of one set mirror each other: what is true too often in one is so too seldom in the other."""
    (prior,) = (leak for leak in find_leaks("made", of_findings(questions, more)) if leak.reader == "finding prior")
    assert (prior.n < LEAST) == (questions == 8) and prior.high < 0.5
    assert prior.verdict == verdict
