"""No model kind: a LoRA adapter on disk, as ``peft`` writes it, with the card that says what it was made of.

An adapter is of one base. Which, and which images it was tuned on, stands in ``auscult.json`` beside its weights; one
that another program made has no such card, and nothing is known of its base and its images.
"""

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from auscult.errors import MissingExtra, UserError
from auscult.store.files import content_hash
from auscult.store.given import read_json

CONFIG, WEIGHTS, CARD = "adapter_config.json", "adapter_model.safetensors", "auscult.json"
TUNING = "tuning.json"
"""Begins the folder of a tuning; where there is no adapter yet, it is not finished."""
SCHEMA = "auscult.adapter/1"
UNTOLD = "It is not known on which images"
"""How the remark begins that a model may have learnt the images that it is asked about."""
MERGED = "auscult_merged"
"""What ``config.json`` of a model has where an adapter was merged into it, so that a lost card is missed."""


class Card(BaseModel):
    """What ``auscult.json`` of an adapter says.

    Attributes:
        format: name and version of the layout of this file.
        base: of the model: name as it was given, type, hash of its files.
        items: of the item set: path, digest, split, and how many cases and pairs of it.
        images: hashes of the pixels of all images that it was tuned on, and of those that were held out.
        left_out: items that nothing was learnt from: reason → number.
        settings: as used.
        sources: of each setting: where its value is from.
        outcome: steps, epochs, losses, which step was kept and why it ended there.
        versions: of what computed it.
        untold: why ``images`` may lack some; empty: it lacks none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: str
    base: dict[str, str]
    items: dict[str, Any]
    images: list[str]
    left_out: dict[str, int]
    settings: dict[str, Any]
    sources: dict[str, str]
    outcome: dict[str, Any]
    versions: dict[str, str]
    untold: str = ""


@dataclass(frozen=True, kw_only=True)
class Adapter:
    """An adapter, and what is known of it.

    Attributes:
        folder: where it lies.
        base: folder of its base, or its name on the hub.
        card: None where another program made it.
    """

    folder: Path
    base: str
    card: Card | None

    @property
    def images(self) -> frozenset[str]:
        """Hashes of the pixels of the images that it was tuned on, those that were held out among them."""
        return frozenset(self.card.images if self.card else ())

    @property
    def untold(self) -> str:
        """Why nobody knows on which images it was tuned; empty where its card says it."""
        if self.card:
            return self.card.untold
        return (
            f"{UNTOLD} {self.folder.name} was tuned: its card ({CARD}) is not beside it. If it has seen images of this "
            "set, the figures are too good; nor is it known whether its base is the one that it was tuned on."
        )

    def files(self) -> list[list[str]]:
        """Name and sha256 of what is loaded."""
        return [[name, content_hash(self.folder / name)] for name in (CONFIG, WEIGHTS)]

    def check(self, weights: str, folder: Path) -> None:
        """Refuses a base that it was not made for.

        Args:
            weights: hash of the base, see ``folders.Opened``.
            folder: where the base lies.

        Raises:
            UserError: it is another one.
        """
        if self.card and self.card.base["hash"] != weights:
            raise UserError(
                f"{self.folder}: is an adapter of {self.card.base['name']} (weights {self.card.base['hash']}), and "
                f"{folder} holds other ones ({weights}); bring that base back, or tune this one"
            )


def is_adapter(folder: Path) -> bool:
    """Whether a folder holds an adapter."""
    return (folder / CONFIG).is_file()


def refuse_unfinished(folder: Path) -> None:
    """Refuses the folder of a tuning that has not come to its adapter.

    Raises:
        UserError: what goes on with it.
    """
    if not (folder / TUNING).is_file() or is_adapter(folder):
        return
    noted = read_json(folder / TUNING, "remove the folder, and tune again")
    command = noted.get("command") if isinstance(noted, dict) else ""
    raise UserError(
        f"{folder}: this tuning is not finished; the same command goes on{f': {command}' if command else ''}"
    )


def read_adapter(folder: Path) -> Adapter:
    """What a folder with an adapter says of it.

    Raises:
        UserError: it is damaged, or names no base.
    """
    config = read_json(folder / CONFIG, "tune again")
    base = config.get("base_model_name_or_path") if isinstance(config, dict) else None
    if not base:
        raise UserError(f"{folder / CONFIG}: names no base_model_name_or_path; write the folder of its base there")
    if not (folder / WEIGHTS).is_file():
        raise UserError(f"{folder}: holds no {WEIGHTS}; bring it back, or tune again")
    return Adapter(folder=folder, base=str(base), card=card_of(folder))


def card_of(folder: Path) -> Card | None:
    """The card beside an adapter, or beside a model that one was merged into; None where there is none.

    Raises:
        UserError: it is damaged.
    """
    if not (folder / CARD).is_file():
        return None
    try:
        return Card.model_validate(read_json(folder / CARD, "bring it back"))
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"])) or "the whole"
        raise UserError(
            f"{folder / CARD}: no card of an adapter ({where} is missing or wrong); bring it back"
        ) from None


def untold_of(folder: Path) -> str:
    """Why nobody knows on which images a model was tuned that an adapter was merged into; empty where its card says it.

    Raises:
        UserError: its card or configuration is damaged.
    """
    if card := card_of(folder):
        return card.untold
    config = read_json(folder / "config.json", "fetch the model again") if (folder / "config.json").is_file() else {}
    if not (isinstance(config, dict) and config.get(MERGED)):
        return ""
    return (
        f"{UNTOLD} the adapter was tuned that was merged into {folder.name}: its card ({CARD}) is not beside it. If it "
        "has seen images of this set, the figures are too good."
    )


def merged(model: Any, adapter: Adapter) -> Any:
    """The model with the adapter added to its weights, a model like its base.

    Raises:
        MissingExtra: ``peft`` is not installed.
        UserError: it does not fit.
    """
    try:
        from peft import PeftModel
    except ImportError:
        raise MissingExtra("an adapter", "tune") from None
    from safetensors import SafetensorError

    try:
        with warnings.catch_warnings(action="ignore", category=FutureWarning):  # peft asks transformers by an old name
            return PeftModel.from_pretrained(model, adapter.folder).merge_and_unload()
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
        said = " ".join(str(error).split())[:300]
        raise UserError(f"{adapter.folder}: is no adapter of this model ({said}); tune it again") from None
