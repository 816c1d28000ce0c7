"""Promise: what a model that draws sends back is counted by name, shown as text, and fetched from its host alone."""

import csv
import io
import json
import re
import signal
import struct
import subprocess
import sys
import time
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests.attacks.serving import serving
from tests.cli.conftest import Auscult
from tests.drawing.studio import animation, drawn, in_base64, picture, studio

from auscult.drawing.figured import read_figures
from auscult.drawing.nouns import Drawn
from auscult.drawing.prompts import bundled
from auscult.store.tables import read_rows

FEW = ("--limit", "1", "--draws", "1", "--retries", "0", "--concurrency", "1")
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> \u202e\x1b[2J I can't draw that."


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


def one_pixel() -> bytes:
    raw = io.BytesIO()
    Image.new("RGB", (1, 1)).save(raw, "PNG")
    return raw.getvalue()


def bomb() -> bytes:
    """A small file that claims 900 million pixels."""
    small = one_pixel()
    head = b"IHDR" + struct.pack(">II", 30_000, 30_000) + small[24:29]  # what follows the size stays as it is
    return small[:12] + head + struct.pack(">I", zlib.crc32(head)) + small[33:]


def image(data: bytes) -> dict[str, Any]:
    return {"data": [{"b64_json": in_base64(data)}]}


@pytest.mark.parametrize(
    ("reply", "name"),
    [
        ({"data": []}, "no image"),
        ({"data": [None]}, "no image"),
        ({"data": [{"text": "A chest radiograph with fluid, as you asked."}]}, "text instead of an image"),
        (image(one_pixel()), "tiny image"),
        (image(animation()), "animated image"),
        (image(b"\x00" * 5000), "no image format"),
        (image(picture("a")[:100]), "broken image"),
        (image(bomb()), "enormous image"),
        ({"data": [{"b64_json": "not base64 at all!"}]}, "no image format"),
        (image(picture("always")), "the same image every time"),
        ({"data": [{"url": "http://example.org/1.png"}]}, "rejected"),
        ((400, {"error": {"code": "moderation_blocked", "message": "blocked by our safety system"}}), "policy error"),
        ((400, {"error": {"message": "no such size"}}), "rejected"),
        ({"data": "soon"}, "bad_reply"),
        ([1, 2, 3], "bad_reply"),
    ],
)
def test_what_is_no_drawing_is_counted_by_its_name(auscult: Auscult, tmp_path: Path, reply: Any, name: str) -> None:
    with studio(lambda body: reply) as server:
        ran = auscult("audit", "draw", f"openai:m@{server.url}", "--out", tmp_path / "audit", *FEW)
    assert ran.code == (4 if name in ("rejected", "bad_reply") else 0), ran.err
    assert read_figures(tmp_path / "audit").faults == {name: 8}
    assert {request.split()[1] for request in server.requests} <= {"/v1/images/generations", "/v1/models"}


def test_a_failed_request_is_asked_again_by_the_same_command_and_a_fault_is_not(
    auscult: Auscult, tmp_path: Path
) -> None:
    replies = iter([(400, {"error": {"message": "no"}}), {"data": []}])
    with studio(lambda body: next(replies, None) or drawn(body)) as server:
        command = ("audit", "draw", f"openai:m@{server.url}", "--out", tmp_path / "audit", *FEW)
        auscult(*command)
        assert read_figures(tmp_path / "audit").faults == {"rejected": 1, "no image": 1}
        before = sum(r.startswith("POST") for r in server.requests)
        auscult(*command)
        assert sum(r.startswith("POST") for r in server.requests) == before + 1 == 9
    assert read_figures(tmp_path / "audit").faults == {"no image": 1}


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (
            (401, {"error": {"message": "Incorrect API key provided: sk-1234567890abcdefghij"}}),
            "Incorrect API key provid",
        ),
        ((404, {"error": {"message": "model not found\nsecond line"}}), "model not found"),
        ((500, {"error": {"message": "out of memory"}}), "HTTP 500: out of memory"),
        ({"data": [{"url": "http://example.org/1.png"}]}, "the image lies on example.org:80; it was not fetched"),
    ],
)
def test_where_requests_fail_the_audit_ends_with_4_and_the_servers_words(
    auscult: Auscult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reply: Any, says: str
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1234567890abcdefghij")
    with studio(lambda body: reply) as server:
        ran = auscult("audit", "draw", f"openai:m@{server.url}", "--out", tmp_path / "audit", *FEW)
    assert ran.code == 4 and "8 of 8 requests failed, so that figures are withheld" in ran.err and says in ran.err
    with open(tmp_path / "audit" / "drawings.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 8 and all(says in row["detail"] and "\n" not in row["detail"] for row in rows)
    assert "1234567890" not in ran.err + str(rows)


def test_a_server_that_goes_away_ends_the_audit_with_7(auscult: Auscult, tmp_path: Path) -> None:
    with studio(lambda body: (503, {"error": {"message": "loading"}})) as server:
        words = ("audit", "draw", f"openai:m@{server.url}", "--out", tmp_path / "audit", "--limit", "2", "--draws", "1")
        ran = auscult(*words, "--retries", "0", "--concurrency", "1", "--give-up-after", "2")
    assert ran.code == 7 and "HTTP 503: loading" in ran.err


def test_a_judge_that_fails_every_look_ends_the_audit_with_4_and_its_words(auscult: Auscult, tmp_path: Path) -> None:
    with studio() as server, studio(lambda body: (404, {"error": {"message": "no such judge"}})) as judge:
        spec, judged = f"openai:m@{server.url}", f"openai:j@{judge.url}"
        ran = auscult("audit", "draw", spec, "--judge", judged, "--out", tmp_path / "a", *FEW)
    assert ran.code == 4 and "8 of 8 looks of the judge failed" in ran.err and "no such judge" in ran.err


def test_words_of_a_generator_and_of_its_judge_are_shown_as_text(auscult: Auscult, tmp_path: Path) -> None:
    sight = {"kind": "chest radiograph", "view": HOSTILE, "things": [], "additions": []}
    content = json.dumps(sight)

    def half(body: dict[str, Any]) -> dict[str, Any]:
        return {"data": [{"text": HOSTILE}]} if len(body["prompt"]) % 2 else drawn(body)

    completion = json.dumps({"choices": [{"message": {"content": content}}]}).encode()
    with studio(half) as server, serving(completion) as judge:
        spec, judged = f"openai:m@{server.url}", f"openai:j@{judge.url}"
        ran = auscult("audit", "draw", spec, "--judge", judged, "--judge-tries", 1, "--out", tmp_path / "a", *FEW)
    assert ran.code == 0, ran.err
    page = (tmp_path / "a" / "drawing.html").read_text("utf-8")
    assert "<script>alert" not in page and "onerror=alert(2)>" not in page and "&lt;script&gt;" in page
    assert "\x1b" not in page and "\u202e" not in page and "\x1b[2J" not in ran.out
    assert not re.search(r"^[=+@-]", (tmp_path / "a" / "drawings.csv").read_text("utf-8"), re.M)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("crayon:x",), "unknown kind 'crayon'"),
        (("painter:nobody",), "no painter 'nobody'"),
        (("recorded:nowhere",), "is no folder"),
        (("diffusers:nowhere",), "model_index.json|auscult\\[draw\\]"),
        (("painter:default", "--image-size", "huge"), "WIDTHxHEIGHT"),
        (("painter:default", "--prompts", "missing.csv"), "missing.csv"),
        (("painter:default", "--judge", "baseline:always-last"), "sees no image"),
        (("painter:default", "--judge", "nobody:x"), "unknown kind 'nobody'"),
        (("openai:m@http://example.org/v1", "--offline"), "off-line mode"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(
    auscult: Auscult, tmp_path: Path, arguments: tuple[str, ...], says: str
) -> None:
    ran = auscult("audit", "draw", *arguments, "--out", tmp_path / "audit")
    assert ran.code == 2 and re.search(says, ran.err) and "Traceback" not in ran.err
    assert len(ran.err.strip().splitlines()) == 1 and not (tmp_path / "audit").exists()


def test_a_run_is_no_audit_and_an_audit_no_run(auscult: Auscult, tmp_path: Path, sample_items: Path) -> None:
    auscult("audit", "draw", "painter:default", "--out", tmp_path / "audit", *FEW)
    auscult("evaluate", sample_items, "--model", "baseline:always-last", "--out", tmp_path / "run", "--split", "all")
    over = auscult("audit", "draw", "painter:default", "--out", tmp_path / "run", *FEW)
    assert over.code == 2 and "is a run and no audit of drawings" in over.err
    compared = auscult("score", tmp_path / "audit")
    assert compared.code == 2 and len(compared.err.strip().splitlines()) == 1


def test_an_audit_that_was_killed_goes_on_and_draws_nothing_twice(auscult: Auscult, tmp_path: Path) -> None:
    asked: list[str] = []

    def slow(body: dict[str, Any]) -> dict[str, Any]:
        asked.append(body["prompt"])
        time.sleep(0.05)
        return drawn(body)

    with studio(slow) as server:
        words = ["audit", "draw", f"openai:m@{server.url}", "--out", str(tmp_path / "audit"), "--draws", "1"]
        words += ["--limit", "6", "--concurrency", "1"]
        running = subprocess.Popen([sys.executable, "-m", "auscult", *words], stderr=subprocess.DEVNULL)
        while len(asked) < 10 and running.poll() is None:
            time.sleep(0.05)
        running.send_signal(signal.SIGKILL)
        running.wait()
        assert auscult(*words).code == 0
    rows = list(read_rows(tmp_path / "audit" / "draws.parquet", Drawn))
    assert len(rows) == 48 and {r.status for r in rows} == {"ok"}
    assert len(set(asked)) == 48 and len(asked) <= 48 + 1


def test_the_prompts_that_are_written_can_be_read_again(auscult: Auscult, tmp_path: Path) -> None:
    assert auscult("audit", "prompts", "--out", tmp_path / "p.csv").code == 0
    ran = auscult("audit", "draw", "painter:default", "--prompts", tmp_path / "p.csv", "--out", tmp_path / "a", *FEW)
    assert ran.code == 0, ran.err
    assert read_figures(tmp_path / "a").prompts == 8 == len([p for p in bundled() if p.content == "effusion"])
