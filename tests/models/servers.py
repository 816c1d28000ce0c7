"""Real servers on loopback, each in a process of its own: a scripted one that can misbehave, and `transformers serve`.

By hand: ``python -m tests.models.servers --port 0 --faults 429,truncated --times 2`` prints the port it listens on.
``http://127.0.0.1:PORT/v1`` behaves as scripted, ``http://127.0.0.1:PORT/FAULT/v1`` always has that fault. The reply
depends on every text and every image of the request and on nothing else.
"""

import argparse
import asyncio
import contextlib
import hashlib
import importlib.util
import json
import math
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson
from aiohttp import web

FAULTS = (
    *("301", "400", "401", "404", "408", "413", "429", "500", "502", "503", "504"),
    *("quota", "max-tokens", "temperature", "echo-key"),
    *(
        "few-logprobs",
        "no-logprobs",
        "ignores-logprobs",
        "no-temperature",
        "no-schema",
        "only-json-object",
        "validator",
        "invalid",
    ),
    *("truncated", "html", "latin-1", "not-json", "no-choices", "empty-choices", "no-message", "error-in-200", "huge"),
    *("null", "parts", "refusal", "filter", "length", "no-usage", "reasoning", "disconnect", "reset", "hang"),
)

FIRST_TOKENS = {"Yes": 0.4, "No": 0.3, " yes": 0.1, "The": 0.1, "NO": 0.05}
"""Probabilities of first tokens that the scripted server lists, whatever it then says."""

# Fault → what the request must hold, or must not, for it to be taken.
MENDED = {
    "max-tokens": (b'"max_completion_tokens"', True),
    "few-logprobs": (b'"top_logprobs":5', True),
    "no-logprobs": (b'"logprobs"', False),
    "no-temperature": (b'"temperature"', False),
    "no-schema": (b'"response_format"', False),
    "only-json-object": (b'"json_schema"', False),
    "validator": (b'"json_schema"', False),
}


def scripted_text(texts: list[str], images: list[str]) -> str:
    """What the scripted server replies to these texts and image URLs, in order of appearance."""
    name = hashlib.blake2b("\0".join([*texts, "\1", *images]).encode(), digest_size=6).hexdigest()
    return f"{'Yes' if int(name[-1], 16) % 2 else 'No'}, finding {name}."


def drafted_batch(text: str) -> str:
    """A right pair for each slot of a plan, for an annotation "The heart is enlarged. There is no {finding}."."""
    plan = re.findall(r"^slot (\d+), task ([a-z ]+?(?: \d+)?):(.*)$", text, re.MULTILINE)
    denied = re.search(r"There is no ([a-z ]+)\.", text)
    pairs, truths = [], {number: task.split()[0] == "true" for number, task, _ in plan}
    for number, task, line in plan:
        false = task.startswith("false") or (task.startswith("neutral") and not truths[task.split()[1]])
        about = denied[1] if false and denied else "enlarged heart"
        start = "How does the {} look here" if "takes the premise" in line else "Is there an {}"
        start = "This image shows an {}, right" if "ends in" in line else start
        answer = f"No, there is no {about} in this image." if false else "Yes, the heart is enlarged in this image."
        pair = {"slot": int(number), "task": task, "premise": f"There is an {about}."}
        pair["evidence"] = f"There is no {about}" if false else "The heart is enlarged"
        pair["question"] = start.format(about) + f" (line {number})?"
        pairs.append(pair | {"answer": answer.partition(",")[0] if task.startswith("neutral") else answer})
    return json.dumps({"pairs": pairs})


@dataclass
class Script:
    """How the server behaves: the first ``times`` requests of each body meet ``faults`` in turn (None: all of them)."""

    faults: tuple[str, ...] = ()
    times: int | None = None
    share: float = 1.0
    retry_after: str = ""
    sleep_ms: float = 0.0
    text: str = ""
    ignore_images: bool = False
    drafts: bool = False
    location: str = "http://example.invalid/v1"


