"""A run is a folder that explains itself; one process at a time works on it."""

import os
import platform
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from auscult.errors import UserError
from auscult.runs.manifest import check_manifest
from auscult.store.files import replace_file, write_json
from auscult.store.given import NoSuchFile, boundary, read_json
from auscult.store.held import held
from auscult.store.tables import text_bounds
from auscult.store.whole import TABLES, table_digest
from auscult.version import __version__

SCHEMA = "auscult.run/1"
DIAGNOSIS = "auscult.diagnosis/1"
DRAWING = "auscult.drawing/1"
"""What ``manifest.json`` says that a folder is."""


class _Kind(NamedTuple):
    """What a folder is in words, and where what came of it stands."""

    what: str
    page: str = ""


_ARE = {
    SCHEMA: _Kind("a run"),
    DIAGNOSIS: _Kind("a diagnosis", "diagnosis.html and diagnosis.json"),
    DRAWING: _Kind("an audit of drawings", "drawing.html and drawing.json"),
}
_REPORTED = ("numpy", "scipy", "scikit-learn", "pyarrow", "aiohttp", "pillow", "torch", "transformers")
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+@")


def redact(text: str) -> str:
    """Takes user names and passwords out of addresses."""
    return _CREDENTIALS.sub("", text)


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version(), "auscult": __version__}
    for name in _REPORTED:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


class Typed(NamedTuple):
    """A command as the user typed it, for the manifest, and all its options as TOML, for ``config.toml``."""

    command: str = ""
    config: str = ""


UNTYPED = Typed()


class RunFolder:
    """The folder of one run.

    Attributes:
        path: the folder.
        manifest: as in ``manifest.json``: schema, created, command, settings, versions, machine.
    """

    def __init__(self, path: Path, manifest: dict[str, Any]) -> None:
        self.path, self.manifest = path, manifest

    @property
    def journal(self) -> Path:
        """Folder of the journal."""
        return self.path / "journal"

    def table(self, name: str) -> Path:
        """Path of a Parquet table."""
        return self.path / f"{name}.parquet"

    def digests(self, *names: str) -> dict[str, str]:
        """The sha256 of tables as they are now, beside those noted before, for ``note(tables=...)``."""
        fresh = {self.table(name).name: table_digest(self.table(name)) for name in names}
        return {**self.manifest.get(TABLES, {}), **fresh}

    def note(self, **facts: Any) -> None:
        """Adds facts to the manifest (never to the settings) and writes it."""
        self.manifest.update(facts)
        write_json(self.path / "manifest.json", self.manifest)


def is_run(path: Path) -> bool:
    """Whether a folder is a run, of this version or another: its manifest names a schema, as no item set's does."""
    try:
        manifest = read_json(path / "manifest.json", "")
    except UserError:
        return False
    return isinstance(manifest, dict) and "schema" in manifest


def schema_of(path: Path) -> str:
    """What the manifest of a folder says that it is; empty where it has none that can be read."""
    try:
        manifest = read_json(path / "manifest.json", "")
    except UserError:
        return ""
    return str(manifest.get("schema", "")) if isinstance(manifest, dict) else ""


def read_manifest(path: Path, schema: str = SCHEMA) -> dict[str, Any]:
    """The manifest of a run, or of a folder of another schema.

    Raises:
        UserError: the folder is none.
    """
    try:
        manifest = read_json(path / "manifest.json", "it is damaged, evaluate again into another folder")
    except NoSuchFile:
        raise UserError(f"{path}: no run folder (it has no manifest.json); make one with 'auscult evaluate'") from None
    if isinstance(manifest, dict) and "schema" not in manifest and "tables" in manifest:
        raise UserError(
            f"{path}: is an item set and no run; make a run of it with: auscult evaluate {path} --model KIND:NAME "
            "--out RUN"
        )
    if isinstance(manifest, dict) and manifest.get("schema") != schema and manifest.get("schema") in _ARE:
        there, wanted = _ARE[manifest["schema"]], _ARE[schema]
        hint = f"what came of it stands in {there.page}" if there.page and schema == SCHEMA else "name another folder"
        raise UserError(f"{path}: is {there.what} and no {wanted.what.partition(' ')[2]}; {hint}")
    if not isinstance(manifest, dict) or manifest.get("schema") != schema:
        raise UserError(f"{path}: not a run of this version (manifest.json is not '{schema}')")
    check_manifest(manifest, path / "manifest.json")
    return manifest


def _refuse_without_manifest(path: Path) -> None:
    """Refuses a folder of answers of which nobody can tell whose they are."""
    if not (path / "manifest.json").exists() and (holds := _answered(path)):
        raise UserError(
            f"{path}: holds answers ({holds}) and no manifest.json, so that nobody can tell whose they are; bring the "
            "manifest back, or use another --out"
        )


