from pathlib import Path

import pytest

import auscult
from auscult.phantoms.folder import FolderPlan, write_folder


@pytest.fixture(scope="session")
def phantom_items(tmp_path_factory) -> Path:
    """Nine small phantoms of three modalities with their items."""
    folder = tmp_path_factory.mktemp("probes")
    write_folder(FolderPlan(n=9, seed=3, size=64), folder / "phantoms")
    auscult.build("phantoms", folder / "phantoms", folder / "items")
    return folder / "items"
