"""Figures of the worked example; each expected number is counted by hand from the comments of ``worked.WORKED``."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.analysis.worked import WORKED, Asked, Run, ask, many_patients, study, write_run

from auscult.analysis.quantities import with_holm, with_warning
from auscult.analysis.summary import Figure, Summary
from auscult.records import Estimate
from auscult.statistics import holm

LOWER = ("hallucinated (lower is better)", "omitted (lower is better)")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return write_run(tmp_path_factory.mktemp("worked"), WORKED)


@pytest.fixture(scope="module")
def worked(run: Run) -> Summary:
    return run.summary()


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Summary:
    return write_run(tmp_path_factory.mktemp("many"), many_patients()).summary()


@pytest.fixture(scope="module")
def sampled(tmp_path_factory: pytest.TempPathFactory) -> Run:
    yes_no = [("Yes", "Yes"), ("No", "No"), ("Yes", "No"), ("No", "Yes")]
    choice = [("Left", "Left"), ("Right", "Right"), ("Left", "!timeout"), ("It may be either side.", "Left")]
    fields = {"answer_type": "choice", "options": ("left", "right")}
    cases = [
        (study(f"c{n}", f"p{n}"), [ask("Is it ill?", "yes", a, target="t"), ask("Side?", "left", b, **fields)])
        for n, (a, b) in enumerate(zip(yes_no, choice, strict=True))
    ]
    return write_run(tmp_path_factory.mktemp("samples"), cases)


def line(summary: Summary, metric: str, answer_type: str = "yes_no", kind: str = "question") -> Figure:
    (found,) = [f for f in summary.of("headline") if (f.metric, f.answer_type, f.kind) == (metric, answer_type, kind)]
    return found


def counts(found: Estimate | None) -> tuple[float | int | None, ...]:
    """Value, n, clusters, missing, unusable, worst, best, coverage, value among usable answers."""
    assert found is not None
    e = found
    return (e.value, e.n, e.clusters, e.missing, e.unusable, e.worst, e.best, e.coverage, e.usable_value)


def paired(found: Estimate | None) -> tuple[float | int | None, ...]:
    """Value, n, clusters, missing, worst, best."""
    assert found is not None
    return (found.value, found.n, found.clusters, found.missing, found.worst, found.best)


class TestWithTheImage:
    @pytest.mark.parametrize(
        ("metric", "expected"),
        [
            # Ann 1 0 1 1 0 0, Bob m 1 u, Cal h 1 u; h hedges: usable, and not correct
            ("accuracy", (5 / 11, 11, 3, 1, 2, 5 / 12, 6 / 12, 9 / 11, 5 / 9)),
            # reference yes: Ann 1 0, Bob m 1, Cal h 1 u
            ("sensitivity", (3 / 6, 6, 3, 1, 1, 3 / 7, 4 / 7, 5 / 6, 3 / 5)),
            # reference no: Ann 1 1 0 0, Bob u
            ("specificity", (2 / 5, 5, 2, 0, 1, None, None, 4 / 5, 2 / 4)),
            # the mean of the two
            ("balanced accuracy", (0.45, 11, 3, 1, 2, (3 / 7 + 2 / 5) / 2, (4 / 7 + 2 / 5) / 2, 9 / 11, 0.55)),
        ],
    )
    def test_yes_no(self, worked: Summary, metric: str, expected: tuple[float | None, ...]) -> None:
        assert counts(line(worked, metric).with_image) == pytest.approx(expected)

    @pytest.mark.parametrize(
        ("metric", "kind", "expected"),
        [
            # Bob: 2 of 3 words, none too many; Cal: all
            ("recall", "question", (5 / 6, 2, 2, 0, 0, None, None, 1, 5 / 6)),
            ("F1", "question", (0.9, 2, 2, 0, 0, None, None, 1, 0.9)),
            ("exact match", "question", (0.5, 2, 2, 0, 0, None, None, 1, 0.5)),
            # Ann: refused, so 0 in every metric, also in those that the scorer left out
            ("recall", "hallucination", (0, 1, 1, 0, 1, None, None, 0, None)),
            ("F1", "hallucination", (0, 1, 1, 0, 1, None, None, 0, None)),
        ],
    )
    def test_open_by_kind(self, worked: Summary, metric: str, kind: str, expected: tuple[float | None, ...]) -> None:
        assert counts(line(worked, metric, "open", kind).with_image) == pytest.approx(expected)

    def test_choices_and_numbers(self, worked: Summary) -> None:
        choice = (1 / 2, 2, 2, 0, 0, None, None, 1, 1 / 2)
        number = (1 / 4, 4, 3, 0, 1, None, None, 3 / 4, 1 / 3)
        assert counts(line(worked, "accuracy", "choice").with_image) == pytest.approx(choice)
        assert counts(line(worked, "accuracy", "number").with_image) == pytest.approx(number)

    def test_the_instrument_and_the_unit_are_named(self, worked: Summary) -> None:
        found = line(worked, "F1", "open")
        assert found.with_image and found.scorer == found.with_image.instrument == "token-f1@2"
        assert found.with_image.unit == "patient" and found.with_image.name == "F1"

    def test_the_sound_rule_of_a_type_comes_first(self, worked: Summary) -> None:
        asked = [f.metric for f in worked.of("headline") if (f.answer_type, f.kind) == ("open", "question")]
        assert asked == ["recall", "F1", "F1 counted", "exact match", "fact F1", *LOWER]
        assert [f.metric for f in worked.groups("tag")["modality"] if f.answer_type == "open"] == ["recall"] * 3

    def test_guessing_says_the_more_frequent_of_yes_and_no_and_one_in_k_of_choices(self, worked: Summary) -> None:
        known = {(f.answer_type, f.metric): f.chance for f in worked.of("headline") if f.chance is not None}
        assert known == {
            ("yes_no", "accuracy"): pytest.approx(7 / 12),
            ("yes_no", "balanced accuracy"): 0.5,
            ("choice", "accuracy"): (1 / 4 + 1 / 2) / 2,
        }


class TestControls:
    """Asked of the images a1, a2 and b1 only, so of Ann and Bob."""

    def test_what_is_compared_with_controls_holds_the_controlled_items_and_no_other(self, worked: Summary) -> None:
        # Ann 1 0 1 1 0 0, Bob m 1 u
        found = counts(line(worked, "accuracy").control_with)
        assert found == pytest.approx((4 / 8, 8, 2, 1, 1, 4 / 9, 5 / 9, 7 / 8, 4 / 7))
        assert counts(line(worked, "sensitivity").control_with)[:4] == pytest.approx((2 / 3, 3, 2, 1))
        assert counts(line(worked, "balanced accuracy").control_with)[:2] == pytest.approx(((2 / 3 + 2 / 5) / 2, 8))
        assert counts(line(worked, "recall", "open").control_with)[:2] == pytest.approx((2 / 3, 1))

    def test_without_the_image(self, worked: Summary) -> None:
        # Ann 0 1 1 1 u 1, Bob 1 0 1
        found = counts(line(worked, "accuracy").without_image)
        assert found == pytest.approx((6 / 9, 9, 2, 0, 1, None, None, 8 / 9, 6 / 8))
        assert counts(line(worked, "sensitivity").without_image)[:2] == pytest.approx((2 / 4, 4))
        assert counts(line(worked, "specificity").without_image)[:2] == pytest.approx((4 / 5, 5))

    def test_with_another_image(self, worked: Summary) -> None:
        # Ann 0 0 0 1 1 m, Bob 0 0 1
        found = counts(line(worked, "accuracy").wrong_image)
        assert found == pytest.approx((3 / 8, 8, 2, 1, 0, 3 / 9, 4 / 9, 1, 3 / 8))
        assert counts(line(worked, "balanced accuracy").wrong_image)[:2] == pytest.approx(((0 + 3 / 4) / 2, 8))

    def test_a_gain_is_paired_on_what_both_arms_have(self, worked: Summary) -> None:
        found = line(worked, "accuracy")
        # Ann +1 -1 0 0 0 -1, Bob m +1 -1; the missing one was right without the image: -1 to 0
        assert paired(found.gain_over_none) == pytest.approx((-1 / 8, 8, 2, 1, -2 / 9, -1 / 9))
        # Ann +1 0 +1 0 -1 m, Bob m +1 -1; one is missing in either arm: wrong without it -1 to 0, 0 to +1
        assert paired(found.gain_over_wrong) == pytest.approx((1 / 7, 7, 2, 2, 0, 2 / 9))

    def test_gains_of_parts_hold_their_items_only(self, worked: Summary) -> None:
        assert paired(line(worked, "sensitivity").gain_over_none)[:4] == pytest.approx((1 / 3, 3, 2, 1))
        assert paired(line(worked, "specificity").gain_over_none)[:4] == pytest.approx((-2 / 5, 5, 2, 0))
        assert line(worked, "balanced accuracy").gain_over_none is None
        choice = line(worked, "accuracy", "choice")
        assert paired(choice.gain_over_none)[:4] == pytest.approx((1 / 2, 2, 2, 0))
        assert paired(choice.gain_over_wrong)[:4] == pytest.approx((-1 / 2, 2, 2, 0))
        assert paired(line(worked, "F1", "open").gain_over_wrong)[:2] == pytest.approx((0.8 - 0.5, 1))

    def test_a_gain_says_what_it_is_of(self, worked: Summary) -> None:
        gain = line(worked, "accuracy").gain_over_wrong
        assert gain and gain.name == "accuracy, with minus wrong image" and gain.instrument == "closed@5"

    def test_without_controls_there_is_no_gain(self, tmp_path: Path) -> None:
        summary = write_run(tmp_path, [(study("a"), [ask("Is it ill?", "yes", "Yes")])]).summary()
        for found in summary.of("headline"):
            assert found.with_image and found.control_with is found.without_image is found.gain_over_none is None


class TestWithholding:
    """One of twelve yes/no answers is missing: 8.3 %; one of the seven whose reference is yes."""

    def test_too_much_missing_withholds_the_value_and_nothing_else(self, run: Run) -> None:
        strict = run.summary(max_missing=0.05)
        accuracy = line(strict, "accuracy").with_image
        assert counts(accuracy) == pytest.approx((None, 11, 3, 1, 2, 5 / 12, 6 / 12, 9 / 11, None))
        assert accuracy and accuracy.low is not None and accuracy.withheld.startswith("1 of 12 items are missing (8.3%")
        balanced = line(strict, "balanced accuracy").with_image
        assert balanced and balanced.value is None and balanced.withheld.startswith("sensitivity: 1 of 7")
        assert counts(line(strict, "specificity").with_image)[0] == 2 / 5
        assert counts(line(strict, "accuracy", "number").with_image)[0] == 1 / 4

    def test_a_withheld_gain_has_no_p_value_and_takes_no_part_in_the_adjustment(self, run: Run) -> None:
        gain = line(run.summary(max_missing=0.05), "accuracy").gain_over_none
        assert gain and gain.value is gain.p_value is None and gain.n == 8 and "1 of 9" in gain.withheld

    def test_the_limit_is_a_share_of_what_was_asked(self, run: Run) -> None:
        for limit, given in ((1 / 12 - 1e-9, False), (1 / 12, True)):
            found = line(run.summary(max_missing=limit), "accuracy").with_image
            assert found and (found.value is not None) is given


class TestManyPatients:
    """Fifteen patients with one item of each type: sign-flip p-values are 2 / 2**(patients that differ)."""

    def test_p_values_are_adjusted_after_holm_over_the_whole_table(self, many: Summary) -> None:
        raw = {
            "accuracy yes_no": (2**-14, 2**-2),
            "sensitivity yes_no": (2**-14, 2**-2),
            "accuracy choice": (1.0, 2**-14),
            "accuracy number": (2**-14, 2**-14),
        }
        found = {f"{f.metric} {f.answer_type}": (f.gain_over_none, f.gain_over_wrong) for f in many.of("headline")}
        assert found.pop("guessing choice") == (None, None)
        assert list(found) == list(raw)
        adjusted = [gain.p_value for pair in found.values() for gain in pair if gain]
        assert adjusted == pytest.approx(holm([p for pair in raw.values() for p in pair]))
        # Eight tests: the smallest times 8, its four equals no less; then 2**-2 times 3, the next no less; and 1.
        small, middle = 8 * 2**-14, 3 * 2**-2
        assert adjusted == pytest.approx([small, middle, small, middle, 1.0, small, small, small])

    def test_p_values_of_tag_tables_are_adjusted_too(self, many: Summary) -> None:
        figures = many.of("tag", "category")
        # even: 7 patients, odd: 8; patients 0 and 2 (odd) and 1 (even) differ with another image
        assert [(f.label, f.with_image and f.with_image.n) for f in figures] == [("odd", 8), ("even", 7)]
        p = [gain and gain.p_value for f in figures for gain in (f.gain_over_none, f.gain_over_wrong)]
        # raw: 2**-7, 2**-1, 2**-6, 1 (one cluster)
        assert p == pytest.approx([4 * 2**-7, 1.0, 3 * 2**-6, 1.0])

    def test_warnings_say_where_nothing_hangs_on_the_image(self, many: Summary) -> None:
        blind = "not shown to be better than {}: the interval of the difference includes 0"
        assert {f"{f.metric} {f.answer_type}": f.warning for f in many.of("headline")} == {
            "accuracy yes_no": blind.format("with another case's image"),
            "sensitivity yes_no": "",
            "accuracy choice": blind.format("without the image"),
            "accuracy number": "worse than without the image and with another case's image",
            "guessing choice": "",
        }

    def test_both_controls_are_named_where_neither_is_beaten(self, worked: Summary) -> None:
        assert "better than without the image or with another case's image" in line(worked, "accuracy").warning

    def test_what_nobody_asked_has_no_line(self, many: Summary) -> None:
        assert not {"specificity", "balanced accuracy"} & {f.metric for f in many.of("headline")}


def test_holm_leaves_gains_without_p_value_alone() -> None:
    def gain(p: float | None) -> Estimate:
        return Estimate(name="gain", p_value=p)

    lines = [
        Figure(
            section="headline", label="a", metric="m", scorer="s", gain_over_none=gain(0.01), gain_over_wrong=gain(None)
        ),
        Figure(
            section="headline", label="b", metric="m", scorer="s", gain_over_none=gain(0.04), gain_over_wrong=gain(0.03)
        ),
    ]
    found = [(f.gain_over_none, f.gain_over_wrong) for f in with_holm(lines)]
    assert [g and g.p_value for pair in found for g in pair] == pytest.approx([0.03, None, 0.06, 0.06])


class TestSamples:
    """Four patients, two samples of each answer."""

    def test_the_share_of_decoding_in_the_variance_is_said(self, sampled: Run) -> None:
        found = line(sampled.summary(), "accuracy").with_image
        # between patients (CR2): (1/4 + 1/4 + 0 + 0) * 4/3 / 16 = 1/24; decoding: (1/2 + 1/2) / 2 / 16 = 1/32
        assert counts(found) == pytest.approx((0.5, 4, 4, 0, 0, None, None, 1, 0.5))
        assert found and "75% of the variance is decoding (2 samples a question)" in found.note
        assert found.variance == ("items", "images", "decoding")

    def test_a_failed_sample_is_missing_and_the_item_counts_with_the_other(self, sampled: Run) -> None:
        found = line(sampled.summary(), "accuracy", "choice").with_image
        # right 2, 0, 1 of 1, 1 (the other unusable): 4 of 7; whole and usable are the first two of three whole ones
        assert counts(found) == pytest.approx((4 / 7, 4, 4, 1, 1, 4 / 8, 5 / 8, 2 / 3, 1 / 2))

    def test_nothing_is_said_of_decoding_where_the_value_is_withheld(self, sampled: Run) -> None:
        found = line(sampled.summary(max_missing=0.1), "accuracy", "choice").with_image
        assert found and found.value is None and found.withheld and "decoding" not in found.note
        assert found.coverage == pytest.approx(2 / 3) and found.unusable == 1 and found.missing == 1
        assert found.usable_value is None

    def test_failures_and_detection_count_every_sample(self, sampled: Run) -> None:
        summary = sampled.summary()
        (failures,) = summary.failures
        assert (failures.asked, failures.usable, failures.unusable, failures.request_failed) == (16, 14, 1, 1)
        (found,), (rate,) = summary.detection, summary.of("detection")
        assert (found.target, found.tp, found.fn) == ("t", 4, 4)
        miss = rate.with_image
        assert miss and (rate.metric, miss.value, miss.n, miss.clusters) == ("miss", 0.5, 8, 4)

    def test_a_gain_pairs_the_means_of_samples(self, tmp_path: Path) -> None:
        asked = [
            ask("Is it ill?", "yes", ("Yes", "Yes"), ("Yes", "No")),
            ask("Well?", "no", ("No", "!x"), ("No", "No")),
        ]
        gain = line(write_run(tmp_path, [(study("a"), asked)]).summary(), "accuracy").gain_over_none
        assert gain and (gain.value, gain.n, gain.missing) == (0.5, 1, 1)


def test_a_loss_that_may_be_chance_among_many_lines_is_not_called_worse() -> None:
    loss = Estimate(name="gain", value=-0.16, low=-0.28, high=-0.03, n=146, clusters=19, p_value=0.26)
    figure = Figure(section="headline", label="yes/no", metric="accuracy", scorer="closed@2", gain_over_wrong=loss)
    assert with_warning(figure).warning == (
        "lower than with another case's image (p = 0.26 after Holm), "
        "which may be chance: many lines are tested together"
    )
    sure = replace(figure, gain_over_wrong=replace(loss, p_value=0.01))
    assert with_warning(sure).warning == "worse than with another case's image"


def test_who_says_nothing_stays_in_the_denominator_and_the_figure_among_usable_answers_beside(tmp_path: Path) -> None:
    def told(n: int) -> list[Asked]:
        said = "There is a pleural effusion." if n % 2 else ""
        return [ask("What is seen?", "There is no pleural effusion.", said, answer_type="open")]

    summary = write_run(tmp_path, [(study(f"c{n}", f"p{n}"), told(n)) for n in range(20)]).summary()
    made_up = next(f.with_image for f in summary.of("headline") if f.metric.startswith("hallucinated"))
    assert made_up and (made_up.value, made_up.n) == (0.5, 20)
    assert (made_up.usable_value, made_up.coverage, made_up.unusable) == (1.0, 0.5, 10)
    left_out = next(f.with_image for f in summary.of("headline") if f.metric.startswith("omitted"))
    assert left_out and left_out.withheld == "no items"  # there is no finding to leave out
    recall = next(f.with_image for f in summary.of("headline") if f.metric == "recall")
    assert recall and (recall.n, recall.unusable) == (20, 10)