class ScriptedServer:
    """An OpenAI-compatible server whose every reply is known; GET /counts tells what it was asked."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.asked: Counter[str] = Counter()
        self.answered: Counter[str] = Counter()
        self.now = self.most_at_once = 0
        self.paths: Counter[str] = Counter()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        self.paths[request.path] += 1
        if request.path == "/counts":
            counts = {"asked": self.asked, "answered": self.answered, "paths": self.paths}
            return web.json_response({**counts, "most_at_once": self.most_at_once})
        self.now += 1
        self.most_at_once = max(self.most_at_once, self.now)
        try:
            if request.path.endswith("/models"):
                fault = self._named(request) or (self.script.faults[0] if self.script.faults else "")
                return await self._fault(request, fault, b"{}") if fault else web.json_response({"data": []})
            return await self._chat(request)
        finally:
            self.now -= 1

    async def _chat(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.content.read()
        name = hashlib.blake2b(body, digest_size=16).hexdigest()
        self.asked[name] += 1
        if self.script.sleep_ms:
            await asyncio.sleep(self.script.sleep_ms / 1000)
        fault = self._named(request) or self._planned(name, self.asked[name] - 1)
        if fault in MENDED and (MENDED[fault][0] in body) == MENDED[fault][1]:
            fault = ""
        if fault:
            return await self._fault(request, fault, body)
        self.answered[name] += 1
        return web.Response(body=self._good(body), content_type="application/json")

    def _named(self, request: web.BaseRequest) -> str:
        first = request.path.split("/")[1]
        return first if first in FAULTS else ""

    def _planned(self, name: str, before: int) -> str:
        script = self.script
        if not script.faults or (script.times is not None and before >= script.times):
            return ""
        if int(name[:8], 16) / 2**32 >= script.share:
            return ""
        return script.faults[before % len(script.faults)]

    def _text(self, body: bytes) -> str:
        texts, images = [], []
        for message in orjson.loads(body)["messages"]:
            content = message["content"]
            for part in [{"type": "text", "text": content}] if isinstance(content, str) else content:
                if part["type"] == "text":
                    texts.append(part["text"])
                elif not self.script.ignore_images:
                    images.append(part["image_url"]["url"])
        if self.script.drafts:
            return drafted_batch(texts[-1])
        return self.script.text or scripted_text(texts, images)

    def _good(self, body: bytes, finish: str = "stop", usage: bool = True, **message: object) -> bytes:
        message = {"role": "assistant", "content": self._text(body), **message}
        reply: dict[str, object] = {
            "object": "chat.completion",
            "choices": [{"index": 0, "message": message, "finish_reason": finish, **self._listed(body)}],
        }
        if usage:
            counts = {"prompt_tokens": len(body) // 4, "completion_tokens": 7}
            reply["usage"] = {**counts, "prompt_tokens_details": {"cached_tokens": 1}}
        return orjson.dumps(reply)

    def _listed(self, body: bytes) -> dict[str, object]:
        """The most likely first tokens, where they are asked for."""
        first = self._text(body).split(",")[0]
        if not orjson.loads(body).get("logprobs"):
            return {}
        top = [{"token": t, "logprob": math.log(p)} for t, p in FIRST_TOKENS.items()]
        return {"logprobs": {"content": [{"token": first, "logprob": -1.0, "top_logprobs": top}]}}

    async def _fault(self, request: web.BaseRequest, fault: str, body: bytes) -> web.StreamResponse:
        """Misbehaves as named. Bodies that are no fault of the transport are made from the good reply."""
        if fault in ("hang", "disconnect", "reset"):
            return await self._break(request, fault)
        if fault == "301":
            return web.Response(status=301, headers={"Location": self.script.location})
        if fault == "quota":
            return _error(429, "You exceeded your current quota.\nSee billing.", code="insufficient_quota")
        if fault == "max-tokens":
            return _error(400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.")
        if fault in ("few-logprobs", "no-logprobs"):
            few = "top_logprobs must be at most 5" if fault == "few-logprobs" else "logprobs is not supported"
            return _error(400, few)
        if fault == "no-temperature":
            return _error(400, "Unsupported parameter: 'temperature' is not supported with this model.")
        if fault == "no-schema":
            return _error(400, "response_format is not available for this model")
        if fault == "only-json-object":
            return _error(422, "response_format.type: use 'text' or 'json_object', not json_schema")
        if fault in ("validator", "invalid"):
            where = "response_format" if fault == "validator" else "messages"
            return _error(500, f"1 validation error: ('body', '{where}'): Input should be 'text' or 'json_object'")
        if fault == "temperature":
            return _error(400, "'temperature' does not support 0.0 with this model.", param="temperature")
        if fault == "echo-key":
            sent = request.headers.get("Authorization", "")
            return _error(400, f"bad header {sent}, bad key {sent.split()[-1]} \x1b[31m" + "x" * 2000)
        if fault.isdigit():
            headers = {"Retry-After": self.script.retry_after} if self.script.retry_after else {}
            return _error(int(fault), f"planned {fault}", headers=headers)
        return web.Response(body=self._odd(fault, body), content_type="application/json")

    def _odd(self, fault: str, body: bytes) -> bytes:
        texts = {
            "truncated": lambda: self._good(body)[:-30],
            "html": lambda: b"<!doctype html><html><title>Sign in</title></html>",
            "latin-1": lambda: '{"choices": "é"}'.encode("latin-1"),
            "not-json": lambda: b"data: [DONE]",
            "no-choices": lambda: b'{"object": "chat.completion"}',
            "empty-choices": lambda: b'{"choices": []}',
            "no-message": lambda: b'{"choices": [{"finish_reason": "stop"}]}',
            "error-in-200": lambda: b'{"error": {"message": "overloaded", "code": 503}}',
            "huge": lambda: self._good(body, content="x" * (20 << 20)),
            "null": lambda: self._good(body, content=None, finish="length"),
            "parts": lambda: self._good(body, content=[{"type": "text", "text": self._text(body)}]),
            "refusal": lambda: self._good(body, content=None, refusal="I cannot help with that."),
            "filter": lambda: self._good(body, finish="content_filter", content="half of a"),
            "length": lambda: self._good(body, finish="length"),
            "ignores-logprobs": lambda: self._good(body.replace(b'"logprobs":true', b'"logprobs":false')),
            "no-usage": lambda: self._good(body, usage=False),
            "reasoning": lambda: self._good(body, reasoning_content="It may be no."),
        }
        return texts[fault]()

    async def _break(self, request: web.BaseRequest, fault: str) -> web.StreamResponse:
        if fault == "hang":
            await asyncio.sleep(3600)
        reply = web.StreamResponse(headers={"Content-Length": "100"})
        if fault == "disconnect":
            await reply.prepare(request)
            await reply.write(b'{"choices": [')
        assert request.transport is not None
        request.transport.close() if fault == "disconnect" else request.transport.abort()
        return reply


def _error(
    status: int, message: str, code: str = "", param: str = "", headers: dict[str, str] | None = None
) -> web.Response:
    error = {"message": message, "code": code or status, "param": param or None}
    body = orjson.dumps({"error": error})
    return web.Response(status=status, body=body, content_type="application/json", headers=headers)


async def _serve(port: int, script: Script, until_stdin_closes: bool) -> None:
    server = web.Server(ScriptedServer(script).handle, access_log=None)
    runner = web.ServerRunner(server)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port, backlog=4096)
    await site.start()
    assert site._server is not None
    print(site._server.sockets[0].getsockname()[1], flush=True)
    if until_stdin_closes:
        await asyncio.to_thread(sys.stdin.read)
        os._exit(0)
    await asyncio.Event().wait()


@dataclass
class Running:
    """A server that runs: ``base_url`` for a model spec, ``process`` to kill."""

    base_url: str
    process: subprocess.Popen[str]

    def with_fault(self, fault: str) -> str:
        """Scripted server only: the address under which every request meets that fault."""
        return self.base_url.replace("/v1", f"/{fault}/v1")

    def counts(self) -> dict:
        """Scripted server only: body hash → how often asked and answered; most requests at once; paths."""
        with urllib.request.urlopen(self.base_url.removesuffix("/v1") + "/counts", timeout=10) as reply:
            return json.load(reply)


@contextlib.contextmanager
def scripted_server(port: int = 0, **script: object) -> Iterator[Running]:
    """Starts a scripted server; the keywords are the fields of ``Script``. It dies with the process that started it."""
    command = [sys.executable, str(Path(__file__).resolve()), "--until-stdin-closes", "--port", str(port)]
    command += ["--script", json.dumps(script)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line.strip().isdigit():
            raise RuntimeError(f"the scripted server did not start; it said: {line!r}")
        try:
            yield Running(f"http://127.0.0.1:{int(line)}/v1", process)
        finally:
            process.kill()


@contextlib.contextmanager
def transformers_server(seconds: float = 90) -> Iterator[Running]:
    """Starts ``transformers serve`` on the CPU with no network; the model is named by its folder in each request.

    Raises:
        RuntimeError: it did not come up; the message ends with the last line it printed.
    """
    missing = [name for name in ("fastapi", "uvicorn", "accelerate") if not importlib.util.find_spec(name)]
    if missing:
        raise RuntimeError(f"transformers serve needs {', '.join(missing)}, not installed")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).with_name("transformers")), "serve", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--device", "cpu", "--dtype", "float32"]
    base_url = f"http://127.0.0.1:{port}/v1"
    with tempfile.TemporaryFile("w+") as log:
        env = {**os.environ, "HF_HUB_OFFLINE": "1"}
        try:
            process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, text=True, env=env)
        except OSError as error:
            raise RuntimeError(f"transformers serve cannot be run: {error}") from error
        with process:
            try:
                if not _comes_up(base_url.removesuffix("/v1") + "/health", process, seconds):
                    log.seek(0)
                    lines = log.read().strip().splitlines() or ["nothing"]
                    raise RuntimeError(f"transformers serve did not start; it said: {lines[-1]}")
                yield Running(base_url, process)
            finally:
                process.kill()


def _comes_up(url: str, process: subprocess.Popen[str], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(urllib.error.URLError, OSError), urllib.request.urlopen(url, timeout=2):
            return True
        time.sleep(0.2)
    return False


def main() -> None:
    """Command line of the scripted server."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--faults", default="", help=f"comma-separated, of: {', '.join(FAULTS)}")
    parser.add_argument("--times", type=int, help="only the first N requests of each body meet a fault")
    parser.add_argument("--sleep-ms", type=float, default=0)
    parser.add_argument("--retry-after", default="")
    parser.add_argument("--script", default="{}", help="fields of Script as JSON, in place of the options above")
    parser.add_argument("--until-stdin-closes", action="store_true")
    args = parser.parse_args()
    by_hand = {"times": args.times, "sleep_ms": args.sleep_ms, "retry_after": args.retry_after}
    fields = {"faults": args.faults, **by_hand, **json.loads(args.script)}
    faults = fields["faults"]
    fields["faults"] = tuple(f for f in (faults.split(",") if isinstance(faults, str) else faults) if f)
    if unknown := set(fields["faults"]) - set(FAULTS):
        parser.error(f"unknown faults {sorted(unknown)}; known: {', '.join(FAULTS)}")
    asyncio.run(_serve(args.port, Script(**fields), args.until_stdin_closes))


if __name__ == "__main__":
    main()
