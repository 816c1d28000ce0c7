"""Any OpenAI-compatible server: ``openai:NAME[@BASE_URL]``. One attempt a call; patience is the engine's.

Requests go to the host that the spec names and nowhere else: redirects are refused and proxies of the environment
are not used (``_connections`` makes them). The key never leaves this module except in the request's header.
"""

import errno
import io
import os
import re
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import orjson
from yarl import URL

from auscult.errors import ServerDown, UserError
from auscult.models import CallFailed, Model, ModelOptions
from auscult.models._chat_reply import failure, one_line, parse_reply
from auscult.models._connections import connector
from auscult.models._dialect import OPTIONAL, Dialect, sent_of
from auscult.models._revision import described, ollama_digest
from auscult.models.leaning import TOP
from auscult.offline import means_this_machine
from auscult.printing import tell
from auscult.records import Call, Message, Reply

FORM = "openai:NAME@BASE_URL"

DEFAULT_URL = "https://api.openai.com/v1"
OLLAMA = "library"
"""How Ollama names the owner of what it serves."""
CHAT = "chat/completions"
LARGEST_REPLY = 8 << 20  # bytes; a reply of the longest context known is under 4 MB
CONNECT_SECONDS = 20.0
UNLISTED = "no log-probability of yes or no came with some answers: how far these lean is not known"
LONG_KEY = 16  # shorter ones ("EMPTY", "none") are placeholders, and words that a reply may well hold


def create(rest: str, options: ModelOptions) -> "OpenAIServer":
    """Opens ``NAME[@BASE_URL]``; no connection is made yet.

    Raises:
        UserError: the name or address is malformed, the key's variable is not set, or off-line mode forbids the host.
    """
    name, base_url = split_spec(rest)
    host = urlsplit(base_url).hostname or ""
    if options.offline and not means_this_machine(host):
        raise UserError(
            f"off-line mode: {host} is not this machine; serve the model on localhost, or leave out --offline"
        )
    return OpenAIServer(name, base_url, host, _key(options, base_url, host), options)


def split_spec(rest: str) -> tuple[str, str]:
    """``NAME[@BASE_URL]`` → name and normalised address. The name may hold ``:``, ``/`` and ``@``.

    Raises:
        UserError: no name, or an address that is no plain http(s) one.
    """
    parts = re.fullmatch(r"(?is)(?P<name>.*)@(?P<url>https?://.*)", rest)
    name, url = (parts["name"], parts["url"]) if parts else (rest, DEFAULT_URL)
    if not parts and "@" in rest:
        # Falling back to the default host would send images to one that the user did not mean.
        raise UserError(f"model 'openai:{rest}': what follows '@' must begin with http:// or https://")
    if not name.strip():
        raise UserError(f"model 'openai:{rest}' names no model; write openai:NAME@{url}")
    return name, normalise(url)


def normalise(url: str) -> str:
    """An address in one spelling: lower-case scheme and host, no default port, no trailing slash.

    Raises:
        UserError: it has no host, or holds a user, a password, a query or a fragment (where keys hide).
    """
    try:
        parts = urlsplit(url.strip())
        host, port, scheme = parts.hostname, parts.port, parts.scheme.lower()
        URL(url)  # is stricter about host names
    except ValueError as error:
        raise UserError(f"address '{one_line(url)}' is malformed: {error}") from None
    if parts.username or parts.password or parts.query or parts.fragment:
        raise UserError(
            f"the address of host '{host}' may hold no user, password, query or fragment; keys go in the environment"
        )
    if not host or re.search(r"[\s\\]", parts.netloc + parts.path):
        raise UserError(f"address '{one_line(url)}' is malformed; write http://HOST:PORT/v1")
    shown = f"[{host}]" if ":" in host else host
    default = {"http": 80, "https": 443}[scheme]
    return f"{scheme}://{shown}{'' if port in (None, default) else f':{port}'}{parts.path.rstrip('/')}"


def _key(options: ModelOptions, base_url: str, host: str) -> str:
    """The key to send; empty for none. The default key does not travel unencrypted to another machine."""
    variable = options.key_env or "OPENAI_API_KEY"
    key = os.environ.get(variable, "").strip()
    if options.key_env and not key:
        raise UserError(f"environment variable {variable}, named for the server's key, is not set")
    if not (key.isascii() and key.isprintable()):
        raise UserError(f"environment variable {variable} holds characters that no key has; set it again")
    if not options.key_env and base_url.startswith("http:") and not means_this_machine(host):
        return ""
    return key


