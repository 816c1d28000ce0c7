"""Small and faint findings: a scene with each finding shrunk and its contrast lowered, below what scenes hold.

Sizes are drawn from about two pixels up to where a finding of its kind is moderate, contrast from a tenth to all of
what the finding usually has. Findings that are a ratio (an enlarged heart, wide ventricles) stay as they are: below
their least ratio nothing is enlarged. A midline shift is made small and not faint.
"""

from dataclasses import replace

import numpy as np

from auscult.phantoms.scene import FIELD_MM, SPLITS, Scene, SceneFinding

CONTRAST = "contrast"
"""Measure of a scene's anatomy: how much of their usual contrast its findings have; not there: all of it."""
FAINTEST = 0.1
SHAPES = frozenset({"cardiomegaly", "hydrocephalus", "midline shift"})
"""Findings that move what is there and add nothing: they have no contrast of their own."""
_STREAM = 1
_PIXELS = 128
"""Pixels a side at which the least size is about two of them."""


def subtle(scene: Scene) -> Scene:
    """The scene with small and faint findings; the same scene gives the same one."""
    random = np.random.default_rng([_STREAM, SPLITS.index(scene.split), scene.seed])
    findings = tuple(_shrunk(finding, random) for finding in scene.findings)
    contrast = round(float(random.uniform(FAINTEST, 1)), 2)
    return replace(scene, findings=findings, anatomy=scene.anatomy | {CONTRAST: contrast})


def _shrunk(finding: SceneFinding, random: np.random.Generator) -> SceneFinding:
    kind = finding.kind
    if not kind.unit:
        return finding
    least = 1.0 if finding.name in SHAPES else 2 * FIELD_MM[kind.modality] / _PIXELS
    return replace(finding, size=float(round(float(random.uniform(least, kind.limits[0])))))


def plain(scene: Scene) -> Scene:
    """The scene without the findings that have a contrast of their own."""
    return replace(scene, findings=tuple(f for f in scene.findings if f.name in SHAPES))
