"""Who answers: one file a kind of model. A model maps Calls to Replies and knows no item.

A model is named by one string, ``KIND:REST``: ``openai:NAME@BASE_URL``, ``local:PATH``, ``replay:FILE``,
``baseline:majority``; or by its kind alone where there is one of it: ``phantom``. Each kind is a module of this room
with ``create(rest, options) -> Model``; one whose kind is its whole name says ``NAMELESS = True``, and one whose names
have a form of their own says it: ``FORM = "replay:FILE"``.
"""

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, cast, runtime_checkable

from auscult.errors import UserError
from auscult.records import Call, Condition, Reply
from auscult.registry import Room, lacking

ROOM = Room(
    "auscult.models",
    "model kind",
    "auscult.models",
    needs="create",
    exclude=frozenset({"adapters", "branching", "folders", "leaning", "margins", "prompting"}),
)
INTERNAL = frozenset({"scripted"})
"""Kinds that serve certificates and tests, and nobody else."""


class CallFailed(Exception):
    """One request failed. The engine retries it if ``retryable``, not before ``retry_after`` seconds.

    ``kind`` is one of Reply.failure's; ``overload`` says that the server asked for less load (429, 503, timeout);
    ``down`` that nobody who could answer was reached: so says every lost connection and every call out of time.
    """

    def __init__(
        self,
        kind: str,
        detail: str,
        *,
        retryable: bool,
        retry_after: float | None = None,
        overload: bool = False,
        down: bool = False,
    ) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind, self.detail = kind, detail
        self.retryable, self.retry_after, self.overload = retryable, retry_after, overload
        self.down = down or kind in ("no_connection", "timeout")


@dataclass(frozen=True, kw_only=True)
class ModelOptions:
    """What a model needs beside its name.

    Attributes:
        train: item sets whose training split blind baselines may learn from.
        columns: recorded answers: our field → column of the file (``id``, ``text``, ``question``, ``image``, ...).
        device: in process: cpu, cuda, cuda:1, ...; empty: the best that is there.
        dtype: in process: float32, bfloat16, float16; empty: float32 on a CPU, bfloat16 on a GPU.
        key_env: environment variable that holds the server's key; empty: OPENAI_API_KEY.
        offline: open no connection beyond loopback, and load nothing from a hub.
        trust_remote_code: whether code that comes with a model folder may run.
        margins: ask a server how far each answer leans to yes or no (log-probabilities of its first token); a model in
            process says so anyway.
    """

    train: tuple[Path, ...] = ()
    columns: dict[str, str] = field(default_factory=dict)
    device: str = ""
    dtype: str = ""
    key_env: str = ""
    offline: bool = False
    trust_remote_code: bool = False
    margins: bool = False


class Model(Protocol):
    """What the engine needs of a model. Subclasses say only in what they differ from the defaults.

    Attributes:
        identity: what enters the journal key and the answer's id: everything that can change a reply (name, address,
            hash of weights or of the recorded file, device-independent dtype), and nothing that cannot.
        host: host name that images and texts go to; empty for in-process models.
        batch: how many calls of one group it takes at once; 0: all of the group; 1: one call a request.
        knows_items: whether a reply depends on ``call.item`` (recorded answers, blind baselines).
        blind: whether it never sees an image, by construction.
        recorded: whether its replies were made elsewhere, at a time and with settings that are not known here.
        learns: whether it learnt the answers of ``ModelOptions.train``.
        sees_only: the data set of the only images that it can make anything of; empty: no such limit is known.
        tuned_on: hashes of the pixels of images that it is known to have learnt from.
        untold: a sentence where it is known that it learnt from others too, or may have; empty: nothing says so.
        conditions: image conditions that it can be asked under.
        usual_seconds: that a call takes on one core, where it is known beforehand; of servers nobody knows it.
        usual_trace_seconds: likewise of a call whose answer is a whole trace.
    """

    identity: str
    host: str = ""
    batch: int = 0
    knows_items: bool = False
    blind: bool = False
    recorded: bool = False
    learns: bool = False
    sees_only: str = ""
    tuned_on: frozenset[str] = frozenset()
    untold: str = ""
    conditions: frozenset[Condition] = frozenset(("with", "without", "wrong"))
    usual_seconds: float | None = None
    usual_trace_seconds: float | None = None

    @abstractmethod
    async def reply(self, calls: Sequence[Call]) -> list[Reply]:
        """Answers calls of one group (at most ``batch``), in order.

        Raises:
            CallFailed: none of these calls got a reply.
        """
        ...

    async def close(self) -> None:
        """Frees connections and memory."""
        return


def capabilities(model: Model) -> dict[str, object]:
    """What a run notes of a model beside its name, so that nobody guesses it from there."""
    return {
        "identity": model.identity,
        "host": model.host,
        "recorded": model.recorded,
        "sees_only": model.sees_only,
    }


@runtime_checkable
class Reachable(Protocol):
    """A model that can say cheaply whether it is there."""

    async def probe(self) -> None:
        """Raises ``UserError`` in one line where the model cannot be reached."""
        ...


@runtime_checkable
class Served(Protocol):
    """A model behind a server, which may serve other weights under the same name one day.

    Attributes:
        departures: what it was asked without, as the server does not take it; sentences.
    """

    departures: Sequence[str]

    async def revision(self) -> Mapping[str, str]:
        """What the server says of the weights that it serves; empty where it says nothing."""
        ...


@runtime_checkable
class Recorded(Protocol):
    """A model that is a file of recorded answers."""

    def unmatched(self, ids: Iterable[str]) -> list[str]:
        """Ids of recorded answers that belong to none of these items (their ids and source ids)."""
        ...

    def count(self) -> int:
        """How many different ids there are."""
        ...


def own_model(model: object) -> Model:
    """A model that a user made, as it is.

    Raises:
        UserError: it is none.
    """
    how = "give an object of a class derived from auscult.Model, with identity and reply (docs/how-to/add-a-part.md)"
    if isinstance(model, type) or (lacks := lacking(model, Model)):
        named = model if isinstance(model, type) else type(model)
        why = "" if isinstance(model, type) else f" (it has no {' and no '.join(lacks[:3])})"
        raise UserError(f"a model is a text, KIND:REST, or an object, not {named.__name__}{why}; {how}")
    identity = getattr(model, "identity", "")
    if not isinstance(identity, str) or not identity.strip():
        raise UserError(f"{type(model).__name__}: its identity is {identity!r} and names nothing; {how}")
    return cast(Model, model)


def create(spec: str, options: ModelOptions) -> Model:
    """Opens the model that a spec string names.

    Raises:
        UserError: the spec is malformed, its kind unknown, or what it names is not there.
    """
    kind, colon, rest = spec.partition(":")
    if kind not in ROOM.names():
        kinds = ", ".join(name for name in ROOM.names() if name not in INTERNAL)
        why = f": unknown kind '{kind}'" if colon else " is not KIND:NAME"
        raise UserError(f"model '{spec}'{why}; kinds: {kinds} (for example baseline:majority)")
    part = ROOM.get(kind)
    if not rest and not getattr(part, "NAMELESS", False):
        form = getattr(part, "FORM", f"{kind}:NAME")
        raise UserError(f"model '{spec}': says which kind of model and not which one; write {form}")
    model: Model = ROOM.made(kind, Model, lambda: part.create(rest, options))
    return model
