"""Figures on premises, counted by hand from ``STUDIES``."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from scipy import stats
from tests.analysis.worked import Asked, Said, ask, study, write_run

from auscult.analysis.summary import Figure, Summary
from auscult.records import Case, Estimate, Score, case_id, item_id
from auscult.statistics import mean
from auscult.store.tables import read_rows, write_rows

POLAR, PRESUPPOSED = "Is this a left pleural effusion?", "How large is the left pleural effusion?"
OTHER = "A left pleural effusion is visible, right?"
PREMISE, NONE = "There is a left pleural effusion.", "There is no left pleural effusion."
NEUTRAL = "Does the left pleural space hold fluid?"
OBJECT, KNOWLEDGE = "nonexistent object", "distorted knowledge"


def premise(question: str, form: str, false: bool, twin: str, *said: Said, truth: str = "") -> Asked:
    """An item that bears a premise about the effusion."""
    return ask(
        question,
        truth or (NONE if false else PREMISE),
        *said,
        answer_type="open",
        kind="hallucination" if false else "non-hallucination",
        category=OBJECT,
        premise=PREMISE,
        premise_form=form,
        twin=twin,
    )


def knowledge(question: str, text: str, truth: str, said: str) -> Asked:
    about = {"category": KNOWLEDGE, "premise": text, "premise_form": "tag", "answer_type": "open"}
    kind = "non-hallucination" if text == truth else "hallucination"
    return ask(question, truth, said, kind=kind, **about)


def image(name: str, false: bool, twin: Said, polar: Said, presupposed: Said, *more: Asked) -> tuple[Case, list[Asked]]:
    """A neutral twin and two items that bear the premise; their answers with the image, or with and without."""
    case = study(name, f"patient {name}")
    truth = "no" if false else "yes"
    key = item_id(case_id([], case.source, name), NEUTRAL, (), truth, NEUTRAL)
    one, two = (s if isinstance(s, tuple) else (s,) for s in (polar, presupposed))
    neutral = ask(NEUTRAL, truth, *(twin if isinstance(twin, tuple) else (twin,)), premise_form="neutral")
    return case, [
        neutral,
        premise(POLAR, "polar", false, key, *one),
        premise(PRESUPPOSED, "presupposition", false, key, *two),
        *more,
    ]


REFUSED, HEDGED = "I cannot determine this.", "A left pleural effusion cannot be excluded."
STUDIES: Sequence[tuple[Case, list[Asked]]] = [
    image("ann", True, "No.", ("Yes.", "Yes."), ("Large", "There is no effusion.")),  # knows, accepts both
    image(  # knows, corrects both, the second with the truth; a third item has no twin
        "bob", True, "No.", ("No.", "No."), ("There is no left pleural effusion.", "Small"),
        premise("The left base shows an effusion, doesn't it?", "tag", True, "", "No."),
    ),
    image("cal", True, "Yes.", "Yes.", REFUSED),  # does not know
    image("fay", True, "!timeout", "Yes.", "!timeout"),  # whether it knows is missing
    image("gus", True, "No.", "", HEDGED),  # knows, evades both
    image(  # sees, accepts both; a third item stands in words without a false premise
        "dot", False, "Yes.", ("Yes.", "Yes."), ("Small", "Large"), premise(OTHER, "tag", False, "", "Yes."),
        knowledge("Effusions are fluid, right?", "Effusions are fluid.", "Effusions are fluid.", "No."),
    ),
    image("eve", False, "No.", "No.", "There is no effusion."),  # does not see, denies both
    image(  # sees, denies one
        "hal", False, "Yes.", "No.", "Moderate",
        knowledge("Effusions are solid, right?", "Effusions are solid.", "Effusions are fluid.", "Right."),
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def summary(tmp_path_factory: pytest.TempPathFactory) -> Summary:
    return write_run(tmp_path_factory.mktemp("premise"), STUDIES).summary()


@pytest.fixture(scope="module")
def found(summary: Summary) -> Summary:
    return summary


def figure(found: Summary, group: str, metric: str) -> Figure:
    (one,) = [f for f in found.of("premise", group) if f.metric == metric]
    return one


def rate(found: Estimate | None) -> tuple[float | int | None, ...]:
    """Value, n, clusters, missing, unusable."""
    assert found is not None
    value = None if found.value is None else round(found.value, 12)
    return (value, found.n, found.clusters, found.missing, found.unusable)


def share(events: int, n: int) -> float:
    return round(events / n, 12)


class TestKnowingAcceptance:
    def test_counts_only_false_premises_whose_twin_was_answered_rightly(self, found: Summary) -> None:
        own = figure(found, "all forms", "knowing acceptance").with_image
        assert rate(own) == (share(2, 6), 6, 3, 2, 1)  # ann 2 of 2, bob 0 of 2, gus 0 of 2; fay's two are missing

    def test_a_failed_twin_bounds_the_figure_on_both_sides(self, found: Summary) -> None:
        own = figure(found, "all forms", "knowing acceptance").with_image
        assert own is not None and (own.worst, own.best) == (4 / 8, 2 / 7)  # fay's first counts only where it is worse

    def test_is_given_by_form_and_by_category(self, found: Summary) -> None:
        assert rate(figure(found, "polar", "knowing acceptance").with_image) == (share(1, 3), 3, 3, 1, 1)
        assert rate(figure(found, "presupposition", "knowing acceptance").with_image) == (share(1, 3), 3, 3, 1, 0)
        assert rate(figure(found, OBJECT, "knowing acceptance").with_image) == (share(2, 6), 6, 3, 2, 1)

    def test_items_without_a_twin_are_counted_and_in_no_such_figure(self, found: Summary) -> None:
        assert found.premises and found.premises.untwinned == 1
        assert not [f for f in found.of("premise", "tag") if f.metric == "knowing acceptance"]

    def test_raw_acceptance_stands_beside_it_for_all_false_premises(self, found: Summary) -> None:
        own = figure(found, "all forms", "raw acceptance").with_image
        assert rate(own) == (share(4, 10), 10, 5, 1, 2)  # ann 2, cal 1, fay 1 of 10; fay's second failed
        assert own is not None and (own.best, own.worst) == (4 / 11, 5 / 11)

    def test_controls_stand_beside_raw_acceptance_on_the_same_items(self, found: Summary) -> None:
        raw = figure(found, "all forms", "raw acceptance")
        assert rate(raw.control_with) == (share(2, 4), 4, 2, 0, 0)  # ann and bob
        assert rate(raw.without_image) == (share(2, 4), 4, 2, 0, 0)  # ann's first, bob's second
        assert raw.gain_over_none is not None and raw.gain_over_none.value == 0


def asked(name: str, false: bool, twin: Said, said: Said) -> tuple[Case, list[Asked]]:
    """A neutral twin and one item that bears the premise."""
    case, (neutral, polar, _) = image(name, false, twin, said, "")
    return case, [neutral, polar]


def knowing(tmp_path: Path, studies: Sequence[tuple[Case, list[Asked]]], metric: str, limit: float = 0.05) -> Estimate:
    summary = write_run(tmp_path, studies).summary(limit)
    found = figure(summary, "all forms", metric).with_image
    assert found is not None
    return found


YES, NO, GONE = "Yes.", "No.", "!timeout"
# Known and read (n = 5, accepted a = 2), known (w = 1), and with a lost twin: A = 2 accepted, N = 1 not, x = 1 lost
LOST = [
    asked(str(n), True, twin, said)
    for n, (twin, said) in enumerate(
        [*[(NO, YES)] * 2, *[(NO, NO)] * 3, (NO, GONE), *[(GONE, YES)] * 2, (GONE, NO), (GONE, GONE), (YES, YES)]
    )
]


class TestLostAnswers:
    def test_knowing_acceptance_lies_between_its_two_corners(self, tmp_path: Path) -> None:
        own = knowing(tmp_path, LOST, "knowing acceptance")
        assert (own.best, own.worst) == (2 / (5 + 1 + 1 + 1), (2 + 2 + 1 + 1) / (5 + 2 + 1 + 1))
        assert (own.value, own.n, own.missing) == (None, 5, 5) and "5 of 10" in own.withheld

    def test_its_limits_are_those_of_the_corners(self, tmp_path: Path) -> None:
        own = knowing(tmp_path, LOST, "knowing acceptance")
        low, high = (mean([1] * k + [0] * (n - k), range(n), name="") for k, n in ((2, 8), (6, 9)))
        assert (own.low, own.high) == (low.low, high.high)

    def test_few_lost_ones_leave_the_value_of_the_known(self, tmp_path: Path) -> None:
        assert knowing(tmp_path, LOST, "knowing acceptance", 0.5).value == 2 / 5

    def test_known_and_accepted_is_of_all_false_premises(self, tmp_path: Path) -> None:
        own = knowing(tmp_path, LOST, "known and accepted")
        # at least the 2 known and accepted; at most also w, A and x; N is not accepted, whatever its twin
        assert (own.best, own.worst, own.missing) == (2 / 11, 6 / 11, 4)

    def test_an_unread_twin_counts_as_a_lost_one(self, tmp_path: Path) -> None:
        run = write_run(tmp_path, [asked("a", True, NO, YES), asked("b", True, NO, NO), asked("c", True, NO, YES)])
        scores = list(read_rows(tmp_path / "scores.parquet", Score))
        twin = next(s for s in scores if s.scorer == "closed")
        spoilt = replace(twin, status="unread", parsed="unread", values={})
        write_rows(tmp_path / "scores.parquet", Score, [spoilt if s is twin else s for s in scores])
        premise = run.summary()
        own = premise and figure(premise, "all forms", "knowing acceptance").with_image
        assert own and (own.value, own.best, own.worst) == (1 / 2, 1 / 2, 2 / 3)
        assert (own.missing, own.unread) == (1, 1)


class TestStrictlyKnown:
    def test_who_always_says_no_knows_everything_and_nothing_strictly(self, tmp_path: Path) -> None:
        always = [asked(f"{n}", n % 2 == 0, NO, YES) for n in range(8)]
        assert knowing(tmp_path, always, "knowing acceptance").value == 1
        strictly = knowing(tmp_path, always, "strictly knowing acceptance")
        assert strictly.value is None and "answered rightly both" in strictly.withheld

    def test_a_false_premise_counts_by_how_often_the_finding_is_seen_where_it_is(self, tmp_path: Path) -> None:
        # three in words that are true of two images, of which it sees one; two in words true of one, which it sees
        polar = [("a", True, NO, YES), ("b", True, NO, NO), ("c", True, YES, YES)]
        seen = [("d", False, YES, YES), ("e", False, NO, NO)]
        other = [
            (case, [neutral, premise(OTHER, "tag", one.item.kind == "hallucination", one.item.twin, one.said[0])])
            for name, false, twin, said in (("f", True, NO, YES), ("g", True, NO, NO), ("h", False, YES, YES))
            for case, (neutral, one) in [asked(name, false, twin, said)]
        ]
        own = knowing(tmp_path, [*(asked(*one) for one in (*polar, *seen)), *other], "strictly knowing acceptance")
        assert own.value == pytest.approx((1 / 2 + 1) / (1 / 2 + 1 / 2 + 1 + 1)) and (own.n, own.missing) == (4, 0)

    def test_where_a_true_twin_is_lost_the_weight_lies_between_two_ends(self, tmp_path: Path) -> None:
        asked_of = [("a", True, NO, YES), ("b", True, NO, NO), ("c", False, YES, YES), ("d", False, GONE, YES)]
        own = knowing(tmp_path, [asked(*one) for one in asked_of], "strictly knowing acceptance")
        assert own.value is None and own.missing == 2
        assert (own.best, own.worst) == (0.5 / 1.5, 1 / 1.5)


class TestOverDenial:
    def test_is_the_share_of_true_premises_that_are_denied(self, found: Summary) -> None:
        own = figure(found, "all forms", "over-denial").with_image
        assert rate(own) == (share(3, 6), 6, 3, 0, 0)  # eve 2, hal 1; dot's third item has words of its own

    def test_true_premises_in_words_of_no_false_one_are_left_out_and_counted(self, found: Summary) -> None:
        assert found.premises and found.premises.unmatched == 1

    def test_what_the_model_does_not_see_stands_apart(self, found: Summary) -> None:
        assert rate(figure(found, "all forms", "over-denial of what it sees").with_image)[:3] == (share(1, 4), 4, 2)
        assert rate(figure(found, "all forms", "miss").with_image)[:3] == (share(2, 6), 6, 3)


class TestSignalDetection:
    def test_d_prime_and_criterion_follow_the_formulas(self, found: Summary) -> None:
        hits, alarms = (stats.norm.ppf((k + 0.5) / (n + 1)) for k, n in ((3, 6), (4, 9)))  # bob's tag is unmatched
        d_prime, c = (figure(found, "all forms", m).with_image for m in ("d′", "criterion c"))
        assert d_prime is not None and d_prime.value == pytest.approx(hits - alarms)
        assert c is not None and c.value == pytest.approx(-(hits + alarms) / 2)
        assert (d_prime.n, d_prime.clusters, d_prime.missing) == (15, 8, 1)

    def test_without_the_image_both_are_given_for_the_controls(self, found: Summary) -> None:
        d_prime = figure(found, "all forms", "d′")
        hits, alarms = stats.norm.ppf(2.5 / 3), stats.norm.ppf(2.5 / 5)
        assert d_prime.without_image is not None
        assert d_prime.without_image.value == pytest.approx(hits - alarms)
        assert d_prime.control_with is not None and d_prime.control_with.n == 6


class TestResponses:
    def line(self, found: Summary, truth: str, form: str, category: str) -> dict[str, Estimate | None]:
        figures = found.of("response", truth)
        return {f.metric: f.with_image for f in figures if (f.label, f.category) == (form, category)}

    def test_the_responses_to_false_premises_add_up(self, found: Summary) -> None:
        line = self.line(found, "false", "", "")
        assert [rate(line[n])[0] for n in ("accepted", "denied", "evaded")] == [0.4, 0.3, 0.3]
        assert [rate(line[n])[0] for n in ("states truth", "refused", "hedged")] == [0.1, 0.1, 0.1]

    def test_an_empty_answer_is_an_evasion_and_stays_in_n(self, found: Summary) -> None:
        line = self.line(found, "false", "polar", OBJECT)
        assert rate(line["evaded"]) == (share(1, 5), 5, 5, 0, 1)  # gus

    def test_the_responses_to_true_premises_hold_those_in_words_of_their_own(self, found: Summary) -> None:
        line = self.line(found, "true", "", "")
        assert (rate(line["accepted"])[:2], rate(line["denied"])[:2]) == ((share(4, 7), 7), (share(3, 7), 7))

    def test_knowledge_stands_apart_from_what_an_image_decides(self, found: Summary) -> None:
        assert rate(self.line(found, "false", "tag", KNOWLEDGE)["accepted"])[:2] == (1.0, 1)
        assert rate(figure(found, KNOWLEDGE, "over-denial").with_image)[:2] == (1.0, 1)
        assert rate(figure(found, KNOWLEDGE, "raw acceptance").with_image)[:2] == (1.0, 1)


class TestOtherTables:
    def test_premise_items_are_in_no_figure_of_word_overlap(self, summary: Summary) -> None:
        assert {f.answer_type for f in summary.of("headline")} == {"yes_no"}

    def test_evasions_are_counted_as_unusable_by_kind(self, summary: Summary) -> None:
        own = next(f for f in summary.failures if f.condition == "with")
        assert own.unusable_kinds == {"refused": 1, "empty": 1}  # a hedge is a reading
        assert own.request_failed == 2

    def test_a_run_without_premises_has_no_such_section(self, tmp_path: Path) -> None:
        summary = write_run(tmp_path, [(study("one"), [ask("Is there an effusion?", "yes", "Yes.")])]).summary()
        assert summary.premises is None and not summary.of("premise") and not summary.of("response")


class TestSamples:
    def test_a_twin_counts_as_known_only_if_every_sample_was_right(self, tmp_path: Path) -> None:
        sure = image("sure", True, (("No.", "No."),), (("Yes.", "No."),), (("Large", "Large"),))
        unsure = image("unsure", True, (("No.", "Yes."),), (("Yes.", "Yes."),), (("Large", "Large"),))
        found = write_run(tmp_path, [sure, unsure]).summary()
        own = figure(found, "all forms", "knowing acceptance").with_image
        assert own is not None and (own.value, own.n) == (0.75, 2)


class TestPlumbing:
    """The phantom model has seen nothing but phantoms; what it says of anything else is no figure of a model."""

    @pytest.mark.parametrize(
        ("sees_only", "source", "plumbing"),
        [("phantoms", "vqa-rad", True), ("phantoms", "phantoms", False), ("", "vqa-rad", False)],
    )
    def test_only_the_phantom_model_on_other_images_is_plumbing(
        self, tmp_path: Path, sees_only: str, source: str, plumbing: bool
    ) -> None:
        case = Case(id="", source=source, source_key="one", group="Ann", group_kind="patient")
        run = write_run(tmp_path, [(case, [ask("Is there an effusion?", "yes", "Yes.")])])
        assert run.summary(model={"spec": "any", "sees_only": sees_only}).plumbing_only is plumbing
