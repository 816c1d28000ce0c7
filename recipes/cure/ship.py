"""Puts an adapter of the phantom model into the package, as ``--model phantom:cured``, without this machine's paths."""

import argparse
import re
import shutil
from pathlib import Path

import orjson

from auscult.models import phantom
from auscult.models.adapters import CARD, CONFIG, WEIGHTS, read_adapter
from auscult.store.files import replace_file
from auscult.tuning.card import readme

MOST = 2_000_000
"""Bytes that the weights may take."""
ITEMS = "recipes/cure/items/train"


def ship(adapter: Path, out: Path) -> None:
    """Copies what is loaded and the card.

    Args:
        adapter: folder that ``auscult tune`` made.
        out: folder in the package.
    """
    found = read_adapter(adapter)
    assert found.card is not None, "an adapter without a card"
    assert (adapter / WEIGHTS).stat().st_size < MOST, "too large for the package"
    card = found.card.model_copy(update={"items": found.card.items | {"path": ITEMS}})
    config = orjson.loads((adapter / CONFIG).read_bytes()) | {"base_model_name_or_path": phantom.version()}
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    replace_file(out / CONFIG, orjson.dumps(config, option=orjson.OPT_INDENT_2) + b"\n")
    replace_file(out / CARD, card.model_dump_json(indent=2).encode() + b"\n")
    shown = re.sub(r"!\[[^]]*\]\(curve\.svg\)\n+", "", readme(card, f"phantom:{phantom.CURED}"))  # the curve stays out
    replace_file(out / "README.md", shown.encode())
    shutil.copyfile(adapter / WEIGHTS, out / WEIGHTS)


def main() -> None:
    """Ships the adapter that is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("adapter", type=Path, help="folder that auscult tune made")
    ship(parser.parse_args().adapter, Path(str(phantom.ADAPTER)))


if __name__ == "__main__":
    main()
