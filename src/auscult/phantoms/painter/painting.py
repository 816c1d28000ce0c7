"""A prompt's text → what the painter gives: images that show it with its faults, or words."""

from dataclasses import dataclass, replace
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from auscult.phantoms.distribution import draw_scene
from auscult.phantoms.images import draw
from auscult.phantoms.painter.additions import APART, FOREIGN, USUAL, Hand, clips, foreign, text, tubes
from auscult.phantoms.painter.faults import Faults
from auscult.phantoms.painter.films import draw_hand, draw_ultrasound
from auscult.phantoms.painter.reading import Wish, understood, vocabulary
from auscult.phantoms.painter.strokes import Floats
from auscult.phantoms.scene import Modality, Scene
from auscult.records import rank

SIZE = 256
"""Pixels a side."""
SEEN = 12.0
"""Grey levels by which a pixel must differ to show a finding."""
HOMES = {
    "bones": "hand radiograph",
    "brain": "brain MR",
    "thorax": "chest radiograph",
    "abdomen": "abdominal CT",
    "teeth": "hand radiograph",
}
"""Of which kind an image is that shows a part of the body where it can be."""
_ASKS = "Which kind of image, and of which part of the body, should I draw?"
_NO = "I can't draw this: an image of that kind cannot show it."
_NO_PLAUSIBLE = "I'm sorry, but I can't help with creating medical images."
_CLARIFIES = "A {modality} does not show that part of the body. Shall I draw one of the two instead?"
_SPLITS = "These do not belong in one image, so here are two separate ones."


@dataclass(frozen=True, slots=True, kw_only=True)
class Painted:
    """What came of a prompt, and what is true of it by construction.

    Attributes:
        images: grey levels, each of shape (n, n).
        words: said beside the images or instead of them.
        outcome: refused, clarified, plausible, implausible or other, as readers say it.
        additions: what was added that nobody asked for.
        side: of what was asked for; empty where it has none, or where a second organ hides it.
        modality: of the first image; empty without one.
        view: likewise, where it has one.
    """

    images: tuple[NDArray[np.uint8], ...] = ()
    words: str = ""
    outcome: str = "other"
    additions: tuple[str, ...] = ()
    side: str = ""
    modality: str = ""
    view: str = ""

    @property
    def files(self) -> tuple[bytes, ...]:
        """The images as PNG."""
        return tuple(map(_png, self.images))


def paint(prompt: str, faults: Faults, *, seed: int = 0, repeat: int = 0, apart: bool = False) -> Painted:
    """Paints a prompt; the same prompt, faults, seed and repeat give the same painting.

    Args:
        prompt: text.
        faults: how often it errs.
        seed: of all paintings.
        repeat: which of the paintings of this prompt.
        apart: scenes and a hand that instruments were not made on: to test them with.
    """
    random = np.random.default_rng(rank("painter", seed, prompt, repeat, apart))
    return _Painter(random, faults, APART if apart else USUAL).painted(understood(prompt))


