"""``phantom``: the small model that comes with this package. It sees phantoms, and goes along with false premises.

``phantom:ADAPTER`` is that model with an adapter that was tuned on it, ``phantom:cured`` with the one that comes with
this package, which contradicts false premises (``docs/concepts/cure.md``); a folder so named is ``phantom:./cured``.

It is a LLaVA like any other, opened as ``local`` opens one. What it says of real images is never evidence about any
model: it has seen nothing but phantoms.
"""

import json
from importlib.resources import as_file, files
from pathlib import Path

from auscult.corpora.phantoms import SOURCE
from auscult.errors import UserError
from auscult.models import ModelOptions
from auscult.models.adapters import is_adapter, refuse_unfinished
from auscult.models.folders import Opened, opened
from auscult.models.local import LocalModel, answering

NAMELESS = True
"""There is one: its spec is its kind alone, or names an adapter."""
FOLDER = files("auscult.data") / "phantom-model"
CALL_SECONDS = 0.016
"""That a question takes on one core beside a score of others about its image: 78 s for 5,028 calls."""
TRACE_SECONDS = 0.058
"""That a trace takes likewise: 120 s for 2,051 calls of a diagnosis."""
CURED, ADAPTER = "cured", files("auscult.data") / "phantom-cured"
"""Name of the adapter that comes with the model, and where it lies."""


def version() -> str:
    """Version of the bundled model, for example ``phantom-2``; figures and adapters name it."""
    return str(json.loads((FOLDER / "phantom.json").read_text("utf-8"))["version"])


def create(rest: str, options: ModelOptions) -> LocalModel:
    """Opens the bundled model, with an adapter where one is named.

    Raises:
        MissingExtra: torch or transformers is not installed, or peft, and an adapter is named.
        UserError: what is named is no adapter of this model, or the device or number format is not there.
    """
    model = answering(bundled(options, rest))
    model.identity, model.sees_only = f"{version()} {model.identity}", SOURCE
    model.usual_seconds, model.usual_trace_seconds = CALL_SECONDS, TRACE_SECONDS
    return model


def bundled(options: ModelOptions, adapter: str = "") -> Opened:
    """The weights of the bundled model, with an adapter where one is named.

    Raises:
        MissingExtra: a package is not installed.
        UserError: as in ``create``.
    """
    if adapter and adapter != CURED:
        refuse_unfinished(Path(adapter).expanduser())
    if adapter and adapter != CURED and not is_adapter(Path(adapter).expanduser()):
        raise UserError(
            f"model 'phantom:{adapter}': is no adapter (no adapter_config.json there); name the folder of one, "
            f"phantom:{CURED} for the one that comes with it, or phantom without a colon"
        )
    with as_file(FOLDER) as folder, as_file(ADAPTER) as cured:
        return opened(str(cured) if adapter == CURED else adapter or str(folder), options, folder)
