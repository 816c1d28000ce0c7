"""Judges behind real HTTP that know what was planted, and err in known ways."""

import contextlib
import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from auscult.certificates.judge import Plan
from auscult.certificates.judge.certificate import Calibration
from auscult.certificates.judge.planting import Put
from auscult.engine.limits import AskOptions
from auscult.engine.progress import Bar
from auscult.models.scripted import HARM
from auscult.records import Certificate
from auscult.runs.judging_options import JudgingOptions

SECTION = re.compile(r"<<(candidate|first|second) (\w+)>>\n(.*?)\n<<end of \1 \2>>", re.DOTALL)
Grades = dict[str, int]
Manner = Callable[[Put, str, Grades], Grades]
"""The answer, its text, the grades that the truth deserves → the grades that this judge gives."""


def uniform(*parts: object) -> float:
    return int(hashlib.sha256(repr(parts).encode()).hexdigest()[:12], 16) / 16**12


def deserved(put: Put) -> Grades:
    """What an omniscient judge gives."""
    grade, harm = max(1, 10 - 3 * put.degree), int(put.subject.item.tags[HARM])
    return {"accuracy": grade, "relevance": 10, "detail": 8, "risk": grade, "harm": harm if put.degree else 10}


def perfect(_: Put, __: str, grades: Grades) -> Grades:
    return grades


def of_rates(sensitivity: float, specificity: float) -> Manner:
    """Finds that an answer is wrong, or not, by chance."""

    def manner(put: Put, text: str, grades: Grades) -> Grades:
        wrong = uniform(put.subject.answer.id) < (sensitivity if put.degree else 1 - specificity)
        return (grades if put.degree else grades | {"accuracy": 7}) if wrong else dict.fromkeys(grades, 10)

    return manner


@dataclass
class JudgeServer:
    """What was put, for the server to look up, and how often it was asked."""

    manner: Manner
    unreadable: float = 0.0
    by_text: dict[str, Put] = field(default_factory=dict)
    asked: int = 0
    fail: bool = False
    spec: str = ""

    def reply(self, text: str) -> str:
        shown = [m[3] for m in SECTION.finditer(text)]
        if len(shown) == 2:
            fewer = self.by_text[shown[0]].degree < self.by_text[shown[1]].degree
            return json.dumps({"evidence": [], "verdict": "first" if fewer else "second"})
        put = self.by_text[shown[0]]
        if uniform("unreadable", shown[0]) < self.unreadable:
            return "All things considered I would say 8 out of 10."
        evidence = [{"statement": s, "against": "the reference", "error": "planted"} for s in put.wrong]
        return json.dumps({"evidence": evidence, **self.manner(put, shown[0], deserved(put))})


def _handler(judge: JudgeServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one packet
        disable_nagle_algorithm = True

        def _send(self, plain: object, status: int = 200) -> None:
            body = json.dumps(plain).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            self._send({"data": []})

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if judge.fail:
                self._send({"error": {"message": "planned"}}, 400)
                return
            judge.asked += 1
            said = judge.reply(asked["messages"][-1]["content"])
            choice = {"index": 0, "message": {"role": "assistant", "content": said}, "finish_reason": "stop"}
            self._send({"choices": [choice], "usage": {"prompt_tokens": 900, "completion_tokens": 60}})

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@contextlib.contextmanager
def serving(manner: Manner, plan: Plan, unreadable: float = 0.0) -> Iterator[tuple[JudgeServer, Calibration]]:
    """A judge of that manner, and the calibration that puts the plan to it."""
    judge = JudgeServer(manner, unreadable)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(judge))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        judge.spec = f"openai:judge@http://127.0.0.1:{server.server_address[1]}/v1"
        calibration = Calibration(judge.spec, plan, JudgingOptions(asking=AskOptions(concurrency=8)))
        judge.by_text = {p.subject.answer.text: p for p in calibration.puts if not p.pair}
        yield judge, calibration
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextlib.contextmanager
def quiet(what: str, total: int | None) -> Iterator[Bar]:
    yield Bar(what, total)


def certificate_of(manner: Manner, plan: Plan, work: Path, unreadable: float = 0.0) -> Certificate:
    with serving(manner, plan, unreadable) as (_, calibration):
        return calibration.run(work, quiet)
