import os
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real medical data sets that are not part of the project; tests that need it skip without it."""
    folder = Path(os.environ.get("AUSCULT_DATA", REPO.parent / "shared" / "data"))
    if not (folder / "vqa-rad" / "qa.jsonl").is_file():
        pytest.skip(f"real data sets not found at {folder}; set AUSCULT_DATA to their folder")
    return folder
