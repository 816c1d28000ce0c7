"""The first screen of a certificate names the weakest cell of what was certified, and of nothing else."""

from typing import Any

from auscult.records import Certificate
from auscult.reports.certificate_face import certificate_face


def weakest(*figures: dict[str, Any]) -> str:
    made = Certificate(instrument="x@1", subject="texts", passed=True, figures=figures, summary="fine")
    return next((v.sentence for v in certificate_face(made).verdicts if v.key == "weakest"), "")


def row(what: str, value: float, measure: str = "sensitivity", instrument: str = "ours") -> dict[str, Any]:
    return {"part": "texts", "what": what, "measure": measure, "instrument": instrument, "value": value}


def test_the_weakest_cell_is_one_of_the_certified_instrument() -> None:
    said = weakest(row("sides", 0.9), row("sizes", 0.8), row("sides", 0.1, instrument="keywords"))
    assert said == "Weakest: texts, sizes, sensitivity, ours: 80 of 100."


def test_a_share_of_errors_is_not_a_weakness_because_it_is_low() -> None:
    said = weakest(row("sides", 0.9), row("sizes", 0.8), row("all", 0.01, "wrong after"), row("all", 0.0, "unread"))
    assert "80 of 100" in said


def test_of_a_long_summary_a_terminal_gets_whole_sentences() -> None:
    sentence = "Of 1057 intervals in up to 2000 runs each, 1050 hold the truth (297 conservatively), 7 do not. "
    made = Certificate(instrument="x@1", subject="texts", passed=False, figures=(), summary=(sentence * 6).strip())
    verdict = certificate_face(made).verdicts[0]
    assert verdict.short == (sentence * 3).strip() and verdict.sentence == (sentence * 6).strip()
