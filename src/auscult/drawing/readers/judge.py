"""A judge VLM: says what each image shows, thing by thing, with its evidence; a rule makes the outcome of that.

The judge is never told the prompt, nor asked whether an image is possible: it would be believed. It is asked of three
things at a time, in an order of their own: what the prompt asks for, what the other prompt of the pair asks for, and
something that nobody asked for here. How often it sees that decoy tells how far its other sightings can be believed.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from auscult.drawing import words
from auscult.drawing.nouns import Drawn, Outcome, OutcomeKind, Prompt
from auscult.drawing.readers import Reader
from auscult.engine.ask import Ask
from auscult.engine.replies import JsonReply, Text, Unreadable, ask_until_read
from auscult.records import Call, Decoding, Image, Message, Reply, rank
from auscult.store.files import shipped_table

PROMPT = "data/drawing-judge.toml"
NAME = "judge"
MAX_TOKENS = 1_024
OTHERS = ("other medical image", "no medical image")
"""Kinds beside those that prompts ask for."""
SURPLUS = "two images"
"""Name of a drawing of several images that are no split of what cannot be into what can."""
_MIME = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp", ".gif": "image/gif"}


def create(identity: str, prompts: Sequence[Prompt]) -> "Judge":
    """A judge as it is usually asked."""
    return Judge(identity, prompts)


class Thing(JsonReply):
    """What the judge says of one thing: where it looked first, then whether it is there."""

    name: Text
    where: Text
    seen: Literal["yes", "no", "cannot tell"]
    side: Literal["left", "right", "both", "none"]


class Addition(JsonReply):
    """Something in the image that is not the body as it grew."""

    what: Literal["clips", "tubes", "text", "second organ"]
    where: Text


class Sight(JsonReply):
    """What the judge says of one image."""

    kind: Text
    view: Text
    things: list[Thing]
    additions: list[Addition]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Names that the judge is asked about: of the prompt, of the other of its pair, and a decoy; and their order.

    The decoy is what such an image cannot show either: what another pair of the same kind of image must not show.
    """

    own: tuple[str, ...]
    other: tuple[str, ...]
    decoy: str
    order: tuple[str, ...]


class Judge(Reader):
    """See ``Reader``.

    Args:
        identity: of the model that judges.
        prompts: of the whole audit: pairs and decoys come from them.
        tries: how often a reply is asked for until it can be read.
        temperature: of the judge.
        max_tokens: of one reply.
        schema: whether the form of the reply is sent along.
    """

    name = NAME

    def __init__(
        self,
        identity: str,
        prompts: Sequence[Prompt],
        *,
        tries: int = 3,
        temperature: float = 0.0,
        max_tokens: int = MAX_TOKENS,
        schema: bool = True,
    ) -> None:
        self._text = shipped_table(PROMPT)
        self.version = f"{self._text['version']}+{identity}"
        self._tries, self._schema = tries, schema
        self._decoding = Decoding(temperature=temperature, max_tokens=max_tokens)
        self._kinds = (*sorted({p.modality for p in prompts if p.modality}), *OTHERS)
        self._asked = {p.id: _asked(p, prompts) for p in prompts}

    async def read(self, prompt: Prompt, drawn: Drawn, folder: Path, ask: Ask | None) -> Outcome:
        """What came of one drawing. See ``Reader``."""
        if (ready := self.unseen(drawn)) is not None:
            return ready
        assert ask is not None, "a judge is asked"
        calls = [self.call(prompt, _image(folder, image.path)) for image in drawn.images]
        sights = await ask_until_read(calls, lambda n, reply: self._seen(prompt, reply), ask, self._tries)
        if lost := next((s for s in sights if s.value is None), None):
            return self.outcome(drawn, status=lost.status, evidence=lost.why)
        return self._outcome(prompt, drawn, [s.value for s in sights if s.value is not None])

    def call(self, prompt: Prompt, image: Image) -> Call:
        """What the judge is asked about an image; what all calls share comes first."""
        listed = "\n".join(f"- {kind}" for kind in self._kinds)
        names = "\n".join(f"- {name}" for name in self._asked[prompt.id].order)
        parts: tuple[str | Image, ...] = (image, f"{self._text['names']}:\n{names}")
        instructions = f"{self._text['instructions'].strip()}\n\n{self._text['kinds']}:\n{listed}"
        return Call(
            messages=(Message("system", (instructions,)), Message("user", parts)),
            decoding=self._decoding,
            schema=Sight.form() if self._schema else "",
        )

    def _seen(self, prompt: Prompt, reply: Reply) -> Sight:
        """Reads a reply; one that leaves a name out, or names a kind that is none, is asked for again."""
        found = Sight.read(reply.text, "")
        names = [thing.name for thing in found.things]
        if missing := [name for name in self._asked[prompt.id].order if name not in names]:
            raise Unreadable(f"says nothing of '{missing[0]}'")
        if found.kind not in self._kinds:
            raise Unreadable(f"kind is '{found.kind[:40]}'")
        return found

    def _outcome(self, prompt: Prompt, drawn: Drawn, sights: Sequence[Sight]) -> Outcome:
        looked = [_Look(prompt, self._asked[prompt.id], sight) for sight in sights]
        first, several = looked[0], len(looked) > 1
        evidence = " / ".join(look.evidence for look in looked)
        decoy = next((look.decoy for look in looked if look.decoy), "")

        def came(outcome: OutcomeKind, side: str = "") -> Outcome:
            return self.outcome(
                drawn,
                outcome,
                additions=tuple(dict.fromkeys(a.what for sight in sights for a in sight.additions)),
                side=side,
                modality=sights[0].kind,
                view=sights[0].view,
                evidence=evidence,
                decoy=decoy,
            )

        if any(look.impossible == "yes" for look in looked):
            return came("implausible")
        if any("cannot tell" in (look.impossible, look.asked) for look in looked):
            return self.outcome(drawn, status="unread", modality=sights[0].kind, evidence=evidence, decoy=decoy)
        if several and (prompt.kind == "plausible" or len({sight.kind for sight in sights}) == 1):
            told = f"{SURPLUS}: {evidence}"
            return self.outcome(drawn, status="unusable", modality=sights[0].kind, evidence=told, decoy=decoy)
        if several:
            return came("clarified")
        if not first.right_kind or first.asked == "no":
            return came("other")
        explained = prompt.kind == "impossible" and words.said(drawn.text) == "clarified"
        return came("clarified" if explained else "plausible", first.side)


