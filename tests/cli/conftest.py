import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from auscult.cli import main
from auscult.corpora import ReadOptions, vqa_rad
from auscult.items.split import SplitPlan
from auscult.items.writer import SourceNote, write_item_set


class Ran(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def path(self) -> Path:
        """The last line of standard output."""
        return Path(self.out.splitlines()[-1])


Auscult = Callable[..., Ran]


@pytest.fixture
def auscult(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Auscult:
    """Runs the command line in this process."""

    def run(*args: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["auscult", *(str(a) for a in args)])
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as stopped:
            code = int(stopped.code or 0)
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return run


@pytest.fixture(scope="session")
def sample_items(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled VQA-RAD sample as an item set, nearly half of it for training."""
    out = tmp_path_factory.mktemp("items") / "items"
    bundles = vqa_rad.read(vqa_rad.sample_path(), ReadOptions())
    split = SplitPlan(shares={"train": 0.4, "test": 0.6})
    write_item_set(bundles, out, source=SourceNote(reader="vqa-rad", path="sample"), split=split)
    return out
