"""What certificates say of the readers of an audit, thing by thing."""

from pathlib import Path

from auscult.drawing.readers.pixels import VERSION
from auscult.drawing.vouching import tried


def test_the_bundled_certificate_vouches_for_some_of_what_the_pixel_reader_sees(tmp_path: Path) -> None:
    found = tried(tmp_path, {"pixels": VERSION, "judge": "1"})
    assert set(found) == {"pixels"} and not found["pixels"].whole
    assert {"modality", "view", "clips", "tubes", "text", "second organ"} <= set(found["pixels"].passes)
    assert found["pixels"].fails == ("side", "side where there is none")


def test_a_certificate_of_another_version_vouches_for_nothing(tmp_path: Path) -> None:
    assert tried(tmp_path, {"pixels": "0"}) == {}
