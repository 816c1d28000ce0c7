import json
from pathlib import Path

import pytest
from tests.conftest import REPO

from auscult.analysis.summary import Figure, Summary, read_summary, summary_schema, write_summary
from auscult.errors import UserError
from auscult.records import Canary, Estimate

SUMMARY = Summary(
    title="a model on items",
    manifest={"settings": {"seed": 0}},
    cases=2,
    items=3,
    clusters=2,
    unit="image",
    figures=(
        Figure(
            section="headline",
            label="all",
            metric="accuracy",
            scorer="closed@2",
            with_image=Estimate(name="accuracy", n=3),
        ),
    ),
    canary=Canary(status="passed", detail="fine"),
)


def test_a_summary_survives_its_file(tmp_path: Path) -> None:
    write_summary(tmp_path / "summary.json", SUMMARY)
    assert read_summary(tmp_path / "summary.json") == SUMMARY


def test_the_published_schema_is_the_one_in_use() -> None:
    published = json.loads((REPO / "docs" / "schemas" / "summary.schema.json").read_text())
    assert published == json.loads(json.dumps(summary_schema())), "publish it anew: make schema"


def test_a_damaged_or_foreign_summary_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "summary.json"
    with pytest.raises(UserError, match="no run folder"):
        read_summary(path)
    for content in (b"{", b'{"title": "x"}'):
        path.write_bytes(content)
        with pytest.raises(UserError, match="not a summary") as error:
            read_summary(path)
        assert "\n" not in str(error.value)
