"""The data card in words: a few lines for the terminal, and Markdown."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from auscult.construction.leak import INSUFFICIENT

UNDER = 0.5
MIRRORED = (
    "An AUC whose interval lies wholly under .5 is no leak: the halves of one balanced set mirror each other, so that "
    "what is true too often in one is false too often in the other. Where the questions are few, they are too few to "
    "tell."
)


def in_brief(content: dict[str, Any]) -> Iterator[str]:
    """The card in a few lines for the terminal."""
    counts: dict[str, Counter[str]] = {}
    for row in content["items"]:
        if row["form"] != "neutral" and row["premise"] != "none":
            counts.setdefault(row["category"], Counter())[row["premise"]] += row["n"]
    made = "; ".join(f"{name}: {n['true']} true, {n['false']} false" for name, n in counts.items())
    yield f"premises: {made or 'none'}"
    if content["candidates"]:
        yield (
            f"claims: {content['candidates']} looked at, {content['kept']} asked, "
            f"{content['candidates'] - content['kept']} rejected, {content['unmentioned']} of them not mentioned by "
            "the annotation"
        )
    if content["refused"]:
        yield "refused: " + ", ".join(f"{check} {n}" for check, n in content["refused"].items())
    for row in content["leak"]["readers"]:
        if row["judged"]:
            yield (
                f"question alone, {row['items']}, {row['reader']}: AUC {row['auc']:.3f} "
                f"({row['low']:.3f} to {row['high']:.3f}), {row['verdict']}"
            )
    need = max((row["needed"] for row in content["leak"]["readers"] if row["judged"]), default=0)
    few = f"; {need} questions of a category in the {content['leak']['part']} part would be enough" if need else ""
    verdict_ = content["leak"]["verdict"]
    yield f"question alone: {verdict_}{few if verdict_ == INSUFFICIENT else ''}"


def as_text(content: dict[str, Any]) -> str:
    """The card in Markdown."""
    lines = ["# Data card: hallucination items", ""]
    if content["candidates"]:
        lines += [
            f"{content['candidates']} claims were looked at: {content['kept']} are asked, each in three premise forms "
            f"and as a neutral yes/no twin; {content['candidates'] - content['kept']} were rejected "
            f"({content['unmentioned']} of them because the annotation does not mention them).",
            "",
        ]
    refused = ", ".join(f"{check} {n}" for check, n in content["refused"].items())
    lines += [f"Refused by checks: {refused or 'none'}. Rejects stand in `rejects.parquet`.", ""]
    lines += [
        f"Held against {one['name']} (digest {one['digest'][:16]}): {one['questions']:,} questions, {one['images']:,} "
        "images.\n"
        for one in content["against"]
    ]
    lines += ["## Items", ""]
    rows: dict[tuple[str, str, str], dict[str, int]] = {}
    for row in content["items"]:
        rows.setdefault((row["split"], row["category"], row["form"]), {})[row["premise"]] = row["n"]
    premises = {"true": "premise true (yes)", "false": "premise false (no)"}
    premises |= {"none": "no premise"} if any("none" in n for n in rows.values()) else {}
    table = [[*key, *(str(n.get(premise, 0)) for premise in premises)] for key, n in sorted(rows.items())]
    lines += _table(["part", "category", "form", *premises.values()], table)
    for title, name in (("Statements", "statement"), ("How the truth is known", "tier"), ("Phrasings", "phrasing")):
        lines += [
            "",
            f"## {title}",
            "",
            *_table([name, "items"], [[k or "none", str(n)] for k, n in content[name].items()]),
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
    lines += ["", "## Answers by kind", "", *_references(content["references"])]
    leak = content["leak"]
    lines += ["", "## Can the question alone tell?", ""]
    lines += [
        f"Part: {leak['part'] or 'none'}. The upper 95 % limit of the AUC must be at most {leak['limit']}: "
        f"**{leak['verdict']}**. Knowledge is false by its text alone and listed apart, and so are twins that rules "
        "word.",
        "",
    ]
    lines += [
        f"The readers were given {n['read']:,} of the {n['of']:,} questions of the part {part}, those of images "
        "chosen by hash.\n"
        for part, n in content.get("sampled", {}).items()
    ]
    lines += _table(
        ["items", "reader", "n", "images", "AUC", "95 % interval", "by chance, 95th", "p", "n needed", "verdict"],
        [_leak_row(row) for row in leak["readers"]],
    )
    if any(row["high"] < UNDER for row in leak["readers"]):
        lines += ["", MIRRORED]
    lines += ["", "## Rejects", ""]
    rejects: Counter[tuple[str, str]] = Counter()
    for row in content["rejects"]:
        rejects[row["reason"], row["tier"]] += row["n"]
    lines += _table(["reason", "tier", "claims"], [[*key, str(n)] for key, n in rejects.most_common()])
    return "\n".join(lines) + "\n"


def _references(references: dict[str, Any]) -> list[str]:
    """How long open answers are and how they begin, by kind, and how well that alone tells true from false."""
    kinds = references["kinds"]
    head = ["kind", "open answers", "words (mean)", "begin with yes", "begin with no"]
    rows = [
        [kind, str(of["n"]), f"{of['words']:.1f}", f"{of['begin with yes']:.1%}", f"{of['begin with no']:.1%}"]
        for kind, of in kinds.items()
    ]
    told = [
        f"- {row['reader']}, alone: AUC {row['auc']:.3f} ({row['low']:.3f} to {row['high']:.3f}) of {row['n']} items "
        "(true premises above false ones)."
        for row in references["readers"]
    ]
    said = (
        "A right answer to a false premise may begin with no, to a true one with yes; its length should tell nothing."
    )
    return [*_table(head, rows), *(["", said, ""] if told else []), *told]


def _leak_row(row: dict[str, Any]) -> list[str]:
    numbers = [
        f"{row['auc']:.3f}",
        f"{row['low']:.3f} to {row['high']:.3f}",
        f"{row['null']:.3f}",
        f"{row['p_value']:.3f}",
    ]
    apart = row["verdict"] if row["judged"] else f"{row['verdict']}, apart"
    return [row["items"], row["reader"], str(row["n"]), str(row["images"]), *numbers, str(row["needed"]), apart]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)]
