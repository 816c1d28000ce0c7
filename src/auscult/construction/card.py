"""The data card of hallucination items: what there is, what was rejected and why, and whether the questions leak."""

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from auscult.construction.claims import DISTORTED, NONEXISTENT, WRONG_ATTRIBUTE, Stated
from auscult.construction.leak import FAILED, INSUFFICIENT, LIMIT, PASSED, Leak, LeakData, find_leaks
from auscult.construction.lexicon import lexicon
from auscult.construction.wordings import FORMS, PHRASINGS
from auscult.items.images import CHANGES
from auscult.items.split import PARTS
from auscult.records import Case, Item
from auscult.store.files import replace_file
from auscult.store.given import read_json

CARD, CARD_TEXT = "card.json", "card.md"
NEUTRAL = "neutral twins"
_GROUPS = (NONEXISTENT, WRONG_ATTRIBUTE, NEUTRAL, DISTORTED)
"""Each is read for clues by itself."""
JUDGED = (NONEXISTENT, WRONG_ATTRIBUTE)
"""Those whose words must hold no clue."""


class Card:
    """Counts the items of a set as they are made: 20 bytes an item, and each different text once."""

    def __init__(self) -> None:
        self.candidates = self.kept = self.without_knowledge = 0
        self.items: Counter[tuple[str, ...]] = Counter()
        self.rejects: Counter[tuple[str, ...]] = Counter()
        self.cases: Counter[str] = Counter()
        self.changes: Counter[str] = Counter()
        self._texts: dict[str, int] = {}
        self._names: dict[str, int] = {}
        self._images: dict[str, int] = {}
        self._rows = {name: array("I") for name in ("text", "image", "finding", "key")}
        self._rows |= {name: array("B") for name in ("truth", "template", "group", "part")}
        self._even: Counter[str] = Counter()

    def add(self, case: Case, split: str, items: Sequence[Item]) -> None:
        """Counts the items of a case in a part of the set."""
        self.changes.update(filter(None, case.tags.get(CHANGES, "").split("; ")))
        surplus: Counter[str] = Counter()
        texts, names, rows, part = self._texts, self._names, self._rows, PARTS.index(split)
        image = self._images.setdefault(case.group, len(self._images))
        for item in items:
            tags, form = item.tags, item.premise_form
            truth = item.reference == "yes" if form == "neutral" else item.kind == "non-hallucination"
            group = NEUTRAL if form == "neutral" else item.category
            said = "true" if truth else "false"
            self.items[split, group, form, said, tags["statement"], tags["tier"], tags["phrasing"]] += 1
            surplus[group] += 1 if truth else -1
            template = FORMS.index(form) * PHRASINGS + int(tags["phrasing"])
            rows["text"].append(texts.setdefault(item.question, len(texts)))
            rows["truth"].append(truth)
            rows["image"].append(image)
            rows["template"].append(template)
            rows["finding"].append(names.setdefault(item.target, len(names)))
            rows["key"].append(names.setdefault(f"{tags['fact']}; {template}", len(names)))
            rows["group"].append(_GROUPS.index(group))
            rows["part"].append(part)
        for group, difference in surplus.items():
            self.cases[group] += 1
            self._even[group] += not difference

    def reject(self, one: Stated, split: str, reason: str) -> None:
        """Counts a claim of which no item is made."""
        self.rejects[reason, one.claim.category, one.tier, split] += 1

    def counts(self) -> dict[str, dict[str, int]]:
        """What the manifest says: premise items by category, form, tier; rejects by reason."""
        made = Counter({k: n for k, n in self.items.items() if k[2] != "neutral"})
        return {
            "category": _sums(made, 1),
            "premise_form": _sums(self.items, 2),
            "tier": _sums(made, 5),
            "rejected": _sums(self.rejects, 0),
        }

    def as_dict(self) -> dict[str, Any]:
        """The whole card as plain values."""
        made = Counter({k: n for k, n in self.items.items() if k[2] != "neutral"})
        leaks = list(self.leaks())
        return {
            "wordings": lexicon().version,
            "candidates": self.candidates,
            "kept": self.kept,
            "rejected": sum(self.rejects.values()),
            "unmentioned": sum(n for k, n in self.rejects.items() if k[2] == "unmentioned"),
            "cases_without_knowledge_items": self.without_knowledge,
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
                g: {"with items": self.cases[g], "as many true as false": self._even[g]}
                for g in _GROUPS
                if self.cases[g]
            },
            "image_changes": dict(sorted(self.changes.items())),
            "wordings_in_use": self._wordings(),
            "leak": {
                "part": self._leak_part(),
                "limit": LIMIT,
                "verdict": verdict([leak for leak in leaks if leak.items in JUDGED]),
                "readers": [leak.as_dict() for leak in leaks],
            },
        }

    def leaks(self) -> Iterator[Leak]:
        """Whether questions alone tell the truth, for each kind of item; in the test part where there is one."""
        rows = self._arrays()
        part, texts = self._leak_part(), list(self._texts)
        for number, group in enumerate(_GROUPS):
            here = np.flatnonzero(rows["group"] == number)
            if len(here):
                used, text = np.unique(rows["text"][here], return_inverse=True)
                data = LeakData(
                    texts=[texts[i] for i in used],
                    text=text,
                    truth=rows["truth"][here],
                    image=rows["image"][here],
                    template=rows["template"][here] % PHRASINGS,
                    finding=rows["finding"][here],
                    key=rows["key"][here],
                    scored=rows["part"][here] == PARTS.index(part),
                )
                yield from find_leaks(group, data)

    def _arrays(self) -> dict[str, NDArray[Any]]:
        return {name: np.frombuffer(values, values.typecode) for name, values in self._rows.items()}

    def _leak_part(self) -> str:
        there = {key[0] for key in self.items}
        return next((p for p in ("test", "validation", "train") if p in there), "")

    def _wordings(self) -> dict[str, dict[str, int]]:
        """For each part: different premise-bearing wordings, how many stand on both truths, how many equally often."""
        rows = self._arrays()
        found = {}
        for number, part in enumerate(PARTS):
            here = np.flatnonzero((rows["part"] == number) & (rows["group"] != _GROUPS.index(DISTORTED)))
            counts = np.zeros((len(self._texts), 2), dtype=np.int64)
            np.add.at(counts, (rows["text"][here], rows["truth"][here]), 1)
            counts = counts[counts.sum(axis=1) > 0]
            if len(counts):
                both = int((counts > 0).all(axis=1).sum())
                equal = int((counts[:, 0] == counts[:, 1]).sum())
                found[part] = {"different": len(counts), "on both truths": both, "equally often": equal}
        return found


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


