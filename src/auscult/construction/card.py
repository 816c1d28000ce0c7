"""The data card of hallucination items: what there is, what was rejected and why, and whether the words leak.

It counts what is left after all checks, whatever made it. Items that rules word, those that grade a corrupted sentence,
and those that a model drafts are read for clues apart: many items of one kind must not hide what a few of another say.
"""

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from auscult.construction.card_text import as_text
from auscult.construction.claims import DISTORTED, NONEXISTENT, WRONG_ATTRIBUTE
from auscult.construction.generators import REPLY, Reject
from auscult.construction.leak import FAILED, INSUFFICIENT, LIMIT, PASSED, Leak, LeakData, find_leaks, separates
from auscult.construction.lexicon import lexicon
from auscult.construction.wordings import FORMS, PHRASINGS
from auscult.items.images import CHANGES
from auscult.items.split import PARTS
from auscult.records import Case, Item, rank
from auscult.store.files import replace_file
from auscult.store.given import read_json

CARD, CARD_TEXT = "card.json", "card.md"
NEUTRAL, ALL = "neutral twins", "all premises"
_GROUPS = (NONEXISTENT, WRONG_ATTRIBUTE, NEUTRAL, DISTORTED)
"""Each is read for clues by itself."""
WORDED, GRADED, FREE = "", "graded", "free wording"
"""Where words come from: templates of claims, a corrupted sentence of the annotation, or a model."""
_ORIGINS = (WORDED, GRADED, FREE)


def judged(group: str, origin: str) -> bool:
    """Whether the words of a group must hold no clue.

    Knowledge is false by its text alone. Twins that rules word stand in the same words on every image; those that a
    model words need not.
    """
    return group != DISTORTED and (group != NEUTRAL or origin == FREE)


def about(item: Item) -> bool:
    """Whether the card is about an item: it bears a premise, is the twin of one, or is told apart from such."""
    return bool(item.premise_form) or item.kind != "question"


def _origin(item: Item) -> str:
    if not item.tags.get("phrasing", "").isdigit() or item.premise_form not in FORMS:
        return FREE
    return WORDED if "fact" in item.tags else GRADED


def _named(group: str, origin: str) -> str:
    return f"{group}, {origin}" if origin else group


MOST, FEWEST_IMAGES = 100_000, 1_000
"""Questions of a part that are read for clues, where they are of so many images: all of them up to that number, beyond
it those of half of the images, chosen by hash, then of a quarter, and so on. 25,000 of a category leave an AUC of .5
an interval of .007 to either side."""


