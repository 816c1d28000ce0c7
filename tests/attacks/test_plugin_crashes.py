"""Promise: a part of another package that breaks at some row is one line with both names; nothing finished is lost."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.attacks.serving import small_items

import auscult as au
from auscult import registry
from auscult.engine.journal import Journal
from auscult.errors import UserError
from auscult.scorers.judges import JudgeOptions

PARTS = """
from dataclasses import dataclass
from types import SimpleNamespace as Part
from typing import ClassVar

from auscult.models import Model
from auscult.protocols import Protocol
from auscult.protocols.direct import Direct
from auscult.records import Instrument, Reply, Value
from auscult.scorers import Scorer, TextMetric, Verdict
from auscult.scorers.judges.asking import judge_instrument

GOOD = 5
made = 0

def breaks(way):
    global made
    made += 1
    if made <= GOOD:
        return False
    if way == "raises":
        raise KeyError("no such\\nthing")
    return True

class Worker(Model):
    blind, batch = True, 1
    def __init__(self, way): self.identity, self.way = f"worker:{way}", way
    async def reply(self, calls):
        if breaks(self.way):
            odd = {"none": None, "other": ["Yes."], "true": [Reply(text="Yes.", tokens_in=True)]}
            odd |= {"list": [Reply(text=["Yes."])], "half": [Reply(text="\\ud83d")]}
            odd |= {"seconds": [Reply(seconds=float("nan"))]}
            return odd[self.way]
        return [Reply(text="Yes.", finish="stop")]

def scorer(way):
    def rule(item, text):
        if breaks(way):
            odd = {"none": None, "nan": Verdict(values={"mark": float("nan")}), "text": Verdict(values={"mark": "1"})}
            odd |= {"status": Verdict(status="fine"), "parsed": Verdict(values={"mark": 1.0}, parsed=7)}
            return odd[way]
        return Verdict(values={"mark": 1.0})
    kinds = frozenset({"open", "yes_no", "choice", "number", "report"})
    made = Instrument(name="marker", version="1", kind="rule", values=(Value(name="mark"),), answer_types=kinds)
    return Scorer(instrument=made, rule=rule)

def metric(way):
    def score(pairs):
        if way == "raises":
            raise RuntimeError("no overlap")
        odd = {"few": [{"overlap": 1.0} for _ in pairs[1:]], "none": None}
        return (odd | {"keys": [{} for _ in pairs], "text": [{"overlap": "1"} for _ in pairs]})[way]
    made = Instrument(name="overlapping", version="1", kind="text", values=(Value(name="overlap"),))
    return TextMetric(instrument=made, score=score)

class Judge:
    def __init__(self, identity, options, way):
        self.way, self.instrument = way, judge_instrument("harsh", "1", identity, options, Value(name="grade"))
    async def scores(self, subjects, ask):
        if self.way == "raises":
            raise RuntimeError("no verdict")
        return {"none": None, "few": [], "other": [7 for _ in subjects]}[self.way]

@dataclass(eq=False)
class Broken(Direct):
    version: ClassVar[str] = "1"
    async def answers(self, group, ask):
        raise LookupError("no question")

worker = Part(create=lambda rest, options: Worker(rest))
marker = Part(create=lambda rest, options: scorer(rest))
overlapping = Part(create=lambda rest, options: metric(rest))
harsh = Part(create=lambda identity, options: Judge(identity, options, options.policy))
broken = Part(PROTOCOL=Broken)
"""


@pytest.fixture(scope="module")
def items(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_items(tmp_path_factory.mktemp("items"), 2)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package of parts that all break, found by this process and by those that it starts."""
    place = tmp_path / "package"
    (place / "bad-1.0.dist-info").mkdir(parents=True)
    (place / "bad.py").write_text(PARTS)
    (place / "bad-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: bad\nVersion: 1.0\n")
    groups = {"models": "worker", "scorers": "marker overlapping", "judges": "harsh", "protocols": "broken"}
    lines = [f"[auscult.{g}]\n" + "".join(f"{n} = bad:{n}\n" for n in names.split()) for g, names in groups.items()]
    (place / "bad-1.0.dist-info" / "entry_points.txt").write_text("\n".join(lines))
    monkeypatch.syspath_prepend(str(place))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(place), os.environ.get("PYTHONPATH")])))
    registry._outside.cache_clear()
    yield place
    sys.modules.pop("bad", None)
    registry._outside.cache_clear()


WORKERS = ("none", "other", "true", "list", "half", "seconds")
RULES = ("raises", "none", "nan", "text", "status", "parsed")
CASES = [
    ("model worker:raises failed at", "worker:raises", {}),
    *(("worker", f"worker:{way}", {}) for way in WORKERS),
    ("protocol broken@1 failed at question", "worker:raises", {"protocol": "broken"}),
    *(("scorer marker failed at question", "baseline:always-last", {"scorers": f"marker:{way}"}) for way in RULES),
    *(
        ("metric overlapping failed at question", "baseline:always-last", {"scorers": f"overlapping:{way}"})
        for way in ("raises", "none", "few", "keys", "text")
    ),
    *(
        ("judge harsh failed at question", "baseline:always-last", {"judge": way})
        for way in ("raises", "none", "few", "other")
    ),
]


@pytest.mark.parametrize(("said", "model", "more"), CASES, ids=str)
def test_the_part_and_the_row_are_named(
    items: Path, package: Path, said: str, model: str, more: dict[str, str]
) -> None:
    if way := more.get("judge"):
        options = au.JudgingOptions(protocol="harsh", judge=JudgeOptions(policy=way))
        given: dict[str, Any] = {"readers": au.Readers(judges=(("baseline:always-last", options),))}
    else:
        given = dict(more)
    with pytest.raises(UserError, match=re.escape(said)) as caught:
        au.evaluate(items, model, package.parent / "run", split="all", canary=False, **given)
    assert "\n" not in str(caught.value) and "mend" in str(caught.value)


def test_what_was_answered_before_a_model_broke_is_kept_and_the_command_line_ends_in_a_line(
    items: Path, package: Path
) -> None:
    run = package.parent / "run"
    words = ["evaluate", items, "--model", "worker:raises", "--out", run, "--no-canary", "--concurrency", 1]
    ran = subprocess.run([sys.executable, "-m", "auscult", *map(str, words)], capture_output=True, text=True)
    assert ran.returncode == 2 and "Traceback" not in ran.stderr
    assert "model worker:raises failed at question" in ran.stderr.splitlines()[-1]
    journal = Journal(run / "journal")
    assert journal.totals.calls == 5
    journal.close()