def _answered(path: Path) -> str:
    """The first file of answers or replies in a run folder; empty where nothing was answered."""
    places = ("answers.parquet", "answers.parts/*.parquet", "journal/*.jsonl", "judges/*/journal/*.jsonl")
    return next((found.relative_to(path).as_posix() for place in places for found in path.glob(place)), "")


def _refuse_other_model(path: Path, settings: dict[str, Any]) -> None:
    """Refuses answers that say that another model gave them than the manifest says."""
    for table in (path / "answers.parquet", *sorted(path.glob("answers.parts/*.parquet"))):
        strangers = text_bounds(table, "model") - {settings.get("model"), settings.get("text_model")}
        if strangers and "model" in settings:
            raise UserError(
                f"{table}: holds answers of {min(strangers)}, and the run is one of {settings['model']}; bring the "
                "table or the manifest back, or use another --out"
            )


def model_name(manifest: dict[str, Any]) -> str:
    """What the model of a run is called: the name that the user gave it, else its spec."""
    return str(manifest["model"].get("name") or manifest["model"]["spec"])


def _first_difference(old: dict[str, Any], new: dict[str, Any]) -> str:
    models = str(old.get("model")), str(new.get("model"))
    if models[0] != models[1] and all(m.startswith("replay:") for m in models):
        return "the recorded answers are other ones now"
    for key in sorted(old.keys() | new.keys()):
        if old.get(key) != new.get(key):
            return f"{key} was {old.get(key)!r} and is now {new.get(key)!r}"
    return ""


def refuse_another(path: Path | None, settings: dict[str, Any], schema: str = SCHEMA) -> None:
    """Refuses a place that is no folder for a run, or that holds one with other settings.

    Raises:
        UserError: that.
    """
    if path is None:
        return
    refuse_other_folder(path, schema)
    if (path / "manifest.json").exists():
        settings = orjson.loads(orjson.dumps(settings))
        if difference := _first_difference(read_manifest(path, schema)["settings"], settings):
            kind = _ARE[schema].what.split()[1]
            raise UserError(f"{path} belongs to another {kind} ({difference}); give this one another --out")


def refuse_other_folder(path: Path, schema: str = SCHEMA) -> None:
    """Refuses a place for a run, or what has another schema, that lies in a folder of ours or holds something else.

    Raises:
        UserError: that.
    """
    if any((parent / "items.parquet").exists() for parent in path.resolve().parents[:1]):
        raise UserError(f"{path}: lies in an item set or a run; name a folder outside with --out")
    _refuse_without_manifest(path)
    if path.is_dir() and any(path.iterdir()) and not (path / ".lock").exists():
        if not (path / "manifest.json").exists():
            raise UserError(f"{path}: is not empty and no run folder (no manifest.json); name another with --out")
        read_manifest(path, schema)


@contextmanager
def run_folder(
    path: Path, settings: dict[str, Any], typed: Typed = UNTYPED, schema: str = SCHEMA
) -> Iterator[RunFolder]:
    """Opens a run folder for work, making it if it is not there, and holds it against other processes.

    Args:
        path: the folder.
        settings: everything that the answers depend on; a folder that was begun with other settings is refused.
        typed: what the user typed, where there is a command line; kept without credentials.
        schema: what the folder is.

    Raises:
        UserError: another process works on it, it was begun with other settings, its manifest is lost, its answers are
            another model's, or it cannot be written.
    """
    with boundary(path, "give smaller numbers", "its settings cannot be noted"):
        settings = orjson.loads(orjson.dumps(settings))
    refuse_other_folder(path, schema)
    with held(path, "another process is working on this run; wait for it, or use another --out"):
        if (path / "manifest.json").exists():
            manifest = read_manifest(path, schema)
            if lacks := {"settings", "versions"} - manifest.keys():
                raise UserError(f"{path / 'manifest.json'}: damaged (it has no {min(lacks)}); bring it back")
            if manifest["settings"] != settings and not _answered(path):
                manifest["settings"] = settings  # nothing was answered under the old ones
                for table in path.glob("*.parquet"):
                    table.unlink()
            if difference := _first_difference(manifest["settings"], settings):
                raise UserError(f"{path}: was begun with other settings: {difference}; use another --out")
            _refuse_other_model(path, settings)
            if manifest["versions"] != (now := _versions()):
                manifest["earlier_versions"] = [*manifest.get("earlier_versions", []), manifest["versions"]]
                manifest["versions"] = now
            folder = RunFolder(path, manifest)
        else:
            folder = RunFolder(path, {"schema": schema})
            folder.note(
                created=datetime.now(UTC).isoformat(timespec="seconds"),
                command=redact(typed.command),
                settings=settings,
                versions=_versions(),
                machine={"system": platform.platform(), "cores": os.cpu_count()},
            )
        if typed.config:
            replace_file(path / "config.toml", redact(typed.config).encode())
        yield folder
