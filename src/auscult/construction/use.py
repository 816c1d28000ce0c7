"""What an item set may be used for: testing, tuning, both or neither; in a sentence, with why and what would change it.

The sentence stands at the head of the card and at the end of a build. It follows from counts that the manifest holds,
from whether questions alone tell their answers (``leak``), and from whether anybody has read what models drafted.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from auscult.construction.audited import Audit, read_audit
from auscult.construction.card import CARD, CARD_TEXT, read_card
from auscult.construction.certified import CHECKED, checked_line
from auscult.construction.leak import FAILED, INSUFFICIENT
from auscult.construction.refused import refused
from auscult.items.item_set import ItemSet, ItemSetManifest, replace_part

TESTED_ON, TUNED_ON = "test", "train"
MARK = "**Use: "
"""How the sentence begins at the head of a card."""
HEAD = (MARK, CHECKED)
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
WHOLE = ""
"""The part of a set that is not split."""
FEWEST_DENIED = 30
"""Questions for a finding with the answer no, with which none invented excludes more than 1 in 10 (exact, 95 %)."""
FEWEST_TESTED = 5
"""Questions or images of a part below which figures are counts alone and decide nothing, as on every page."""
MOST_LONGER = 1.5
"""How many times as long answers of one kind may be (mean words) before the card minds it; in MedHallTune 53 to 22."""
MOST_WRONG = 0.05
"""Upper limit of the share of wrong pairs up to which drafted pairs may be tested on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the sentence follows from.

    Attributes:
        parts: questions by part.
        images: different images; of an empty set of images nothing is seen.
        leak: whether questions alone tell the answers of hallucination items: passed, failed, insufficient; empty where
            there are none.
        needed: questions of a category in the part that was looked at, with which that could be told.
        drafted: whether a model drafted pairs.
        wrong: upper limit of the share of wrong pairs by an audit; None: nobody has read any.
        signed: whether people signed all items off.
        drawn: whether the images are phantoms.
        denied: questions for a finding whose answer is no; None where none are asked.
        lengths: mean words of open answers to hallucination items and to their like with true premises; 0: none.
        refused: what checks refused, reason → number; of a set without questions.
    """

    parts: Mapping[str, int]
    images: int
    leak: str = ""
    needed: int = 0
    drafted: bool = False
    wrong: float | None = None
    signed: bool = False
    drawn: bool = False
    denied: int | None = None
    lengths: tuple[float, float] = (0, 0)
    refused: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Point:
    """A reason for or against a use: what is so, what to do about it, and whether it forbids the use."""

    why: str
    remedy: str
    forbids: bool = True


def facts_of(
    manifest: Any, card: Mapping[str, Any], audit: Audit | None, refused: Mapping[str, int] | None = None
) -> Facts:
    """The facts of a set, from its manifest, its card and its audit.

    Args:
        manifest: of the item set.
        card: content of ``card.json``; empty where there is none.
        audit: what readers found among its pairs; None where nobody read any.
        refused: what checks refused, reason → number.
    """
    leak = card.get("leak", {})
    readers: Sequence[Mapping[str, Any]] = leak.get("readers", ())
    kinds = card.get("references", {}).get("kinds", {})
    return Facts(
        parts=manifest.counts.get("split", {}),
        images=manifest.images,
        leak=leak.get("verdict", "") if readers else "",
        needed=max((row["needed"] for row in readers if row["judged"]), default=0),
        drafted=any(maker.get("model") for maker in manifest.generators),
        wrong=audit.rate.high if audit else None,
        signed=any(one["accepted"] + one["mended"] + one["disputed_kept"] >= manifest.items for one in manifest.signed),
        drawn=set(manifest.counts.get("source", {})) == {"phantoms"},
        lengths=(kinds.get("hallucination", {}).get("words", 0), kinds.get("non-hallucination", {}).get("words", 0)),
        denied=manifest.counts["presence"].get("no", 0) if "presence" in manifest.counts else None,
        refused=refused or {},
    )


def use_of(items: ItemSet) -> str:
    """The sentence of a set that is there, from what lies in its folder."""
    card = read_card(items.folder) if (items.folder / CARD).is_file() else {}
    reasons = {} if len(items) else refused(items)
    return use(facts_of(items.manifest, card, read_audit(items.folder, items.digest), reasons))


def head_card(items: ItemSet) -> str:
    """Puts the sentence of a set at the head of its card, and who made and checked its pairs, in place of earlier ones.

    A card is made where there is none; it tells what the manifest counts.

    Returns:
        The sentence.
    """
    file, said = items.folder / CARD_TEXT, use_of(items)
    made = "\n".join(["# Data card", "", *counted(items.manifest)]) + "\n"
    before = file.read_text("utf-8") if file.is_file() else made
    title, _, rest = before.partition("\n")
    rest = rest.lstrip("\n")
    while rest.startswith(HEAD):
        rest = rest.partition("\n")[2].lstrip("\n")
    below = [part for part in (checked_line(items.manifest), rest) if part]
    text = "\n\n".join([title, f"**{said}**", *below]).rstrip("\n") + "\n"
    if text != before or not file.is_file():
        replace_part(items.folder, CARD_TEXT, text.encode())
    return said


def counted(manifest: ItemSetManifest) -> Iterator[str]:
    """What the manifest of a set counts, as Markdown."""
    yield from ("## What it holds", "")
    held = {"case": manifest.cases, "image": manifest.images, "question": manifest.items}
    cases, images, questions = (f"{n:,} {name}{'s' * (n != 1)}" for name, n in held.items())
    yield f"- {cases} with {images}; {questions}."
    yield f"- Cases that nothing is asked about: {manifest.cases_without_items:,}."
    for name, title in COUNTED.items():
        if counts := manifest.counts.get(name):
            yield f"- {title}: {', '.join(f'{what or WITHOUT} {n:,}' for what, n in counts.items())}."
    yield from (f"- Left out, {what}: {n:,}." for what, n in manifest.left_out.items() if n)
    yield from (f"- Noted, {what}: {n:,}." for what, n in manifest.noted.items() if n)


def use(facts: Facts) -> str:
    """The sentence.

    Args:
        facts: of the set.
    """
    if not sum(facts.parts.values()) and facts.refused:
        reason, most = max(facts.refused.items(), key=lambda one: one[1])
        what = "pair that was drafted" if facts.drafted else "text or question that was checked"
        return (
            f"Use: neither for testing nor for tuning, since it holds no questions: every {what} was refused, most "
            f'because "{reason}" ({most:,} of {sum(facts.refused.values()):,}; auscult review --rejects shows them).'
        )
    if not sum(facts.parts.values()):
        return (
            "Use: neither for testing nor for tuning, since it holds no questions (captions, reports or labels of its "
            "images would give some)."
        )
    if not facts.images:
        return (
            "Use: neither for testing what a model sees nor for tuning one, since no case has an image (give --images "
            "FOLDER and build again; without images only what a model takes for likely can be asked)."
        )
    said = ((name, _said(points(facts), _held(facts, name))) for name, points in _USES.items())
    tested, tuned = (f"for {_NAMES[name]} {told}" for name, told in said)
    return f"Use: {tested}; {tuned}."


def _held(facts: Facts, part: str) -> int:
    return facts.parts.get(part, 0) or facts.parts.get(WHOLE, 0)


def _said(points: Sequence[_Point], held: int) -> str:
    """Yes, yes with what to mind, or no, with all that forbids it or else all that is to be minded."""
    against = [p for p in points if p.forbids]
    told = ", and ".join(f"{p.why} ({p.remedy})" for p in against or points)
    if against:
        return f"no, since {told}"
    return f"yes, with {held:,} question{'' if held == 1 else 's'}" + (f", minding that {told}" if told else "")


def _testing(facts: Facts) -> list[_Point]:
    found = []
    if not _held(facts, TESTED_ON):
        found.append(_Point("it has no test part", "build it with a smaller --train-share"))
    elif (fewest := min(_held(facts, TESTED_ON), facts.images)) < FEWEST_TESTED:
        what = "question" if fewest == _held(facts, TESTED_ON) else "image"
        found.append(_Point(f"{fewest} {what}{'' if fewest == 1 else 's'} can tell nothing", "add more images"))
    if facts.leak == FAILED:
        found.append(_Point("questions alone tell their answers", "the card says which; build it without them"))
    if facts.drafted and not facts.signed and facts.wrong is None:
        found.append(
            _Point(
                "nobody has read how many of the pairs that a model drafted are wrong",
                "fill in the sample beside the set, or sign the items off with auscult review",
            )
        )
    if facts.wrong is not None and facts.wrong > MOST_WRONG and not facts.signed:
        found.append(
            _Point(
                f"up to {100 * facts.wrong:.0f} of 100 drafted pairs may be wrong",
                f"{100 * MOST_WRONG:.0f} are the most; add a --checker, or read more of them",
            )
        )
    if facts.leak == INSUFFICIENT:
        more = f"; {facts.needed:,} questions of a category could tell" if facts.needed else ""
        found.append(
            _Point(
                "there are too few hallucination items to tell whether their words give the answers away",
                f"put auscult evaluate --model baseline:question-only beside every figure{more}",
                forbids=False,
            )
        )
    if facts.denied is not None and facts.denied < FEWEST_DENIED:
        most = 1 - 0.05 ** (1 / facts.denied) if facts.denied else 1.0
        found.append(
            _Point(
                f"only {facts.denied} questions for a finding are to be answered no, so that none invented may still "
                f"be {100 * most:.0f} in 100",
                "images without findings, with their reports, would add some",
                forbids=False,
            )
        )
    if facts.drawn:
        found.append(_Point("its images are drawn", "no evidence about real images", forbids=False))
    return found


def _tuning(facts: Facts) -> list[_Point]:
    found = []
    if not _held(facts, TUNED_ON):
        kept = "all of it is kept for testing" if facts.parts.get(TESTED_ON) else "it has no train part"
        found.append(
            _Point(kept, "--train-share 0.5 sets half aside, with --resplit where the data set names its parts")
        )
    if facts.leak == FAILED:
        found.append(_Point("a model would learn the words and not the images", "build it without those items"))
    false, true = facts.lengths
    if min(false, true) and max(false, true) / min(false, true) > MOST_LONGER:
        found.append(
            _Point(
                f"answers have {false:.0f} words on hallucination items and {true:.0f} on the others",
                "a model tuned on it learns the lengths",
                forbids=False,
            )
        )
    if facts.drafted and facts.wrong is None and not facts.signed:
        found.append(_Point("how many drafted pairs are wrong is not known", "the audit tells", forbids=False))
    elif facts.drafted and facts.wrong is not None:
        found.append(
            _Point(f"up to {100 * facts.wrong:.0f} of 100 drafted pairs may be wrong", "by audit", forbids=False)
        )
    if facts.drawn:
        found.append(_Point("its images are drawn", "phantoms are for trying things out", forbids=False))
    return found


_USES = {TESTED_ON: _testing, TUNED_ON: _tuning}
_NAMES = {TESTED_ON: "testing", TUNED_ON: "tuning"}
