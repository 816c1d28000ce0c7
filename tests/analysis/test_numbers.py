"""Tables beside the headline, and a whole evaluation; expected numbers are counted by hand from ``worked.WORKED``."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest
from PIL import Image as PILImage
from tests.analysis.worked import SIDES, WORKED, Asked, Run, ask, study, write_run
from tests.models.servers import scripted_server

from auscult.analysis.certified import certificates_of, without_certificate
from auscult.analysis.joining import join
from auscult.analysis.summary import Failures, Figure, Summary, Usage
from auscult.api import evaluate
from auscult.corpora import ROOM, ReadOptions
from auscult.corpora._bundles import seal
from auscult.engine.limits import AskOptions
from auscult.items.item_set import ItemSet
from auscult.items.split import SplitPlan
from auscult.items.writer import SourceNote, write_item_set
from auscult.records import Answer, Case, Certificate, Estimate
from auscult.runs.settings import Settings
from auscult.store.tables import read_rows

MANIFEST = {
    "calls": {"calls": 51, "attempts": 60, "tokens_in": 3_000_000, "tokens_out": 500_000},
    "prices": {"tokens_in": 2.0, "tokens_out": 10.0},
    "unmatched": 3,
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return write_run(tmp_path_factory.mktemp("worked"), WORKED)


@pytest.fixture(scope="module")
def worked(run: Run) -> Summary:
    return run.summary(**MANIFEST)


def rate(found: Estimate | None) -> tuple[float | int | None, ...]:
    """Value, n, clusters, missing, unusable, worst, best."""
    assert found is not None
    return (found.value, found.n, found.clusters, found.missing, found.unusable, found.worst, found.best)


def rates(summary: Summary, metric: str) -> dict[str, Estimate]:
    return {f.label: f.with_image for f in summary.of("detection") if f.metric == metric and f.with_image}


def shape(found: Figure) -> tuple[str, str, int, int]:
    assert found.with_image is not None
    return found.label, found.answer_type, found.with_image.n, found.with_image.clusters


class TestWhatWasAsked:
    def test_the_summary_counts_cases_items_and_patients(self, worked: Summary) -> None:
        assert (worked.cases, worked.items, worked.clusters, worked.unit) == (4, 21, 3, "patient")
        assert worked.title == "replay:worked on by hand"

    def test_failures_are_of_several_kinds_and_each_answer_is_counted_once(self, worked: Summary) -> None:
        assert worked.failures == (
            Failures(
                condition="with",
                asked=21,
                usable=16,
                unusable=4,
                request_failed=1,
                unclear=1,
                kinds={"timeout": 1},
                unusable_kinds={"empty": 2, "refused": 2},
            ),
            Failures(
                condition="without", asked=15, usable=14, unusable=1, request_failed=0, unusable_kinds={"empty": 1}
            ),
            Failures(condition="wrong", asked=15, usable=14, unusable=0, request_failed=1, kinds={"rate_limited": 1}),
        )

    def test_usage_adds_up_calls_tokens_money_and_seconds(self, worked: Summary) -> None:
        # 49 of 51 replies took half a second each; money: 3 million at 2, half a million at 10
        assert worked.usage == Usage(
            calls=51, attempts=60, tokens_in=3_000_000, tokens_out=500_000, cost=11.0, seconds=24.5
        )

    def test_warnings_name_canary_unmatched_answers_and_failed_requests(self, worked: Summary) -> None:
        assert worked.warnings == (
            "Canary inconclusive: two alike.",
            "3 recorded answers belong to no question of this item set; check the ids.",
            "1 of 21 requests failed (4.8%, with image): missing data; intervals run over their worst and best case.",
            "1 of 15 requests failed (6.7%, wrong image): missing data; intervals run over their worst and best case.",
        )

    def test_what_the_protocol_says_of_the_run_is_a_warning(self, run: Run) -> None:
        warned = run.summary(notes=["Few-shot: 2 of 21 questions got no example."]).warnings
        assert [w for w in warned if "Few-shot" in w] == ["Few-shot: 2 of 21 questions got no example."]

    def test_limits_say_what_was_not_asked_and_not_known(self, tmp_path: Path, worked: Summary) -> None:
        assert not [s for s in worked.limits if "No control" in s or "Patients are not known" in s]
        once = ask("Is it ill?", "yes", "Yes")
        twice = [once, replace(once, item=replace(once.item, source_id="again"))]
        image = Case(id="", source="worked", source_key="a", group="pixels")
        said = " ".join(write_run(tmp_path, [(image, twice)]).summary().limits)
        assert "No control was asked" in said and "Patients are not known" in said
        assert "1 questions repeat an earlier one" in said

    def test_what_could_be_seen_is_said_for_each_type_of_answer(self, worked: Summary) -> None:
        assert [s.split(":")[0] for s in worked.power] == [
            *("yes/no questions", "multiple choice", "open questions", "numbers")
        ]
        assert "With these 3 patients" in worked.power[0] and "With these 2 patients" in worked.power[1]


class TestDetection:
    def test_counts(self, worked: Summary) -> None:
        found = [(d.target, d.tp, d.fp, d.tn, d.fn, d.unclear_present, d.unclear_absent) for d in worked.detection]
        assert found == [
            ("all findings", 3, 2, 2, 1, 2, 1),
            ("edema", 0, 0, 0, 0, 1, 0),
            ("effusion", 2, 2, 0, 1, 1, 0),
            ("fracture", 0, 0, 2, 0, 0, 1),
            ("pneumothorax", 1, 0, 0, 0, 0, 0),
        ]

    def test_fabrication_is_among_decided_answers_about_what_is_absent(self, worked: Summary) -> None:
        found = rates(worked, "fabrication")
        assert rate(found["all findings"]) == (2 / 4, 4, 1, 0, 0, None, None)  # all four of Ann
        assert rate(found["effusion"]) == (1, 2, 1, 0, 0, None, None)
        assert rate(found["fracture"]) == (0, 2, 1, 0, 0, None, None)  # Bob's was refused
        assert not {"edema", "pneumothorax"} & found.keys()

    def test_miss_is_among_decided_answers_about_what_is_present(self, worked: Summary) -> None:
        found = rates(worked, "miss")
        # Ann 0 1, Bob m 0, Cal 0; more is worse
        assert rate(found["all findings"]) == (1 / 4, 4, 3, 1, 0, 2 / 5, 1 / 5)
        assert rate(found["effusion"]) == pytest.approx((1 / 3, 3, 2, 0, 0, None, None))
        assert rate(found["pneumothorax"]) == (0, 1, 1, 1, 0, 1 / 2, 0)
        assert not {"edema", "fracture"} & found.keys()

    def test_too_much_missing_withholds_the_rate_of_that_side_only(self, run: Run) -> None:
        summary = run.summary(max_missing=0.1)
        miss, made_up = (rates(summary, name)["all findings"] for name in ("miss", "fabrication"))
        assert miss.value is None and "1 of 5" in miss.withheld
        assert made_up.value == 2 / 4

    def test_a_single_finding_needs_no_line_for_all(self, tmp_path: Path) -> None:
        asked = [ask("Is it ill?", "yes", "Yes", target="t"), ask("Is it raining?", "no", "Yes")]
        assert [d.target for d in write_run(tmp_path, [(study("a"), asked)]).summary().detection] == ["t"]


class TestMeasurements:
    def test_the_mean_absolute_error_is_of_readable_numbers_by_unit(self, worked: Summary) -> None:
        found = {f.label: f.with_image for f in worked.of("measurement")}
        assert list(found) == ["count", "mm"]
        assert rate(found["mm"]) == (3, 2, 2, 0, 1, None, None)  # Ann 1 mm, Cal 5 mm and one empty
        assert rate(found["count"]) == (1, 1, 1, 0, 0, None, None)
        assert found["mm"] and found["mm"].coverage == pytest.approx(2 / 3)

    def test_a_missing_number_has_no_greatest_error(self, tmp_path: Path) -> None:
        said = ["5 mm", "9 mm", "!timeout"]
        asked = [ask(f"How wide is {s} in mm?", "5", s, answer_type="number", unit="mm") for s in said]
        (found,) = write_run(tmp_path, [(study("a"), asked)]).summary().of("measurement")
        assert rate(found.with_image) == pytest.approx((2, 2, 1, 1, 0, None, 4 / 3))

    def test_a_range_has_no_error_and_is_said_to_be_left_out(self, tmp_path: Path) -> None:
        said = ["5 mm", "9 mm", "between 3 and 7 mm"]
        asked = [ask(f"How wide is {s} in mm?", "5", s, answer_type="number", unit="mm") for s in said]
        (found,) = write_run(tmp_path, [(study("a"), asked)]).summary().of("measurement")
        assert found.with_image and (found.with_image.value, found.with_image.n) == (pytest.approx(2), 2)
        assert "1 answered by a range" in found.with_image.note


class TestConsistency:
    def test_worst_of_k_is_by_case_and_a_failed_request_takes_its_group_out(self, worked: Summary) -> None:
        worst, _ = worked.of("consistency")
        # Ann: first image effusion 0, fracture 1, second image effusion 0; Bob: m; Cal: 0
        assert (worst.label, worst.metric) == ("5 groups of 2 phrasings", "right in every phrasing")
        assert rate(worst.with_image) == (1 / 4, 4, 2, 1, 0, 1 / 5, 2 / 5)

    def test_flips_are_among_groups_with_two_readable_answers(self, worked: Summary) -> None:
        _, flips = worked.of("consistency")
        # Ann: 1, 0, 0; Bob: m; Cal: one of two is unclear
        assert (flips.label, flips.metric) == ("4 groups of 2 phrasings", "flip rate")
        assert rate(flips.with_image) == pytest.approx((1 / 3, 3, 1, 1, 0, 2 / 4, 1 / 4))

    def test_one_question_is_no_group(self, tmp_path: Path) -> None:
        alone = [ask("Is it ill?", "yes", "Yes", paraphrase_group="g")]
        summary = write_run(tmp_path, [(study("a"), alone), (study("b"), alone)]).summary()
        assert summary.of("consistency") == ()


class TestPublishedRules:
    @pytest.mark.parametrize(
        ("rule", "published", "sound", "disagree", "n"),
        [
            # POPE: an unclear and an empty answer are a yes and right; "no fracture" makes a right yes a no
            ("pope (yes/no)", 6 / 11, 5 / 11, 3, 11),
            # the substring rules find a "no" in the refusal "cannot"
            ("llava-med-closed (yes/no)", 6 / 11, 5 / 11, 1, 11),
            ("medtrinity-closed (yes/no)", 6 / 11, 5 / 11, 1, 11),
            # and neither yes nor no in the choice "Heart"
            ("llava-med-closed (choice)", 0, 1 / 2, 1, 2),
            ("medtrinity-closed (choice)", 1 / 2, 1 / 2, 0, 2),
            # "Heart" and "Right", each nearest to the option of that name, and its very text
            ("cares (choice)", 1 / 2, 1 / 2, 0, 2),
            ("med-halt (choice)", 1 / 2, 1 / 2, 0, 2),
            ("med-halt, points (choice)", 0.375, 0.375, 0, 2),
            # 2 of 3 words, 2 of 2, and none
            ("llava-med-open (open)", 5 / 9, 5 / 9, 0, 3),
            # "glioma." with its full stop is another word
            ("medtrinity-open (open)", 7 / 18, 5 / 9, 1, 3),
        ],
    )
    def test_a_rule_stands_beside_the_sound_one_on_the_same_answers(
        self, worked: Summary, rule: str, published: float, sound: float, disagree: int, n: int
    ) -> None:
        (found,) = [p for p in worked.published if p.rule == rule]
        one, two, difference = (f.with_image for f in worked.of("published", rule))
        assert one and two and difference
        assert (one.value, two.value) == pytest.approx((published, sound))
        assert difference.value == pytest.approx(published - sound)
        assert (found.disagree, found.n, difference.n, one.n) == (disagree, n, n, n)

    def test_in_points_who_takes_no_position_or_hedges_loses_nothing_by_the_sound_reading_alone(
        self, tmp_path: Path
    ) -> None:
        said = ("left", "The left one.", "right", "I'm sorry, I cannot say.", "Left or right", "", "!timeout", "left")
        studies = [
            (study(f"c{n}"), [ask("Which side?", "left", text, answer_type="choice", options=SIDES)])
            for n, text in enumerate(said)
        ]
        summary = write_run(tmp_path, studies).summary()
        (found,) = [p for p in summary.published if p.rule == "med-halt, points (choice)"]
        one, two, difference = (f.with_image for f in summary.of("published", found.rule))
        assert one and two and difference
        published, sound = [1, -0.25, -0.25, -0.25, -0.25, -0.25, 1], [1, 1, -0.25, 0, 0, 0, 1]
        assert (one.value, two.value) == pytest.approx((sum(published) / 7, sum(sound) / 7))
        assert (difference.value, found.disagree, found.n) == (pytest.approx(-2 / 7), 4, 7)
        assert not any(f.share for f in summary.of("published", found.rule))
        assert two.low is not None and two.low < sum(sound) / 7 < 1

    def test_a_failed_request_is_missing_for_both(self, worked: Summary) -> None:
        (found,) = [p for p in worked.published if p.rule == "pope (yes/no)"]
        one, _, difference = worked.of("published", found.rule)
        assert found.system == one.label == "POPE" and one.scorer == "pope@1"
        assert rate(one.with_image) == pytest.approx((6 / 11, 11, 3, 1, 0, 6 / 12, 7 / 12))
        assert rate(difference.with_image)[1:5] == (11, 3, 1, 0)


class TestTagTables:
    def test_one_line_a_value_and_type_the_most_frequent_first(self, worked: Summary) -> None:
        ((tag, figures),) = worked.groups("tag").items()
        assert tag == "modality"
        assert [shape(f) for f in figures] == [
            ("CT", "yes_no", 4, 2),  # and the missing one
            ("CT", "choice", 1, 1),
            ("CT", "open", 1, 1),
            ("CT", "number", 2, 2),
            ("X-ray", "yes_no", 4, 1),
            ("X-ray", "choice", 1, 1),
            ("X-ray", "open", 1, 1),
            ("MRI", "yes_no", 3, 1),
            ("MRI", "open", 1, 1),
            ("MRI", "number", 2, 1),
        ]
        first = figures[0]
        assert first.metric == "accuracy" and first.with_image and first.with_image.value == 1 / 4

    def test_beyond_twelve_values_one_line_holds_all_others(self, tmp_path: Path) -> None:
        def asked(n: int) -> list[Asked]:
            return [ask(f"Is it {word}?", "yes", "Yes" if n else "No") for word in ("ill", "sick")[: 1 + (n == 7)]]

        sites = [(study(f"c{n}", tags={"site": f"s{n}", "device": "one"}), asked(n)) for n in range(15)]
        (figures,) = write_run(tmp_path, sites).summary().groups("tag").values()
        expected = ["s7", *(f"s{n}" for n in range(12) if n != 7), "3 other values"]
        assert [f.label for f in figures] == expected
        assert [shape(f) for f in figures][-1] == ("3 other values", "yes_no", 3, 3)
        values = [f.with_image and f.with_image.value for f in figures]
        assert values == [1, 0, *[1] * 11]

    def test_ever_new_values_one_value_and_the_answer_type_are_no_table(self, tmp_path: Path) -> None:
        def cases(count: int) -> list[tuple[Case, list[Asked]]]:
            tags = [{"id": f"{n}", "one": "1", "answer_type": f"{n % 2}"} for n in range(count)]
            return [(study(f"c{n}", tags=t), [ask("Is it ill?", "yes", "Yes")]) for n, t in enumerate(tags)]

        for count, tables in ((40, ["id"]), (41, [])):
            (tmp_path / f"{count}").mkdir()
            assert list(write_run(tmp_path / f"{count}", cases(count)).summary().groups("tag")) == tables


@pytest.fixture(scope="module")
def items(tmp_path_factory: pytest.TempPathFactory) -> ItemSet:
    """Eight images of four patients with three questions each, and two questions about a text."""
    folder = tmp_path_factory.mktemp("set")
    lines = ["image,question,answer,patient,id"]
    for n in range(8):
        PILImage.new("L", (16, 16), 20 * n).save(folder / f"{n}.png")
        lines += [f"{n}.png,Is this number {m}?,yes,p{n // 2},{n}-{m}" for m in range(3)]
    (folder / "table.csv").write_text("\n".join(lines) + "\n")
    images = ROOM.get("image-folder").read(folder / "table.csv", ReadOptions())
    text = seal(study("text"), [ask(q, "yes").item for q in ("Is this a text?", "Is it long?")])
    everything = SplitPlan(shares={"train": 0, "test": 1})
    source = SourceNote(reader="by hand", path="")
    write_item_set(chain(images, [text]), folder / "items", source=source, split=everything)
    return ItemSet(folder / "items")


class TestEvaluate:
    """26 questions; with controls for nine items (three images), 18 more."""

    SETTINGS = Settings(controls=9, canary=False, asking=AskOptions(concurrency=3, retries=3, pause=0.01))

    def answers(self, items: ItemSet, out: Path, **script: object) -> Iterator[Answer]:
        with scripted_server(sleep_ms=20, **script) as server:
            evaluate(items.folder, f"openai:any@{server.base_url}", out, self.SETTINGS)
        return read_rows(out / "answers.parquet", Answer)

    @pytest.mark.parametrize(
        ("script", "failed"),
        [
            ({"faults": ["503", "reset"], "times": 2, "share": 0.5}, False),  # a retry helps
            ({"faults": ["400"], "share": 0.5}, True),  # about half are lost for good
        ],
        ids=["stumbling", "broken"],
    )
    def test_every_planned_question_has_its_row(
        self, items: ItemSet, tmp_path: Path, script: dict[str, object], failed: bool
    ) -> None:
        answers = list(self.answers(items, tmp_path / "run", **script))
        assert Counter(a.condition for a in answers) == {"with": 26, "without": 9, "wrong": 9}
        assert len({(a.item_id, a.condition) for a in answers}) == 44 == len({a.id for a in answers})
        assert any(a.status == "request_failed" for a in answers) is failed
        self.check_shown(items, answers)

    def check_shown(self, items: ItemSet, answers: list[Answer]) -> None:
        cases = {c.id: c for c in items.cases()}
        owners = {i.sha256: c for c in cases.values() for i in c.images}
        assert len(owners) == 8
        for answer in answers:
            case = cases[answer.case_id]
            own = tuple(i.sha256 for i in case.images)
            if answer.condition == "with":
                assert answer.shown == own
            elif answer.condition == "without":
                assert answer.shown == () and own
            else:
                (other,) = answer.shown
                assert owners[other].group != case.group

    def test_what_a_server_was_asked_without_stands_at_the_head(self, items: ItemSet, tmp_path: Path) -> None:
        with scripted_server(faults=["no-temperature"]) as server:
            summary = evaluate(items.folder, f"openai:any@{server.base_url}", tmp_path / "run", self.SETTINGS).summary
        said = [w for w in summary.warnings if "temperature" in w]
        assert [w.partition(", ")[0] for w in said] == ["44 of 44 answers: asked without temperature"]

    def test_a_text_gets_no_controls(self, items: ItemSet, tmp_path: Path) -> None:
        (text,) = [c.id for c in items.cases() if not c.images]
        settings = Settings(controls=1000, canary=False)
        with scripted_server() as server:
            summary = evaluate(items.folder, f"openai:any@{server.base_url}", tmp_path / "run", settings).summary
        answers = list(read_rows(tmp_path / "run" / "answers.parquet", Answer))
        assert {(a.condition, a.shown) for a in answers if a.case_id == text} == {("with", ())}
        assert [(f.condition, f.asked) for f in summary.failures] == [("with", 26), ("without", 24), ("wrong", 24)]
        accuracy = summary.of("headline")[0]
        assert accuracy.with_image and accuracy.with_image.n == 26
        assert accuracy.control_with and accuracy.control_with.n == 24
        assert accuracy.gain_over_wrong and accuracy.gain_over_wrong.n == 24


class TestCertificates:
    def test_only_those_of_the_instruments_in_use_are_shown(self, tmp_path: Path) -> None:
        shown = [c.instrument for c in certificates_of(tmp_path, {"number@5"})]
        assert [name.split()[0] for name in shown] == ["auscult.statistics"]

    def test_a_certificate_of_another_version_vouches_for_nothing(self, tmp_path: Path) -> None:
        run = join(write_run(tmp_path, [(study("a"), [ask("Is it ill?", "yes", "Yes")])]).folder)
        closed = run.reader
        certificate = Certificate(
            instrument="closed@1, auscult 0.1.0", subject="s", passed=True, figures=(), summary=""
        )
        assert list(without_certificate(run, (certificate,))) == [f"Used without a certificate: {closed}."]
        certificate = replace(certificate, instrument=f"{closed}, auscult 0.1.0")
        assert list(without_certificate(run, (certificate,))) == []
