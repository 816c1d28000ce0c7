from pathlib import Path

import pytest
from tests.reports import synthetic


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder to read from; tests write elsewhere."""
    return synthetic.build(tmp_path_factory.mktemp("synthetic"))
