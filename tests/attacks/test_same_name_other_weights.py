"""Promise: other weights under a server's same name do not go unnoticed, nor does another instrument."""

from pathlib import Path
from types import SimpleNamespace

import orjson
import pytest
from aiohttp import web
from tests.attacks.serving import completion, serving, small_items

import auscult as au
from auscult.models import ModelOptions, create
from auscult.records import Answer, Score
from auscult.scorers.text import meteor
from auscult.store.tables import read_rows

OLD = 1_700_000_000


def listed(**fields: object) -> bytes:
    return orjson.dumps({"object": "list", "data": [{"id": "m", "object": "model", **fields}]})


class Changing:
    """A list of models whose fields a test changes."""

    def __init__(self, **fields: object) -> None:
        self.fields = fields

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        return web.Response(body=listed(**self.fields), content_type="application/json")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ({"root": "/models/a"}, {"root": "/models/b"}, "root /models/a → /models/b"),
        ({"created": OLD, "owned_by": "me"}, {"created": OLD + 5, "owned_by": "me"}, f"created {OLD} → {OLD + 5}"),
        ({"meta": {"size": 1}}, {"meta": {"size": 2}}, 'meta {"size":1} → {"size":2}'),
    ],
)
def test_a_change_between_two_starts_of_one_run_is_recorded_and_said(
    tmp_path: Path, before: dict[str, object], after: dict[str, object], said: str
) -> None:
    items, models = small_items(tmp_path, 2), Changing(**before)
    with serving(completion(), models) as server:
        spec = f"openai:m@{server.url}"
        run = au.evaluate(items, spec, tmp_path / "run", canary=False, split="all")
        assert run.manifest["server"]["served"] and not [n for n in run.manifest["notes"] if "server" in n]
        for path in [*run.folder.glob("answers.*"), *sorted((run.folder / "journal").glob("0*"))[-1:]]:
            path.unlink()
        models.fields = after
        again = au.evaluate(items, spec, tmp_path / "run", canary=False, split="all")
    assert len(again.manifest["server"]["served"]) == 2
    assert [n for n in again.summary.warnings if said in n and n.startswith("Of the model's server")]


def test_a_time_of_creation_that_is_the_time_of_the_request_is_no_change(tmp_path: Path) -> None:
    import time

    async def models(request: web.Request) -> web.StreamResponse:
        return web.Response(body=listed(created=int(time.time()), root="r"), content_type="application/json")

    with serving(completion(), models) as server:
        run = au.evaluate(
            small_items(tmp_path, 1), f"openai:m@{server.url}", tmp_path / "run", canary=False, split="all"
        )
    assert run.manifest["server"]["served"] == [{"root": "r"}]


def test_replies_that_name_two_versions_are_said(tmp_path: Path) -> None:
    asked = 0

    async def chat(request: web.Request) -> web.StreamResponse:
        nonlocal asked
        asked += 1
        reply = orjson.loads(completion())
        reply |= {"model": "m-2026-01-01", "system_fingerprint": "fp_a" if asked < 4 else "fp_b"}
        return web.Response(body=orjson.dumps(reply), content_type="application/json")

    with serving(chat) as server:
        run = au.evaluate(
            small_items(tmp_path, 2), f"openai:m@{server.url}", tmp_path / "run", canary=False, split="all"
        )
    assert sorted(run.manifest["server"]["replies"]) == ["m-2026-01-01, fp_a", "m-2026-01-01, fp_b"]
    assert [n for n in run.summary.warnings if "name 2 versions of the model" in n]


async def test_ollama_tells_the_digest_of_its_weights() -> None:
    async def models(request: web.Request) -> web.StreamResponse:
        return web.Response(body=listed(owned_by="library", created=OLD), content_type="application/json")

    tags = orjson.dumps({"models": [{"name": "m:latest", "digest": "sha256:abc"}]})
    with serving(completion(), models, tags) as server:
        model = create(f"openai:m@{server.url}", ModelOptions())
        assert (await model.revision())["digest"] == "sha256:abc"  # type: ignore[attr-defined]
        await model.close()


@pytest.mark.parametrize("odd", [b"", b"[]", b'{"data": 7}', b'{"data": [7]}', b'{"data": [{"id": "m", "root": [1]}]}'])
async def test_a_list_of_odd_form_stops_nothing(odd: bytes) -> None:
    with serving(completion(), odd) as server:
        model = create(f"openai:m@{server.url}", ModelOptions())
        assert isinstance(await model.revision(), dict)  # type: ignore[attr-defined]
        await model.close()


def test_what_a_server_does_not_take_is_a_note_on_the_run(tmp_path: Path) -> None:
    async def chat(request: web.Request) -> web.StreamResponse:
        if "temperature" in orjson.loads(await request.read()):
            said = {"error": {"message": "temperature is not supported with this model"}}
            return web.Response(status=400, body=orjson.dumps(said), content_type="application/json")
        return web.Response(body=completion(), content_type="application/json")

    with serving(chat) as server:
        run = au.evaluate(
            small_items(tmp_path, 1), f"openai:m@{server.url}", tmp_path / "run", canary=False, split="all"
        )
    assert [n for n in run.summary.warnings if "asked without temperature" in n]
    said = {answer.detail for answer in read_rows(run.folder / "answers.parquet", Answer)}
    assert all(detail.startswith("asked without temperature") for detail in said)


def test_a_run_that_another_instrument_scores_is_scored_whole_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    items = small_items(tmp_path, 3)
    monkeypatch.setattr(meteor, "find_wordnet", lambda folder: None)
    run = au.evaluate(items, "baseline:always-last", tmp_path / "run", split="all", scorers="closed,meteor")
    monkeypatch.setattr(meteor, "find_wordnet", lambda f: SimpleNamespace(version="3.0", synonyms=lambda w: set()))
    again = au.score(run.folder)
    scorers = {row.scorer for row in read_rows(run.folder / "scores.parquet", Score)}
    assert "meteor" in scorers and "meteor-no-wordnet" not in scorers
    said = "meteor-no-wordnet@1 scored this run before; all of it was scored anew by"
    assert said in capsys.readouterr().err and [n for n in again.summary.warnings if said in n]
