from dataclasses import replace

import numpy as np
import pytest
from tests.reports.diagnosis.arrays import ALL, PUBLISHED, diagnosis, table

from auscult.analysis.joined import UNUSABLE
from auscult.diagnosis.figures import diagnose
from auscult.reports.diagnosis.drawings import causes_flow, rungs, starts
from auscult.reports.diagnosis.tables import parts


def test_rungs_go_from_as_it_is_to_all_right_and_each_starts_where_its_own_stage_was() -> None:
    made = rungs(diagnosis(0.4, 0.1, 0.05))
    assert [r.label for r in made] == [
        "As it is",
        "Given its own words back",
        "If it saw rightly",
        "If it knew the medicine",
        "If both",
        "If it also reasoned rightly",
    ]
    _, own, eyes, knowledge, both, whole = made
    assert [r.about for r in made[:2]] == ["nothing given", "where gains start"]
    assert all(f" from {own.said.split()[0]}" in r.gain for r in (eyes, knowledge, both))
    assert own.value is not None and eyes.before == pytest.approx(own.value) == pytest.approx(knowledge.before)
    assert both.value is not None and eyes.value is not None and eyes.value < both.value
    assert whole.parts[-1][:2] == (pytest.approx(both.value), 1.0)
    assert all(r.low is not None and r.high is not None for r in made[:-1])


def test_what_both_bring_is_parted_between_eyes_and_knowledge_where_that_was_measured() -> None:
    both = rungs(diagnosis(0.4, 0.1, 0.05))[4]
    assert [tone for *_, tone in both.parts] == ["base", "eyes", "knowledge"]
    (_, start, _), (_, middle, _), (_, end, _) = both.parts
    assert start < middle < end == pytest.approx(both.value)
    without = rungs(diagnosis(0.4, 0.1, 0.05, arms=[a for a in ALL if a != "gold_vr_own_kr"]))[4]
    assert [tone for *_, tone in without.parts] == ["base", "both"]


def test_all_answers_flow_to_what_became_of_them() -> None:
    made = causes_flow(diagnosis(0.4, 0.1, 0.05))
    assert made is not None
    assert [b.stream.label for b in made.bands][:2] == ["right", "its eyes"]
    assert sum(b.stream.share for b in made.bands) == pytest.approx(1.0)


def test_what_stands_beside_the_streams_adds_up_to_a_hundred_and_the_share_of_wrong_answers_is_small_print() -> None:
    for seed in range(5):
        made = causes_flow(diagnosis(0.4, 0.1, 0.05, seed=seed))
        assert made is not None and not made.note
        said = [b.stream.said.removesuffix(" of 100") for b in made.bands]
        assert sum(int(n) for n in said if n != "<1") == 100
        assert made.bands[0].stream.said == f"{round(100 * made.bands[0].stream.share)} of 100"
        assert all("wrong ones" in b.stream.beside for b in made.bands[1:])


def test_a_flow_of_few_images_says_over_itself_that_it_tells_no_stage() -> None:
    made = causes_flow(diagnosis(0.4, 0.1, 0.05, items=16))
    assert made is not None and made.note == "Too few images to tell which stage costs most."


def test_what_is_left_has_the_colour_of_reasoning_only_where_there_are_images_enough_to_name_a_stage() -> None:
    assert [rungs(diagnosis(0.4, 0.1, 0.05, items=n))[-1].parts[-1][2] for n in (240, 16)] == ["reasoning", "open"]


def test_gains_that_start_elsewhere_say_where_and_why() -> None:
    default = diagnosis(0.4, 0.1, 0.05, arms=[a for a in ALL if a != "gold_vr_own_kr"])
    eyes = rungs(default)[2]
    assert eyes.about == "given a correct description alone" and " from " in eyes.gain
    assert "writes its knowledge anew" in starts(default) and "gold_vr_own_kr" in starts(default)
    assert starts(diagnosis(0.4, 0.1, 0.05)) == ""  # all from one number


def test_without_the_controls_there_is_no_picture() -> None:
    bare = diagnosis(arms=PUBLISHED)
    assert rungs(bare) == () and causes_flow(bare) is None


def test_a_model_that_is_always_right_has_no_causes() -> None:
    assert causes_flow(diagnosis(0.0, 0.0, 0.0)) is None


def test_a_rung_whose_template_spoils_traces_has_no_number_and_says_why() -> None:
    eyes = rungs(diagnosis(arms=[a for a in ALL if a != "gold_vr_own_kr"], skipped=0.54))[2:5]
    (bare,) = [r for r in eyes if r.label == "If it saw rightly"]
    assert bare.value is None and bare.parts == () and "cannot be told" in bare.said
    assert "54 of 100 traces" in bare.gain and "--arms default,gold_vr_own_kr tells" in bare.gain
    _, own, told, *_ = rungs(diagnosis(skipped=0.54))
    assert told.value is not None and told.before == pytest.approx(own.value)


def test_wrong_answers_that_cannot_be_read_are_a_stream_and_a_line_of_their_own() -> None:
    made = table(0.3, 0.1, 0.1)
    both = made.arms["replace_vr_kr"]
    silent = replace(both, right=0 * both.right, right_most=0 * both.right, status=np.full_like(both.status, UNUSABLE))
    found = diagnose(replace(made, arms={**made.arms, "replace_vr_kr": silent}))
    drawn = causes_flow(found)
    assert drawn is not None
    assert [band.stream.label for band in drawn.bands] == ["right", "no readable answer"]
    lines = [row.label for part in parts(found) if part.name == "causes" for t in part.tables for row in t.rows]
    assert "No readable answer" in lines and "Its reasoning" in lines
