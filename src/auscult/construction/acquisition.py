"""Modality, view and region of the body, read from a tag or a short answer."""

import re

_MODALITIES = (
    (r"x-?\s?rays?|xr|cxr|radiographs?|plain film", "X-ray"),
    (r"mri?|magnetic resonance", "MRI"),
    (r"ct|computed tomography", "CT"),
    (r"ultrasound|sonograph\w*", "ultrasound"),
    (r"mammogra\w*", "mammography"),
    (r"microscop\w*", "microscopy"),
    (r"dermoscop\w*|dermatoscop\w*", "dermoscopy"),
    (r"fundus", "fundus photography"),
)
_VIEWS = (
    (r"pa|postero-?anterior|posterior anterior|posterior-anterior", "posteroanterior"),
    (r"ap|antero-?posterior|anterior posterior|anterior-posterior", "anteroposterior"),
    (r"lateral", "lateral"),
    (r"t1(?:[ -]?weighted)?", "T1-weighted"),
    (r"t2(?:[ -]?weighted)?", "T2-weighted"),
    (r"flair", "FLAIR"),
    (r"dwi|diffusion", "diffusion-weighted"),
    (r"axial|transverse", "axial"),
    (r"coronal", "coronal"),
    (r"sagg?itt?al", "sagittal"),
    (r"(?:with|gi and) (?:iv )?contrast|contrast[ -]enhanced|enhanced by (?:iv )?contrast", "with contrast"),
    (r"without contrast|non-?\s?contrast|unenhanced", "without contrast"),
)
_REGIONS = (
    (r"chest|lungs?|thorax", "chest"),
    (r"brain|head|cns|skull", "brain"),
    (r"abdomen|abdominal|liver|kidneys?", "abdomen"),
    (r"blood", "blood"),
    (r"skin", "skin"),
    (r"breasts?", "breast"),
    (r"fundus|retina|eye", "eye"),
)


def named(text: str, what: str) -> tuple[str, ...]:
    """The modalities, views or regions that a text names.

    Args:
        text: a tag or an answer.
        what: modality, view or region.
    """
    table = {"modality": _MODALITIES, "view": _VIEWS, "region": _REGIONS}[what]
    return tuple(name for words, name in table if re.search(rf"(?<![a-z])(?:{words})(?![a-z0-9])", text.casefold()))
