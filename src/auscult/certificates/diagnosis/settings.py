"""What is simulated: a grid of models, models that break an assumption, and judges that err."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from auscult.certificates.cells import Row
from auscult.certificates.diagnosis.arrays import Judge
from auscult.certificates.diagnosis.structure import Faults

POINTS = ((0.3, 0.15, 0.05), (0.5, 0.25, 0.1), (0.1, 0.3, 0.05), (0.1, 0.05, 0.2), (0.4, 0.4, 0.1), (0.6, 0.3, 0.02))
"""Error rates of eyes, knowledge and reasoning."""
FOLLOWED = (1.0, 0.8, 0.5)
DEPENDENCE = (0.0, 0.3)
ODD: tuple[tuple[str, Faults], ...] = (
    ("lucky guesses", Faults(lucky=0.3)),
    ("lucky guesses, f .8", Faults(lucky=0.3, followed=0.8)),
    ("errors that make up for each other", Faults(offsetting=0.5)),
    ("errors that make up for each other, f .8", Faults(offsetting=0.5, followed=0.8)),
    ("looks at the image anew, f .8", Faults(rereads=True, followed=0.8)),
    ("follows rather where it is hard, f .8", Faults(leaning=0.5, followed=0.8)),
    ("eyes lead knowledge astray", Faults(astray=0.5)),
    ("eyes lead knowledge astray, f .8", Faults(astray=0.5, followed=0.8)),
    ("gold knowledge states the answer", Faults(stated=0.3)),
    ("the template confuses", Faults(confused=0.1)),
    ("traces out of form", Faults(invalid=0.1)),
    ("answers flip", Faults(flips=0.05)),
)
"""What breaks one assumption or another."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A simulated model, and who judges it on how many images.

    Attributes:
        name: in words; empty on the grid.
        faults: of the model.
        judge: of its stages.
        images: with ``items`` each.
        items: questions an image.
        planted: whether errors are planted, so that it can be told how many given stages are followed.
    """

    name: str = ""
    faults: Faults = Faults()
    judge: Judge = Judge()
    images: int = 125
    items: int = 4
    planted: bool = True

    def described(self) -> Row:
        """What is simulated, for the rows of the certificate."""
        faults = self.faults
        return {
            "eyes": faults.eyes,
            "knowledge": faults.knowledge,
            "reasoning": faults.reasoning,
            "followed": faults.followed,
            "difficulty": faults.difficulty,
            "judge_sensitivity": self.judge.sensitivity,
            "judge_specificity": self.judge.specificity,
            "on_planted": self.judge.planted,
            "images": self.images,
            "n": self.images * self.items,
        }


def settings() -> Iterator[Setting]:
    """The grid, and what stands beside it."""
    for (eyes, knowledge, reasoning), share, dependence in product(POINTS, FOLLOWED, DEPENDENCE):
        faults = Faults(eyes=eyes, knowledge=knowledge, reasoning=reasoning, followed=share, difficulty=dependence)
        yield Setting(faults=faults)
    for share in FOLLOWED[:2]:
        yield Setting(name="few images", faults=Faults(followed=share), images=30)
    yield from (Setting(name=name, faults=faults) for name, faults in ODD)


JUDGES = (
    Judge(0.7, 0.7),
    Judge(0.7, 1.0),
    Judge(1.0, 0.7),
    Judge(0.8, 0.8),
    Judge(0.8, 0.95),
    Judge(0.9, 0.9),
    Judge(0.95, 0.95),
)


def judged_settings() -> Iterator[Setting]:
    """Judges that err, on models whose stages err independently and not."""
    for judge, dependence in product(JUDGES, DEPENDENCE):
        yield Setting(name="judge that errs", faults=Faults(difficulty=dependence), judge=judge, planted=False)
    harder = Judge(0.7, 0.95, on_planted=0.9)
    yield Setting(name="own errors harder to find than planted ones", judge=harder, planted=False)


def plain(setting: Setting) -> bool:
    """Whether a given stage is followed or passed over whatever it says and wherever, and all else is as assumed."""
    kept = ("eyes", "knowledge", "reasoning", "followed", "shared", "difficulty", "rereads", "invalid")
    faults = setting.faults
    return faults == replace(Faults(), **{name: getattr(faults, name) for name in kept})


def evenly(setting: Setting) -> bool:
    """Whether a stage is followed as often on one image as on another."""
    return setting.faults.leaning == 0
