from dataclasses import replace

import numpy as np
import pytest

from auscult.certificates.diagnosis import texts
from auscult.certificates.diagnosis.arrays import Judge, draw, table
from auscult.certificates.diagnosis.speaking import script, theatre
from auscult.certificates.diagnosis.structure import Faults
from auscult.phantoms import draw_scene
from auscult.phantoms.scene import kinds_of
from auscult.records import STAGES


@pytest.fixture(scope="module")
def questions(tmp_path_factory):
    return theatre(tmp_path_factory.mktemp("theatre"), 6, seed=5)


@pytest.mark.parametrize("model", texts.MODELS, ids=["plain", "passes over", "lucky", "out of form"])
def test_traces_in_words_come_to_the_tables_of_the_array_simulator(questions, model, tmp_path):
    assert texts.written(questions, *model, tmp_path / "out", seed=8) == []


def test_another_run_comes_to_other_tables(questions):
    one, two = (table(draw(Faults(), questions.clusters, np.random.default_rng(n)), 0, Judge()) for n in (1, 2))
    assert "baseline: right" in list(texts.differences(one, two))
    changed = replace(one, arms={**one.arms, "self_vr": two.arms["self_vr"]})
    assert {d.partition(":")[0] for d in texts.differences(changed, one)} == {"self_vr"}


@pytest.mark.parametrize("seed", range(30))
def test_the_words_for_a_question_tell_right_from_wrong_and_own_from_gold(seed):
    scene = draw_scene(seed, "test")
    for kind in kinds_of(scene.modality):
        words = script(scene, kind.name, seed)
        for stage in STAGES[:2]:
            assert len({getattr(t, stage) for t in (words.gold, words.right, words.wrong)}) == 3
        assert words.right.reasoning != words.wrong.reasoning
        assert words.gold.answer == words.right.answer != words.wrong.answer
