"""The certificate recovers what checks of known sensitivity and specificity are, and says when it cannot."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import pytest
from tests.certificates.progress import counted

import auscult
from auscult.certificates.cells import Row
from auscult.certificates.quality import QualityOptions, sets
from auscult.certificates.quality.certificate import SHARES, TABLE, Bench, certify, conclusion, forecast
from auscult.certificates.quality.figures import NO_ERROR, Part, Tried
from auscult.certificates.quality.knowledge import about_medicine, known_statements, own_statements
from auscult.certificates.quality.pairs import Pair
from auscult.construction.certified import BY_HAND, NONE, OWN, REAL, WRONG, certified, instrument_of, quality_control
from auscult.construction.checks import Check, checks
from auscult.engine.progress import progress
from auscult.errors import UserError
from auscult.phantoms.folder import FolderPlan, write_folder
from auscult.records import Case, Certificate, Item, rank
from auscult.reports.certificate_face import certificate_face

OPTIONS = QualityOptions(scenes=160)


@dataclass(kw_only=True, eq=False)
class Knowing(Check):
    """Refuses a share of the pairs that hold an error, and a share of those that hold none."""

    name: ClassVar[str] = "knowing"
    version: ClassVar[str] = "1"
    wrong: frozenset[str] = frozenset()
    sensitivity: float = 0.8
    specificity: float = 0.97
    seen: list[str] = field(default_factory=list)

    def refuse(self, case: Case, item: Item, kept: Sequence[Item]) -> str:
        drawn = rank(item.id, item.reference, item.question) / 2**64
        limit = self.sensitivity if item.id in self.wrong else 1 - self.specificity
        return "known to be so: drawn" if drawn < limit else ""


class Blind(Check):
    name: ClassVar[str] = "blind"
    version: ClassVar[str] = "3"

    def refuse(self, case: Case, item: Item, kept: Sequence[Item]) -> str:
        return ""


class Repeats(Check):
    """Refuses an answer that this case has already."""

    name: ClassVar[str] = "repeats"
    version: ClassVar[str] = "1"

    def refuse(self, case: Case, item: Item, kept: Sequence[Item]) -> str:
        return "said before" if item.reference in {i.reference for i in kept} else ""


def pairs() -> list[Pair]:
    truths = sets.scenes(OPTIONS)
    found = [p for a in sets.asked(truths, 0) for p in (*a.right, *a.wrong)]
    for name, known in ((OWN, own_statements("held_out")), (TABLE, known_statements())):
        found += about_medicine(known, truths, "held_out", name, 0)
    return found


@pytest.fixture(scope="module")
def wrong() -> frozenset[str]:
    return frozenset(p.item.id for p in pairs() if p.error)


@pytest.fixture(scope="module")
def made(wrong: frozenset[str]) -> Certificate:
    return certify(OPTIONS, counted([]), Bench([Knowing(wrong=wrong), Blind()]))


def cell(
    made: Certificate, part: str, what: str, measure: str, instrument: str = "all checks", degree: str = ""
) -> Row:
    wanted = (part, what, measure, instrument, degree)
    names = ("part", "what", "measure", "instrument", "degree")
    found = [r for r in made.figures if tuple(r[n] for n in names) == wanted]
    assert len(found) == 1, (wanted, len(found))
    return found[0]


@pytest.mark.parametrize(("what", "measure", "truth"), [(WRONG, "sensitivity", 0.8), (NO_ERROR, "specificity", 0.97)])
def test_known_sensitivity_and_specificity_are_recovered(
    made: Certificate, what: str, measure: str, truth: float
) -> None:
    for instrument in ("all checks", "knowing"):
        row = cell(made, "phantoms", what, measure, instrument)
        assert row["low"] <= truth <= row["high"], row
        assert row["n"] > 1000


def test_a_check_that_sees_nothing_is_shown_to_see_nothing(made: Certificate) -> None:
    assert cell(made, "phantoms", WRONG, "sensitivity", "blind")["value"] == 0
    assert cell(made, "phantoms", NO_ERROR, "specificity", "blind")["value"] == 1


@pytest.mark.parametrize("share", SHARES)
def test_a_set_says_what_is_wrong_before_and_after(made: Certificate, share: float) -> None:
    part, what = "sets from phantoms", f"{share:.0%} planted"
    before, after = (cell(made, part, what, m, degree="")["value"] for m in ("wrong before", "wrong after"))
    assert abs(before - share) < 0.03
    # Of the wrong ones a fifth stays, of the right ones nearly all.
    assert after == pytest.approx(before * 0.2 / (before * 0.2 + (1 - before) * 0.97), abs=0.02)


def test_the_yield_is_told_by_polarity_and_category(made: Certificate) -> None:
    kept = {(r["what"], r["degree"]) for r in made.figures if r["measure"] == "kept"}
    assert {("hallucination", "nonexistent object"), ("hallucination", "wrong attribute")} <= kept
    assert any(what == "non-hallucination" for what, _ in kept)


def test_errors_are_told_by_kind_and_degree(made: Certificate) -> None:
    assert cell(made, "phantoms", "wrong size", "sensitivity", degree="4, high")["n"] > 100
    assert cell(made, "phantoms", "wrong size", "sensitivity", degree="1, slip")["n"] > 100


def test_knowledge_stands_apart(made: Certificate) -> None:
    own = cell(made, "knowledge of the certificate", "knowledge errors", "sensitivity")
    table = cell(made, "knowledge of the table", "knowledge errors", "sensitivity")
    assert own["unit"] == table["unit"] == "statement"
    assert own["low"] <= 0.8 <= own["high"] and table["low"] <= 0.8 <= table["high"]


def test_without_reports_nothing_is_claimed(made: Certificate) -> None:
    assert made.passed is None and "for want of data: iu-reports" in made.summary


def test_its_first_screen_can_be_read(made: Certificate) -> None:
    face = certificate_face(made)
    assert face.title.startswith("quality@knowing-1+blind-3, put to the test on")
    assert len(face.verdicts) == 3


def test_the_instrument_names_every_check_and_its_version() -> None:
    assert instrument_of([Blind(), Repeats()], ["openai:m@host"]) == "quality@blind-3+repeats-1 openai:m@host"


def test_a_card_says_how_many_wrong_pairs_slip_through(made: Certificate, wrong: frozenset[str]) -> None:
    said = certified([Knowing(wrong=wrong), Blind()], own=[made])
    row = cell(made, "phantoms", WRONG, "sensitivity")
    slips, low, high = (f"{100 * (1 - row[name]):.0f}" for name in ("value", "high", "low"))
    assert said.startswith(f"Of 100 wrong pairs planted into phantoms {slips} ({low} to {high}) slip through")
    assert said.endswith("Their test is not decided.")


def test_a_certificate_of_other_checks_vouches_for_nothing(made: Certificate) -> None:
    assert certified([Blind()], own=[made]) == NONE


def test_what_depends_on_the_other_pairs_of_an_image_counts_in_sets_alone() -> None:
    found = certify(QualityOptions(scenes=40), counted([]), Bench([Repeats()]))
    assert cell(found, "phantoms", NO_ERROR, "specificity")["value"] == 1
    assert cell(found, "sets from phantoms", "7% planted", "specificity")["value"] < 1


def rows(objects: float, attributes: float | None, kept: float, whole: float, *by_hand: float) -> list[Row]:
    figures: list[tuple[str, str, str, float | None]] = [
        (BY_HAND, WRONG, "sensitivity", by_hand[0]),
        (BY_HAND, NO_ERROR, "specificity", by_hand[1]),
        (REAL, WRONG, "sensitivity", 0.99),
        (REAL, "object errors", "sensitivity", objects),
        (REAL, "attribute errors", "sensitivity", attributes),
        (REAL, NO_ERROR, "specificity", kept),
    ]
    figures += [(f"sets from {REAL}", f"{s:.0%} planted", "specificity", whole) for s in SHARES]
    return [
        {"part": p, "what": w, "measure": m, "degree": "", "value": v, "low": v, "high": v, "n": 500}
        for p, w, m, v in figures
    ]


@pytest.mark.parametrize(
    ("figures", "passed", "missed"),
    [
        ((0.91, 0.90, 0.95, 0.95, 0.90, 0.95), True, ""),
        ((0.89, 0.95, 0.99, 0.99, 0.95, 0.99), False, "Missed: planted object errors."),
        ((0.95, 0.89, 0.99, 0.99, 0.95, 0.99), False, "Missed: planted attribute errors."),
        ((0.95, 0.95, 0.94, 0.99, 0.95, 0.99), False, "Missed: right pairs beside planted ones."),
        ((0.95, 0.95, 0.99, 0.94, 0.95, 0.99), False, "Missed: right pairs of sets with 7% wrong"),
        ((0.95, 0.95, 0.99, 0.99, 0.89, 0.99), False, "Missed: wrong hand-written pairs."),
        ((0.95, 0.95, 0.99, 0.99, 0.95, 0.94), False, "Missed: right hand-written pairs."),
        ((0.95, None, 0.99, 0.99, 0.95, 0.99), None, "insufficient"),
    ],
)
def test_it_passes_where_every_target_is_reached_and_says_which_was_missed(
    figures: tuple[float, ...], passed: bool | None, missed: str
) -> None:
    verdict, summary = conclusion(rows(*figures))
    assert verdict is passed and missed in summary


def test_under_a_hundred_positives_a_cell_is_insufficient() -> None:
    some = [p for p in pairs() if p.error == "wrong side"][:99]
    row = next(iter(Part("phantoms", "scene", ("knowing",)).rows([Tried(p, {}) for p in some])))
    assert row["value"] is None and row["label"] == "insufficient"


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    work = tmp_path_factory.mktemp("work")
    options = QualityOptions(scenes=160, checker=("scripted:0.85,0.96",), pairs=1200, work=work)
    return certify(options, progress, Bench([Blind()]))


def test_a_checker_of_known_rates_is_recovered(checked: Certificate) -> None:
    part, model = "phantoms, with checker models", "scripted:0.85,0.96"
    for instrument in (model, "checks and checkers"):
        caught = cell(checked, part, WRONG, "sensitivity", instrument)
        kept = cell(checked, part, NO_ERROR, "specificity", instrument)
        assert caught["low"] <= 0.85 <= caught["high"] and kept["low"] <= 0.96 <= kept["high"]
    assert cell(checked, part, WRONG, "sensitivity")["value"] == 0
    assert cell(checked, part, "all pairs", "no usable verdict", model)["value"] == 0


def test_a_checker_stands_in_the_name_of_the_certificate(checked: Certificate) -> None:
    assert checked.instrument == "quality@blind-3 scripted:0.85,0.96"
    assert "slip through" in certified([Blind()], ["scripted:0.85,0.96"], own=[checked])
    assert certified([Blind()], ["another"], own=[checked]) == NONE


def test_several_checkers_decide_by_majority(tmp_path: Path) -> None:
    models = ("scripted:1,1", "scripted:1,0.99", "scripted:0,1")
    found = certify(QualityOptions(scenes=30, checker=models, pairs=240, work=tmp_path), progress, Bench([Blind()]))
    part = "phantoms, with checker models"
    assert cell(found, part, WRONG, "sensitivity", "vote of the checkers")["value"] == 1
    assert cell(found, part, WRONG, "sensitivity", "scripted:0,1")["value"] == 0
    assert cell(found, part, NO_ERROR, "specificity", "checks and checkers")["value"] == 1


def test_what_was_asked_is_not_asked_again(tmp_path: Path) -> None:
    options = QualityOptions(scenes=20, checker=("scripted:0.9,0.9",), pairs=100, work=tmp_path)
    first = certify(options, progress, Bench([Blind()]))
    again = certify(options, progress, Bench([Blind()]))
    assert first.figures == again.figures
    assert forecast(options).calls == 0


def test_a_dry_run_without_a_checker_is_refused() -> None:
    with pytest.raises(UserError, match="--checker"):
        forecast(QualityOptions())


def test_the_manifest_of_a_build_names_the_checks_that_a_certificate_is_looked_up_by(tmp_path: Path) -> None:
    write_folder(FolderPlan(n=20, seed=0, size=64), tmp_path / "phantoms")
    made = auscult.build("phantoms", tmp_path / "phantoms", tmp_path / "set").manifest
    assert [f"{c['name']}-{c['version']}" for c in made.checks] == [f"{c.name}-{c.version}" for c in checks()]
    drafts = [{"name": "g", "version": "1", "model": "openai:g"}]
    alone, strict = certified(checks()), certified(checks(), strict=True)
    assert alone != strict
    assert quality_control(made) == alone
    assert quality_control(made.model_copy(update={"generators": drafts})) == alone, "a doubt refuses nothing by itself"
    assert quality_control(made.model_copy(update={"generators": [{**drafts[0], "strict": True}]})) == strict
