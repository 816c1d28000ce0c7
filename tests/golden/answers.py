"""Recorded answers to an item set: right and wrong by a hash of question, condition and repeat alone."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

Plain = Mapping[str, Any]
CONDITIONS = ("with", "without", "wrong")
REFUSED = "I'm sorry, but I cannot interpret medical images."
UNREAD = "The appearances are what one would come to expect of such a patient at this stage."
HEDGED = ("It is possible, but hard to tell on this image.", "Possibly yes, possibly no; it cannot be determined.")
OTHER = {"yes": "no", "no": "yes"}
STYLES = {
    "yes": ("Yes.", "yes", "Yes, it does.", "The answer is yes.", "**Yes**"),
    "no": ("No.", "no", "No, it does not.", "The answer is no.", "**No**"),
}


@dataclass(frozen=True)
class Answerer:
    """Shares of answers, from 0 to 1.

    Attributes:
        name: another name, other answers.
        right: the reference's own, with the image.
        blind: the same, without the image or with a wrong one.
        lost: of no recorded answer.
    """

    name: str
    right: float = 0.8
    blind: float = 0.5
    lost: float = 0.01

    def write(self, items: Path, out: Path, *, repeats: int = 1) -> Path:
        """Writes recorded answers to all items, under every condition."""
        asked = pq.read_table(items / "items.parquet").to_pylist()
        others: dict[tuple[str, str], list[str]] = {}
        for item in asked:
            others.setdefault((item["answer_type"], item["category"]), []).append(item["reference"])
        with out.open("w") as file:
            for item in asked:
                near = others[item["answer_type"], item["category"]]
                for row in self._rows(item, near, repeats):
                    file.write(json.dumps(row) + "\n")
        return out

    def _rows(self, item: Plain, near: list[str], repeats: int) -> Iterator[dict[str, object]]:
        for condition in CONDITIONS:
            for repeat in range(repeats):
                lot = Lot(self.name, item["source_id"], condition, repeat)
                if lot.share() < self.lost:
                    continue
                right = lot.share() < (self.right if condition == "with" else self.blind)
                text, finish = _faulty(lot) or (_text(item, right, near, lot), "stop")
                cut = lot.share() < 0.02 and len(text) > 8
                row = {"id": item["id"], "condition": condition, "repeat": repeat}
                yield row | {"text": text[: len(text) // 2] if cut else text, "finish": "length" if cut else finish}


def write_annotators(items: Path, out: Path) -> None:
    """References of three people, who mostly agree with the one that the items hold."""
    lines = ["item,annotator,label"]
    for item in _closed(items):
        for person, sure in (("A", 0.97), ("B", 0.9), ("C", 0.8)):
            label = item["reference"] if Lot(person, item["source_id"]).share() < sure else OTHER[item["reference"]]
            lines.append(f"{item['id']},{person},{label}")
    out.write_text("\n".join(lines) + "\n")


def write_labels(items: Path, recorded: Path, out: Path) -> None:
    """What half of the answers to yes/no questions mean, as one person sees it who slips now and then."""
    said = {row["id"]: row["text"] for row in map(json.loads, recorded.open()) if row["condition"] == "with"}
    lines = ["item,annotator,label"]
    for item in _closed(items):
        lot, words = Lot("label", item["source_id"]), said.get(item["id"], "").lower()
        unclear = any(word in words for word in ("possibl", "appearances", "sorry"))
        meant = "unclear" if unclear else "yes" if "yes" in words else "no" if "no" in words else ""
        if meant and (unclear or lot.of(2)):
            lines.append(f"{item['id']},A,{OTHER.get(meant, meant) if lot.share() < 0.06 else meant}")
    out.write_text("\n".join(lines) + "\n")


def _closed(items: Path) -> list[Plain]:
    return [item for item in pq.read_table(items / "items.parquet").to_pylist() if item["answer_type"] == "yes_no"]


class Lot:
    """Draws that hang on words alone."""

    def __init__(self, *words: object) -> None:
        self._left = int.from_bytes(hashlib.sha512("|".join(map(str, words)).encode()).digest())

    def of(self, count: int) -> int:
        """A number under ``count``."""
        self._left, drawn = divmod(self._left, count)
        return drawn

    def share(self) -> float:
        return self.of(10_000) / 10_000


def _faulty(lot: Lot) -> tuple[str, str] | None:
    """An answer that is none, or takes no side."""
    drawn = lot.of(100)
    said = {0: "", 1: REFUSED, 2: REFUSED, 3: UNREAD, 4: HEDGED[0], 5: HEDGED[1]}.get(drawn)
    return None if said is None else (said, "stop")


def _text(item: Plain, right: bool, near: list[str], lot: Lot) -> str:
    reference, options = item["reference"], item["options"]
    match item["answer_type"]:
        case "yes_no":
            meant = reference if right else OTHER[reference]
            return STYLES[meant][lot.of(5)]
        case "choice":
            place = options.index(reference) if reference in options else 0
            place = place if right else (place + 1 + lot.of(max(len(options) - 1, 1))) % len(options)
            letter = "ABCDEFGH"[place]
            return (letter, f"({letter})", f"{letter}. {options[place]}", options[place], f"It is {options[place]}.")[
                lot.of(5)
            ]
        case "number":
            value = float(reference) * (1 if right else (0.5, 0.8, 1.25, 2)[lot.of(4)])
            return (f"{value:g} mm", f"{value:g}", f"About {value:g} mm.", f"It measures {value / 10:g} cm.")[lot.of(4)]
    if right:
        return str(reference)
    if item["premise"] and lot.of(2):
        return f"Yes. {item['premise']}"
    return near[lot.of(len(near))]
