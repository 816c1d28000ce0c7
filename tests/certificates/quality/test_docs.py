"""The figures in the documentation are those of the certificate that comes with the package."""

import re

import orjson
from tests.conftest import REPO

from auscult.construction.certified import BY_HAND, OWN, PHANTOMS, REAL, WRONG, bundled, instrument_of
from auscult.construction.checks import checks

PAGE = (REPO / "docs" / "concepts" / "certificates.md").read_text("utf-8")
LINES = {
    "written by hand": (BY_HAND, WRONG),
    "planted into real reports: objects": (REAL, "object errors"),
    "planted into real reports: attributes": (REAL, "attribute errors"),
    "planted into real reports: evidence": (REAL, "evidence errors"),
    "planted into answers about phantoms: objects": (PHANTOMS, "object errors"),
    "medical knowledge, written for this": (OWN, "knowledge errors"),
}


def said(row: dict[str, float]) -> str:
    return f"{row['value']:.3f} ({row['low']:.3f}-{row['high']:.3f}), n {row['n']:,}"


def test_the_page_shows_the_figures_of_the_bundled_certificate() -> None:
    (made,) = bundled()
    for name, (part, what) in LINES.items():
        line = re.search(rf"^\| {re.escape(name)} \| (.*?) \| (.*?) \|$", PAGE, re.M)
        assert line, name
        wrong = next(r for r in made.figures if (r["part"], r["what"]) == (part, what))
        right = next(r for r in made.figures if (r["part"], r["what"]) == (part, "no error"))
        assert line.groups() == (said(wrong), said(right)), name


def test_the_bundled_certificate_is_of_the_checks_of_every_build() -> None:
    assert [c.instrument for c in bundled()] == [instrument_of(checks())]


def test_the_bundled_certificate_holds_no_text_of_a_report() -> None:
    words = {w for row in bundled()[0].figures for v in row.values() if isinstance(v, str) for w in v.split()}
    assert len(words) < 200 and len(orjson.dumps(bundled())) < 400_000