class Card:
    """Counts the items of a set that passed all checks; what is read for clues takes 30 bytes a question of ``MOST``.

    Attributes:
        against: benchmarks that the set was held against: name, digest, numbers of questions and images.
        claims: what generators say of what they looked at: ``candidates``, ``kept``, ``without_knowledge``.
    """

    def __init__(self, against: Sequence[Mapping[str, Any]] = ()) -> None:
        self.against = [dict(one) for one in against]
        self.claims: Counter[str] = Counter()
        self.items: Counter[tuple[str, ...]] = Counter()
        self.rejects: Counter[tuple[str, ...]] = Counter()
        self.refused: Counter[str] = Counter()
        self.cases: Counter[tuple[str, str]] = Counter()
        self.changes: Counter[str] = Counter()
        self.references: dict[str, Counter[str]] = {}
        self._texts: dict[str, int] = {}
        self._names: dict[str, int] = {}
        self._images: dict[str, int] = {}
        self._groups: dict[tuple[str, str], int] = {}
        self._rows = {name: array("I") for name in ("text", "image", "finding", "key")}
        self._rows |= {name: array("H") for name in ("template", "length")}
        self._rows |= {name: array("B") for name in ("truth", "group", "part", "open", "begins")}
        self._even: Counter[tuple[str, str]] = Counter()
        self._worded: dict[tuple[int, str], list[int]] = {}
        self._share, self._held, self._of_images = dict.fromkeys(PARTS, 1.0), Counter[str](), Counter[str]()

    def add(self, case: Case, split: str, items: Sequence[Item]) -> None:
        """Counts the items of a case in a part of the set; those that the card is not about are passed over."""
        self.changes.update(filter(None, case.tags.get(CHANGES, "").split("; ")))
        surplus: Counter[tuple[str, str]] = Counter()
        read = self._reads(case.group, split)
        known = {item.twin for item in items if item.twin and item.category == DISTORTED}
        for item in filter(about, items):
            tags, form, length = item.tags, item.premise_form, len(item.reference.split())
            said = self._begins(item, length)
            group = (NEUTRAL if item.id not in known else DISTORTED) if form == "neutral" else item.category
            truth = item.reference == "yes" if form == "neutral" else item.kind == "non-hallucination"
            bears = form or not truth or item.category in _GROUPS
            premise = "none" if not bears else "true" if truth else "false"
            asked = (tags.get("statement", ""), tags.get("tier", ""), tags.get("phrasing", ""))
            self.items[split, group, form, premise, *asked] += 1
            if premise == "none":
                continue
            origin = _origin(item)
            surplus[group, origin] += 1 if truth else -1
            self._groups.setdefault((group, origin), len(self._groups))
            if origin == WORDED and group != DISTORTED:
                self._worded.setdefault((PARTS.index(split), item.question), [0, 0])[truth] += 1
            if read:
                image = self._images.setdefault(case.group, len(self._images))
                self._note(item, origin, (group, origin), split, (truth, image, length, said))
                self._held[split] += 1
        for which, difference in surplus.items():
            self.cases[which] += 1
            self._even[which] += not difference
        self._of_images[split] += read and bool(surplus)
        while self._held[split] > MOST and self._of_images[split] > FEWEST_IMAGES:
            self._halve(split)

    def _reads(self, image: str, split: str) -> bool:
        """Whether the questions of an image are read for clues."""
        share = self._share[split]
        return share == 1 or rank("read for clues", image) < share * 2**64

    def _halve(self, split: str) -> None:
        """Forgets the questions of about half of the images of a part."""
        self._share[split] /= 2
        rows, part = self._arrays(), PARTS.index(split)
        stays = np.array([self._reads(image, split) for image in self._images])
        stays = (rows["part"] != part) | stays[rows["image"]]
        self._rows = {name: array(self._rows[name].typecode, found[stays].tobytes()) for name, found in rows.items()}
        self._texts = self._still(self._texts, "text")
        self._names = self._still(self._names, "finding", "key")
        self._images = self._still(self._images, "image")
        here = self._arrays()["part"] == part
        self._held[split] = int(here.sum())
        self._of_images[split] = len(np.unique(self._arrays()["image"][here]))

    def _still(self, names: dict[str, int], *columns: str) -> dict[str, int]:
        """The names that rows still hold, numbered anew in the same order, and so in the rows."""
        held = np.unique(np.concatenate([self._arrays()[column] for column in columns]))
        for column in columns:
            self._rows[column] = array("I", np.searchsorted(held, self._arrays()[column]).astype(np.uint32).tobytes())
        kept = set(held.tolist())
        return {name: new for new, name in enumerate(name for name, old in names.items() if old in kept)}

    def _note(
        self, item: Item, origin: str, which: tuple[str, str], split: str, told: tuple[bool, int, int, str]
    ) -> None:
        """A row of numbers for the readers."""
        names, rows, (truth, image, length, said) = self._names, self._rows, told
        template = FORMS.index(item.premise_form) * PHRASINGS + int(item.tags["phrasing"]) if origin != FREE else 0
        fact = f"{item.tags['fact']}; {template}" if origin == WORDED else item.premise_form
        rows["text"].append(self._texts.setdefault(item.question, len(self._texts)))
        rows["truth"].append(truth)
        rows["image"].append(image)
        rows["template"].append(template)
        rows["finding"].append(names.setdefault(item.target, len(names)))
        rows["key"].append(names.setdefault(fact, len(names)))
        rows["group"].append(self._groups[which])
        rows["part"].append(PARTS.index(split))
        rows["open"].append(item.answer_type == "open")
        rows["length"].append(min(length, 65_535))
        rows["begins"].append({"no": 0, "yes": 2}.get(said, 1))

    def _begins(self, item: Item, length: int) -> str:
        """The first word of a reference, counted by kind where the answer is open."""
        first = item.reference[:4].casefold()
        said = "yes" if first[:3] == "yes" and not first[3:].isalpha() else ""
        said = said or ("no" if first[:2] == "no" and not first[2:3].isalpha() else "")
        if item.answer_type == "open":
            of = self.references.setdefault(item.kind, Counter())
            of["n"] += 1
            of["words"] += length
            of[said] += 1
        return said

    def reject(self, one: Reject) -> None:
        """Counts what no item was made of, and items that a check refused."""
        reason = f"{REPLY}: {one.reason}" if one.check == REPLY else one.reason
        self.rejects[reason, one.category, one.tier, one.split] += 1
        if one.check:
            self.refused[one.check] += 1

    def take_over(self, content: Mapping[str, Any]) -> None:
        """Counts what was looked at and rejected according to another card, and no item of it."""
        self.against += content["against"]
        self.claims.update(candidates=content["candidates"], kept=content["kept"])
        self.claims.update(without_knowledge=content["cases_without_knowledge_items"])
        self.refused.update(content["refused"])
        self.rejects.update({(r["reason"], r["category"], r["tier"], r["split"]): r["n"] for r in content["rejects"]})

    def counts(self) -> dict[str, dict[str, int]]:
        """What the manifest says: items but twins by category, all by form, by tier; rejects by reason."""
        made = self._made()
        found = {
            "category": _sums(made, 1),
            "premise_form": _sums(self.items, 2),
            "tier": _sums(made, 5),
            "rejected": _sums(self.rejects, 0),
        }
        return found if self.items else {"rejected": found["rejected"]} if self.rejects else {}

    def _made(self) -> Counter[tuple[str, ...]]:
        return Counter({k: n for k, n in self.items.items() if k[2] != "neutral"})

    def as_dict(self) -> dict[str, Any]:
        """The whole card as plain values."""
        made = self._made()
        return {
            "wordings": lexicon().version,
            "against": self.against,
            "candidates": self.claims["candidates"],
            "kept": self.claims["kept"],
            "rejected": sum(self.rejects.values()),
            "refused": dict(sorted(self.refused.items())),
            "unmentioned": sum(n for k, n in self.rejects.items() if k[2] == "unmentioned"),
            "cases_without_knowledge_items": self.claims["without_knowledge"],
            "items": [
                dict(zip(("split", "category", "form", "premise", "n"), (*k, n), strict=True))
                for k, n in sorted(_by(self.items, 0, 1, 2, 3).items())
            ],
            "statement": _sums(made, 4),
            "tier": _sums(made, 5),
            "phrasing": _sums(made, 6),
            "rejects": [
                dict(zip(("reason", "category", "tier", "split", "n"), (*k, n), strict=True))
                for k, n in sorted(self.rejects.items())
            ],
            "images": {
                _named(*which): {"with items": self.cases[which], "as many true as false": self._even[which]}
                for which in self._in_order()
            },
            "image_changes": dict(sorted(self.changes.items())),
            "wordings_in_use": self._wordings(),
            "references": self._references(),
            "leak": self._leak(),
        } | ({"sampled": sampled} if (sampled := self._sampled()) else {})

    def _sampled(self) -> dict[str, dict[str, int]]:
        """Of the parts whose questions are not all read for clues, how many are, of how many."""
        totals = Counter[str]()
        for key, n in self.items.items():
            totals[key[0]] += n * (key[3] != "none")
        return {
            part: {"read": self._held[part], "of": totals[part]} for part, share in self._share.items() if share < 1
        }

    def _in_order(self) -> list[tuple[str, str]]:
        order = {group: number for number, group in enumerate(_GROUPS)}
        return sorted(self._groups, key=lambda w: (_ORIGINS.index(w[1]), order.get(w[0], len(order)), w[0]))

    def _references(self) -> dict[str, Any]:
        """Words and beginnings of open answers by kind, and how well they alone tell true premises from false ones."""
        kinds = {
            kind: {"n": of["n"], "words": round(of["words"] / of["n"], 1)}
            | {f"begin with {word}": round(of[word] / of["n"], 3) for word in ("yes", "no")}
            for kind, of in sorted(self.references.items())
        }
        rows, readers = self._arrays(), []
        here = (rows["open"] == 1) & (rows["part"] == PARTS.index(self._leak_part() or PARTS[0]))
        for reader, name in (("length of the reference", "length"), ("first word of the reference", "begins")):
            found = separates(rows[name][here], rows["truth"][here], rows["image"][here])
            readers += [{"reader": reader, **found}] if found else []
        return {"kinds": kinds, "readers": readers}

    def _leak(self) -> dict[str, Any]:
        found = list(self.leaks())
        return {
            "part": self._leak_part(),
            "limit": LIMIT,
            "verdict": verdict([leak for leak, binding in found if binding]),
            "readers": [leak.as_dict() | {"judged": binding} for leak, binding in found],
        }

    def leaks(self) -> Iterator[tuple[Leak, bool]]:
        """Whether questions alone tell the truth, and whether they must not, in the test part where there is one.

        Items in free wording are read by category, and all but knowledge together: that finds a category whose premises
        are all false.
        """
        rows, order = self._arrays(), self._in_order()
        sets: list[tuple[str, str, list[tuple[str, str]]]] = [(*which, [which]) for which in order]
        together = [w for w in order if w[1] == FREE and w[0] not in (NEUTRAL, DISTORTED)]
        if len(together) > 1:
            sets.append((ALL, FREE, together))
        for group, origin, members in sets:
            here = np.flatnonzero(np.isin(rows["group"], [self._groups[which] for which in members]))
            binding = judged(group, origin)
            for leak in find_leaks(_named(group, origin), self._data(here), constant=binding and origin == FREE):
                yield leak, binding

    def _data(self, here: NDArray[Any]) -> LeakData:
        rows, texts = self._arrays(), list(self._texts)
        used, text = np.unique(rows["text"][here], return_inverse=True)
        return LeakData(
            texts=[texts[i] for i in used],
            text=text,
            truth=rows["truth"][here],
            image=rows["image"][here],
            template=rows["template"][here] % PHRASINGS,
            finding=rows["finding"][here],
            key=rows["key"][here],
            scored=rows["part"][here] == PARTS.index(self._leak_part()),
        )

    def _arrays(self) -> dict[str, NDArray[Any]]:
        return {name: np.frombuffer(values, values.typecode) for name, values in self._rows.items()}

    def _leak_part(self) -> str:
        there = {key[0] for key in self.items}
        return next((p for p in ("test", "validation", "train") if p in there), "")

    def _wordings(self) -> dict[str, dict[str, int]]:
        """For each part: different premise-bearing wordings, how many stand on both truths, how many equally often."""
        found: dict[str, Counter[str]] = {}
        for (part, _), (false, true) in sorted(self._worded.items()):
            of = found.setdefault(PARTS[part], Counter())
            of.update({"different": 1, "on both truths": bool(false and true), "equally often": false == true})
        return {part: dict(counts) for part, counts in found.items()}


def verdict(leaks: Sequence[Leak]) -> str:
    """One word for several readers: the worst."""
    found = {leak.verdict for leak in leaks}
    return next((v for v in (FAILED, INSUFFICIENT, PASSED) if v in found), INSUFFICIENT)


def write_card(folder: Path, card: Card) -> dict[str, Any]:
    """Writes ``card.json`` and ``card.md`` and returns the content."""
    content = card.as_dict()
    replace_file(folder / CARD, orjson.dumps(content, option=orjson.OPT_INDENT_2) + b"\n")
    replace_file(folder / CARD_TEXT, as_text(content).encode())
    return content


def read_card(folder: Path) -> dict[str, Any]:
    """The card of an item set that was built with hallucination items."""
    content: dict[str, Any] = read_json(folder / CARD, "build the item set again")
    return content


def _by(counts: Counter[tuple[str, ...]], *places: int) -> Counter[tuple[str, ...]]:
    found: Counter[tuple[str, ...]] = Counter()
    for key, n in counts.items():
        found[tuple(key[p] for p in places)] += n
    return found


def _sums(counts: Counter[tuple[str, ...]], place: int) -> dict[str, int]:
    return {key[0]: n for key, n in sorted(_by(counts, place).items())}
