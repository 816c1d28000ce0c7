"""The head of a set's card: what it may be used for, what to do about it, and who made and checked its pairs."""

from collections.abc import Iterator

from auscult.construction.card import CARD, CARD_TEXT
from auscult.construction.certified import CHECKED, checked_line
from auscult.construction.use import TO_DO, Use, use_of
from auscult.items.contradicted import KEPT
from auscult.items.item_set import ItemSet, ItemSetManifest, replace_part

KEPT_HEAD, LIMITED = f"{KEPT[0].upper()}{KEPT[1:]}: ", "Taken, by --limit: "
HEAD = ("**Use: ", TO_DO, CHECKED, KEPT_HEAD, LIMITED)
"""How the lines at the head of a card begin."""
COUNTED = {
    "split": "Questions by part",
    "answer_type": "By type of answer",
    "kind": "By kind",
    "presence": "Questions for a finding by rule",
    "rejected": "Rejected, by reason",
    "source": "Cases by source",
}
"""What the manifest counts → how the card calls it."""
WITHOUT = "none"
HOLDS = "## What it holds"


def head_card(items: ItemSet) -> Use:
    """Puts the sentence of a set at the head of its card, and who made and checked its pairs, in place of earlier ones.

    A card is made where there is none; it tells what the manifest counts.

    Returns:
        What the set may be used for.
    """
    file, found = items.folder / CARD_TEXT, use_of(items)
    made = "\n".join(["# Data card", "", *counted(items.manifest)]) + "\n"
    before = file.read_text("utf-8") if file.is_file() else made
    title, _, rest = before.partition("\n")
    rest = rest.lstrip("\n")
    while rest.startswith(HEAD):
        rest = rest.partition("\n")[2].lstrip("\n")
    if (items.folder / CARD).is_file() and f"{HOLDS}\n" not in rest:
        rest = "\n".join([rest.rstrip("\n"), "", *counted(items.manifest)])
    m = items.manifest
    below = [part for part in (found.to_do, checked_line(m), kept_line(m), limited_line(m), rest) if part]
    text = "\n\n".join([title, f"**{found.said}**", *below]).rstrip("\n") + "\n"
    if text != before or not file.is_file():
        replace_part(items.folder, CARD_TEXT, text.encode())
    return found


def counted(manifest: ItemSetManifest) -> Iterator[str]:
    """What the manifest of a set counts, as Markdown."""
    yield from (HOLDS, "")
    held = {"case": manifest.cases, "image": manifest.images, "question": manifest.items}
    cases, images, questions = (f"{n:,} {name}{'s' * (n != 1)}" for name, n in held.items())
    yield f"- {cases} with {images}; {questions}."
    yield f"- Cases that nothing is asked about: {manifest.cases_without_items:,}."
    for name, title in COUNTED.items():
        if counts := manifest.counts.get(name):
            yield f"- {title}: {', '.join(f'{what or WITHOUT} {n:,}' for what, n in counts.items())}."
    yield from (f"- Left out, {what}: {n:,}." for what, n in manifest.left_out.items() if n)
    yield from (f"- Noted, {what}: {n:,}." for what, n in manifest.noted.items() if n)


def kept_line(manifest: ItemSetManifest) -> str:
    """What of a published data set nobody can be right on, and is kept since it is that benchmark; empty: nothing."""
    begin = f"{KEPT}: "
    kept = {what[len(begin) :]: n for what, n in manifest.noted.items() if what.startswith(begin)}
    said = [f"{what} ({n:,})" for what, n in kept.items() if ": " not in what]
    return f"{KEPT_HEAD}{'; '.join(said)}. No model can be right on all of these." if said else ""


def limited_line(manifest: ItemSetManifest) -> str:
    """How many cases may have been taken at most, and of which data sets; empty where there was no limit."""
    if not manifest.limit:
        return ""
    several = ", one of each data set in turn" if manifest.source["options"].get("and") else ""
    return f"{LIMITED}at most {manifest.limit:,} cases{several}."
