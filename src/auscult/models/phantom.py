"""``phantom``: the small model that comes with this package. It sees phantoms, and goes along with false premises.

It is a LLaVA like any other, opened as ``local`` opens one. What it says of real images is never evidence about any
model: it has seen nothing but phantoms.
"""

import json
from importlib.resources import as_file, files

from auscult.corpora.phantoms import SOURCE
from auscult.errors import UserError
from auscult.models import ModelOptions
from auscult.models.local import LocalModel
from auscult.models.local import create as create_local

NAMELESS = True
"""There is one: its spec is its kind alone."""
FOLDER = files("auscult.data") / "phantom-model"


def version() -> str:
    """Version of the bundled model, for example ``phantom-2``; figures and adapters name it."""
    return str(json.loads((FOLDER / "phantom.json").read_text("utf-8"))["version"])


def create(rest: str, options: ModelOptions) -> LocalModel:
    """Opens the bundled model.

    Raises:
        MissingExtra: torch or transformers is not installed.
        UserError: a name is given, or the device or number format is not there.
    """
    if rest:
        raise UserError(f"model 'phantom:{rest}': there is one phantom model; name it phantom, without a colon")
    with as_file(FOLDER) as folder:
        model = create_local(str(folder), options)
    model.identity, model.sees_only = f"{version()} {model.identity}", SOURCE
    return model
