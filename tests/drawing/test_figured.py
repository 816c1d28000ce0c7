"""The figures of an audit, as one file: every comparison counted, both variances kept, its form published."""

import json

import pytest
from tests.conftest import REPO
from tests.drawing.test_rates import PROMPTS, complies, reading

from auscult.drawing import figures as made
from auscult.drawing.figured import figures_schema
from auscult.drawing.rates import Read
from auscult.statistics import holm


def test_the_published_schema_is_the_one_that_is_written() -> None:
    published = json.loads((REPO / "docs" / "schemas" / "drawing.schema.json").read_text("utf-8"))
    assert published == json.loads(json.dumps(figures_schema())), "publish it anew: make schema"


def test_several_wordings_share_their_chance_of_a_false_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    read = reading(complies)
    raw = made.rates.against_plain(read, "justified").p_value
    assert raw is not None
    alone = made._against_plain(read, ["plain", "justified"], 0.05)["justified"]
    together = made._against_plain(read, ["plain", "justified", "role", "reworded"], 0.05)
    assert alone.p_value == raw and not alone.note.endswith("(Holm)")
    assert set(together) == {"justified", "role", "reworded"}

    three = {"justified": 0.01, "role": 0.02, "reworded": 0.5}
    plain = made.rates.against_plain

    def with_p(read: Read, wording: str, *, max_missing: float) -> object:
        from dataclasses import replace

        return replace(plain(read, "justified"), p_value=three[wording])

    monkeypatch.setattr(made.rates, "against_plain", with_p)
    adjusted = made._against_plain(read, ["plain", *three], 0.05)
    assert [e.p_value for e in adjusted.values()] == holm(list(three.values()))
    assert all("3 wordings (Holm)" in e.note for e in adjusted.values())


def test_variances_of_contents_and_draws_stand_with_the_figures() -> None:
    found = {v.wording: v for v in made._variances("pixels", reading(complies))}
    assert set(found) == {"all", "plain", "justified"} and found["plain"].repeats == 4
    assert found["plain"].draws == 0 < found["plain"].total
    assert len(PROMPTS) == 80
