"""What a chat-completions server sent back: a Reply, or why there is none. Nothing is repaired and nothing guessed."""

import json
import math
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from email.utils import parsedate_to_datetime
from typing import Any

import orjson

from auscult.models import CallFailed
from auscult.models.leaning import listed_margin
from auscult.records import MOST_TOKENS, Reply

FINISH = {
    "stop": "stop",
    "eos_token": "stop",
    "end_turn": "stop",
    "length": "length",
    "max_tokens": "length",
    "content_filter": "content_filter",
}
REASONING = ("thinking", "reasoning", "reasoning_content")
_INVALID = (
    *(b"validation error", b"literal_error", b"input should be", b"extra_forbidden", b"('body',", b'["body"'),
    *(b"invalid_request", b"invalid request", b"invalid value for", b"badrequest", b"bad request"),
    *(b"unsupported_parameter", b"unsupported parameter", b"unknown_parameter"),
)
"""What a validator of requests writes (pydantic, FastAPI, OpenAI and those that pass it on), in lower case."""
_FLAGS = {
    "temperature": "--temperature",
    "top_p": "--top-p",
    "seed": "--model-seed",
    "max_tokens": "--max-tokens",
    "max_completion_tokens": "--max-tokens",
}
"""Field of a request → the option that sets it; of a judge and a reader it has their prefix."""
_REFUSED = (
    "not support",
    "unsupported",
    "unknown",
    "unrecogni",
    "unexpected",
    "deprecated",
    "not permitted",
    "not allowed",
)
"""What a server says of a parameter that it does not take."""
_VALUE = ("unsupported value", "only the default", "must be", "less than", "greater than", "between")
"""What it says of a value that it does not take, of a parameter that it does."""
_NUMBER = re.compile(r"not support\w* -?\d")
_KEYS = re.compile(r"(?i)\bbearer\s+[^\s\"'<]+|\bsk-[\w*-]+")


def one_line(text: str, redact: Callable[[str], str] = str, limit: int = 300) -> str:
    """A server's words as one line: keys out, white space joined, control characters escaped, cut at ``limit``."""
    text = " ".join(_KEYS.sub("[key]", redact(text)).split())
    text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def parse_reply(body: bytes, redact: Callable[[str], str]) -> Reply:
    """Reads the body of a 200.

    An empty text with a known end is a reply (the model said nothing); so is a refusal or a filtered text, which comes
    back empty with finish ``content_filter``. Reasoning beside the content is left out.

    Raises:
        CallFailed: ``bad_reply`` if the body is not a chat completion; as ``failure`` if it holds an error.
    """
    try:
        data = _json(body)
    except (ValueError, RecursionError):
        raise _bad(f"not JSON but {_excerpt(body, redact)}") from None
    choices = data.get("choices") if isinstance(data, dict) else None
    if isinstance(data, dict) and data.get("error") and not choices:
        raise failure(_status_in(data["error"]), {}, body, redact)
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise _bad(f"no choices in {_excerpt(body, redact)}")
    message = choices[0].get("message")
    said = choices[0].get("finish_reason")
    if said == "error":
        raise failure(_status_in(choices[0].get("error")), {}, orjson.dumps(choices[0]), redact)
    if not isinstance(message, dict):
        raise _bad(f"no message in {_excerpt(body, redact)}")
    finish = FINISH.get(said, "") if isinstance(said, str) else ""
    text, refusal = _content(message, finish, body, redact)
    usage = data.get("usage")
    usage = usage if isinstance(usage, dict) else {}
    details = usage.get("prompt_tokens_details")
    counted = Reply(
        tokens_in=_count(usage.get("prompt_tokens")),
        tokens_out=_count(usage.get("completion_tokens")),
        revision=replied_by(data),
        tokens_cached=_count(details.get("cached_tokens")) if isinstance(details, dict) else 0,
    )
    if refusal:
        return replace(counted, finish="content_filter", detail=one_line(f"refused: {refusal}", redact))
    if finish == "content_filter":
        return replace(counted, finish=finish, detail="withheld by the server's content filter")
    text = text.encode("utf-8", "replace").decode()
    return replace(counted, text=text, finish=finish, yes_margin=_margin(choices[0].get("logprobs"), text))


def _margin(given: object, text: str) -> float | None:
    """The yes-margin of the first token of a text; None where a server lists no probabilities of it."""
    content = given.get("content") if isinstance(given, dict) else None
    first = content[0] if isinstance(content, list) and content and isinstance(content[0], dict) else {}
    token, top = first.get("token"), first.get("top_logprobs")
    if not isinstance(token, str) or not isinstance(top, list):
        return None
    if not text.lstrip().startswith(token.strip()):  # of reasoning, which the text is without
        return None
    listed = [entry for entry in top if isinstance(entry, dict)]
    return listed_margin(listed if any(entry.get("token") == token for entry in listed) else [*listed, first])


def _json(body: bytes) -> Any:
    """JSON as servers write it: in Python's own form too (NaN, and characters that were cut in half)."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return json.loads(body)


def replied_by(data: Mapping[str, Any]) -> str:
    """Who a reply says that it is of: the model's full name, and the fingerprint of what serves it."""
    said = [s for s in (data.get("model"), data.get("system_fingerprint")) if isinstance(s, str) and s]
    return one_line(", ".join(said).encode("utf-8", "replace").decode(), limit=120)