def in_brief(content: dict[str, Any]) -> Iterator[str]:
    """The card in a few lines for the terminal."""
    counts: dict[str, Counter[str]] = {}
    for row in content["items"]:
        if row["form"] != "neutral":
            counts.setdefault(row["category"], Counter())[row["premise"]] += row["n"]
    made = "; ".join(f"{name}: {n['true']} true, {n['false']} false" for name, n in counts.items())
    yield f"premises: {made or 'none'}"
    yield (
        f"claims: {content['candidates']} looked at, {content['kept']} asked, {content['rejected']} rejected, "
        f"{content['unmentioned']} of them not mentioned by the annotation"
    )
    for row in content["leak"]["readers"]:
        if row["items"] in JUDGED:
            yield (
                f"question alone, {row['items']}, {row['reader']}: AUC {row['auc']:.3f} "
                f"({row['low']:.3f} to {row['high']:.3f}), {row['verdict']}"
            )
    need = max((row["needed"] for row in content["leak"]["readers"] if row["items"] in JUDGED), default=0)
    few = f"; {need} questions of a category in the {content['leak']['part']} part would be enough" if need else ""
    verdict_ = content["leak"]["verdict"]
    yield f"question alone: {verdict_}{few if verdict_ == INSUFFICIENT else ''}"


def as_text(content: dict[str, Any]) -> str:
    """The card in Markdown."""
    lines = ["# Data card: hallucination items", ""]
    lines += [
        f"{content['candidates']} claims were looked at: {content['kept']} are asked, each in three premise forms and "
        f"as a neutral yes/no twin; {content['rejected']} were rejected ({content['unmentioned']} of them because "
        "the annotation does not mention them). Rejects stand in `rejects.parquet`.",
        "",
        "## Items",
        "",
    ]
    rows: dict[tuple[str, str, str], dict[str, int]] = {}
    for row in content["items"]:
        rows.setdefault((row["split"], row["category"], row["form"]), {})[row["premise"]] = row["n"]
    table = [[*key, str(n.get("true", 0)), str(n.get("false", 0))] for key, n in sorted(rows.items())]
    lines += _table(["part", "category", "form", "premise true (yes)", "premise false (no)"], table)
    for title, name in (("Statements", "statement"), ("How the truth is known", "tier"), ("Phrasings", "phrasing")):
        lines += [
            "",
            f"## {title}",
            "",
            *_table([name, "premise items"], [[k, str(n)] for k, n in content[name].items()]),
        ]
    lines += ["", "## Balance", ""]
    for group, n in content["images"].items():
        lines.append(f"- {group}: {n['as many true as false']} of {n['with items']} images hold as many true as false.")
    for part, n in content["wordings_in_use"].items():
        lines.append(
            f"- {part}: {n['different']} wordings, {n['on both truths']} on both truths, "
            f"{n['equally often']} equally often."
        )
    if content["image_changes"]:
        lines += ["", "## Images that were changed as they were taken in", ""]
        lines += [f"- {n} cases: {change}." for change, n in content["image_changes"].items()]
    leak = content["leak"]
    lines += ["", "## Can the question alone tell?", ""]
    lines += [
        f"Part: {leak['part'] or 'none'}. The upper 95 % limit of the AUC must be at most {leak['limit']} for the "
        f"first two categories: **{leak['verdict']}**. Knowledge is false by its text alone and listed apart.",
        "",
    ]
    lines += _table(
        ["items", "reader", "n", "images", "AUC", "95 % interval", "by chance, 95th", "p", "n needed", "verdict"],
        [_leak_row(row) for row in leak["readers"]],
    )
    lines += ["", "## Rejects", ""]
    rejects: Counter[tuple[str, str]] = Counter()
    for row in content["rejects"]:
        rejects[row["reason"], row["tier"]] += row["n"]
    lines += _table(["reason", "tier", "claims"], [[*key, str(n)] for key, n in rejects.most_common()])
    return "\n".join(lines) + "\n"


def _leak_row(row: dict[str, Any]) -> list[str]:
    numbers = [
        f"{row['auc']:.3f}",
        f"{row['low']:.3f} to {row['high']:.3f}",
        f"{row['null']:.3f}",
        f"{row['p_value']:.3f}",
    ]
    apart = row["verdict"] if row["items"] != DISTORTED else "apart"
    return [row["items"], row["reader"], str(row["n"]), str(row["images"]), *numbers, str(row["needed"]), apart]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)]


def _by(counts: Counter[tuple[str, ...]], *places: int) -> Counter[tuple[str, ...]]:
    found: Counter[tuple[str, ...]] = Counter()
    for key, n in counts.items():
        found[tuple(key[p] for p in places)] += n
    return found


def _sums(counts: Counter[tuple[str, ...]], place: int) -> dict[str, int]:
    return {key[0]: n for key, n in sorted(_by(counts, place).items())}
