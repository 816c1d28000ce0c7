"""Promise: off-line mode reaches nothing beyond this machine, and images and keys go only to the host that is named."""

import urllib.request
from pathlib import Path

import pytest
from aiohttp import web
from tests.attacks.serving import completion, serving, small_items
from tests.attacks.watching import watched

from auscult import offline
from auscult.errors import UserError
from auscult.models import CallFailed, ModelOptions, create
from auscult.records import Call, Image, Message

ELSEWHERE = "192.0.2.1"
"""An address that belongs to nobody (RFC 5737)."""
KEY = "sk-test-0123456789abcdef"
CALL = Call(messages=(Message("user", ("Is there an effusion?", Image(b"x" * 5000, "image/png", "0" * 64))),))


@pytest.mark.parametrize("host", ["x.localhost", "localhost", "LOCALHOST.", "a.b.localhost."])
def test_a_name_of_this_machine_is_this_machine_whatever_it_is_said_to_stand_for(tmp_path: Path, host: str) -> None:
    items = small_items(tmp_path, 1)
    with serving(completion()) as server:
        spec = f"openai:m@http://{host}:{server.port}/v1"
        words = ("evaluate", items, "--model", spec, "--out", "run", "--no-canary", "--split", "all", "--offline")
        ran = watched(tmp_path, *words, lying_names=ELSEWHERE, OPENAI_API_KEY=KEY)
        assert server.chats > 0
    assert ran.code == 0, ran.err
    assert not ran.reached | ran.refused


@pytest.mark.parametrize(
    "host",
    [
        *("10.0.0.1", "0.0.0.0", "[::]", "[::ffff:10.0.0.1]", "[fe80::1]", "169.254.169.254"),
        *("localhost.example.org", "127.0.0.1.example.org", "xlocalhost", "localhost-1", "0x7f.1", "2130706433"),
    ],
)
def test_every_other_host_is_refused_before_anything_is_looked_up(host: str) -> None:
    with pytest.raises(UserError):
        create(f"openai:m@http://{host}:8000/v1", ModelOptions(offline=True))


@pytest.mark.parametrize("host", ["[::ffff:127.0.0.1]", "[::1]", "127.8.8.8", "x.localhost"])
def test_this_machine_is_allowed_however_it_is_written(host: str) -> None:
    create(f"openai:m@http://{host}:8000/v1", ModelOptions(offline=True))


PLUGIN = """
import socket, urllib.request
from types import SimpleNamespace as Part
from auscult.models import Model
from auscult.records import Reply

class Calls(Model):
    blind = True
    def __init__(self, way): self.identity, self.way = f"calls:{way}", way
    async def reply(self, calls):
        if self.way == "url":
            urllib.request.urlopen("http://example.org/", timeout=1)
        if self.way == "address":
            socket.create_connection(("192.0.2.1", 80), timeout=0.2)
        if self.way == "datagram":
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"patient", ("192.0.2.1", 53))
        if self.way == "name":
            socket.getaddrinfo("patient-7.example.org", 80)
        return [Reply(text="Yes.") for _ in calls]

calls = Part(create=lambda rest, options: Calls(rest))
"""


def plugin(folder: Path) -> Path:
    """A package whose model opens connections of its own."""
    place = folder / "plugin"
    (place / "calling-1.0.dist-info").mkdir(parents=True)
    (place / "calling.py").write_text(PLUGIN)
    (place / "calling-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: calling\nVersion: 1.0\n")
    (place / "calling-1.0.dist-info" / "entry_points.txt").write_text("[auscult.models]\ncalls = calling:calls\n")
    return place


@pytest.mark.parametrize("way", ["url", "address", "datagram", "name"])
def test_neither_does_a_plug_in_reach_out(tmp_path: Path, way: str) -> None:
    words = ("evaluate", small_items(tmp_path, 1), "--model", f"calls:{way}", "--out", "run", "--split", "all")
    ran = watched(tmp_path, *words, "--offline", paths=(plugin(tmp_path),))
    assert not ran.reached and ran.refused
    assert ran.code == 2 and "off-line mode" in ran.err and "Traceback" not in ran.err


def test_no_hub_is_asked_for_a_model(tmp_path: Path) -> None:
    pytest.importorskip("transformers")
    words = ("evaluate", small_items(tmp_path, 1), "--model", "local:nobody/nothing", "--out", "run", "--offline")
    ran = watched(tmp_path, *words, HF_HOME=str(tmp_path / "hub"))
    assert ran.code == 2 and not ran.reached | ran.refused and "off-line" in ran.err


def test_libraries_are_told_that_there_is_no_hub_and_forget_it_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    monkeypatch.delenv("TRANSFORMERS_OFFLINE", raising=False)
    with offline.enforced():
        assert {os.environ[name] for name in offline.HUBS} == {"1"}
        with pytest.raises(OSError, match="off-line"):
            urllib.request.urlopen(f"http://{ELSEWHERE}/", timeout=0.2)
    assert os.environ["HF_HUB_OFFLINE"] == "0" and "TRANSFORMERS_OFFLINE" not in os.environ


async def test_a_redirect_takes_neither_images_nor_key_to_another_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with serving(completion()) as other:

        async def away(request: web.Request) -> web.StreamResponse:
            await request.read()
            return web.Response(status=307, headers={"Location": other.url + request.path.removeprefix("/v1")})

        with serving(away, away) as named:
            model = create(f"openai:m@{named.url}", ModelOptions())
            with pytest.raises(CallFailed, match="redirect"):
                await model.reply([CALL])
            await model.probe()  # type: ignore[attr-defined]
            await model.close()
        assert named.requests == ["POST /v1/chat/completions", "GET /v1/models"] and not other.requests


async def test_neither_proxies_nor_a_netrc_file_change_where_things_go_and_with_which_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password hush\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    seen: list[str] = []

    async def chat(request: web.Request) -> web.StreamResponse:
        await request.read()
        seen.append(request.headers.get("Authorization", ""))
        return web.Response(body=completion(), content_type="application/json")

    with serving(completion()) as proxy, serving(chat) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        model = create(f"openai:m@{server.url}", ModelOptions())
        await model.reply([CALL])
        await model.close()
    assert seen == [""] and not proxy.requests
