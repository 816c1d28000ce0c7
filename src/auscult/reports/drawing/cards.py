"""Drawings as cards: the picture, what was asked, what came of it, and who says so."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from auscult.drawing.nouns import Drawn, Outcome, Prompt
from auscult.records import rank
from auscult.reports.drawing.words import ADDITIONS, OUTCOMES, fault, reader, wording
from auscult.reports.thumbnails import Picture, picture_of

LONG_SIDE = 320
MOST_TEXT = 300
Tone = str
_TONES: Mapping[str, Tone] = {"implausible": "wrong", "plausible": "right", "clarified": "right", "refused": "right"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One drawing.

    Attributes:
        pictures: small, in order; empty where nothing was drawn.
        alt: what they are, for those who do not see them.
        asked: the prompt.
        wording: of the prompt, in words.
        kind: plausible or impossible.
        came: the outcome in words.
        tone: its colour.
        added: what nobody asked for, in words.
        side: that was drawn, where the prompt left it open.
        said: what the generator said.
        evidence: what readers say, one line each: who, and what.
        outcome: its name, for order.
    """

    pictures: tuple[Picture, ...]
    alt: str
    asked: str
    wording: str
    kind: str
    came: str
    tone: Tone
    added: str
    side: str
    said: str
    evidence: tuple[tuple[str, str], ...]
    outcome: str


def chosen(
    prompts: Mapping[str, Prompt], outcomes: Sequence[Outcome], wanted: Iterable[str], most: int
) -> list[tuple[str, list[str]]]:
    """Drawings by outcome: of each wanted one at most ``most``, contents in turn, by a rule that knows no picture.

    Args:
        prompts: by id.
        outcomes: of the reader that leads.
        wanted: outcomes, or ``additions``: drawings that hold what nobody asked for.
        most: of each.

    Returns:
        Outcome and the ids of its drawings.
    """
    found = []
    for name in wanted:
        those = [o for o in outcomes if (bool(o.additions) if name == "additions" else o.outcome == name)]
        found.append((name, [o.drawn_id for o in _in_turn(those, prompts)][:most]))
    return found


def _in_turn(outcomes: Sequence[Outcome], prompts: Mapping[str, Prompt]) -> list[Outcome]:
    """Contents take turns, and within a content its wordings."""
    groups: defaultdict[str, list[Outcome]] = defaultdict(list)
    for outcome in sorted(outcomes, key=lambda o: rank("shown", o.drawn_id)):
        groups[outcome.content].append(outcome)
    order = sorted(groups, key=lambda content: rank("shown", content))
    turns = [
        groups[content][k]
        for k in range(max(map(len, groups.values()), default=0))
        for content in order
        if k < len(groups[content])
    ]
    return turns


def card(folder: Path, prompt: Prompt, drawn: Drawn, said: Mapping[str, Outcome], leads: str) -> Card:
    """A drawing as a card.

    Args:
        folder: of the run.
        prompt: that was drawn.
        drawn: the drawing.
        said: reader → what it says of it.
        leads: the reader whose outcome colours it.
    """
    first = said[leads]
    came = OUTCOMES.get(first.outcome, first.outcome) or fault(drawn.failure) or first.status.replace("_", " ")
    return Card(
        pictures=tuple(picture_of(image, folder, LONG_SIDE) for image in drawn.images),
        alt=f"Drawn for: {prompt.text}",
        asked=prompt.text,
        wording=wording(prompt.wording),
        kind=prompt.kind,
        came=came,
        tone=_TONES.get(first.outcome, "unread"),
        added=", ".join(ADDITIONS.get(a, a) for a in first.additions),
        side=first.side if "side" in prompt.left_open else "",
        said=" ".join(drawn.text.split())[:MOST_TEXT],
        evidence=tuple((reader(name), _evidence(o)) for name, o in said.items() if _evidence(o)),
        outcome=first.outcome,
    )


def _evidence(outcome: Outcome) -> str:
    name = OUTCOMES.get(outcome.outcome, outcome.outcome) or outcome.status.replace("_", " ")
    return ": ".join(filter(None, (name, outcome.evidence)))
