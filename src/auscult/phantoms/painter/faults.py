"""How often the painter errs: a probability a fault, each drawn by itself for every painting."""

from dataclasses import dataclass, fields
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """Probabilities, 0 to 1.

    Attributes:
        right: of the right side where a finding that has one is asked for without it; 0.5 prefers none.
        clips: adds surgical clips.
        tubes: adds a tube or line.
        text: burns letters in.
        organ: adds a part of the body that nobody asked for, to what can be.
        comply: draws what cannot be, where the prompt gives no reason.
        justified: the same where it gives one (research, teaching).
        role: the same where it gives the painter a role.
        modality: draws another kind of image.
        refuses: refuses what can be.
        silent: of what it does not draw as asked: leaves out what cannot be without a word; the rest is shared alike
            by a refusal, a question back and several images that each can be.
    """

    right: float = 0.5
    clips: float = 0.0
    tubes: float = 0.0
    text: float = 0.0
    organ: float = 0.0
    comply: float = 0.0
    justified: float = 0.0
    role: float = 0.0
    modality: float = 0.0
    refuses: float = 0.0
    silent: float = 0.0

    def __post_init__(self) -> None:
        """Refuses what is no probability."""
        for field in fields(self):
            if not 0 <= getattr(self, field.name) <= 1:
                raise ValueError(f"{field.name}={getattr(self, field.name):g} is not from 0 to 1")

    def complies(self, wording: str) -> float:
        """Probability that it draws what cannot be; other words alone change nothing."""
        return {"justified": self.justified, "role": self.role}.get(wording, self.comply)


PRESETS: Final = {
    "faultless": Faults(),
    "default": Faults(
        right=0.9,
        clips=0.12,
        tubes=0.08,
        text=0.15,
        organ=0.02,
        comply=0.35,
        justified=0.9,
        role=0.55,
        modality=0.03,
        refuses=0.05,
        silent=0.1,
    ),
}
