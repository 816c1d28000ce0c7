"""``auscult review``: the items of a set in one file that opens no connection; the same page to sign them off."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

import orjson
from markupsafe import Markup

from auscult.construction import REJECTS
from auscult.construction.drafting.checking import Verdict as CheckerVerdict
from auscult.construction.generators import Reject
from auscult.construction.generators.drafted import VERDICTS
from auscult.construction.refused import refused
from auscult.errors import UserError
from auscult.items.item_set import ITEMS, ItemSet
from auscult.items.signed import SIGNED, SignedRow
from auscult.printing import visible
from auscult.records import Item, digest
from auscult.reports import format as say
from auscult.reports.html import page
from auscult.reports.items.drawing import Drawn, draw
from auscult.reports.items.entries import Verdict, shown
from auscult.reports.thumbnails import LONG_SIDE
from auscult.store.files import replace_file
from auscult.store.tables import read_fields, read_rows, read_where

Use = Literal["browse", "rejects", "sign-off", "preview"]
LARGE_SIDE = 1024
"""Long side of the images that a clinician signs items off by, in pixels."""
REASONS = (
    "the answer is wrong",
    "the image does not show it",
    "the premise is not what it is said to be",
    "the question gives the answer away",
    "unclear, or no clinical language",
    "another reason",
)
"""What a refusal may be for; its number is the key."""


class NothingToShow(UserError):
    """There is no row for a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A page that was written: where, rows on it, and rows that it was drawn from."""

    path: Path
    shown: int
    found: int


def write_items_page(
    items: ItemSet, out: Path, *, use: Use = "browse", n: int = 200, split: str = "", seed: int = 0, note: str = ""
) -> Made:
    """Writes a page of the items of a set.

    Args:
        items: the set.
        out: the file to write.
        use: to look at items, to look at what was rejected, to sign items off, or to see what a build would make: its
            items, and where they are fewer than ``n``, what a model drafted beside them and was rejected.
        n: most rows; where there are more, they are drawn by chance and spread over kinds and images.
        split: only this part; empty: all.
        seed: of the draw.
        note: what must be known of the page, in a sentence.

    Raises:
        NothingToShow: there is no row.
    """
    drawn: Drawn[Item | Reject] = _items(items, n, split, seed) if use != "rejects" else _rejects(items, n, split, seed)
    if use == "preview" and len(drawn.rows) < n and (items.folder / REJECTS).is_file():
        more = _rejects(items, n - len(drawn.rows), split, seed, drafted=True)
        wordless = refused(items).total() - more.found  # a reply that wrote nothing of a pair leaves nothing to show
        drawn = Drawn([*drawn.rows, *more.rows], drawn.found + more.found + max(0, wordless))
    if not drawn.rows:
        part = f" in its part '{split}'" if split else ""
        what = "rejected item" if use == "rejects" else "item"
        raise NothingToShow(f"{items.folder}: no {what}{part}; nothing to show")
    replace_file(out, render(items, drawn, use, seed, note).encode())
    return Made(path=out, shown=len(drawn.rows), found=drawn.found)


class _About(NamedTuple):
    """What the draw must know of an item, in the order of its fields."""

    id: str
    case_id: str
    kind: str
    category: str
    premise_form: str
    split: str


def _items(items: ItemSet, n: int, split: str, seed: int) -> Drawn[Item]:
    rows = (_About(*row) for row in read_fields(items.folder / ITEMS, Item, _About._fields))
    drawn = draw(
        (row for row in rows if not split or row.split == split),
        n,
        seed,
        sort=lambda row: (row.kind, row.category, row.premise_form),
        image=lambda row: row.case_id,
        name=lambda row: row.id,
    )
    return Drawn(list(read_where(items.folder / ITEMS, Item, "id", {row.id for row in drawn.rows})), drawn.found)


def _rejects(items: ItemSet, n: int, split: str, seed: int, *, drafted: bool = False) -> Drawn[Reject]:
    """Rejects; ``drafted``: only those that a model wrote something of."""
    path = items.folder / REJECTS
    if not path.is_file():
        raise UserError(
            f"{items.folder}: nothing was rejected (it has no {REJECTS}); look at its items without --rejects"
        )
    return draw(
        (
            r
            for r in read_rows(path, Reject)
            if (not split or r.split == split) and (r.question or r.said or not drafted)
        ),
        n,
        seed,
        sort=lambda r: (r.check, r.reason, r.category),
        image=lambda r: r.case_id,
        name=lambda r: "\0".join((r.case_id, r.item_id, r.question, r.statement, r.finding, r.value, r.other)),
    )


def render(items: ItemSet, drawn: Drawn[Item | Reject], use: Use, seed: int, note: str) -> str:
    """The page as text."""
    signing = use == "sign-off"
    named = {row.id if isinstance(row, Item) else row.item_id for row in drawn.rows} - {""}
    content = shown(items, list(drawn.rows), LARGE_SIDE if signing else LONG_SIDE, verdicts_of(items, named))
    rows = [entry.item for card in content.cards for entry in card.entries]
    return page(
        "items.html.j2",
        styles=("report.css", "items.css"),
        scripts=("report.js", "signing.js") if signing else ("report.js",),
        whole=signing,
        heading=_HEADINGS[use].format(items.folder.resolve().name),
        line=_line(drawn, use),
        note=note,
        use=use,
        shown=content,
        total=len(rows),
        about=_about(items, made=use != "preview"),
        reasons=REASONS,
        set=items.digest,
        # names what is kept in the browser: another set or draw never finds it
        sheet=digest("sign-off", items.digest, [row.id for row in rows]),
        texts=_texts(rows) if signing else "",
    )


_HEADINGS = {"browse": "Items of {}", "rejects": "Rejected for {}", "sign-off": "Sign-off of {}", "preview": "Preview"}


def _line(drawn: Drawn[Item | Reject], use: Use) -> str:
    what = "rejected item" if use == "rejects" else "item"
    rejects = sum(isinstance(row, Reject) for row in drawn.rows)
    if use == "preview" and rejects:
        kept = len(drawn.rows) - rejects  # all there are: only then do rejects stand beside them
        of = f"{rejects} of {drawn.found - kept}" if rejects < drawn.found - kept else f"{rejects}"
        return f"{say.count(kept, 'item')}, and beside them {of} that would be rejected."
    n, found = len(drawn.rows), drawn.found
    if n == found:
        return f"{'This is all: ' if n > 1 else ''}{say.count(n, what)}."
    spread = "reasons, categories" if use == "rejects" else "kinds, categories, premise forms"
    return (
        f"{say.whole(n)} of {say.count(found, what)}, drawn by chance and spread over {spread} and images: "
        "what is rare is shown as often as what is frequent, and no share here is that of the set."
    )


def _about(items: ItemSet, made: bool) -> tuple[str, ...]:
    """Who made, checked and signed off the items, a sentence each; ``made``: whether there is a set of that digest."""
    m = items.manifest
    makers = [_who(g) for g in m.generators if not g.get("saw")]
    drafted = [f"Drafted by {g['model']} from {g['saw']}." for g in m.generators if g.get("saw")]
    checked = [_who(c) for c in m.checkers]
    return (
        f"From {m.source['reader']}; {say.count(m.cases, 'case')}, {say.count(m.items, 'item')}.",
        *drafted,
        *([f"Made by {', '.join(makers)}."] if makers else []),
        *([f"Checked by {', '.join(checked)}."] if checked else []),
        *(str(one["said"]) for one in m.signed),
        *([f"Left out: {'; '.join(f'{why}: {count:,}' for why, count in m.left_out.items())}."] if m.left_out else []),
        *([f"Digest {m.digest}."] if made else []),
    )


def _who(part: Mapping[str, object]) -> str:
    named = [str(part.get("name", "")), str(part.get("version", ""))]
    model = part.get("model") or part.get("identity")
    return " ".join(filter(None, named)) + (f" ({model})" if model else "")


def verdicts_of(items: ItemSet, wanted: Collection[str]) -> Mapping[str, Sequence[Verdict]]:
    """Item → what checker models and reviewers said of it."""
    found: defaultdict[str, list[Verdict]] = defaultdict(list)
    if (items.folder / VERDICTS).is_file():
        for said in read_where(items.folder / VERDICTS, CheckerVerdict, "item_id", wanted):
            found[said.item_id].append(
                Verdict(who=said.checker, word=said.verdict.replace("_", " "), reason=said.reason)
            )
    if (items.folder / SIGNED).is_file():
        for row in read_where(items.folder / SIGNED, SignedRow, "item_id", wanted):
            texts = {"question": row.question, "answer": row.reference, "premise": row.premise}
            before = [f"{name} before: {text}" for name, text in texts.items() if text]
            why = "; ".join(filter(None, (row.reason, *before)))
            found[row.item_id].append(
                Verdict(who=f"{row.reviewer}, {row.when[:10]}", word=_PAST[row.decision], reason=why)
            )
    return found


_PAST = {"accept": "accepted", "mend": "mended", "refuse": "refused"}


def _texts(rows: Sequence[Item]) -> Markup:
    """What can be mended of each item, whole and with nothing hidden, as JSON that holds no markup."""
    texts = {
        row.id: {
            "question": visible(row.question),
            "reference": visible(row.reference),
            "premise": visible(row.premise),
            "choices": [visible(o) for o in (("yes", "no") if row.answer_type == "yes_no" else row.options)],
        }
        for row in rows
    }
    return Markup(orjson.dumps(texts).decode().replace("<", "\\u003c"))
