"""The distribution that scenes are drawn from, versioned: the same seed, split and version give the same scene.

Combinations of view, finding, side and place in ``UNSEEN`` occur in the split ``unseen`` only, in each of its scenes:
what a model learned of the parts, it must put together there.
"""

from dataclasses import dataclass

import numpy as np

from auscult.phantoms import abdomen
from auscult.phantoms.chest import clear_of_heart, in_lung, sign, zone_limits
from auscult.phantoms.scene import KINDS, MODALITIES, SPLITS, VIEWS, Modality, Scene, SceneFinding, Split

VERSION = "1"
NORMAL_SHARE = 0.12
"""Share of scenes that are made normal; more are by chance."""
_TRIES = 40


@dataclass(frozen=True)
class Combination:
    """View, finding, side and place; an empty field stands for any."""

    modality: Modality
    finding: str
    view: str = ""
    side: str = ""
    place: str = ""

    def holds(self, view: str, name: str, side: str, place: str) -> bool:
        """Whether a finding in a view is of this combination."""
        return (
            self.finding == name and self.view in ("", view) and self.side in ("", side) and self.place in ("", place)
        )


UNSEEN = (
    Combination("chest radiograph", "pneumothorax", view="anteroposterior", side="left"),
    Combination("chest radiograph", "lung nodule", side="left", place="upper zone"),
    Combination("chest radiograph", "consolidation", side="right", place="upper zone"),
    Combination("brain MR", "brain tumour", side="left", place="occipital lobe"),
    Combination("brain MR", "midline shift", view="T2-weighted", side="right"),
    Combination("abdominal CT", "renal cyst", view="without contrast", side="right"),
    Combination("abdominal CT", "liver lesion", view="with contrast", place="left lobe"),
)


def draw_scene(seed: int, split: Split = "train", modality: Modality | None = None) -> Scene:
    """Draws a scene.

    Args:
        seed: of the scene, 0 or more.
        split: each split has its own stream of scenes.
        modality: of the image; None: drawn too.

    Raises:
        ValueError: a negative seed or an unknown split.
    """
    if seed < 0 or split not in SPLITS:
        raise ValueError(f"no scene has seed {seed} in split {split!r}")
    random = np.random.default_rng([int(VERSION), SPLITS.index(split), seed])
    kind = modality or MODALITIES[int(random.integers(len(MODALITIES)))]
    drawer = {"chest radiograph": _Chest, "brain MR": _Brain, "abdominal CT": _Abdomen}[kind](random, split, kind)
    return Scene(
        seed=seed,
        split=split,
        distribution=VERSION,
        modality=kind,
        view=drawer.view,
        findings=drawer.findings(),
        anatomy=drawer.anatomy,
        noise=int(random.integers(2**31)),
    )


