import zipfile

import pytest

from auscult.corpora._image_store import ImageStore
from auscult.errors import UserError


def packed(path, **members):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return path


def test_folders_come_before_archives_and_names_may_hold_folders(tmp_path):
    (tmp_path / "a" / "x").mkdir(parents=True)
    (tmp_path / "a" / "x" / "1").write_bytes(b"file")
    archive = packed(tmp_path / "a.zip", top__x__1="packed", top__x__2="second", top__y__2="other")
    store = ImageStore([tmp_path / "a", tmp_path / "none"], [archive, tmp_path / "none.zip"])
    assert store.find("x/1", "row 1") == tmp_path / "a" / "x" / "1"
    assert store.find("x/2", "row 2") == b"second"
    with pytest.raises(UserError, match="row 3: image 2 is 2 times in .*a.zip"):
        store.find("2", "row 3")
    with pytest.raises(UserError, match=r"row 4: image z.png is missing \(looked in .*a, .*none, .*a.zip\)"):
        store.find("z.png", "row 4")


def test_an_archive_that_is_none_is_named(tmp_path):
    (tmp_path / "images.zip").write_bytes(b"PK, but no archive")
    with pytest.raises(UserError, match="images.zip: not a readable ZIP archive"):
        ImageStore([], [tmp_path / "images.zip"])


def test_a_damaged_member_is_named(tmp_path):
    archive = packed(tmp_path / "a.zip", x="content " * 50)
    data = bytearray(archive.read_bytes())
    data[60] ^= 0xFF
    archive.write_bytes(data)
    with pytest.raises(UserError, match="image x: cannot be unpacked"):
        ImageStore([], [archive]).find("x", "row 1")
