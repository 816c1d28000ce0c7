"""Where the images of a data set lie: in folders, or still packed in ZIP archives beside its tables."""

import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from auscult.errors import UserError
from auscult.items.images import MOST_BYTES, inside
from auscult.store.given import boundary, open_given


class ImageStore:
    """Finds images by the names that a table gives them. Archives are read where they are, one image at a time.

    Args:
        folders: searched in order; those that are not there are passed over.
        archives: ZIP files, searched after the folders; those that are not there are passed over.
        links: whether a link in a folder may lead out of it.
    """

    def __init__(self, folders: Sequence[Path], archives: Sequence[Path] = (), links: bool = False) -> None:
        self._links = links
        self.folders = [folder for folder in folders if folder.is_dir()]
        self._named = list(folders)
        self._archives = [_Archive(path) for path in archives if path.is_file()]

    def __bool__(self) -> bool:
        """Whether there is any folder or archive to look into."""
        return bool(self.folders or self._archives)

    def holds(self, name: str) -> bool:
        """Whether an image of that name is in one of the places."""
        files = (inside(folder, name, name, self._links) for folder in self.folders)
        return any(file.is_file() for file in files) or any(archive.has(name) for archive in self._archives)

    def find(self, name: str, where: str) -> Path | bytes:
        """The file of an image, or its bytes where it is packed.

        Raises:
            UserError: it is in none of the places, an archive is broken, or the name leads out of its folder.
        """
        for folder in self.folders:
            file = inside(folder, name, where, self._links)
            if file.is_file():
                return file
        for archive in self._archives:
            data = archive.read(name, where)
            if data is not None:
                return data
        places = [str(folder) for folder in self._named] + [str(a.path) for a in self._archives]
        raise UserError(
            f"{where}: image {name} is missing (looked in {', '.join(places)}); put it there, or name its folder "
            "with --images"
        )


class _Archive:
    """A ZIP file with its list of names: memory holds names, never images."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with boundary(path, "copy it again, or unpack it", "not a readable ZIP archive"):
            self._file = zipfile.ZipFile(open_given(path))
        self._members: dict[str, list[zipfile.ZipInfo]] = {}
        for member in self._file.infolist():
            if not member.is_dir():
                self._members.setdefault(PurePosixPath(member.filename).name, []).append(member)

    def has(self, name: str) -> bool:
        """Whether the archive holds an image of that name."""
        return bool(self._named(name))

    def _named(self, name: str) -> list[zipfile.ZipInfo]:
        own = PurePosixPath(name)
        there = self._members.get(own.name, [])
        return [m for m in there if PurePosixPath(m.filename).parts[-len(own.parts) :] == own.parts]

    def read(self, name: str, where: str) -> bytes | None:
        """The bytes of an image; None where the archive has none of that name."""
        found = self._named(name)
        if not found:
            return None
        if len(found) > 1:
            raise UserError(f"{where}: image {name} is {len(found)} times in {self.path}; unpack it, and use --images")
        if found[0].file_size > MOST_BYTES:
            raise UserError(f"{where}: image {name} is larger than 1 GiB; give a smaller rendering of it")
        with boundary(f"{where}: image {name}", "copy the archive again", f"cannot be unpacked from {self.path}"):
            return self._file.read(found[0])