class _Drawer:
    """Draws one scene of a modality; what does not fit (an unseen combination, no room) is left out."""

    def __init__(self, random: np.random.Generator, split: Split, modality: Modality) -> None:
        self.random, self.split, self.modality = random, split, modality
        combinations = [c for c in UNSEEN if c.modality == modality]
        self.forced = combinations[int(random.integers(len(combinations)))] if split == "unseen" else None
        drawn = VIEWS[modality][int(random.integers(2))]
        self.view = self.forced.view if self.forced and self.forced.view else drawn
        self.found: list[SceneFinding] = []
        self.anatomy = self.body() | {"gain": self.real(0.94, 1.06)}

    def body(self) -> dict[str, float]:
        raise NotImplementedError

    def scene(self) -> None:
        raise NotImplementedError

    def put(self, name: str, side: str = "", place: str = "") -> bool:
        """Adds a finding if there is room for it; says whether it did."""
        raise NotImplementedError

    def findings(self) -> tuple[SceneFinding, ...]:
        if self.forced:
            side = self.forced.side or self.some_side(self.forced.finding)
            place = self.forced.place or self.some_place(self.forced.finding)
            while not self.put(self.forced.finding, side, place):
                self.anatomy = self.body() | {"gain": self.anatomy["gain"]}
        elif self.chance(NORMAL_SHARE):
            return ()
        self.scene()
        order = list(KINDS)
        return tuple(sorted(self.found, key=lambda f: (order.index(f.name), f.side, f.place)))

    def try_put(self, name: str, side: str = "", place: str = "") -> None:
        """Adds a finding unless it is there already, may not be seen in this split, or finds no room."""
        if self.split != "unseen" and any(c.holds(self.view, name, side, place) for c in UNSEEN):
            return
        if not any(f.name == name and f.side == side and (f.place == place or KINDS[name].sided) for f in self.found):
            self.put(name, side, place)

    def real(self, low: float, high: float) -> float:
        return round(float(self.random.uniform(low, high)), 3)

    def chance(self, share: float) -> bool:
        return bool(self.random.random() < share)

    def size(self, name: str, largest: float = float("inf")) -> float:
        kind = KINDS[name]
        value = float(self.random.uniform(kind.smallest, min(kind.largest, largest)))
        return float(round(value)) if kind.unit else round(value, 2)

    def some_side(self, name: str) -> str:
        return ("left", "right")[int(self.random.integers(2))] if KINDS[name].sided else ""

    def some_place(self, name: str) -> str:
        places = KINDS[name].places
        return places[int(self.random.integers(len(places)))] if places else ""

    def on_side(self, name: str, side: str) -> bool:
        return any(f.name == name and f.side == side for f in self.found)


class _Chest(_Drawer):
    def body(self) -> dict[str, float]:
        return {
            "lung_x": self.real(73, 79),
            "lung_y": self.real(4, 12),
            "lung_a": self.real(56, 62),
            "lung_b": self.real(138, 148),
            "base_y": self.real(98, 110),
            "dome": self.real(22, 32),
            "heart_y": self.real(44, 54),
            "heart_ratio": self.real(0.40, 0.48),
            "rib_gap": self.real(24, 28),
            "rib_phase": self.real(0, 24),
        }

    def scene(self) -> None:
        if self.chance(0.4):
            self.try_put("cardiomegaly")
        for side in ("left", "right"):
            if self.chance(0.32):
                self.try_put("pleural effusion", side)
            elif self.chance(0.34):
                self.try_put("pneumothorax", side)
            for name, share in (("consolidation", 0.34), ("lung nodule", 0.38)):
                if self.chance(share):
                    self.try_put(name, side, self.some_place(name))

    def put(self, name: str, side: str = "", place: str = "") -> bool:
        if not place:
            free = {"pleural effusion": "pneumothorax", "pneumothorax": "pleural effusion"}.get(name)
            if free and self.on_side(free, side):
                return False
            if name == "pneumothorax" and any(f.side == side and f.place == "upper zone" for f in self.found):
                return False
            self.found.append(SceneFinding(name=name, side=side, size=self.size(name)))
            return True
        size = self.size(name)
        for _ in range(_TRIES):
            centre = self._centre(name, side, place, size)
            if self._free(name, side, place, size, *centre):
                self.found.append(SceneFinding(name=name, side=side, place=place, size=size, centre=centre))
                return True
        return False

    def _centre(self, name: str, side: str, place: str, size: float) -> tuple[float, float]:
        top, bottom = zone_limits(self.anatomy, place)
        margin = 6.0 if name == "lung nodule" else (bottom - top) / 2 - 8
        x = sign(side) * (self.anatomy["lung_x"] + self.real(-0.8, 0.8) * self.anatomy["lung_a"])
        return round(x, 1), self.real(top + margin, bottom - margin)

    def _free(self, name: str, side: str, place: str, size: float, x: float, y: float) -> bool:
        """Whether a nodule or consolidation can be seen there: in the lung, and nothing lies over it."""
        nodule = name == "lung nodule"
        ratio = next((f.size for f in self.found if f.name == "cardiomegaly"), self.anatomy["heart_ratio"])
        inside = in_lung(self.anatomy, side, x, y, size / 2 + 3 if nodule else 0.3 * size)
        if not inside or not clear_of_heart(self.anatomy, ratio, x, y, size / 2 + 2 if nodule else 0.25 * size):
            return False
        for other in self.found:
            if other.side != side:
                continue
            if other.name == "pleural effusion" and (
                place == "lower zone" or y + size / 2 > self.anatomy["base_y"] - other.size - 12
            ):
                return False
            if other.name == "pneumothorax" and place == "upper zone":
                return False
            if other.centre and abs(other.centre[1] - y) < (other.size + size) / 2 + 6:
                return False
        return True


