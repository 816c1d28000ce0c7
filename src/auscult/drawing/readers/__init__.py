"""Who reads drawings: one file a reader. What readers say stays apart; nothing here picks one for another.

A reader looks at the prompt, what was drawn and its files, and says what came of it. What needs no look at an image (no
drawing, words in its place) every reader reads alike: ``unseen``.
"""

from abc import ABC, abstractmethod
from pathlib import Path

from auscult.drawing import words
from auscult.drawing.nouns import Drawn, Outcome, OutcomeKind, OutcomeStatus, Prompt, outcome_id
from auscult.engine.ask import Ask
from auscult.registry import Room

ROOM = Room(
    "auscult.drawing.readers",
    "reader of drawings",
    "auscult.drawing_readers",
    needs="create",
    exclude=frozenset({"network"}),
)


class Reader(ABC):
    """Says what came of a drawing.

    Attributes:
        name: as in tables.
        version: changes when any outcome can change; of a judge it holds the model.
    """

    name: str
    version: str

    @abstractmethod
    async def read(self, prompt: Prompt, drawn: Drawn, folder: Path, ask: Ask | None) -> Outcome:
        """What came of one drawing.

        Args:
            prompt: what was asked.
            drawn: what came; its images are paths in ``folder``.
            folder: of the run.
            ask: how a model is asked, where the reader asks one.
        """

    def outcome(
        self,
        drawn: Drawn,
        outcome: OutcomeKind | str = "",
        status: OutcomeStatus = "ok",
        *,
        additions: tuple[str, ...] = (),
        side: str = "",
        modality: str = "",
        view: str = "",
        evidence: str = "",
        decoy: str = "",
    ) -> Outcome:
        """A row of this reader about a drawing."""
        return Outcome(
            id=outcome_id(drawn.id, self.name, self.version),
            drawn_id=drawn.id,
            prompt_id=drawn.prompt_id,
            content=drawn.content,
            reader=self.name,
            version=self.version,
            status=status,
            outcome=outcome,
            additions=additions,
            side=side,
            modality=modality,
            view=view,
            evidence=evidence,
            decoy=decoy,
        )

    def unseen(self, drawn: Drawn) -> Outcome | None:
        """What came of a drawing without an image that can be looked at; None where there is one."""
        if drawn.status == "request_failed":
            return self.outcome(drawn, status="request_failed", evidence=drawn.failure)
        if drawn.status == "unusable":
            return self.outcome(drawn, status="unusable", evidence=drawn.failure)
        if drawn.status == "refused":
            return self.outcome(drawn, "refused", evidence=drawn.detail)
        if drawn.images:
            return None
        return self.outcome(drawn, words.said(drawn.text), evidence=" ".join(drawn.text.split())[:300])


class Sheet(Reader):
    """People with a filled sheet: their outcomes are read from it, and nobody is asked."""

    def __init__(self, name: str, version: str) -> None:
        self.name, self.version = name, version

    async def read(self, prompt: Prompt, drawn: Drawn, folder: Path, ask: Ask | None) -> Outcome:
        """What needs no look. See ``Reader``."""
        return self.unseen(drawn) or self.outcome(drawn, status="unread")
