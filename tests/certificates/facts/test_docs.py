"""The figures in the documentation are those of the certificate that comes with the package."""

import json
import re
from pathlib import Path

import pytest

import auscult

BUNDLED = Path(auscult.__file__).parent / "data" / "certificates" / "facts.json"
PAGE = Path(__file__).resolve().parents[3] / "docs" / "concepts" / "certificates.md"
ROW = re.compile(r"\| (.+?) \| (.+?) \| (.+?) \| (.+?) \| ([\d.]+) \(([\d.]+)-([\d.]+)\) \| (\d+) \| (\d+) (.+?)s \|")


def test_the_page_shows_the_figures_of_the_bundled_certificate() -> None:
    if not BUNDLED.is_file():
        pytest.skip("no bundled certificate of the facts reader; make it with auscult calibrate facts")
    figures = json.loads(BUNDLED.read_bytes())["figures"]
    known = {
        (r["part"], "; ".join(filter(None, (r["what"], r["degree"]))), r["measure"], r["instrument"]): r
        for r in figures
    }
    shown = [m.groups() for line in PAGE.read_text("utf-8").splitlines() if (m := ROW.fullmatch(line))]
    assert len(shown) > 10
    for *key, value, low, high, n, clusters, unit in shown:
        row = known[tuple(key)]
        assert [value, low, high] == [f"{row[k]:.3f}" for k in ("value", "low", "high")], key
        assert (int(n), int(clusters), unit) == (row["n"], row["clusters"], row["unit"]), key
