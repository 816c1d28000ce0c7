"""The item sets of the proof: one to tune on, one to evaluate on, of phantoms that share nothing.

The set to tune on asks each claim neutrally and in the three premise forms, never about the findings of ``HELD``. The
set to evaluate on asks each claim neutrally, in one of these forms, and in one form of another author's words:

- tag ``scenes``: ``new`` images, or ``unseen`` combinations of view, finding, side and place;
- tag ``about``: ``usual`` findings, ``held`` ones, which no question of the other set names, or ``untouched``:
  questions of kinds that tuning has none of, a choice and a size an image;
- tag ``words``: ``tuned``, the wordings of the package, or ``new``, those of ``wordings.toml``;
- tag ``form``: polar, tag or presupposition, or in new words hearsay, request or aside, which tuning never saw.

Questions on medicine alone are left out: no image decides them.
"""

import argparse
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from auscult.construction import generating
from auscult.construction.claims import Claim, Known
from auscult.construction.generators import sealed
from auscult.construction.known import known_of
from auscult.construction.lexicon import lexicon
from auscult.construction.wordings import PREMISE_FORMS, article, phrase, premise
from auscult.corpora import Bundle, ReadOptions, item_set, phantoms
from auscult.items.split import SplitPlan
from auscult.items.writer import SourceNote, write_item_set
from auscult.phantoms.folder import FolderPlan, write_folder
from auscult.phantoms.scene import Split
from auscult.records import AnswerType, Item, item_id, rank

HELD = ("pneumothorax", "midline shift", "renal cyst")
"""Findings that no question of the set to tune on names: one of each kind of image. Its images show them."""
ASKED_AS: Mapping[str, str] = {"hearsay": "polar", "request": "presupposition", "aside": "presupposition"}
"""Forms that tuning never saw → the form by whose rules the answer is read."""
NEW_FORMS = ("tag", "presupposition", "tag", "presupposition", "polar", "hearsay", "request", "aside")
"""Which form in new words is asked how often: the two that are left out in turn twice as often."""
UNTOUCHED: tuple[AnswerType, ...] = ("choice", "number")
"""Kinds of questions that tuning has none of."""
IMAGE = ("modality", "view", "region")
DISTORTED = "distorted knowledge"


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """Phantoms of a set.

    Attributes:
        scenes: what they are called in the set.
        split: stream of scenes.
        n: how many.
        seed: of the folder.
    """

    scenes: str
    split: Split
    n: int
    seed: int


TRAIN = (Drawn(scenes="train", split="train", n=120, seed=1501),)
TEST = (
    Drawn(scenes="new", split="test", n=150, seed=1502),
    Drawn(scenes="unseen", split="unseen", n=50, seed=1503),
)


@cache
def wordings() -> dict[str, Any]:
    """The wordings of another author."""
    return tomllib.loads((Path(__file__).parent / "wordings.toml").read_text("utf-8"))


def claim_of(item: Item) -> Claim:
    """The claim that a premise item, or its neutral twin, is about."""
    statement = item.tags["statement"]
    if statement in IMAGE:
        return Claim(statement, "", item.tags["value"])
    finding = item.tags["fact"].split("; ")[1]
    return Claim(statement, finding, item.tags.get("value", ""), item.tags.get("other", ""))


def names_held(item: Item) -> bool:
    """Whether a claim is about a finding of ``HELD``."""
    claim = claim_of(item)
    return bool({claim.finding, claim.other} & set(HELD))


def reworded(item: Item, form: str, known: Known) -> Item:
    """A premise item in another author's words.

    Args:
        item: in the form by whose rules the answer is read.
        form: a table of ``wordings.toml``.
        known: of the image.
    """
    claim = claim_of(item)
    templates = wordings()[form]["image" if claim.statement in IMAGE else "object"]
    template = templates[rank("wording", form, item.tags["group"]) % len(templates)]
    question = sentence(template.format(**phrase(claim).slots()))
    reference = item.reference
    if item.premise_form == "presupposition" and item.kind == "non-hallucination":
        reference = f"{premise(claim)} It is {article(lexicon().modalities[known.modality])} of the {known.region}."
    source_id = f"{item.source_id}:{form} in new words"
    tags = item.tags | {"form": form, "words": "new", "asks": ""}
    return replace(
        item,
        id=item_id(item.case_id, question, (), reference, source_id),
        source_id=source_id,
        question=question,
        reference=reference,
        tags={name: value for name, value in tags.items() if value},
    )


