"""The words of controls: several of each kind, of which an item gets one, always the same."""

from auscult.records import Item, rank
from auscult.store.files import shipped_table

PLACE = "probes/controls.toml"


def version() -> str:
    """Of all the words; it is part of the version of every control that puts some."""
    return str(shipped_table(PLACE)["version"])


def drawn(kind: str, item: Item) -> str:
    """One of the words of a kind, drawn by the item."""
    choices = shipped_table(PLACE)[kind]
    return str(choices[rank("control", kind, item.id) % len(choices)])
