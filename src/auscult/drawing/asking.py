"""A generator behind the engine as it is: a drawing is a call, what came of it a journalled reply.

Images are stored in the run before their reply is written down, so that a journalled drawing is whole, and is never
asked for again. The reply's text is the JSON of what came: files by hash, words, and the names of faults.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import orjson

from auscult.drawing import faults, words
from auscult.drawing.faults import Faulty, kept
from auscult.drawing.generators import Generator
from auscult.drawing.nouns import Drawing, Drawn, DrawnStatus, Prompt, drawn_id
from auscult.engine.ask import Ask
from auscult.engine.forecast import NOT_ASKED
from auscult.errors import UserError
from auscult.models import CallFailed, Model
from auscult.records import Call, Decoding, ImageFile, Message, Reply


@dataclass(frozen=True, kw_only=True)
class Came:
    """What came of one request: images that are stored, words, what the filter said, and what was no image."""

    images: tuple[ImageFile, ...] = ()
    text: str = ""
    refused: str = ""
    faulty: tuple[tuple[str, str], ...] = ()

    def written(self) -> str:
        """As JSON, for the journal."""
        return orjson.dumps(asdict(self)).decode()

    @classmethod
    def read(cls, text: str) -> "Came":
        """Back from the journal."""
        plain = orjson.loads(text)
        images = tuple(ImageFile(**image) for image in plain["images"])
        faulty = tuple((name, detail) for name, detail in plain["faulty"])
        return cls(images=images, text=plain["text"], refused=plain["refused"], faulty=faulty)


class Drawer(Model):
    """A generator as the engine's model: one call a drawing. See ``auscult.models.Model``.

    Args:
        generator: who draws.
        prompts: what may be asked for; a call holds the text alone.
        run: folder that images go to.
    """

    def __init__(self, generator: Generator, prompts: Sequence[Prompt], run: Path) -> None:
        self.generator, self.run = generator, run
        self.identity, self.host = generator.identity, generator.host
        self.batch, self.recorded = generator.batch, generator.recorded
        self._prompts: Mapping[str, Prompt] = {p.text: p for p in prompts}

    async def reply(self, calls: Sequence[Call]) -> list[Reply]:
        """Draws each, one after another; of several, one that fails for good takes no other with it."""
        if len(calls) == 1:
            return [await self._drawn(calls[0])]
        return [await self._drawn_or_failed(call) for call in calls]

    async def _drawn_or_failed(self, call: Call) -> Reply:
        try:
            return await self._drawn(call)
        except CallFailed as failed:
            if failed.retryable:
                raise
            return Reply(failure=failed.kind, detail=failed.detail)

    async def _drawn(self, call: Call) -> Reply:
        drawing = await self.generator.draw(self._prompts[call.messages[-1].text], call.repeat)
        return Reply(
            text=self._kept(drawing).written(),
            finish="stop",
            tokens_in=drawing.tokens_in,
            tokens_out=drawing.tokens_out,
            revision=drawing.revision,
        )

    def _kept(self, drawing: Drawing) -> Came:
        images, wrong = [], []
        for data in drawing.images[: faults.MOST_IMAGES]:
            try:
                images.append(kept(data, self.run))
            except Faulty as fault:
                wrong.append((fault.name, fault.detail))
        if (more := len(drawing.images)) > faults.MOST_IMAGES:
            wrong.append((faults.MANY, f"{more} images, where one was asked for"))
        text = drawing.text.encode("utf-8", "replace").decode()
        refused = drawing.refused.encode("utf-8", "replace").decode()
        return Came(images=tuple(images), text=text, refused=refused, faulty=tuple(wrong))

    async def probe(self) -> None:
        """Whether the generator can be reached."""
        await self.generator.probe()

    async def close(self) -> None:
        """Frees what it holds."""
        await self.generator.close()


@dataclass(frozen=True, kw_only=True)
class DrawingStage:
    """Has a prompt drawn ``draws`` times: the stage that the engine runs, one prompt a group.

    Attributes:
        model: identity of the generator.
        draws: of each prompt.
        run: folder of the run.
        fewer: prompt id → drawings of it, where these are other than ``draws``.
    """

    model: str
    draws: int
    run: Path
    fewer: Mapping[str, int] = field(default_factory=dict)
    _decoding: Decoding = field(default=Decoding(max_tokens=1))

    async def __call__(self, prompt: Prompt, ask: Ask) -> list[Drawn]:
        """The drawings of one prompt, in order."""
        message = (Message("user", (prompt.text,)),)
        draws = self.fewer.get(prompt.id, self.draws)
        calls = [Call(messages=message, decoding=self._decoding, repeat=k) for k in range(draws)]
        replies = await ask.all(calls)
        return [self._row(prompt, k, reply) for k, reply in enumerate(replies)]

    def _row(self, prompt: Prompt, repeat: int, reply: Reply) -> Drawn:
        def row(status: DrawnStatus, came: Came, failure: str = "", detail: str = "") -> Drawn:
            return Drawn(
                id=drawn_id(prompt.id, self.model, repeat),
                prompt_id=prompt.id,
                content=prompt.content,
                model=self.model,
                repeat=repeat,
                status=status,
                images=came.images,
                text=came.text,
                failure=failure,
                detail=detail,
                tokens_in=reply.tokens_in,
                tokens_out=reply.tokens_out,
                seconds=reply.seconds,
                attempts=reply.attempts,
            )

        if reply.failure:
            return row("request_failed", Came(), reply.failure, "" if reply.failure == NOT_ASKED else reply.detail)
        came = Came.read(reply.text)
        for image in came.images:
            if not (self.run / image.path).is_file():
                raise UserError(f"{self.run / image.path}: is missing; put it back, or draw again with another --out")
        if came.refused:
            return row("refused", came, faults.POLICY, came.refused)
        if came.faulty:
            return row("unusable", came, *came.faulty[0])
        if came.images:
            return row("ok", came)
        if not came.text.strip():
            return row("unusable", came, faults.NOTHING, "neither an image nor words came")
        if not words.said(came.text):
            return row("unusable", came, faults.TEXT_ALONE, " ".join(came.text.split())[:200])
        return row("ok", came)


def counted(drawn: Sequence[Drawn], prompts: Sequence[Prompt]) -> list[Drawn]:
    """The drawings as they count: one that the generator gave for two contents, or both kinds, is no drawing of any.

    Such pictures are known by the hash of their pixels. The drawings of one prompt may be equal: a generator that
    draws alike every time is asked once in truth, which ``alike`` says.
    """
    about = {p.id: (p.content, p.kind) for p in prompts}
    seen: dict[str, set[tuple[str, str]]] = {}
    for row in drawn:
        for image in row.images:
            seen.setdefault(image.pixels, set()).add(about[row.prompt_id])
    everywhere = {pixels for pixels, subjects in seen.items() if len(subjects) > 1}
    return [_same(row, everywhere, seen) for row in drawn]


def _same(row: Drawn, everywhere: set[str], seen: Mapping[str, set[tuple[str, str]]]) -> Drawn:
    found = [image.pixels for image in row.images if image.pixels in everywhere]
    if row.status != "ok" or not found:
        return row
    detail = f"its pixels came for {len(seen[found[0]])} different things that were asked for"
    return replace(row, status="unusable", failure=faults.SAME, detail=detail)


def alike(drawn: Sequence[Drawn]) -> int:
    """How many prompts that were drawn several times gave one and the same picture each time."""
    pictures: dict[str, list[str]] = {}
    for row in drawn:
        if row.images:
            pictures.setdefault(row.prompt_id, []).append(row.images[0].pixels)
    return sum(len(several) > 1 and len(set(several)) == 1 for several in pictures.values())
