"""What a model said, read or not: one JSON object, asked for again where it is none. Nothing is repaired or clipped.

What it thought before its verdict is none: a verdict is the one JSON object that a reply ends in.
"""

import json
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Annotated, Any, Generic, Self, TypeVar

import orjson
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from auscult.engine.ask import Ask
from auscult.facts.reply import without_thought
from auscult.records import Call, Reply, ScoreStatus

LONGEST = 20_000
"""Characters of a verdict beyond which a judge has lost its way."""
ENDLESS = "begins with thinking and ends in it (server: --reasoning-parser, or more --judge-max-tokens)"
_BLOCK = re.compile(r"```(?i:json)?\s*(\{.*\})\s*```", re.DOTALL)
_CLOSED = re.compile(r"\s*(?:```)?\s*")
_FINAL = re.compile(
    r"\b(?:final(?:ly)?|verdict|conclusion|my (?:grades?|scores?))\b[^{}\n]*\s*(?:```(?:json)?\s*)?$", re.I
)
"""What leads from reasoning to the verdict; behind it stands nothing but the opening of a code block."""
T = TypeVar("T")
TRY = 1_000
"""Step of ``Call.repeat`` between tries: below it stand the repeats, so that no two calls share a journal key."""


class Unreadable(Exception):
    """A judge's reply that must not become a score; its text says why, and in brackets at its end what was said."""


@dataclass(frozen=True, slots=True)
class Verdict(Generic[T]):
    """What was read from the replies to one call, or why nothing was: then ``status`` is that of missing data."""

    value: T | None
    status: ScoreStatus = "ok"
    why: str = ""


async def ask_until_read(
    calls: Sequence[Call], read: Callable[[int, Reply], T], ask: Ask, tries: int
) -> list[Verdict[T]]:
    """Asks all calls together, and those whose reply cannot be read again, up to ``tries`` times.

    Args:
        calls: ``repeat`` below ``TRY``.
        read: number of the call and its reply → what it says; raises Unreadable.
        ask: how to ask.
        tries: at least 1.
    """
    found: list[Verdict[T]] = [Verdict(None)] * len(calls)
    open_ones = list(range(len(calls)))
    for attempt in range(tries):
        if not open_ones:
            break
        replies = await ask.all([replace(calls[n], repeat=calls[n].repeat + TRY * attempt) for n in open_ones])
        again = []
        for n, reply in zip(open_ones, replies, strict=True):
            if reply.failure:
                found[n] = Verdict(None, "request_failed", f"{reply.failure}: {reply.detail}")
                continue
            try:
                found[n] = Verdict(read(n, reply))
            except Unreadable as error:
                cut = ", cut off at the token limit" if reply.finish == "length" else ""
                times = f" {attempt + 1} times, at last" if attempt else ""
                found[n] = Verdict(None, "judge_unusable", f"unreadable{times}{cut}: {error}")
                again.append(n)
        open_ones = again
    return found


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable("a key stands twice")
    return found


@dataclass(frozen=True)
class _Object:
    """A JSON object of a reply, and the text that it was written as."""

    values: dict[str, Any]
    written: str


_DECODER = json.JSONDecoder(object_pairs_hook=_no_repeats)


def _whole_object(text: str) -> _Object | None:
    """The object that a text consists of, a code block around it aside; None where it is no object and nothing more.

    Raises:
        Unreadable: it is one, and too long or with a key that stands twice.
    """
    block = _BLOCK.fullmatch(text)
    text = block[1] if block else text
    if not text.startswith("{"):
        return None
    try:
        found = _DECODER.decode(text)
    except (ValueError, RecursionError):
        return None
    if len(text) > LONGEST:
        raise Unreadable(f"longer than {LONGEST} characters")
    return _Object(found, text)


