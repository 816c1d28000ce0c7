"""The documentation shows how "No..." and "Yes..." are read, family by family, as the bundled certificate has it."""

import json
from pathlib import Path

import pytest

import auscult

BUNDLED = Path(auscult.__file__).parent / "data" / "certificates" / "closed.json"
PAGE = Path(__file__).resolve().parents[3] / "docs" / "concepts" / "certificates.md"


def test_the_page_shows_counts_by_family_of_the_bundled_certificate() -> None:
    rows = [r for r in json.loads(BUNDLED.read_bytes())["figures"] if "by family of models" in r["part"]]
    if not rows:
        pytest.skip("no answers of models in the bundled certificate; make it with auscult calibrate closed --answers")
    shown = [r for r in rows if r["what"] in ("meant yes", "meant no") and r["n"] >= 20]
    cells = [(r["degree"], r["what"].split()[1], *(r[k] for k in ("n", "hits", "unread", "misread"))) for r in shown]
    lines = ["| " + " | ".join(map(str, row)) + " |" for row in cells]
    page = PAGE.read_text("utf-8")
    assert not [line for line in lines if line not in page], "\n".join(lines)
