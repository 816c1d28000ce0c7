"""The card of an adapter in words: what it is of, what it learnt from, how, and where each setting is from."""

from collections.abc import Sequence

from auscult.models.adapters import Card
from auscult.store.files import shipped_table
from auscult.tuning.targets import LEARNT

TEMPLATE = "tuning/card.toml"
PARTS = {
    "language": "the language model",
    "vision": "what sees",
    "connector": "what leads from there to the language model",
}
"""Part of a model → what it is called on a card."""


def readme(card: Card, name: str) -> str:
    """The card as the model hub shows it."""
    settings = [
        f"| {setting} | {card.settings[setting]} | {card.sources.get(setting, '')} |" for setting in card.settings
    ]
    outcome = {key.replace("_", " "): value for key, value in card.outcome.items() if value not in ("", None)}
    values = {
        "name": name,
        "base": card.base["name"],
        "hash": card.base["hash"],
        "changed": _changed(card.settings["adapt"].split(",")),
        "learnt": LEARNT[card.settings["learn"]],
        "pairs": f"{card.items['pairs']:,}",
        "cases": f"{card.items['cases']:,}",
        "split": str(card.items["split"]),
        "digest": str(card.items["digest"]),
        "images": f"{len(card.images):,}",
        "outcome": "\n".join(f"- {what}: {value}" for what, value in outcome.items()),
        "settings": "\n".join(settings),
        "versions": ", ".join(f"{name} {version}" for name, version in card.versions.items()),
    }
    text: str = shipped_table(TEMPLATE)["card"]
    for key, value in values.items():
        text = text.replace(f"{{{key}}}", value)
    return text


def _changed(parts: Sequence[str]) -> str:
    """What of the model an adapter changes, and what to do where a program would pass some of it over."""
    if parts == ["language"]:
        return "the language model alone; what sees is as it was"
    named = [told for part, told in PARTS.items() if part in (p.strip() for p in parts)]
    said = f"{', '.join(named[:-1])} and {named[-1]}" if len(named) > 1 else f"{named[0]} alone"
    return f"{said}.\nSome programs adapt language models alone and pass the rest over: give them the merged model"
