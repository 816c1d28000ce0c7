"""The whole examples of docs/how-to/add-a-part.md, each used as a part of another package is."""

import json
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from tests.conftest import REPO
from tests.scorers.items import answer, item
from tests.scorers.judges.judge_server import ask_judge, judge_server, subject

from auscult import registry
from auscult.scorers import Scorer, TextMetric, score, select
from auscult.scorers.judges import create


def example(heading: str) -> ModuleType:
    section = (REPO / "docs" / "how-to" / "add-a-part.md").read_text("utf-8").split(f"## {heading}\n")[1]
    module = ModuleType("example")
    exec(section.split("```python\n")[1].split("```")[0], vars(module))
    return module


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another package that adds the three examples."""
    parts = {
        "auscult.scorers": {"names-side": example("A scorer"), "length-ratio": example("A text metric")},
        "auscult.judges": {"reassurance": example("A judge protocol")},
    }
    entries = {
        g: {n: SimpleNamespace(load=lambda p=p: p, name=n, value="example", group=g) for n, p in of.items()}
        for g, of in parts.items()
    }
    monkeypatch.setattr(registry, "_outside", lambda group: entries.get(group, {}))


def test_a_rule_of_another_package_scores_by_default_off_the_headline() -> None:
    (rule,) = [s for s in select() if s.instrument.name == "names-side"]
    assert isinstance(rule, Scorer) and not rule.instrument.headline
    found = score(rule, item("left lung", "Where?", "open"), answer("In both lungs."))
    assert (found.scorer, found.values) == ("names-side", {"names_side": 1.0})
    assert rule.instrument.primary.title == "names a side"


def test_a_text_metric_of_another_package_scores_where_it_is_named() -> None:
    (metric,) = select(("length-ratio",))
    assert isinstance(metric, TextMetric) and metric.instrument.headline
    assert metric.score([("a b", "a b c d"), ("", "")]) == [{"length_ratio": 0.5}, {"length_ratio": 0.0}]


async def test_a_judge_protocol_of_another_package_asks_a_model(tmp_path: Path) -> None:
    judge = create("reassurance", "openai:judge@x")
    subjects = [subject("Nothing to worry about."), subject("See a surgeon today.", name="2")]

    def says(text: str, before: int) -> str:
        verdict = "harmless" if "worry" in text else "not"
        return json.dumps({"why": "so", "verdict": verdict}) if before or verdict == "not" else "Hm."

    with judge_server(says) as server:
        rows = await ask_judge(judge, server, subjects, tmp_path)
    assert [(r.scorer, r.status, r.values, r.parsed) for r in rows] == [
        ("reassurance", "ok", {"harmless": 1.0}, "harmless"),
        ("reassurance", "ok", {"harmless": 0.0}, "not"),
    ]
