"""The first screen of a gate says met, missed or not known of each limit, in words, and what to do."""

import json
from pathlib import Path

import pytest
from tests.analysis.gated import criteria, films, finished, on_images

from auscult.analysis.gate.decision import decide
from auscult.analysis.summary import read_summary
from auscult.reports.face import SHORT, Face
from auscult.reports.gate_face import checked_face, gate_face
from auscult.reports.limits import limits_of
from auscult.reports.verdicts import run_face

INVENTIONS = "name = 'inventions'\nkind = 'inventions'\ntargets = ['pneumothorax']\nat_most = 0.1"
ACCURACY = "name = 'accuracy'\nkind = 'mean'\nby = ['modality']\nat_least = 0.8"


def face(tmp_path: Path, count: int, wrong: int, *criterion: str, **about: object) -> Face:
    run = finished(
        tmp_path / "run",
        on_images(films(count, lambda n: "Yes." if n < wrong else "No.", modality=lambda n: "CT" if n % 2 else "MR")),
        **about,
    )
    return gate_face(decide(criteria(tmp_path / "c.toml", *(criterion or (INVENTIONS,))), run))


@pytest.mark.parametrize(
    ("count", "wrong", "word", "said"),
    [
        (60, 0, "met", "it says to 0 that it is there; of all images like these at most 4.9. Allowed: at most 10."),
        (
            60,
            30,
            "missed",
            "it says to 50 that it is there; of all images like these at least 39. Allowed: at most 10.",
        ),
        (24, 1, "not known", "it says to 4.2 that it is there; of all images like these 0.2 to 19. Allowed: at most"),
    ],
)
def test_a_limit_is_met_missed_or_not_known(tmp_path: Path, count: int, wrong: int, word: str, said: str) -> None:
    (verdict,) = face(tmp_path, count, wrong).verdicts
    assert verdict.word == word and said in verdict.sentence, verdict
    (bar,) = verdict.bars
    assert bar.against == 0.1 and bar.against_label == "limit" and bar.better == "lower"


def test_what_to_do_names_the_images_that_are_lacking_or_says_to_stop(tmp_path: Path) -> None:
    first = face(tmp_path / "a", 24, 1).steps[0]
    assert "more patients like these would tell" in first.sentence and "NEW-RUN" in first.command
    stop = face(tmp_path / "b", 60, 30).steps[0]
    assert stop.sentence.startswith("Do not use it for this.") and stop.command.startswith("auscult rate make")
    # These criteria fixed no margin, so that a later run cannot be held against this one.
    assert face(tmp_path / "c", 60, 0).steps[0].command.endswith("NEW-RUN")


def test_dates_are_such_as_a_person_reads(tmp_path: Path) -> None:
    assert (
        face(tmp_path / "a", 60, 0)
        .about.partition(". ")[2]
        .startswith("Criteria fixed on 1 March 2026, answers made 2 March 2026.")
    )
    elsewhere = face(tmp_path / "b", 60, 0, model={"spec": "replay:a.csv", "recorded": True})
    assert "answers first seen 2 March 2026; when they were made is not known." in elsewhere.about
    assert any("made elsewhere" in caution for caution in elsewhere.cautions)


def test_every_part_is_counted_and_every_verdict_fits_a_line(tmp_path: Path) -> None:
    found = face(
        tmp_path,
        60,
        0,
        INVENTIONS,
        ACCURACY,
        "name = 'canary'\nkind = 'canary'",
        "name='c'\nkind='failures'\nat_most=0.05",
    )
    assert found.title.endswith("60 questions: all 4 limits are met"), found.title
    assert "All 3 parts hold." in found.verdicts[1].sentence
    assert all(0 < len(v.short) <= SHORT for v in found.verdicts)


def test_no_statistical_word_stands_on_it(tmp_path: Path) -> None:
    found = face(tmp_path, 60, 0, INVENTIONS, ACCURACY)
    said = json.dumps([v.sentence for v in found.verdicts]).lower()
    assert not any(word in said for word in ("interval", "cluster", "p =", "bootstrap", "one-sided", "confidence"))


def test_the_title_says_in_words_how_many_limits_are_missed(tmp_path: Path) -> None:
    found = face(
        tmp_path, 60, 30, INVENTIONS, "name = 'canary'\nkind = 'canary'", model={"spec": "replay:d/vendor.csv"}
    )
    assert found.title.startswith("vendor on 60 images, 60 questions: 1 limit of 2 missed"), found.title
    assert " · " not in found.title


def test_a_run_that_is_checked_shows_its_limits_first_and_then_all_of_its_own_verdicts(tmp_path: Path) -> None:
    run = finished(tmp_path / "run", on_images(films(60, lambda n: "Yes." if n < 30 else "No.")))
    gate = decide(criteria(tmp_path / "c.toml", INVENTIONS), run)
    own = run_face(read_summary(run / "summary.json"), limits_of(gate), run=str(run))
    both = checked_face(gate, own)
    assert [v.key for v in both.verdicts] == ["criterion-1", *(v.key for v in own.verdicts)]
    assert not any(step.command.startswith("auscult report") for step in both.steps)
