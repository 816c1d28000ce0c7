"""Auscult finds, explains and reduces the hallucinations of medical vision-language models.

What the commands do, as functions (``check``, ``build``, ``export``, ``evaluate``, ``trace``, ``diagnose``,
``audit_draw``, ``score``, ``compare``, ``gate``, ``tune``, ``ablate``), and what they make, as objects (``ItemSet``,
``Run``). Nothing heavy is imported before it is used.
"""

import importlib
from typing import TYPE_CHECKING, Any

from auscult.version import __version__

if TYPE_CHECKING:
    from auscult import facts, phantoms, statistics
    from auscult.api import compare, evaluate, export, gate, score
    from auscult.api.ablated import ablate
    from auscult.api.auditing import audit_draw
    from auscult.api.building import build
    from auscult.api.checking import check
    from auscult.api.diagnosing import diagnose
    from auscult.api.run import Run
    from auscult.api.tracing import trace
    from auscult.api.tuned import tune
    from auscult.construction.drafting import CheckerOptions, DraftingOptions
    from auscult.corpora import ReadOptions
    from auscult.diagnosis.gold.settings import TracingSettings
    from auscult.diagnosis.settings import DiagnosisSettings
    from auscult.drawing.generators import GeneratorOptions
    from auscult.drawing.settings import DrawingSettings
    from auscult.engine.limits import AskOptions
    from auscult.errors import BudgetReached, MissingExtra, UserError
    from auscult.items.item_set import ItemSet
    from auscult.items.patient_data.screening import PatientData
    from auscult.items.split import SplitPlan
    from auscult.models import Model, ModelOptions
    from auscult.protocols import Protocol
    from auscult.records import Answer, Call, Case, Certificate, Decoding, Estimate, Instrument, Item, Reply, Score
    from auscult.review.signing.building import SignOffOptions
    from auscult.runs.judging_options import JudgingOptions
    from auscult.runs.rescoring import Readers
    from auscult.runs.settings import Settings
    from auscult.tuning.options import TuningOptions

_HOMES = {
    "auscult": ("facts", "phantoms", "statistics"),
    "auscult.api": ("compare", "evaluate", "export", "gate", "score"),
    "auscult.api.ablated": ("ablate",),
    "auscult.api.auditing": ("audit_draw",),
    "auscult.api.building": ("build",),
    "auscult.api.checking": ("check",),
    "auscult.api.diagnosing": ("diagnose",),
    "auscult.api.run": ("Run",),
    "auscult.api.tracing": ("trace",),
    "auscult.api.tuned": ("tune",),
    "auscult.corpora": ("ReadOptions",),
    "auscult.construction.drafting": ("CheckerOptions", "DraftingOptions"),
    "auscult.diagnosis.gold.settings": ("TracingSettings",),
    "auscult.diagnosis.settings": ("DiagnosisSettings",),
    "auscult.engine.limits": ("AskOptions",),
    "auscult.drawing.generators": ("GeneratorOptions",),
    "auscult.drawing.settings": ("DrawingSettings",),
    "auscult.errors": ("BudgetReached", "MissingExtra", "UserError"),
    "auscult.items.item_set": ("ItemSet",),
    "auscult.items.patient_data.screening": ("PatientData",),
    "auscult.items.split": ("SplitPlan",),
    "auscult.models": ("Model", "ModelOptions"),
    "auscult.protocols": ("Protocol",),
    "auscult.records": (
        "Answer",
        "Call",
        "Case",
        "Certificate",
        "Decoding",
        "Estimate",
        "Instrument",
        "Item",
        "Reply",
        "Score",
    ),
    "auscult.review.signing.building": ("SignOffOptions",),
    "auscult.runs.judging_options": ("JudgingOptions",),
    "auscult.runs.rescoring": ("Readers",),
    "auscult.runs.settings": ("Settings",),
    "auscult.tuning.options": ("TuningOptions",),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Answer",
    "AskOptions",
    "BudgetReached",
    "Call",
    "Case",
    "Certificate",
    "CheckerOptions",
    "Decoding",
    "DiagnosisSettings",
    "DraftingOptions",
    "DrawingSettings",
    "Estimate",
    "GeneratorOptions",
    "Instrument",
    "Item",
    "ItemSet",
    "JudgingOptions",
    "MissingExtra",
    "Model",
    "ModelOptions",
    "PatientData",
    "Protocol",
    "ReadOptions",
    "Readers",
    "Reply",
    "Run",
    "Score",
    "Settings",
    "SignOffOptions",
    "SplitPlan",
    "TracingSettings",
    "TuningOptions",
    "UserError",
    "__version__",
    "ablate",
    "audit_draw",
    "build",
    "check",
    "compare",
    "diagnose",
    "evaluate",
    "export",
    "facts",
    "gate",
    "phantoms",
    "score",
    "statistics",
    "trace",
    "tune",
]


def __getattr__(name: str) -> Any:
    """Imports what is public when it is first used."""
    if name not in _HOME:
        raise AttributeError(f"module 'auscult' has no attribute '{name}'")
    if _HOME[name] == "auscult":
        return importlib.import_module(f"auscult.{name}")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    """The public names."""
    return __all__
