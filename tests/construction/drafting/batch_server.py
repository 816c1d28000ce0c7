"""A real server on loopback that drafts and checks by script: a function says what it answers."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Asked:
    """One request: texts of its messages, number of images, whole body."""

    texts: list[str]
    images: int
    body: dict[str, Any]

    @property
    def checks(self) -> bool:
        """Whether a checker is asked, and not a generator."""
        return self.texts[0].startswith("You check")

    def section(self, name: str) -> str:
        """The text of a fenced section."""
        found = re.search(rf"<<{name} (\w+)>>\n(.*?)\n<<end of {name} \1>>", self.texts[-1], re.DOTALL)
        return found[2] if found else ""

    @property
    def plan(self) -> list[tuple[int, str, str]]:
        """Number, task and line of each slot of the plan."""
        lines = self.texts[-1].partition("Plan:\n")[2].split("\n")
        found = (re.match(r"slot (\d+), task ([a-z ]+?(?: \d+)?):", line) for line in lines)
        return [(int(m[1]), m[2], line) for m, line in zip(found, lines, strict=True) if m]


Says = Callable[[Asked], str]


@dataclass
class Server:
    """A running one: its address and what it was asked."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)


@contextmanager
def batch_server(says: Says) -> Iterator[Server]:
    """Serves ``POST /v1/chat/completions`` until the block ends; a reply with a ``!`` first is a status."""
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._send(200, {"data": []})

        def do_POST(self) -> None:
            asked = _asked(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            server.asked.append(asked)
            text = says(asked)
            if text.startswith("!"):
                self._send(int(text[1:]), {"error": {"message": "scripted"}})
                return
            message = {"role": "assistant", "content": text}
            usage = {"prompt_tokens": sum(map(len, asked.texts)) // 4, "completion_tokens": len(text) // 4}
            self._send(200, {"choices": [{"message": message, "finish_reason": "stop"}], "usage": usage})

        def _send(self, status: int, content: dict[str, Any]) -> None:
            raw = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        server.url = f"http://127.0.0.1:{running.server_address[1]}/v1"
        threading.Thread(target=running.serve_forever, daemon=True).start()
        try:
            yield server
        finally:
            running.shutdown()


def _asked(body: dict[str, Any]) -> Asked:
    texts, images = [], 0
    for message in body["messages"]:
        content = message["content"]
        parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
        images += sum(part["type"] == "image_url" for part in parts)
        texts.append("\n".join(part["text"] for part in parts if part["type"] == "text"))
    return Asked(texts, images, body)


def batch(*pairs: dict[str, Any]) -> str:
    """Pairs as a reply holds them."""
    return json.dumps({"pairs": pairs})