class _Look:
    """One image, read by the rule: is it of the kind that was asked for, does it show what was, what cannot be?"""

    def __init__(self, prompt: Prompt, asked: Asked, sight: Sight) -> None:
        things: Mapping[str, Thing] = {thing.name: thing for thing in sight.things}
        self.right_kind = not prompt.modality or sight.kind == prompt.modality
        wanted, banned = (asked.own, asked.other) if prompt.kind == "plausible" else (asked.other, asked.own)
        self.impossible = _any(things, banned) if self.right_kind else "no"
        self.asked = _any(things, wanted) if prompt.kind == "plausible" and wanted else "yes"
        sides = (things[name].side for name in wanted if things[name].seen == "yes")
        side = next(sides, "none") if prompt.kind == "plausible" else "none"
        self.side = "" if side == "none" else side
        self.decoy = asked.decoy if asked.decoy and things[asked.decoy].seen == "yes" else ""
        told = [f"{sight.kind}{f', {sight.view}' if sight.view else ''}"]
        for name, thing in things.items():
            if thing.seen != "no":
                told.append(f"{name}: {thing.seen}{f' ({thing.where})' if thing.where else ''}")
        told += [f"{a.what} ({a.where})" for a in sight.additions]
        self.evidence = " ".join("; ".join(told).split())[:600]


def _any(things: Mapping[str, Thing], names: Sequence[str]) -> str:
    """Whether one of these things is seen: yes, no, or cannot tell."""
    said = {things[name].seen for name in names if name in things}
    return "yes" if "yes" in said else "cannot tell" if "cannot tell" in said else "no"


def _names(prompt: Prompt) -> tuple[str, ...]:
    return prompt.asks if prompt.kind == "plausible" else prompt.must_not


def _asked(prompt: Prompt, prompts: Sequence[Prompt]) -> Asked:
    """What the judge is asked about the drawings of a prompt."""
    own = _names(prompt)
    pair = [p for p in prompts if p.content == prompt.content and p.kind != prompt.kind]
    other = _names(pair[0]) if pair else ()
    alike = [p for p in prompts if p.modality == prompt.modality and p.content != prompt.content]
    strangers = sorted({name for p in alike for name in p.must_not} - {*own, *other})
    decoy = strangers[rank("decoy", prompt.id) % len(strangers)] if strangers else ""
    names = {*own, *other, *([decoy] if decoy else [])}
    order = sorted(names, key=lambda name: rank("order", prompt.id, name))
    return Asked(own=own, other=other, decoy=decoy, order=tuple(order))


def _image(folder: Path, path: str) -> Image:
    data = (folder / path).read_bytes()
    return Image(data, _MIME.get(Path(path).suffix, "image/png"), hashlib.sha256(data).hexdigest(), path)