def sentence(text: str) -> str:
    """A text with a capital at its start."""
    return text[0].upper() + text[1:]


def to_tune_on(bundle: Bundle) -> Bundle:
    """Each claim in every form, in the usual words; neutral questions are answered in a sentence, as the model does.

    A bare "yes" would have to be learnt anew in place of what it says already, which costs more than the cure.
    """
    asked = [i for i in bundle.items if i.premise_form and i.category != DISTORTED and not names_held(i)]
    said = {i.tags["fact"]: i.reference for i in asked if i.premise_form == "polar"}

    def in_a_sentence(item: Item) -> Item:
        if item.premise_form != "neutral":
            return item
        return sealed(bundle.case, replace(item, answer_type="open", reference=said[item.tags["fact"]]))

    told = [in_a_sentence(i) for i in asked]
    named = {old.id: new.id for old, new in zip(asked, told, strict=True)}
    return replace(bundle, items=tuple(replace(i, twin=named.get(i.twin, "")) for i in told))


def to_evaluate_on(bundle: Bundle, scenes: str) -> Bundle:
    """Each claim neutrally, in one usual form, and in one form of new words; claims that balance each other alike."""
    known = known_of(bundle.case, ())
    items = list(untouched(bundle.items, scenes))
    for item in bundle.items:
        if not item.premise_form or item.category == DISTORTED:
            continue
        group = item.tags["group"]
        about = {"scenes": scenes, "about": "held" if names_held(item) else "usual"}
        plain = replace(item, tags=item.tags | about | {"form": item.premise_form, "words": "tuned"})
        new = NEW_FORMS[rank("form in new words", scenes, group) % len(NEW_FORMS)]
        if item.premise_form in ("neutral", PREMISE_FORMS[rank("form", scenes, group) % len(PREMISE_FORMS)]):
            items.append(plain)
        if item.premise_form == ASKED_AS.get(new, new):
            items.append(reworded(plain, new, known))
    return replace(bundle, items=tuple(items))


def untouched(items: Sequence[Item], scenes: str) -> Iterator[Item]:
    """Of each kind of ``UNTOUCHED`` one question of an image, where it has any."""
    for kind in UNTOUCHED:
        found = min((i for i in items if i.answer_type == kind), key=lambda i: rank(i.source_id), default=None)
        if found:
            yield replace(found, tags=found.tags | {"scenes": scenes, "about": "untouched"})


def built(drawn: Drawn, work: Path) -> Path:
    """Phantoms with all their premise items, as ``auscult build --from phantoms`` makes them."""
    folder, items = work / f"phantoms-{drawn.scenes}", work / f"all-{drawn.scenes}"
    write_folder(FolderPlan(n=drawn.n, seed=drawn.seed, split=drawn.split), folder)
    part = "train" if drawn.split == "train" else "test"
    write_item_set(
        phantoms.read(folder, ReadOptions()),
        items,
        source=SourceNote(reader="phantoms", path=folder.name),
        split=SplitPlan(shares={part: 1.0}),
        add=generating(["premises"]),
    )
    return items


def write(out: Path, name: str, bundles: Iterable[Bundle]) -> None:
    """Writes one of the sets."""
    note = SourceNote(reader="phantoms", path="recipes.cure.sets")
    write_item_set((b for b in bundles if b.items), out / name, source=note, overwrite=True)


def make(out: Path) -> None:
    """Makes both sets: ``out/train`` and ``out/test``."""
    work = out / "work"

    def of(drawn: Iterable[Drawn]) -> Iterator[tuple[Drawn, Bundle]]:
        for one in drawn:
            for bundle in item_set.read(built(one, work), ReadOptions()):
                yield one, bundle

    write(out, "train", (to_tune_on(bundle) for _, bundle in of(TRAIN)))
    write(out, "test", (to_evaluate_on(bundle, one.scenes) for one, bundle in of(TEST)))


def main() -> None:
    """Makes the sets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("recipes/cure/items"), help="folder to make")
    make(parser.parse_args().out)


if __name__ == "__main__":
    main()
