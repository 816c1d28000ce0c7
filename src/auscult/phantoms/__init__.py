"""Synthetic images whose truth is exact: scenes, their images, their texts, and what can be measured in them.

Phantoms calibrate instruments. They are never evidence about how a model reads real images.
"""

from auscult.phantoms.distribution import draw_scene
from auscult.phantoms.folder import FolderPlan, write_folder
from auscult.phantoms.images import draw
from auscult.phantoms.measure import Reading, measure
from auscult.phantoms.scene import Scene, SceneFinding

__all__ = ["FolderPlan", "Reading", "Scene", "SceneFinding", "draw", "draw_scene", "measure", "write_folder"]