def failure(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    redact: Callable[[str], str],
    about_key: str = "",
    hint: str = "",
) -> CallFailed:
    """What an answer that is no 200 means for the engine: its kind, whether and when to try again.

    Args:
        status: of HTTP.
        headers: for the wait that the server asks for.
        body: as it came.
        redact: takes keys out.
        about_key: what to say where access was refused.
        hint: what to say where the request may be the reason.
    """
    error = error_of(body)
    said = f"HTTP {status}: {one_line(message_of(body), redact)}"
    after = retry_after(headers)
    if status == 429:
        words = f"{error.get('code')} {error.get('type')}"
        if "insufficient_quota" in words or "billing" in words:
            return CallFailed("rate_limited", f"{said}; the account has no quota left", retryable=False)
        return CallFailed("rate_limited", said, retryable=True, retry_after=after, overload=True)
    if status == 408:
        return CallFailed("timeout", said, retryable=True, retry_after=after, overload=True)
    if is_invalid_request(status, body):
        said += f"; the request is not valid for this server{_flag(error, body) or hint}"
        return CallFailed("rejected", said, retryable=False)
    if status >= 500:
        busy = status in (503, 504, 529)
        said += hint if status == 500 else ""
        return CallFailed(
            "server_error", said, retryable=status != 501, retry_after=after, overload=busy, down=busy or status == 502
        )
    if status in (401, 403):
        return CallFailed("rejected", f"{said}; {about_key}", retryable=False)
    if 300 <= status < 400:
        to = one_line(headers.get("Location", "somewhere else"), redact)
        why = "redirects are not followed, as images go only to the host you named"
        return CallFailed(
            "rejected", f"HTTP {status}: redirect to {to}; {why}: name the final address", retryable=False
        )
    if status == 404:
        return CallFailed("rejected", f"{said}; model or BASE_URL unknown (it often ends in /v1)", retryable=False)
    return CallFailed(
        "rejected", said + ((_flag(error, body) or hint) if status in (400, 422) else ""), retryable=False
    )


def _flag(error: Mapping[str, Any], body: bytes) -> str:
    """The option that sets what a server refuses, in words; empty where its words name no field."""
    said, param = message_of(body).casefold(), error.get("param")
    named = [n for n in _FLAGS if n == param or re.search(rf"\b{n}\b", said)]
    if not named:
        return ""
    return f"; change {_FLAGS[named[0]]} (of a judge or reader: with its prefix) to what this server takes"


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the server asks to wait: ``retry-after-ms``, or ``Retry-After`` as seconds or HTTP date; or None."""
    for name, unit in (("retry-after-ms", 0.001), ("Retry-After", 1.0)):
        value = headers.get(name, "").strip()
        try:
            seconds = float(value) * unit
        except ValueError:
            continue
        if math.isfinite(seconds):
            return max(0.0, seconds)
    try:
        return max(0.0, parsedate_to_datetime(headers.get("Retry-After", "")).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None


def is_invalid_request(status: int, body: bytes) -> bool:
    """Whether a server says that a request can never be valid, though as a fault of its own (5xx)."""
    return 500 <= status < 600 and any(mark in body.lower() for mark in _INVALID)


def refuses_parameter(body: bytes, name: str) -> bool:
    """Whether a server refused a parameter as such, and not its value."""
    said, code = message_of(body).casefold(), str(error_of(body).get("code"))
    of_value = code == "unsupported_value" or _NUMBER.search(said) or any(phrase in said for phrase in _VALUE)
    if name not in said or of_value:
        return False
    return code in ("unsupported_parameter", "unknown_parameter") or any(phrase in said for phrase in _REFUSED)


def _content(message: dict[str, Any], finish: str, body: bytes, redact: Callable[[str], str]) -> tuple[str, str]:
    """Text and refusal of a message; either may be empty."""
    content, refusal = message.get("content"), message.get("refusal")
    if isinstance(refusal, str) and refusal:
        return "", refusal
    if content is None and finish:
        return "", ""
    if isinstance(content, str):
        return content, ""
    if not isinstance(content, list):
        raise _bad(f"no content in {_excerpt(body, redact)}")
    texts = []
    for part in content:
        kind = part.get("type") if isinstance(part, dict) else None
        if kind == "refusal":
            return "", str(part.get("refusal") or "no reason given")
        if kind in ("text", "output_text") and isinstance(part.get("text"), str):
            texts.append(part["text"])
        elif kind not in REASONING:
            raise _bad(f"a content part of unknown type {kind!r}")
    return "".join(texts), ""


def _bad(why: str) -> CallFailed:
    return CallFailed("bad_reply", f"the server's reply is unreadable: {why}", retryable=True)


def _excerpt(body: bytes, redact: Callable[[str], str]) -> str:
    text = body[:2000].decode("utf-8", "backslashreplace")
    return f"{len(body)} bytes: {one_line(text, redact, 120)}" if text else "nothing"


def _status_in(error: object) -> int:
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, int) and 400 <= code < 600 else 500


def error_of(body: bytes) -> dict[str, Any]:
    """The ``error`` object of a body; empty where there is none."""
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    error = data.get("error") if isinstance(data, dict) else None
    return error if isinstance(error, dict) else {}


def message_of(body: bytes) -> str:
    """The server's own words: OpenAI's ``error.message``, FastAPI's ``detail``, a page's title, or the body."""
    text = body[:20_000].decode("utf-8", "backslashreplace")
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        title = re.search(r"(?is)<title[^>]*>(.*?)</title>", text)
        return title[1] if title else text or "no message"
    if not isinstance(data, dict):
        return text
    error = data.get("error")
    found = error.get("message") if isinstance(error, dict) else error or data.get("message") or data.get("detail")
    return found[:20_000] if isinstance(found, str) else orjson.dumps(found).decode() if found else text


def _count(value: object) -> int:
    """A count as a server gives it; 0, which is "it does not say", for what is none."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    counts = isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MOST_TOKENS
    return value if counts and isinstance(value, int) else 0
