"""The criteria file: one line for whatever is wrong with it, and none that is newer than the answers."""

import os
from pathlib import Path

import pytest
from tests.analysis.gated import BEGAN, HEAD, criteria

from auscult.analysis.gate.criteria import check_timing, read_criteria
from auscult.api import finish
from auscult.corpora._bundles import seal
from auscult.errors import UserError
from auscult.items.split import SplitPlan
from auscult.items.writer import SourceNote, write_item_set
from auscult.records import Case, Item
from auscult.runs.evaluation import Evaluation
from auscult.runs.folder import read_manifest
from auscult.runs.settings import Settings

MEAN = "name = 'accuracy'\nkind = 'mean'\nat_least = 0.8"
RUN = {"created": BEGAN, "model": {"spec": "openai:m", "identity": "openai:m"}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = 'a'\nkind = 'mean'", "criterion 1 (a): give one of at_least and at_most"),
        ("name = 'a'\nkind = 'mean'\nat_least = 'much'", "criterion 1 (a): at_least: Input should be a valid number"),
        ("name = 'a'\nkind = 'mean'\nat_leest = 1", "criterion 1 (a): at_leest: unknown key"),
        ("name = 'a'\nat_least = 1", "criterion 1 (a): kind is missing"),
        ("name = 'a'\nkind = 'speed'", "criterion 1 (a): kind: unknown speed; known: inventions, misses, premise"),
        ("name = 'a'\nkind = 'misses'\ntargets = []\nat_most = 0.1", "criterion 1 (a): targets: Tuple should have"),
        ("name = 'a'\nkind = 'misses'\ntargets = ['x']\nat_most = 0", "at_most: Input should be greater than 0"),
        ("name = 'a'\nkind = 'misses'\ntargets = ['x']", "criterion 1 (a): at_most: is missing"),
        ("name = 'a'\nkind = 'canary'\nby = ['sex']", "by: a criterion of kind canary has no groups"),
        ("name = 'a'\nkind = 'mean'\nat_least = 1\nmin_clusters = 2", "min_clusters: Input should be greater than or"),
        ("name = 'a'\nkind = 'mean'\nat_least = 1\nscale = [10, 1]", "scale: the first number must be the smaller"),
        ("name = 'a'\nkind = 'mean'\nat_least = nan", "criterion 1 (a): at_least: Input should be a finite number"),
        ("name = 'a'\nkind = 'canary'\nmargin = inf", "criterion 1 (a): margin: Input should be a finite number"),
        (f"{MEAN}\n[[criterion]]\nwhy = 'w'\n{MEAN}", "two criteria are named 'accuracy'"),
        ("name = ", "not TOML"),
    ],
)
def test_a_wrong_criterion_is_one_line_that_names_the_key(tmp_path: Path, text: str, said: str) -> None:
    path = criteria(tmp_path / "criteria.toml", text)
    with pytest.raises(UserError) as caught:
        read_criteria(path)
    assert str(caught.value).startswith(f"{path}: ") and said in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "\n", "# limits follow\n"])
def test_a_file_without_criteria_is_said_to_be_one_with_the_command_that_writes_some(tmp_path: Path, text: str) -> None:
    path = tmp_path / "criteria.toml"
    path.write_text(text)
    with pytest.raises(UserError, match=f"{path}: holds no criteria; remove it, and .*: auscult gate --init {path}$"):
        read_criteria(path)


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (HEAD.replace("created = 2026-03-01", ""), "created: is missing"),
        (HEAD.replace("2026-03-01", "2026-03-01T09:00:00"), "created: an hour needs its zone"),
        (HEAD.replace("criteria/1", "criteria/2"), "schema: Input should be 'auscult.criteria/1'"),
        (HEAD.replace("Safety board", ""), "who: String should have at least 1 character"),
    ],
)
def test_a_wrong_head_is_one_line_too(tmp_path: Path, head: str, said: str) -> None:
    with pytest.raises(UserError) as caught:
        read_criteria(criteria(tmp_path / "criteria.toml", MEAN, head=head))
    assert said in str(caught.value) and "\n" not in str(caught.value)


