"""What an item set may be used for: testing, tuning, both or neither; in a sentence, with why and what would change it.

The sentence stands at the head of the card, at the end of a build and of an export. It follows from counts that the
manifest holds, from whether questions alone tell their answers (``leak``), from whether anybody has read what models
drafted and how far their checks are tested (``certified``), and from how often yes and no are answers.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from auscult.construction.audited import Audit, read_audit
from auscult.construction.card import CARD, read_card
from auscult.construction.certified import shortcoming
from auscult.construction.leak import FAILED, INSUFFICIENT
from auscult.construction.licences import restricted
from auscult.construction.refused import refused
from auscult.items.item_set import ITEMS, ItemSet, ItemSetManifest
from auscult.records import Item
from auscult.store.tables import read_fields

TESTED_ON, TUNED_ON = "test", "train"
TO_DO = "What to do: "
"""How the line begins that says what follows from the sentence, and what would change it."""
WHOLE = ""
"""The part of a set that is not split."""
FEWEST_DENIED = 30
"""Questions for a finding with the answer no, with which none invented excludes more than 1 in 10 (exact, 95 %)."""
FEWEST_TESTED = 5
"""Questions or images of a part below which figures are counts alone and decide nothing, as on every page."""
MOST_LONGER = 1.5
"""How many times as long answers of one kind may be (mean words) before the card minds it; in MedHallTune 53 to 22."""
MOST_WRONG = 0.05
"""Upper limit of the share of wrong pairs up to which pairs may be tested on."""
MOST_WRONG_TUNED = 0.10
"""The same up to which they may be tuned on: a checker took 7.3 of 100 drafts out of MedHallTune, and a model tuned on
all of them was worse (its figure 5); a set that may hold more than 10 is no better than those drafts were."""
MOST_UNEVEN = 2
"""Answers of one kind to one of the other from which the sentence minds it: always giving the more frequent one is then
right in two of three. A model that is tuned on them is paid for it, and of one that is tested on them that share says
little."""
MOST_WORDS = 45
"""Of the sentence."""


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
        checks: what is wrong with the test of the checks of these, in a few words; empty where they pass it.
        wrong: upper limit of the share of wrong pairs by an audit; None: no audit tells.
        signed: whether people signed all items off.
        drawn: whether the images are phantoms.
        asked: questions for a finding that are to be answered yes, and no; None where none were to be asked.
        closed: part → answer, yes or no → questions.
        kinds: hallucination items, and their like with true premises.
        lengths: mean words of open answers to hallucination items and to their like with true premises; 0: none.
        licence: what licences forbid, in a few words; empty: nothing that is known.
        refused: what checks refused, reason → number; of a set without questions.
        named: whether the data set names the part of some cases, which only --resplit changes.
    """

    parts: Mapping[str, int]
    images: int
    leak: str = ""
    needed: int = 0
    drafted: bool = False
    checks: str = ""
    wrong: float | None = None
    signed: bool = False
    drawn: bool = False
    asked: tuple[int, int] | None = None
    closed: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    kinds: tuple[int, int] = (0, 0)
    lengths: tuple[float, float] = (0, 0)
    licence: str = ""
    refused: Mapping[str, int] = field(default_factory=dict)
    named: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What a set may be used for.

    Attributes:
        said: in a sentence or a few.
        to_do: what follows from that and what would change it, a line; empty: nothing.
        fit: parts whose use it is fit for, at least for some of it.
        licence: what licences forbid, a sentence that ``said`` holds too; empty: nothing that is known.
    """

    said: str
    to_do: str = ""
    fit: frozenset[str] = frozenset()
    licence: str = ""


@dataclass(frozen=True, slots=True)
class _Point:
    """A reason for or against a use: what is so in a few words, what to do about it, and what it forbids.

    Attributes:
        why: what is so.
        remedy: what follows from it and what to do.
        forbids: whether it forbids the use.
        only: where it forbids all but some: what is left.
    """

    why: str
    remedy: str
    forbids: bool = True
    only: str = ""

    @property
    def binds(self) -> bool:
        """Whether the use is not a plain yes."""
        return self.forbids or bool(self.only)


def facts_of(
    manifest: ItemSetManifest,
    card: Mapping[str, Any],
    audit: Audit | None,
    refused: Mapping[str, int] | None = None,
    closed: Mapping[str, Mapping[str, int]] | None = None,
) -> Facts:
    """The facts of a set, from its manifest, its card and its audit.

    Args:
        manifest: of the item set.
        card: content of ``card.json``; empty where there is none.
        audit: what readers found among its pairs; None where nobody read any.
        refused: what checks refused, reason → number.
        closed: part → answer, yes or no → questions.
    """
    leak = card.get("leak", {})
    readers: Sequence[Mapping[str, Any]] = leak.get("readers", ())
    kinds = card.get("references", {}).get("kinds", {})
    presence, counted = manifest.counts.get("presence"), manifest.counts.get("kind", {})
    drafted = any(maker.get("model") for maker in manifest.generators)
    return Facts(
        parts=manifest.counts.get("split", {}),
        images=manifest.images,
        leak=leak.get("verdict", "") if readers else "",
        needed=max((row["needed"] for row in readers if row["judged"]), default=0),
        drafted=drafted,
        checks=shortcoming(manifest) if drafted else "",
        wrong=audit.rate.high if audit else None,
        signed=any(one["accepted"] + one["mended"] + one["disputed_kept"] >= manifest.items for one in manifest.signed),
        drawn=set(manifest.counts.get("source", {})) == {"phantoms"},
        asked=None if presence is None else (presence.get("yes", 0), presence.get("no", 0)),
        closed=closed or {},
        kinds=(counted.get("hallucination", 0), counted.get("non-hallucination", 0)),
        lengths=(kinds.get("hallucination", {}).get("words", 0), kinds.get("non-hallucination", {}).get("words", 0)),
        licence=restricted(manifest.licences),
        refused=refused or {},
        named=bool(manifest.split.get("named")),
    )


def use_of(items: ItemSet) -> Use:
    """What a set that is there may be used for, from what lies in its folder."""
    card = read_card(items.folder) if (items.folder / CARD).is_file() else {}
    reasons = {} if len(items) else refused(items)
    return use(facts_of(items.manifest, card, read_audit(items.folder, items.digest), reasons, _closed(items)))


def _closed(items: ItemSet) -> dict[str, Counter[str]]:
    """How often yes and no are answers, by part."""
    found: dict[str, Counter[str]] = {}
    for part, kind, answer in read_fields(items.folder / ITEMS, Item, ("split", "answer_type", "reference")):
        if kind == "yes_no":
            found.setdefault(part, Counter())[answer] += 1
    return found


def use(facts: Facts) -> Use:
    """What a set may be used for.

    Args:
        facts: of the set.
    """
    if not sum(facts.parts.values()) and facts.refused:
        reason, most = max(facts.refused.items(), key=lambda one: one[1])
        what = "pair that was drafted" if facts.drafted else "text or question that was checked"
        return Use(
            said=f"Use: neither for testing nor for tuning, since it holds no questions: every {what} was refused, "
            f'most because "{reason}" ({most:,} of {sum(facts.refused.values()):,}; auscult review --rejects shows '
            "them)."
        )
    if not sum(facts.parts.values()):
        return Use(
            said="Use: neither for testing nor for tuning, since it holds no questions (captions, reports or labels of "
            "its images would give some)."
        )
    if not facts.images:
        return Use(
            said="Use: neither for testing what a model sees nor for tuning one, since no case has an image (give "
            "--images FOLDER and build again; without images only what a model takes for likely can be asked)."
        )
    points = {part: _said(found(facts)) for part, found in _USES.items()}
    verdicts = [f"for {_NAMES[part]} {_verdict(found, _held(facts, part))}" for part, found in points.items()]
    licence = f"Licence {facts.licence}." if facts.licence else ""
    said, left = _short(f"Use: {'; '.join(verdicts)}.", list(dict.fromkeys(_reasons(points))), licence)
    remedies = (f"{p.why}: {p.remedy}" if p.why in left else p.remedy for found in points.values() for p in found)
    to_do = ". ".join(one[0].upper() + one[1:] for one in dict.fromkeys(remedies))
    return Use(
        said=said,
        to_do=f"{TO_DO}{to_do}." if to_do else "",
        fit=frozenset(part for part, found in points.items() if not any(p.forbids for p in found)),
        licence=licence,
    )


def _held(facts: Facts, part: str) -> int:
    return facts.parts.get(part, 0) or facts.parts.get(WHOLE, 0)


def _said(points: Sequence[_Point]) -> list[_Point]:
    """All that forbids a use, or else what limits it and what is to be minded."""
    return [p for p in points if p.forbids] or [p for p in points if p.only] + [p for p in points if not p.only]


def _verdict(points: Sequence[_Point], held: int) -> str:
    if any(point.forbids for point in points):
        return "no"
    what = next((f"only of {point.only}" for point in points if point.only), "yes")
    return f"{what}, with {held:,} question{'' if held == 1 else 's'}"


def _reasons(points: Mapping[str, Sequence[_Point]]) -> Iterator[tuple[str, str]]:
    """The use that a reason is about, and what is so: first what binds."""
    for binds in (True, False):
        whys = {part: [p.why for p in found if p.binds is binds] for part, found in points.items()}
        both = [why for why in whys[TESTED_ON] if why in whys[TUNED_ON]]
        groups = {"both": both} | {_NAMES[p]: [w for w in found if w not in both] for p, found in whys.items()}
        for name, found in groups.items():
            yield from ((f"{name.capitalize()}{'' if binds else ', mind'}", why) for why in found)


def _short(verdicts: str, reasons: Sequence[tuple[str, str]], licence: str) -> tuple[str, set[str]]:
    """The sentence, with the reasons that it can hold, and those that it cannot."""
    said, left = [verdicts], set[str]()
    room = MOST_WORDS - len(f"{verdicts} {BELOW} {licence}".split())
    for number, (of, why) in enumerate(reasons):
        words = len(f"{of} {why}".split())
        last = number == len(reasons) - 1 and not left
        if words > room + last * len(BELOW.split()):
            left.add(why)
        else:
            said.append(f"{of}: {why}.")
            room -= words
    return " ".join(filter(None, [*said, BELOW if left else "", licence])), left


BELOW = "More below."
"""Where the sentence has no room for all reasons."""
AUDIT = (
    "two readers fill in the sheet beside the set (auscult rate make ITEMS --out SHEET makes one), and auscult rate "
    f"apply SHEET FILLED-A FILLED-B takes it back: at most {100 * MOST_WRONG:.0f} of 100 wrong by its upper limit make "
    f"it fit for testing, {100 * MOST_WRONG_TUNED:.0f} for tuning; or have every item signed off (auscult review "
    "--sign-off)"
)


def _wrong(facts: Facts, most: float) -> Iterator[_Point]:
    """What wrong pairs forbid: those that nobody counted, and more of them than ``most``."""
    if facts.signed:
        return
    if facts.wrong is not None:
        too_many = facts.wrong > most
        why = f"up to {100 * facts.wrong:.0f} of 100 pairs may be wrong, by audit"
        if too_many:
            yield _Point(
                f"{why}, {100 * most:.0f} are the most",
                "build with --strict or a --checker, or have more pairs read",
            )
        elif facts.drafted:
            yield _Point(
                why,
                "a sign-off of all items (auscult review --sign-off) takes out the wrong ones that are left",
                forbids=False,
            )
    elif facts.drafted:
        tested = f"; {facts.checks}" if facts.checks else ""
        yield _Point(f"no audit counts its wrong drafts{tested}", AUDIT)


def _testing(facts: Facts) -> list[_Point]:
    found = []
    if not _held(facts, TESTED_ON):
        share = "--train-share 0.5 --resplit" if facts.named else "a smaller --train-share, or another --seed,"
        found.append(_Point("it has no test part", f"{share} gives it a test part"))
    elif (fewest := min(_held(facts, TESTED_ON), facts.images)) < FEWEST_TESTED:
        what = "question" if fewest == _held(facts, TESTED_ON) else "image"
        found.append(_Point(f"{fewest} {what}{'' if fewest == 1 else 's'} can tell nothing", "add more images"))
    if facts.leak == FAILED:
        why = "questions alone tell their answers"
        found.append(_Point(why, "the card says which items do; build it without them"))
    found += _wrong(facts, MOST_WRONG)
    if facts.leak == INSUFFICIENT:
        more = f"; {facts.needed:,} questions of a category could tell" if facts.needed else ""
        found.append(
            _Point(
                "too few hallucination items to tell whether words give answers away",
                f"put auscult evaluate --model baseline:question-only beside every figure{more}",
                forbids=False,
            )
        )
    found += [*_asked(facts), *_one_answer_more_frequent(facts)]
    if facts.drawn:
        found.append(
            _Point("its images are drawn", "figures on phantoms are no evidence about real images", forbids=False)
        )
    return found


def _one_answer_more_frequent(facts: Facts) -> Iterator[_Point]:
    """Where whoever always gives one answer is right in two of three."""
    closed = facts.closed.get(TESTED_ON) or facts.closed.get(WHOLE) or {}
    less, more = sorted(("yes", "no"), key=lambda answer: closed.get(answer, 0))
    of = [closed.get(answer, 0) for answer in (more, less)]
    if of[0] >= max(FEWEST_TESTED, MOST_UNEVEN * of[1]):
        yield _Point(
            f"{of[0]:,} {more} to {of[1]:,} {less} in the part for testing",
            f"who always says {more} is right in {100 * of[0] / sum(of):.0f} of 100: report what a model invents and "
            "what it misses, not how often it is right",
            forbids=False,
        )


def _asked(facts: Facts) -> Iterator[_Point]:
    """What can be told of findings that are missed, and of such as are invented."""
    if facts.asked is None:
        return
    yes, no = facts.asked
    remedy = "reports or captions of more images would add questions for findings"
    if not yes and not no:
        yield _Point("no question asks for a finding", remedy, forbids=False, only="what is not a finding")
    elif not no:
        yield _Point(
            "no question for a finding is to be answered no", remedy, forbids=False, only="findings that are there"
        )
    elif no < FEWEST_DENIED:
        most = 1 - 0.05 ** (1 / no)
        yield _Point(
            f"only {no} question{'s' * (no > 1)} for a finding to be answered no",
            f"even where a model invents none of them, {100 * most:.0f} of 100 may be invented; images without "
            "findings, with their reports, would add some",
            forbids=False,
        )


def _tuning(facts: Facts) -> list[_Point]:
    found = []
    if not _held(facts, TUNED_ON):
        kept = "all of it is kept for testing" if facts.parts.get(TESTED_ON) else "it has no train part"
        found.append(
            _Point(kept, f"--train-share 0.5{' --resplit' * facts.named} sets about half of it aside for tuning")
        )
    if facts.leak == FAILED:
        found.append(_Point("a model would learn the words and not the images", "build it without those items"))
    found += _wrong(facts, MOST_WRONG_TUNED)
    found += _uneven(facts)
    false, true = facts.lengths
    if min(false, true) and max(false, true) / min(false, true) > MOST_LONGER:
        found.append(
            _Point(
                f"answers have {false:.0f} words on hallucination items, {true:.0f} on the others",
                "a model tuned on answers of two lengths learns the lengths",
                forbids=False,
            )
        )
    if facts.drawn:
        found.append(_Point("its images are drawn", "phantoms are for trying things out", forbids=False))
    return found


def _uneven(facts: Facts) -> Iterator[_Point]:
    """Where one answer, or one kind of premise, is so frequent that a model learns to give it."""
    closed = facts.closed.get(TUNED_ON) or facts.closed.get(WHOLE) or {}
    pairs = (
        (("yes", closed.get("yes", 0)), ("no", closed.get("no", 0)), "{1:,} {0} to {3:,} {2} in the part for tuning"),
        (("false", facts.kinds[0]), ("true", facts.kinds[1]), "{1:,} {0} premises to {3:,} {2}"),
    )
    for one, other, words in pairs:
        less, more = sorted((one, other), key=lambda side: side[1])
        if more[1] >= max(FEWEST_TESTED, MOST_UNEVEN * less[1]):
            yield _Point(
                words.format(*more, *less),
                f"a model tuned on it learns to say {'no' if more[0] in ('no', 'false') else 'yes'}: before tuning, "
                f"leave {more[1] - less[1]:,} of the {more[1]:,} out of what auscult export writes (no option does it)",
                forbids=False,
            )


_USES = {TESTED_ON: _testing, TUNED_ON: _tuning}
_NAMES = {TESTED_ON: "testing", TUNED_ON: "tuning"}
