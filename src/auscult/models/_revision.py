"""Which weights a server says that it serves under a name, as far as servers tell; none of it is taken for true."""

import time
from typing import Any

import orjson

from auscult.models._chat_reply import one_line

FIELDS = ("root", "parent", "owned_by", "max_model_len", "meta", "digest", "sha", "revision", "created")
"""Of an entry of ``GET /models``: OpenAI's, vLLM's, llama.cpp's, Ollama's own."""
NOW = 3_600.0
"""Some servers give the time of the request as that of the model; one within so many seconds says nothing."""


def described(listed: Any, name: str) -> dict[str, str]:
    """What ``GET /models`` says of a model; the only one that is served stands for any name."""
    entries = listed.get("data") if isinstance(listed, dict) else None
    entries = [e for e in entries if isinstance(e, dict)] if isinstance(entries, list) else []
    found = next((e for e in entries if e.get("id") == name), entries[0] if len(entries) == 1 else {})
    created = found.get("created")
    if not isinstance(created, int | float) or abs(time.time() - created) < NOW:
        found = {k: v for k, v in found.items() if k != "created"}
    return {field: _short(found[field]) for field in FIELDS if found.get(field) not in (None, "", [], {})}


def ollama_digest(tags: Any, name: str) -> dict[str, str]:
    """What Ollama's ``GET /api/tags`` says: the digest of the weights."""
    entries = tags.get("models") if isinstance(tags, dict) else None
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and entry.get("name") in (name, f"{name}:latest") and entry.get("digest"):
            return {"digest": _short(entry["digest"])}
    return {}


def _short(value: object) -> str:
    text = value if isinstance(value, str) else orjson.dumps(value, default=str).decode()
    return one_line(text.encode("utf-8", "replace").decode(), limit=120)
