"""What is withheld by default is one share everywhere, and intervals have one level."""

import re
from pathlib import Path

from auscult.certificates import asking
from auscult.certificates.judge import certificate
from auscult.certificates.stage import figures
from auscult.records import MAX_MISSING
from auscult.reports.questions import sure

SOURCE = Path(__file__).parents[1] / "src" / "auscult"


def test_the_share_of_missing_data_above_which_figures_are_withheld_is_one() -> None:
    assert {asking.FAILED, certificate.UNREAD, figures.UNREAD, sure.MOST_MISSING} == {MAX_MISSING}
    texts = [path.read_text("utf-8") for path in SOURCE.rglob("*.py") if path.name != "manifest.py"]  # of older runs
    said = [share for text in texts for share in re.findall(r"max_missing: (?:float|Annotated\S.*\]) = (0\.\d+)", text)]
    assert len(said) > 30 and {float(share) for share in said} == {MAX_MISSING}


def test_the_level_of_intervals_is_one() -> None:
    texts = [path.read_text("utf-8") for path in SOURCE.rglob("*.py")]
    said = [level for text in texts for level in re.findall(r"\blevel: float = (0\.\d+)", text)]
    assert len(said) > 30 and {float(level) for level in said} == {0.95}
