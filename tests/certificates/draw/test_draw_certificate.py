"""The certificate of the audit of drawings finds what is there, and would find a wrong reader or interval."""

import numpy as np
import pytest

from auscult.certificates.draw import DrawOptions, certificate
from auscult.certificates.draw.certificate import conclusion, most_outside
from auscult.certificates.draw.coverage import BUNDLED, Design, cells, complied, row
from auscult.certificates.draw.painters import Told, eyes
from auscult.drawing import rates
from auscult.drawing.prompts import bundled
from auscult.drawing.vouching import APART


def test_an_interval_that_is_too_narrow_does_not_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    design = Design(rate=0.35, icc=0.5)
    good = row("compliance", complied, design, 0.35, 100, np.random.default_rng(0))
    true_mean = rates.mean
    # as if drawings of a content were independent
    monkeypatch.setattr(rates, "mean", lambda values, clusters, **more: true_mean(values, range(len(values)), **more))
    bad = row("compliance", complied, design, 0.35, 100, np.random.default_rng(0))
    assert good["p_too_low"] > 0.05 and bad["p_too_low"] < 0.001 and bad["coverage"] < 0.85


def test_every_kind_of_figure_is_simulated_and_none_is_far_off() -> None:
    found = [job(np.random.default_rng(n)) for n, job in enumerate(cells(4))]
    assert {r["what"] for r in found} == {
        "compliance",
        "difference from plain",
        "addition",
        "side",
        "cheaper reader put right",
        "judge of known error",
        "difference from plain, bundled contents",
    }
    assert len({p.content for p in bundled()}) == BUNDLED
    assert all(abs(r["mean"] - r["truth"]) < 0.25 for r in found)


def test_sensitivity_is_of_what_is_there_and_specificity_of_what_is_not() -> None:
    def told(n: int, true: str, said: str) -> Told:
        plain = {"modality": "brain MR", "view": "", "side": "", "tubes": "no", "text": "no", "second organ": "no"}
        return Told(f"p{n}", {**plain, "clips": true}, {**plain, "clips": said})

    some = [told(n, "yes", "yes" if n % 10 else "no") for n in range(200)]
    others = [told(n, "no", "no" if n % 4 else "yes") for n in range(200)]
    found = {(r["what"], r["measure"]): r["value"] for r in eyes(some + others, APART)}
    assert found["clips", "sensitivity"] == 0.9 and found["clips", "specificity"] == 0.75
    assert found["tubes", "sensitivity"] is None  # fewer than a hundred


def test_a_weak_reader_a_short_interval_or_many_lost_rates_fail() -> None:
    def rows(low: float = 0.95, p: float = 0.5, held: int = 50) -> list[certificate.Row]:
        reader = {"part": "pixel reader", "degree": APART, "what": "clips", "measure": "sensitivity", "value": 0.97}
        return [
            {**reader, "low": low},
            {"part": "simulated audits", "p_too_low": p, "coverage": 0.95},
            *({"part": "painters", "held": n < held} for n in range(50)),
        ]

    assert conclusion(rows())[0] is True
    assert conclusion(rows(low=0.8))[0] is False
    assert conclusion(rows(p=0.001))[0] is False
    assert conclusion(rows(held=50 - most_outside(50) - 1))[0] is False


def test_options_refuse_what_cannot_be() -> None:
    assert DrawOptions().audits == 1000