def test_each_criterion_needs_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "criteria.toml"
    path.write_text(f"{HEAD}\n[[criterion]]\n{MEAN}\n")
    with pytest.raises(UserError, match=r"criterion 1 \(accuracy\): why: is missing"):
        read_criteria(path)


def timing(tmp_path: Path, created: str, manifest: dict, changed: float = 1_740_000_000):
    path = criteria(tmp_path / "c.toml", MEAN, head=HEAD.replace("2026-03-01", created))
    os.utime(path, (changed, changed))
    read, sha256 = read_criteria(path)
    return check_timing(path, read, sha256, manifest), sha256


@pytest.mark.parametrize("created", ["2026-03-03", "2026-03-02T10:00:01Z", "2026-03-02"])
def test_criteria_that_are_newer_than_the_answers_are_refused(tmp_path: Path, created: str) -> None:
    with pytest.raises(UserError, match="after the run began"):
        timing(tmp_path, created, RUN)


@pytest.mark.parametrize("created", ["2026-03-01", "2026-03-02T09:59:59Z", "2026-03-02T11:59:59+02:00"])
def test_older_ones_are_taken_by_their_own_date(tmp_path: Path, created: str) -> None:
    found, _ = timing(tmp_path, created, RUN)
    assert (found.status, found.made) == ("dated", "here") and "By its own date" in found.detail and not found.warnings


def test_a_file_written_to_since_is_warned_of(tmp_path: Path) -> None:
    found, _ = timing(tmp_path, "2026-03-01", RUN, changed=1_790_000_000)
    assert "was written to on 2026-09-" in found.warnings[0]


def test_a_run_that_noted_the_file_vouches_for_it_and_for_no_other(tmp_path: Path) -> None:
    _, sha256 = timing(tmp_path, "2026-03-01", RUN)
    found, _ = timing(tmp_path, "2026-03-01", {**RUN, "criteria": {"sha256": sha256}}, changed=1_790_000_000)
    assert found.status == "recorded" and not found.warnings
    with pytest.raises(UserError, match="not the criteria that the run noted"):
        timing(tmp_path, "2026-03-01", {**RUN, "criteria": {"sha256": "0" * 64}})


RECORDED = {**RUN, "model": {"spec": "replay:a.csv", "recorded": True}}


def test_recorded_answers_keep_the_same_rule_and_the_verdict_says_that_nobody_knows_when_they_were_made(
    tmp_path: Path,
) -> None:
    found, sha256 = timing(tmp_path, "2026-03-01", RECORDED)
    assert (found.status, found.made) == ("dated", "elsewhere") and "first seen (2026-03-02" in found.detail
    assert "made elsewhere" in found.warnings[0]
    noted, _ = timing(tmp_path, "2026-03-01", {**RECORDED, "criteria": {"sha256": sha256}})
    assert (noted.status, noted.made) == ("recorded", "elsewhere")
    with pytest.raises(UserError, match="criteria must be fixed before the answers are seen"):
        timing(tmp_path, "2026-03-03", RECORDED)


def test_evaluate_notes_criteria_before_anything_is_asked_and_never_after(tmp_path: Path) -> None:
    item = Item(id="", case_id="", source_id="q", question="Is it?", reference="yes", answer_type="yes_no")
    bundle = seal(Case(id="", source="by hand", source_key="c"), [item])
    write_item_set([bundle], tmp_path / "items", source=SourceNote(reader="by hand", path=""), split=SplitPlan())
    fixed = criteria(tmp_path / "criteria.toml", MEAN)
    settings = Settings(split="", controls=0, canary=False)

    def run(out: str, given: Path | None) -> object:
        finish(Evaluation(tmp_path / "items", "baseline:always-last", settings), tmp_path / out, criteria=given)
        return read_manifest(tmp_path / out).get("criteria")

    assert run("first", fixed) == {"path": str(fixed), "sha256": read_criteria(fixed)[1]}
    assert run("second", None) is None
    assert run("second", fixed) is None, "noted after the answers were there"