def _last_object(text: str, keys: Collection[str]) -> _Object:
    """The object that a text ends in, which is the verdict; whatever stands before is reasoning.

    An object of the same form that stands before it and says something else makes the reply contradict itself, unless
    the reasoning goes on behind it and names what comes as final.

    Raises:
        Unreadable: no object ends the text, or two verdicts differ.
    """
    if not text:
        raise Unreadable("empty")
    if (whole := _whole_object(text)) is not None:
        return whole
    if len(text) > LONGEST:
        raise Unreadable(f"longer than {LONGEST} characters")
    found = list(_objects(text))
    if not found:
        raise Unreadable("not one JSON object")
    if not _CLOSED.fullmatch(text, found[-1][1]):
        raise Unreadable("something stands behind its JSON object")
    (start, _, last), earlier = found[-1], [f for f in found[:-1] if all(key in f[2].values for key in keys)]
    if earlier and earlier[-1][2].values != last.values and not _FINAL.search(text, earlier[-1][1], start):
        raise Unreadable("two verdicts that differ")
    return last


def _objects(text: str) -> Iterator[tuple[int, int, _Object]]:
    """Where the objects of a text that stand in no other begin and end, and what they say."""
    start = text.find("{")
    while start >= 0:
        try:
            values, end = _DECODER.raw_decode(text, start)
        except (ValueError, RecursionError):
            start = text.find("{", start + 1)
            continue
        yield start, end, _Object(values, text[start:end])
        start = text.find("{", end)


def after_thinking(text: str) -> str:
    """What stands behind the thoughts that a reply begins with.

    Raises:
        Unreadable: a thought was never closed.
    """
    verdict, _, left_open = without_thought(text)
    if left_open:
        raise Unreadable(ENDLESS)
    return verdict.strip()


def _whole(text: str) -> str:
    """A text that can be written down; an escaped half of a surrogate pair cannot."""
    if any("\ud800" <= c <= "\udfff" for c in text):
        raise ValueError("holds half a character")
    return text


Text = Annotated[str, AfterValidator(_whole)]


class JsonReply(BaseModel):
    """The form of a judge's reply: sent to the server as a schema, and what its text is read with.

    Every field is needed, nothing is converted, and what stands beside the fields is left aside.
    """

    model_config = ConfigDict(strict=True, frozen=True)

    @classmethod
    @cache
    def form(cls) -> str:
        """The JSON schema: objects with all their fields and no others, written out where they stand."""
        schema = cls.model_json_schema()
        return orjson.dumps(_form(schema, schema.get("$defs", {}))).decode()

    @classmethod
    def read(cls, text: str, candidate: str) -> Self:
        """The one JSON object that a reply consists of, or ends in; a Markdown code block around it may stand.

        Args:
            text: the reply.
            candidate: what was judged; a reply that stands in it word for word is a quotation.

        Raises:
            Unreadable: the reply is anything else, or holds two verdicts that differ.
        """
        text = text.strip()
        found = _whole_object(text) or _last_object(after_thinking(text), cls.model_fields)
        if lacking := [key for key in cls.model_fields if key not in found.values]:
            raise Unreadable(f"no {', '.join(lacking)} among its keys")
        if "".join(found.written.split()) in "".join(candidate.split()):
            raise Unreadable("a quotation of what was to be judged")
        try:
            return cls.model_validate(found.values)
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            said = first["msg"].removeprefix("Value error, ")
            raise Unreadable(f"{first['loc'][0]}: {said}" if first["loc"] else said) from None


def _form(node: Any, known: dict[str, Any]) -> Any:
    """A node of a schema in the few words that every server knows."""
    if "$ref" in node:
        return _form(known[node["$ref"].rpartition("/")[2]], known)
    found = {key: node[key] for key in ("type", "enum") if key in node}
    if "const" in node:
        found["enum"] = [node["const"]]
    if "items" in node:
        found["items"] = _form(node["items"], known)
    if "properties" in node:
        found["properties"] = {name: _form(of, known) for name, of in node["properties"].items()}
        found |= {"required": list(found["properties"]), "additionalProperties": False}
    return found
