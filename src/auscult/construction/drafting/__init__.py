"""What a model makes of annotated images: what it is asked, what is read from its replies, and who else checks it.

One call an image gives a batch of pairs, by a plan that this package draws. What a reply says is believed only as far
as the plan, the checks and the checker models let it pass; the rest is kept with its reason.
"""

from dataclasses import dataclass, field
from typing import Annotated

from auscult.engine.limits import AskOptions, check_bounds
from auscult.errors import UserError
from auscult.models import ModelOptions
from auscult.records import Bounds


@dataclass(frozen=True, kw_only=True)
class CheckerOptions:
    """How checker models are asked; each has limits of its own.

    Attributes:
        tries: how often a verdict that cannot be read is asked for.
        max_tokens: most tokens of a verdict.
        schema: whether the form of the verdict is sent to the server as a JSON schema.
        model: what a checker needs beside its name.
        asking: concurrency, timeout, retries, prices; budgets of each checker for this set in all.
    """

    tries: Annotated[int, Bounds(1)] = 2
    max_tokens: Annotated[int, Bounds(16)] = 512
    schema: bool = True
    model: ModelOptions = field(default_factory=ModelOptions)
    asking: AskOptions = field(default_factory=AskOptions)


@dataclass(frozen=True, kw_only=True)
class DraftingOptions:
    """How a model drafts pairs, and who checks them.

    Attributes:
        pairs: how many are asked for of each image, in one call.
        text_only: whether the model is given the annotation alone, without the image.
        without_failed: whether the set is made although requests failed; their images then get no pairs.
        schema: whether the form of the reply is sent to the server as a JSON schema.
        temperature: of the replies.
        max_tokens: most tokens of a reply; where not given, as many as the pairs may take.
        model: what the generator needs beside its name.
        asking: concurrency, timeout, retries, prices; budgets of the generator for this set in all.
        strict: whether a pair that the checks cannot show to be right is refused too: few wrong ones pass then, and
            many right ones are lost that are in words far from the annotation's.
        checkers: models that check each pair against the annotation, without the image; the majority decides.
        checking: how they are asked.
    """

    pairs: Annotated[int, Bounds(1, 40)] = 10
    text_only: bool = False
    without_failed: bool = False
    schema: bool = True
    temperature: Annotated[float, Bounds(0)] = 0.7
    max_tokens: Annotated[int | None, Bounds(16)] = None
    model: ModelOptions = field(default_factory=ModelOptions)
    asking: AskOptions = field(default_factory=AskOptions)
    strict: bool = False
    checkers: tuple[str, ...] = ()
    checking: CheckerOptions = field(default_factory=CheckerOptions)

    def check(self) -> None:
        """Refuses options that cannot mean anything.

        Raises:
            UserError: what to set instead.
        """
        self.asking.check()
        self.checking.asking.check()
        check_bounds(self)
        twice = next((c for n, c in enumerate(self.checkers) if c in self.checkers[:n]), "")
        if twice:
            raise UserError(f"--checker {twice} is named twice; one model has one vote")