class OpenAIServer(Model):
    """A model behind ``POST BASE_URL/chat/completions``. See ``auscult.models.Model``."""

    batch = 1

    def __init__(self, name: str, base_url: str, host: str, key: str, options: ModelOptions) -> None:
        self.identity = f"openai:{name}@{base_url}" + " with log-probabilities" * options.margins
        self.host = host
        self.name, self._base_url, self._key = name, base_url, key
        self._key_variable = options.key_env or "OPENAI_API_KEY"
        self._dialect, self._told = Dialect(top=TOP if options.margins else None), set[str]()
        self._session: aiohttp.ClientSession | None = None

    async def reply(self, calls: Sequence[Call]) -> list[Reply]:
        """Sends each call once, one after another (``batch`` is 1)."""
        return [await self._ask(call) for call in calls]

    async def _ask(self, call: Call) -> Reply:
        started = time.perf_counter()
        known = dialect = self._dialect
        status, headers, body = await self.post(CHAT, self._body(call, dialect))
        while status != 200 and (other := dialect.after(status, body, call)):
            dialect = other
            status, headers, body = await self.post(CHAT, self._body(call, dialect))
        if status != 200:
            raise self.failed(status, headers, body, _hint(call))
        if dialect != known:
            self._dialect = dialect
        reply = parse_reply(body, self._redact)
        text = self._redact(reply.text) if len(self._key) >= LONG_KEY else reply.text
        detail = reply.detail or (self._said(dialect, call, reply) if text.strip() else "")
        return replace(reply, text=text, detail=detail, seconds=time.perf_counter() - started)

    def _said(self, dialect: Dialect, call: Call, reply: Reply) -> str:
        """What the reply was asked without, or came without; each is said aloud once."""
        departures = list(dialect.departures(call))
        if dialect.top and call.item and call.item.asks_yes_no and reply.yes_margin is None:
            departures.append(UNLISTED)
        for line in departures:
            if line not in self._told:
                self._told.add(line)
                tell(f"{self.identity}: {line}")
        return "; ".join(departures)

    def failed(self, status: int, headers: Any, body: bytes, hint: str = "") -> CallFailed:
        """Why there is no reply; ``hint``: what to say where the request may be the reason."""
        return failure(status, headers, body, self._redact, self._about_key(), hint)

    def _body(self, call: Call, dialect: Dialect) -> bytes:
        """The request as JSON; an image goes in as the bytes that were encoded once for its group."""
        how = call.decoding
        body: dict[str, Any] = {
            "model": self.name,
            "messages": [{"role": m.role, "content": _content(m)} for m in call.messages],
            dialect.limit: how.max_tokens,
        }
        values = {"temperature": how.temperature, "top_p": how.top_p, "seed": how.seed}
        body |= {name: values[name] for name in OPTIONAL if name in sent_of(call) - dialect.without}
        if dialect.top:
            body |= {"logprobs": True, "top_logprobs": dialect.top}
        if how.stop:
            body["stop"] = how.stop
        if call.schema and dialect.form == "json_object":
            body["response_format"] = {"type": "json_object"}
        elif call.schema and dialect.form:
            schema = {"name": "reply", "strict": True, "schema": orjson.Fragment(call.schema)}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        return orjson.dumps(body)

    async def post(self, path: str, body: bytes, largest: int = LARGEST_REPLY) -> tuple[int, Any, bytes]:
        """Status, headers and body of one request, whatever the status.

        Args:
            path: below the server's address: ``CHAT``.
            body: JSON.
            largest: most bytes of the reply.

        Raises:
            CallFailed: there is no reply, or it is larger.
        """
        # aiohttp sends large bytes in pieces only from a file.
        data = body if len(body) < 1 << 20 else io.BytesIO(body)
        return await self._sent("POST", URL(f"{self._base_url}/{path}"), largest, data)

    async def got(self, address: str, largest: int) -> bytes:
        """What lies at an address of this server, which a reply of its own may name.

        Args:
            address: absolute, or below the server's root.
            largest: most bytes.

        Raises:
            CallFailed: it lies on another host or port, is not there, or is larger.
        """
        try:
            home, there = URL(self._base_url), URL(self._base_url).join(URL(address))
        except ValueError:
            raise CallFailed("bad_reply", f"no address: {one_line(address, limit=80)}", retryable=False) from None
        if (there.scheme, there.host, there.port) != (home.scheme, home.host, home.port):
            where, named = (f"{u.host}:{u.port}" if u.host else u.scheme for u in (there, home))
            detail = f"the image lies on {where}; it was not fetched, as only {named}, which you named, is asked"
            raise CallFailed("rejected", one_line(detail, self._redact), retryable=False)
        status, headers, body = await self._sent("GET", there, largest)
        if status != 200:
            raise self.failed(status, headers, body)
        return body

    async def _sent(self, method: str, url: URL, largest: int, data: Any = None) -> tuple[int, Any, bytes]:
        if self._session is None:
            self._session = self._open()
        try:
            async with self._session.request(method, url, data=data, allow_redirects=False) as response:
                return response.status, response.headers, await _read(response, largest)
        except aiohttp.ConnectionTimeoutError:
            raise self._unconnected("no answer to the connection attempt") from None
        except aiohttp.ClientConnectorCertificateError as error:
            raise self._unconnected(f"certificate not trusted: {error.certificate_error}", retryable=False) from None
        except aiohttp.ClientResponseError as error:
            detail = f"the server does not speak HTTP as it should: {one_line(error.message, self._redact)}"
            raise CallFailed("bad_reply", detail, retryable=True) from None
        except (aiohttp.ClientError, OSError) as error:
            raise self._unconnected(reason(error)) from None

    def _unconnected(self, why: str, retryable: bool = True) -> CallFailed:
        detail = one_line(f"{self._base_url}: {why}", self._redact)
        return CallFailed("no_connection", detail, retryable=retryable)

    def _open(self, seconds: float | None = None) -> aiohttp.ClientSession:
        """How long a call may take is the engine's to say; ``seconds`` bound what nobody else does."""
        headers = {"Content-Type": "application/json", "User-Agent": "auscult"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        return aiohttp.ClientSession(
            connector=connector(self.host),
            timeout=aiohttp.ClientTimeout(total=seconds, sock_connect=CONNECT_SECONDS),
            headers=headers,
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
        )

    def _redact(self, text: str) -> str:
        return text.replace(self._key, "[key]") if self._key else text

    def _about_key(self) -> str:
        if self._key:
            return f"the key in {self._key_variable} was not accepted"
        if os.environ.get(self._key_variable):
            return (
                f"no key was sent, as {self.host} is asked over plain http; name the variable to send it all the same"
            )
        return f"no key was sent, as {self._key_variable} is not set"

    async def probe(self) -> None:
        """Asks the server for its models, to fail early: any HTTP answer but 401 will do.

        Raises:
            ServerDown: the server cannot be reached.
            UserError: it refuses the key.
        """
        try:
            async with (
                self._open(CONNECT_SECONDS) as session,
                session.get(URL(f"{self._base_url}/models"), allow_redirects=False) as response,
            ):
                status = response.status
        except aiohttp.ConnectionTimeoutError:
            raise ServerDown(f"cannot reach {self._base_url}: no answer to the connection attempt") from None
        except TimeoutError:
            return  # it is there and slow, loading a model perhaps; calls have their own time and their retries
        except (aiohttp.ClientError, OSError) as error:
            why = one_line(reason(error), self._redact)
            proxy = any(os.environ.get(v) for v in ("HTTPS_PROXY", "https_proxy")) and not means_this_machine(self.host)
            hint = "; proxies of the environment are not used" if proxy else ""
            raise ServerDown(
                f"cannot reach {self._base_url}: {why}; is the server running, and the address right?{hint}"
            ) from None
        if status == 401:
            raise UserError(f"{self._base_url} refuses access (401): {self._about_key()}")

    @property
    def departures(self) -> Sequence[str]:
        """What the server was asked without."""
        return sorted(self._told)

    async def revision(self) -> dict[str, str]:
        """What the server says of the weights under this name: of ``GET /models``, and of Ollama's own list."""
        try:
            async with self._open(CONNECT_SECONDS) as session:
                said = described(await self._listed(session, f"{self._base_url}/models"), self.name)
                if said.get("owned_by") == OLLAMA:
                    tags = await self._listed(session, f"{self._base_url.removesuffix('/v1')}/api/tags")
                    said |= ollama_digest(tags, self.name)
        except (aiohttp.ClientError, OSError, CallFailed):
            return {}
        return {name: self._redact(text) for name, text in said.items()}

    async def _listed(self, session: aiohttp.ClientSession, address: str) -> object:
        """What stands at an address, if it is JSON."""
        async with session.get(URL(address), allow_redirects=False) as response:
            try:
                return orjson.loads(await _read(response))
            except orjson.JSONDecodeError:
                return None

    async def close(self) -> None:
        """Closes the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None


def _content(message: Message) -> str | list[dict[str, Any]]:
    """Plain text where there is no image, as servers of text-only models want it; else the parts in order."""
    if not message.images:
        return message.text
    return [
        {"type": "text", "text": part}
        if isinstance(part, str)
        else {"type": "image_url", "image_url": {"url": orjson.Fragment(part.data_url_json)}}
        for part in message.parts
    ]


def _hint(call: Call) -> str:
    """The way without a form of the reply, where that may be the reason of a refusal."""
    return "; where the server takes no JSON schema: --no-judge-schema" if call.schema else ""


async def _read(response: aiohttp.ClientResponse, largest: int = LARGEST_REPLY) -> bytes:
    chunks, size = [], 0
    async for chunk in response.content.iter_any():
        chunks.append(chunk)
        size += len(chunk)
        if size > largest:
            detail = f"the server's reply is larger than {largest >> 20} MiB"
            raise CallFailed("bad_reply", detail, retryable=False)
    return b"".join(chunks)


def reason(error: BaseException) -> str:
    """Why a connection failed, in plain words."""
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "host name not found"
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return f"certificate not trusted: {error.certificate_error}"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, ConnectionRefusedError):
        return "connection refused"
    dropped = isinstance(error, OSError) and error.errno in (errno.ECONNRESET, errno.EPIPE)
    if dropped or isinstance(error, aiohttp.ServerDisconnectedError | aiohttp.ClientPayloadError):
        return "the server closed the connection before its reply was complete"
    return str(error) or type(error).__name__
