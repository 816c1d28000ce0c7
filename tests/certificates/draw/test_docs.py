"""The page on drawings shows what the certificate that comes with the package found, cell by cell."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import auscult
from auscult.drawing.readers.pixels import VERSION
from auscult.drawing.vouching import APART

BUNDLED = Path(auscult.__file__).parent / "data" / "certificates" / "draw.json"
PAGE = Path(__file__).resolve().parents[3] / "docs" / "concepts" / "drawing.md"


def percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f}"


def lines(rows: list[dict[str, Any]]) -> Iterator[str]:
    """The lines of the page's three tables."""
    for row in rows:
        if row["part"] == "pixel reader":
            hand = "another hand" if row["degree"] == APART else "own hand"
            figure = f"{percent(row['value'])} ({percent(row['low'])}–{percent(row['high'])})"
            yield f"| {row['what']} | {hand} | {row['measure']} | {row['n']} | {figure} |"
        elif row["part"] == "painters":
            held = "yes" if row["held"] else "no"
            figure = f"{percent(row['value'])} ({percent(row['low'])}–{percent(row['high'])})"
            yield f"| {row['what']} | {row['degree']} | {percent(row['truth'])} | {figure} | {held} |"
    simulated = [r for r in rows if r["part"] == "simulated audits"]
    for what in dict.fromkeys(r["what"] for r in simulated):
        of = [r for r in simulated if r["what"] == what]
        least, most = (f(r["coverage"] for r in of) for f in (min, max))
        false = [r["false positives"] for r in of if r["false positives"] is not None]
        yield f"| {what} | {len(of)} | {percent(least)}–{percent(most)} | {percent(max(false)) if false else ''} |"


def test_the_page_shows_the_bundled_certificate() -> None:
    page = PAGE.read_text("utf-8")
    missing = [line for line in lines(json.loads(BUNDLED.read_bytes())["figures"]) if line not in page]
    assert not missing, "\n".join(missing)


def test_the_bundled_certificate_is_of_the_reader_as_it_is() -> None:
    made = json.loads(BUNDLED.read_bytes())
    assert made["instrument"].startswith(f"pixels@{VERSION}, ")
    assert ("It **passed**" in PAGE.read_text("utf-8")) == made["passed"]
    assert min(r["audits"] for r in made["figures"] if r["part"] == "simulated audits") >= 1000
