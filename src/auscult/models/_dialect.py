"""What a chat-completions server takes, as its refusals tell: OpenAI-compatible servers differ in what is optional.

A refused request costs nothing and is put again in the server's own dialect; what no dialect mends stays refused.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from auscult.models._chat_reply import is_invalid_request, message_of, refuses_parameter
from auscult.records import Call

REFUSALS = (400, 404, 415, 422, 501)
"""Statuses of a request that is refused for what it asks; a router says 404 where no server takes a parameter."""
OPTIONAL = ("temperature", "top_p", "seed")
"""What a request can do without; the server then decodes in its own way."""
FEWER = 5
"""Tokens that log-probabilities are asked of where a server refuses those of ``leaning.TOP``."""
_SCHEMA = re.compile(r"(?i)response_?format|json.?schema|structured.output|guided|grammar")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a request is put.

    Attributes:
        limit: name of the length limit.
        without: the optional fields that are not sent.
        form: how a JSON schema is sent: in full, as the wish for any JSON object, or not at all.
        top: of how many tokens the log-probabilities are asked for; 0: of none, as it gives none; None: nobody wants
            them.
    """

    limit: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    without: frozenset[str] = frozenset()
    form: Literal["json_schema", "json_object", ""] = "json_schema"
    top: int | None = None

    def after(self, status: int, body: bytes, call: Call) -> "Dialect | None":
        """The dialect to try after a refusal; None where the refusal is of another kind."""
        if status not in REFUSALS and not is_invalid_request(status, body):
            return None
        if self.limit == "max_tokens" and b"max_completion_tokens" in body:
            return replace(self, limit="max_completion_tokens")
        for name in OPTIONAL:
            if name in sent_of(call) - self.without and refuses_parameter(body, name):
                return replace(self, without=self.without | {name})
        if call.schema and self.form and _SCHEMA.search(message_of(body)):
            offered = self.form == "json_schema" and b"json_object" in body
            return replace(self, form="json_object" if offered else "")
        if self.top and "logprob" in message_of(body).casefold():
            return replace(self, top=FEWER if self.top > FEWER else 0)
        return None

    def departures(self, call: Call) -> Iterator[str]:
        """What a reply was asked without, in words; the limit under another name is the same limit."""
        if left_out := [name for name in OPTIONAL if name in self.without & sent_of(call)]:
            yield f"asked without {' and '.join(left_out)}, which the server does not take: it decodes its own way"
        if call.schema and self.form != "json_schema":
            how = "any JSON object was asked for" if self.form else "no form of the reply was asked for"
            yield f"the server takes no JSON schema: {how}; --no-judge-schema sends none from the start"
        if self.top == 0:
            yield "the server gives no log-probabilities: how far its answers lean to yes or no is not known"


def sent_of(call: Call) -> frozenset[str]:
    """The optional fields that a call asks for."""
    how = call.decoding
    asked = {"temperature": True, "top_p": how.top_p != 1, "seed": how.seed is not None}
    return frozenset(name for name, wanted in asked.items() if wanted)
