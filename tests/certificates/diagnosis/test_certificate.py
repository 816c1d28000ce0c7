import json
from dataclasses import asdict, replace

import numpy as np
import pytest
from tests.certificates.progress import counted

from auscult.certificates.diagnosis import DiagnosisOptions, certificate
from auscult.certificates.diagnosis.arrays import Judge
from auscult.certificates.diagnosis.causes import MODELS
from auscult.certificates.diagnosis.certificate import certify
from auscult.certificates.diagnosis.settings import Setting
from auscult.certificates.diagnosis.structure import Faults
from auscult.records import Estimate

PLAIN = Setting(faults=Faults(followed=0.8, difficulty=0.3), images=60)
LUCKY = Setting(name="lucky guesses", faults=Faults(lucky=0.3), images=60)
CONFUSED = Setting(name="the template confuses", faults=Faults(confused=0.2), images=60, planted=False)
HARDER = Setting(name="harder", judge=Judge(0.6, 0.95, on_planted=0.9), planted=False)
OPTIONS = DiagnosisOptions(replicates=120, texts=0, damaged=0, seed=3)
FEW = replace(OPTIONS, replicates=100)


@pytest.fixture(scope="module")
def found():
    return certify(OPTIONS, grid=(PLAIN, LUCKY, CONFUSED), judged=(HARDER,), told=())


def rows(found, model, part="coverage"):
    return {row["figure"]: row for row in found.figures if row["part"] == part and row["model"] == model}


def test_intervals_hold_the_truth_and_the_certificate_passes(found):
    assert found.passed
    assert {row["label"] for row in rows(found, "grid").values()} <= {"holds", "conservative", "insufficient"}
    assert all(row["n"] == 240 for row in rows(found, "grid").values())


def test_what_cannot_be_known_is_called_so_and_shows_its_bias(found):
    followed = rows(found, "lucky guesses")["followed: knowledge"]
    assert followed["label"] == "not identifiable" and followed["bias"] < -0.2
    corrected = rows(found, "harder")["error rate, corrected: eyes"]
    assert corrected["label"] == "lower bound" and corrected["bias"] < -0.03


def test_self_replacement_takes_the_template_out_and_the_published_difference_does_not(found):
    ours = rows(found, "the template confuses")["gain if right: eyes"]
    theirs = rows(found, "the template confuses", "published")["ΔV"]
    assert ours["truth"] == theirs["truth"]
    assert abs(ours["bias"]) < 0.02 < 0.08 < -theirs["bias"]


def test_an_interval_that_is_too_narrow_fails_the_certificate(monkeypatch):
    def narrow(values, *_, name, **__):
        middle = float(np.mean(values))
        return Estimate(name=name, value=middle, low=middle - 0.001, high=middle + 0.001, n=len(values))

    monkeypatch.setattr("auscult.statistics.mean", narrow)
    bad = certify(FEW, grid=(CONFUSED,), judged=(), told=())
    assert not bad.passed and "does not hold" in {row["label"] for row in bad.figures}


def test_the_certificate_is_plain_data_and_repeatable(found):
    again = certify(OPTIONS, grid=(PLAIN,), judged=(), told=())
    values = [[row["value"] for row in f.figures if row.get("model") == "grid"] for f in (found, again)]
    assert values[0] and values[0] == values[1]
    assert json.loads(json.dumps(asdict(found)))["summary"] == found.summary


def test_progress_counts_models():
    seen = []
    certify(FEW, grid=(), judged=(), told=MODELS[:2], show=counted(seen))
    assert seen[-1] == (2, 2)


def test_finished_models_are_kept_and_not_simulated_again(tmp_path, monkeypatch):
    options = replace(FEW, work=tmp_path)
    first = certify(options, grid=(CONFUSED,), judged=(), told=MODELS[:1])
    monkeypatch.setattr(certificate, "covered", None)
    monkeypatch.setattr(certificate.causes, "told", None)
    again = certify(options, grid=(CONFUSED,), judged=(), told=MODELS[:1])
    assert again.figures == first.figures
    with pytest.raises(TypeError):
        certify(replace(options, seed=1), grid=(CONFUSED,), judged=(), told=())
