import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from PIL import Image

settings.register_profile("suite", max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")
"""Another thirty each time; ``pytest --hypothesis-profile default`` tries a hundred."""
REPO = Path(__file__).resolve().parents[1]
os.environ["AUSCULT_BURNED_IN_TEXT"] = "0"
"""Nor do commands that tests start as processes of their own read text off pixels (``no_text_is_read_off_pixels``)."""


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real medical data sets that are not part of the project; tests that need it skip without it."""
    folder = Path(os.environ.get("AUSCULT_DATA", REPO.parent / "shared" / "data"))
    if not (folder / "vqa-rad" / "qa.jsonl").is_file():
        pytest.skip(f"real data sets not found at {folder}; set AUSCULT_DATA to their folder")
    return folder


@pytest.fixture
def picture(tmp_path: Path) -> Callable[..., Path]:
    """Writes a small grey PNG; another shade, another picture."""

    def write(name: str = "a.png", shade: int = 100, folder: Path = tmp_path) -> Path:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (8, 6), shade).save(path)
        return path

    return write


@pytest.fixture(autouse=True)
def no_text_is_read_off_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    """A build takes as long where tesseract is installed as where it is not; tests of it say that they want it."""
    monkeypatch.setattr("auscult.items.patient_data.screening.program", lambda: None)
