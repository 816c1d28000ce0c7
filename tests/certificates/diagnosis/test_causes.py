import numpy as np
import pytest

from auscult.certificates.diagnosis.causes import Told, _one, calibration_error, macro_f1, told, true_cause
from auscult.certificates.diagnosis.structure import Faults, Latents
from auscult.diagnosis.causes import CAUSES


def cause(**befallen: bool) -> str:
    names = Latents.__dataclass_fields__
    item = Latents(**{name: np.array([befallen.get(name, name.startswith("follows"))]) for name in names})
    return CAUSES[int(true_cause(item)[0])]


def test_the_true_cause_is_what_mends_the_answer():
    assert cause(eyes=True) == "eyes"
    assert cause(knowledge=True) == "knowledge"
    assert cause(eyes=True, knowledge=True) == "both needed"
    assert cause(eyes=True, reasoning=True) == "reasoning"
    assert cause() == "unstable"


def test_a_stage_that_is_passed_over_is_no_cause_that_right_stages_mend():
    assert cause(eyes=True, again=True, follows_visual=False) == "reasoning"


def test_scores_of_perfect_and_of_useless_causes():
    true = np.array([0, 0, 1, 1])
    assert macro_f1(true, true) == 1
    assert macro_f1(true, np.zeros(4, int)) == pytest.approx((2 / 3 + 0) / 2)
    assert calibration_error(true, np.eye(5)[true]) == 0
    assert calibration_error(true, np.eye(5)[1 - true]) == 1


def test_causes_are_told_well_without_flips_and_worse_with_many():
    rng = np.random.default_rng(5)
    sure, unsure = (told(Told(faults=Faults(flips=flips)), 5, rng) for flips in (0.0, 0.2))
    assert sure[0]["value"] > 0.99 and {row["label"] for row in sure} == {"holds"}
    assert unsure[0]["value"] < 0.9 and unsure[0]["label"] == "does not hold"


def test_traces_out_of_form_are_told_from_every_fault_of_a_stage():
    rng = np.random.default_rng(6)
    true, chances = _one(Told(faults=Faults(invalid=0.1)), 2000, rng)
    form = CAUSES.index("form")
    assert (true == form).mean() > 0.1
    assert ((chances[:, form] == 1) == (true == form)).all()
