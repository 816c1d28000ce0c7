"""What ``manifest.json`` of a run must hold, so that what reads it may rely on it. More than that may stand there."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from auscult.errors import UserError
from auscult.records import Canary, Instrument
from auscult.store.given import boundary
from auscult.store.invalid import first_wrong


class _Part(BaseModel):
    model_config = ConfigDict(extra="allow", protected_namespaces=())


class _Model(_Part):
    spec: str = ""
    identity: str = ""
    host: str = ""
    recorded: bool = False
    sees_only: str = ""


class _Source(_Part):
    reader: str = ""
    path: str = ""
    options: dict[str, Any] = {}


class _Items(_Part):
    path: str = ""
    digest: str = ""
    source: _Source = _Source()
    counts: dict[str, dict[str, int]] = {}
    licences: dict[str, int] = {}


class _Manifest(_Part):
    created: Annotated[str, AfterValidator(datetime.fromisoformat)] = ""
    command: str = ""
    settings: dict[str, Any] = {}
    versions: dict[str, str] = {}
    earlier_versions: list[dict[str, str]] = []
    machine: dict[str, Any] = {}
    notes: list[str] = []
    model: _Model = _Model()
    items: _Items = _Items()
    prices: dict[str, float] = {}
    calls: dict[str, int] = {}
    canary: Canary = Canary(status="not_applicable", detail="")
    criteria: dict[str, Any] = {}
    reader: dict[str, Any] = {}
    tables: dict[str, str] = {}
    instruments: tuple[Instrument, ...] = ()
    scorers: list[tuple[str, str]] = []
    blind_spots: dict[str, list[dict[str, Any]]] = {}
    unmatched: int = 0
    max_missing: float = 0.0


def check_manifest(manifest: dict[str, Any], path: Path) -> None:
    """Refuses a manifest in which something stands that no run notes there.

    Raises:
        UserError: naming the place.
    """
    with boundary(path, "evaluate again", "damaged or altered"):
        try:
            _Manifest.model_validate(manifest)
        except ValidationError as error:
            raise UserError(f"{path}: damaged or altered ({first_wrong(error)}); evaluate again") from None