class _Brain(_Drawer):
    def body(self) -> dict[str, float]:
        return {
            "brain_a": self.real(62, 67),
            "brain_b": self.real(78, 84),
            "evans": self.real(0.22, 0.29),
        }

    def scene(self) -> None:
        for side in ("left", "right"):
            if self.chance(0.42):
                self.try_put("brain tumour", side, self.some_place("brain tumour"))
        sides = {f.side for f in self.found if f.name == "brain tumour"}
        if self.chance(0.5):
            away = {"left": "right", "right": "left"}.get(next(iter(sides), ""), "") if len(sides) == 1 else ""
            if not any(f.name == "midline shift" for f in self.found):
                self.try_put("midline shift", away or self.some_side("midline shift"))
        if self.chance(0.5):
            self.try_put("hydrocephalus")

    def put(self, name: str, side: str = "", place: str = "") -> bool:
        if name != "brain tumour":
            self.found.append(SceneFinding(name=name, side=side, size=self.size(name)))
            return True
        looks = KINDS[name].attributes
        look = "" if self.view == "T2-weighted" else looks[int(self.random.integers(len(looks)))]
        size = self.size(name)
        low, high = {"frontal lobe": (-0.75, -0.4), "parietal lobe": (-0.15, 0.2), "occipital lobe": (0.45, 0.75)}[
            place
        ]
        for _ in range(_TRIES):
            x = sign(side) * self.real(size / 2 + 9, self.anatomy["brain_a"])
            y = self.real(low * self.anatomy["brain_b"], high * self.anatomy["brain_b"])
            a, b = (self.anatomy[n] - size / 2 - 4 for n in ("brain_a", "brain_b"))
            if (x / a) ** 2 + (y / b) ** 2 < 1:
                centre = (round(x, 1), round(y, 1))
                self.found.append(
                    SceneFinding(name=name, side=side, place=place, size=size, attribute=look, centre=centre)
                )
                return True
        return False


class _Abdomen(_Drawer):
    def body(self) -> dict[str, float]:
        return {"cavity_a": self.real(136, 146), "cavity_b": self.real(92, 98), "fat": self.real(6, 18)}

    def scene(self) -> None:
        if self.chance(0.52):
            self.try_put("ascites")
        for side in ("left", "right"):
            if self.chance(0.46):
                self.try_put("renal cyst", side)
        for place in ("right lobe", "left lobe"):
            if self.chance(0.46):
                self.try_put("liver lesion", "", place)

    def put(self, name: str, side: str = "", place: str = "") -> bool:
        if name == "ascites":
            self.found.append(SceneFinding(name=name, size=self.size(name)))
            return True
        size = self.size(name, 36 if place == "left lobe" else float("inf"))
        if name == "renal cyst":
            x, y = abdomen.KIDNEYS[side]
            centre = (round(x + sign(side) * self.real(4, 12), 1), round(y + self.real(-16, 12), 1))
        else:
            x, y, a, b = abdomen.LOBES[place]
            angle, out = self.real(0, 6.283), self.real(0, 1) ** 0.5
            room_a, room_b = max(a - size / 2 - 4, 0), max(b - size / 2 - 4, 0)
            left = -8 if place == "right lobe" else 8  # the lobes overlap in the middle: stay on the own side of it
            down = y + room_b * out * float(np.sin(angle))
            if place == "right lobe":  # in front of the right kidney
                down = min(down, abdomen.KIDNEYS["right"][1] - abdomen.KIDNEY_B - size / 2 - 2)
            centre = (round(x + left + 0.8 * room_a * out * float(np.cos(angle)), 1), round(down, 1))
        self.found.append(SceneFinding(name=name, side=side, place=place, size=size, centre=centre))
        return True