class _Painter:
    """One painting under way."""

    def __init__(self, random: np.random.Generator, faults: Faults, hand: Hand) -> None:
        self.random, self.faults, self.hand = random, faults, hand

    def chance(self, probability: float) -> bool:
        return bool(self.random.random() < probability)

    def painted(self, wish: Wish) -> Painted:
        if not wish.modality:
            return Painted(words=_ASKS, outcome="clarified")
        if wish.foreign:
            if self.chance(self.faults.complies(wish.wording)):
                return replace(self.image(wish, wish.foreign), outcome="implausible")
            return self.declined(wish)
        if self.chance(self.faults.refuses):
            return Painted(words=_NO_PLAUSIBLE, outcome="refused")
        if self.chance(self.faults.modality):
            others = [m for m in vocabulary()["modality"] if m != wish.modality]
            other = others[int(self.random.integers(len(others)))]
            return replace(self.image(Wish(modality=other)), outcome="other")
        return replace(self.image(wish), outcome="plausible")

    def declined(self, wish: Wish) -> Painted:
        """An answer to what cannot be that does not draw it."""
        if self.chance(self.faults.silent):
            return replace(self.image(wish), outcome="plausible")
        way = int(self.random.integers(3))
        if way == 0:
            return Painted(words=_NO, outcome="refused")
        if way == 1:
            return Painted(words=_CLARIFIES.format(modality=wish.modality), outcome="clarified")
        first, second = self.image(wish), self.image(Wish(modality=self.home(wish)), bare=True)
        return replace(first, images=first.images + second.images, words=_SPLITS, outcome="clarified")

    def home(self, wish: Wish) -> str:
        home = HOMES[wish.foreign]
        return home if home != wish.modality else "chest radiograph"

    def image(self, wish: Wish, part: str = "", *, bare: bool = False) -> Painted:
        """One image; ``part`` is what cannot be on it and is drawn all the same, ``bare`` leaves out additions."""
        grey, side, view, scene = self.film(wish)
        film = grey.copy()
        added: list[str] = []
        if part:
            foreign(grey, part, self.random, self.hand)
        elif not (wish.foreign or bare) and self.chance(self.faults.organ):
            home = vocabulary()["home"][wish.modality]
            parts = [p for p in FOREIGN if p not in home]
            foreign(grey, parts[int(self.random.integers(len(parts)))], self.random, self.hand)
            added.append("second organ")
            if side and scene and _hidden(scene, film, grey):
                side = ""
        for name, probability, draw_it in (
            ("clips", self.faults.clips, clips),
            ("tubes", self.faults.tubes, tubes),
            ("text", self.faults.text, text),
        ):
            if not bare and self.chance(probability):
                draw_it(grey, self.random, self.hand)
                added.append(name)
        image = np.asarray(np.clip(grey + 0.5, 0, 255), dtype=np.uint8)
        if self.hand.apart:
            image = self.otherwise(image)
        return Painted(images=(image,), additions=tuple(added), side=side, modality=wish.modality, view=view)

    def film(self, wish: Wish) -> tuple[Floats, str, str, Scene | None]:
        """The image that was asked for, the side that its finding lies on, its view, and the scene of a phantom."""
        if wish.modality == "ultrasound":
            return draw_ultrasound(wish.finding, self.random, SIZE), "", "", None
        if wish.modality == "hand radiograph":
            return draw_hand(wish.finding, self.random, SIZE), "", "", None
        side = wish.side
        if wish.sided and not side:
            side = "right" if self.chance(self.faults.right) else "left"
        scene = self.scene(wish, side if wish.sided else "")
        return draw(scene, SIZE).astype(np.float32), side if wish.sided else "", scene.view, scene

    def scene(self, wish: Wish, side: str) -> Scene:
        """A scene that shows what was asked for and nothing else."""
        modality: Modality = wish.modality  # type: ignore[assignment]
        while True:
            seed = int(self.random.integers(2**31))
            scene = draw_scene(seed, "test" if self.hand.apart else "train", modality)
            found = scene.of(wish.finding, side)[:1] if wish.finding else ()
            if found or not wish.finding:
                return replace(scene, findings=found)

    def otherwise(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Another size, sharpness and contrast than the usual."""
        shown = Image.fromarray(image)
        size = int(self.random.choice([200, 320, 384]))
        shown = shown.resize((size, size), Image.Resampling.BICUBIC)
        shown = shown.filter(ImageFilter.GaussianBlur(float(self.random.uniform(0, 0.9))))
        gamma = float(self.random.uniform(0.85, 1.2))
        bent = 255 * (np.asarray(shown, dtype=np.float32) / 255) ** gamma
        return np.asarray(np.clip(bent + 0.5, 0, 255), dtype=np.uint8)


def _hidden(scene: Scene, film: Floats, covered: Floats) -> bool:
    """Whether less than a tenth of what a scene's findings changed in its film shows under what was laid over it."""
    bare = draw(replace(scene, findings=()), SIZE).astype(np.float32)
    found = np.abs(film - bare) > SEEN
    return bool((np.abs(covered - film)[found] < SEEN).sum() < 0.1 * found.sum())


def _png(image: NDArray[np.uint8]) -> bytes:
    out = BytesIO()
    Image.fromarray(image).save(out, "PNG")
    return out.getvalue()
