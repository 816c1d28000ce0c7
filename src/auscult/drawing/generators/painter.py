"""``painter:default``: phantoms from a prompt's text, with faults whose rates are known.

``painter:faultless`` errs never; ``painter:default,right=1,clips=0.2`` changes some of the rates by name. What it draws
tests audits, and is never evidence about a real generator.
"""

from dataclasses import fields, replace

from auscult.drawing.generators import Generator, GeneratorOptions
from auscult.drawing.nouns import Drawing, Prompt
from auscult.errors import UserError, known_names
from auscult.phantoms.painter import PRESETS, VERSION, Faults, paint

FORM = "painter:default"


def create(rest: str, options: GeneratorOptions) -> "Painter":
    """Opens a painter.

    Raises:
        UserError: the preset or a fault is unknown, or a rate is no probability.
    """
    preset, *changes = rest.split(",")
    if preset not in PRESETS:
        raise UserError(
            f"generator 'painter:{rest}': no painter {preset!r}; {known_names(preset, PRESETS)}; rates "
            "follow a comma, as painter:default,clips=0.2"
        )
    names = [f.name for f in fields(Faults)]
    given: dict[str, float] = {}
    for change in changes:
        name, _, value = (part.strip() for part in change.partition("="))
        if name not in names:
            raise UserError(f"generator 'painter:{rest}': no fault {name!r}; {known_names(name, names)}")
        try:
            given[name] = float(value)
        except ValueError:
            raise UserError(f"generator 'painter:{rest}': {change!r} is not NAME=RATE, as clips=0.2") from None
    try:
        faults = replace(PRESETS[preset], **given)
    except ValueError as error:
        raise UserError(f"generator 'painter:{rest}': {error}") from None
    return Painter(faults, options.seed)


class Painter(Generator):
    """See ``auscult.drawing.generators.Generator``."""

    batch = 0
    draws_phantoms = True

    def __init__(self, faults: Faults, seed: int) -> None:
        rates = ",".join(f"{f.name}={getattr(faults, f.name):g}" for f in fields(faults))
        self.identity = f"painter-{VERSION}:{rates},seed={seed}"
        self._faults, self._seed = faults, seed

    async def draw(self, prompt: Prompt, repeat: int) -> Drawing:
        """Paints the prompt's text."""
        painted = paint(prompt.text, self._faults, seed=self._seed, repeat=repeat)
        return Drawing(images=painted.files, text=painted.words)
