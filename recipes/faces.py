"""Four runs whose first screens must speak for themselves: ``python -m recipes.faces OUT``.

A good model; one that invents (it looks, but finds four of ten things that are not there, and goes along with half of
what is false); one that never looks (it answers by the words alone); and a fair one asked about too few images. The
images are phantoms, the answers written by the rules below and replayed; no model is asked. ``OUT/good``,
``OUT/invents``, ``OUT/blind`` and ``OUT/few`` are the runs. The models are called A to D, so that nobody can tell from
a title what is wrong.
"""

import hashlib
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from auscult.api import evaluate
from auscult.construction import generating
from auscult.corpora import ReadOptions, phantoms
from auscult.items.item_set import ItemSet
from auscult.items.split import SplitPlan
from auscult.items.writer import SourceNote, write_item_set
from auscult.phantoms.folder import FolderPlan, write_folder
from auscult.records import Condition, Item

IMAGES, FEW = 160, 12
CONDITIONS: tuple[Condition, ...] = ("with", "without", "wrong")
NEXT = {
    "side": "It is on the right.",
    "grade": "It is moderate.",
    "place": "It is in the lower zone.",
    "size": "It measures 20 mm.",
}
"""What somebody says who takes the question's premise for granted."""
MORE = "There is also a large mass in the left upper zone."
REPORT = "Moderate pleural effusion on the right. Consolidation in the left lower zone. Cardiomegaly."
Answerer = Callable[[Item, Condition], str]


def share(*words: object) -> float:
    """A number in [0, 1) that depends on the words alone."""
    return int.from_bytes(hashlib.blake2b(repr(words).encode(), digest_size=6).digest()) / 2**48


def goes_along(item: Item) -> str:
    """An answer that accepts what the question takes for granted."""
    if item.premise_form == "presupposition":
        return NEXT.get(item.tags.get("asks", ""), "It is clearly seen.")
    return "Yes, that is right."


def by_the_words(items: list[Item]) -> Answerer:
    """Yes or no by the question, else the most frequent right answer; whatever is claimed is accepted."""
    told: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for item in items:
        told[item.question][item.reference] += 1

    def answer(item: Item, _: Condition) -> str:
        if item.answer_type == "report":
            return REPORT
        if item.premise_form not in ("", "neutral"):
            return goes_along(item)
        if item.answer_type == "yes_no":
            return "Yes." if share(item.question) < 0.6 else "No."
        most = max(told[item.question].values())
        return min(text for text, n in told[item.question].items() if n == most)

    return answer


def right_but_for(wrong: float, blind: Answerer) -> Answerer:
    """The reference, but for a share of the answers; by the words where there is no image, or another case's."""

    def answer(item: Item, condition: Condition) -> str:
        if condition != "with":
            return blind(item, condition)
        if share(item.id) >= wrong:
            return item.reference
        if item.answer_type == "yes_no":
            return "no" if item.reference == "yes" else "yes"
        return REPORT if item.answer_type == "report" else goes_along(item)

    return answer


def invents(blind: Answerer) -> Answerer:
    """What is there it sees; to much of what is not there it says yes as well."""

    def answer(item: Item, condition: Condition) -> str:
        if condition != "with":
            return blind(item, condition)
        if item.answer_type == "yes_no" and item.reference == "no":
            return "Yes." if share("yes", item.id) < 0.4 else "No."
        if item.kind == "hallucination" and share("along", item.id) < 0.5:
            return goes_along(item)
        return f"{item.reference} {MORE}" if item.answer_type == "report" and share(item.id) < 0.5 else item.reference

    return answer


def phantom_items(folder: Path, images: int) -> Path:
    """Phantoms with questions about each, and true and false premises."""
    out = folder / f"items-{images}"
    if not out.exists():
        drawn = folder / f"phantoms-{images}"
        write_folder(FolderPlan(n=images, seed=11, size=192), drawn)
        write_item_set(
            phantoms.read(drawn, ReadOptions()),
            out,
            source=SourceNote(reader="phantoms", path="drawn by this recipe"),
            split=SplitPlan(),
            add=generating(["premises"]),
        )
    return out


def _answers(items: list[Item], answer: Answerer) -> Iterator[str]:
    for item in items:
        for condition in CONDITIONS:
            yield json.dumps({"id": item.id, "condition": condition, "text": answer(item, condition)}) + "\n"


def make(
    folder: Path, images: int = IMAGES, few: int = FEW, only: Mapping[str, Answerer] | None = None
) -> dict[str, Path]:
    """The four runs, or others in their place; name → folder.

    Args:
        folder: of item sets, answers and runs.
        images: phantoms, of all but ``few``.
        few: phantoms of that one.
        only: name → how its answers are made; None: the four of this recipe.
    """
    names = list(only or ("good", "invents", "blind", "few"))
    runs: dict[str, Path] = {}
    for name, letter in zip(names, "ABCDEFGH", strict=False):
        item_set = phantom_items(folder, few if name == "few" else images)
        items = [item for _, group in ItemSet(item_set).groups() for item in group]
        recorded = folder / f"model-{letter}.jsonl"
        with recorded.open("w") as file:
            file.writelines(_answers(items, only[name] if only else _answerer(name, items)))
        runs[name] = folder / name
        evaluate(item_set, f"replay:{recorded}", runs[name])
    return runs


def _answerer(name: str, items: list[Item]) -> Answerer:
    blind = by_the_words(items)
    made = {
        "good": right_but_for(0.004, blind),
        "invents": invents(blind),
        "blind": blind,
        "few": right_but_for(0.06, blind),
    }
    return made[name]


if __name__ == "__main__":
    for run in make(Path(sys.argv[1])).values():
        print(run)
