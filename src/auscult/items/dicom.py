"""A DICOM file as the image that a radiologist sees at first: its window, its colours, one frame; and no header.

Nothing but pixels leaves this module, beside what the study is (modality, body part, view) and whether the file says
that names are burned into its pixels. The grey scale is that of the standard's presentation chain (DICOM PS3.3
C.11.1 modality LUT, C.11.2 VOI LUT and window, C.7.6.3.1.2 photometric interpretation); pydicom decodes, an extra:
``pip install 'auscult[dicom]'``.
"""

import warnings
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from auscult.errors import MissingExtra, UserError
from auscult.store.given import boundary, open_given

SLICE = "#"
"""Between the name of a file and the number of one of its frames, from 1."""
WINDOW = (0.5, 99.5)
"""Percentiles of the values that become black and white where a file names no window."""
LARGEST = 80_000_000
"""Pixels of a frame."""
INVERTED = "stored with white as its lowest value (MONOCHROME1), inverted"
WINDOWED = "shown in the window that the file names"
SCALED = "deeper than 8 bits and without a window, scaled to 8"
ONE_FRAME = "one frame of several"
UNEVEN = "with pixels that are not square, left as they are"
NO_PICTURE = "DICOM files that are no picture of a patient"
_UNPICTURED = (
    *("RTDOSE", "RTSTRUCT", "RTPLAN", "RTRECORD", "RTINTENT", "RTSEGANN", "RTRAD", "SEG", "M3D", "TEXTUREMAP"),
    *("PR", "SR", "KO", "REG", "FID", "RWV", "DOC", "PLAN", "SMR", "STAIN", "ASMT", "ANN"),
    *("ECG", "EPS", "HD", "RESP", "AU", "EEG", "EMG", "EOG"),
)
"""Modalities of files that hold doses, outlines, reports, waveforms or settings (PS3.3 C.7.3.1.1.1)."""
_STORAGE = "1.2.840.10008.5.1.4.1.1."
_UNPICTURED_CLASSES = (
    ("481.2", "RTDOSE"),
    ("481.3", "RTSTRUCT"),
    ("481.5", "RTPLAN"),
    ("481.8", "RTPLAN"),
    ("66.4", "SEG"),
    ("66.5", "SEG"),
    ("66.7", "SEG"),
    ("66", "REG"),
    ("11", "PR"),
    ("88.59", "KO"),
    ("88", "SR"),
    ("9", "waveform"),
    ("104", "DOC"),
)
"""The same by SOP class (PS3.4 B.5), with the name that stands for it."""
_OF_THE_PERSON = (
    "PatientName",
    "PatientID",
    "OtherPatientNames",
    "OtherPatientIDs",
    "PatientBirthName",
    "PatientMotherBirthName",
    "PatientBirthDate",
    "AccessionNumber",
    "ReferringPhysicianName",
    "PerformingPhysicianName",
    "NameOfPhysiciansReadingStudy",
    "OperatorsName",
)
_MODALITIES = {"CR": "X-ray", "DX": "X-ray", "MG": "mammography", "US": "ultrasound", "CT": "CT", "MR": "MRI"} | {
    "PT": "PET",
    "NM": "scintigraphy",
    "XA": "angiography",
    "RF": "fluoroscopy",
    "SM": "microscopy",
    "OP": "fundus photograph",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One frame, ready to be shown.

    Attributes:
        image: grey or RGB, 8 bits.
        changes: how its look was made, for a data card.
        window: lowest and highest value that were told apart; empty where none was set.
        tags: modality, anatomy and view, where the file says them; nothing that names a person or a place.
        burned_in: whether the file says that identifying text is burned into the pixels.
        identity: what the header says of the person; looked for in texts and in the pixels, and stored nowhere.
    """

    image: Image.Image
    changes: tuple[str, ...] = ()
    window: str = ""
    tags: dict[str, str]
    burned_in: bool = False
    identity: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What tells the files of a folder apart. ``patient`` and ``series`` name persons: they are keys, never stored.

    Attributes:
        patient: its number, or its name; empty where the file names none.
        series: its UID.
        number: place of the file in its series.
        modality: as the standard codes it (``CT``).
        frames: how many there are; 0: the file holds no image.
        unpictured: what the file holds where that is no picture of a patient (``RTDOSE``); else empty.
    """

    patient: str
    series: str
    number: float
    modality: str
    frames: int
    unpictured: str


def is_dicom(data: bytes) -> bool:
    """Whether these are the bytes of a DICOM file: its mark stands after 128 bytes."""
    return data[128:132] == b"DICM"


def read_frame(data: bytes, what: str, number: int | None = None) -> Frame:
    """Reads one frame.

    Args:
        data: the file.
        what: file and row that name it, for messages.
        number: of the frame, from 1; None: the only one.

    Raises:
        UserError: pydicom is not installed; the file is broken, holds no image, or several frames of which none was
            chosen; its compression has no decoder here; a frame is enormous.
    """
    try:
        from pydicom import dcmread
        from pydicom.pixels.utils import pixel_array
    except ImportError:
        raise UserError(f"{what} is a DICOM file, which needs pydicom: pip install 'auscult[dicom]'") from None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            header = dcmread(BytesIO(data))
            frames = _frames(header, what)
            index = _chosen(frames, number, what)
            values = np.asarray(pixel_array(header, index=index if frames > 1 else None))
            return _shown(header, values, frames)
        except UserError:
            raise
        except Exception as error:  # pydicom raises whatever a broken file brings about
            raise UserError(
                f"{what} cannot be decoded ({_why(error)}); convert it to PNG, or take the row out"
            ) from None


def _why(error: Exception) -> str:
    """What a decoder says, in a line: where its first one ends in a colon, with what each plugin says of itself."""
    first, *more = [line.strip() for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    said = f"{first} {'; '.join(more)}" if first.endswith(":") and more else first.rstrip(":")
    return said if len(said) <= _LONGEST_REASON else f"{said[:_LONGEST_REASON].rsplit(' ', 1)[0]} ..."


_LONGEST_REASON = 240
_KEYS = (
    "PatientID",
    "PatientName",
    "SeriesInstanceUID",
    "InstanceNumber",
    "Modality",
    "SOPClassUID",
    "Rows",
    "Columns",
)


def read_header(path: Path) -> Header:
    """Reads what tells a file apart from others, without its pixels.

    Raises:
        UserError: pydicom is not installed, or the file is broken.
    """
    try:
        from pydicom import dcmread
    except ImportError:
        raise MissingExtra(f"{path} is a DICOM file, which", "dicom") from None
    with warnings.catch_warnings(), boundary(path, "copy it again, or take it out", "not a readable DICOM file"):
        warnings.simplefilter("ignore")
        with open_given(path) as file:
            header = dcmread(file, stop_before_pixels=True, specific_tags=[*_KEYS, "NumberOfFrames"])
        pictured = header.get("Rows") and header.get("Columns")
        return Header(
            patient=str(header.get("PatientID") or header.get("PatientName") or ""),
            series=str(header.get("SeriesInstanceUID") or ""),
            number=float(header.get("InstanceNumber") or 0),
            modality=str(header.get("Modality") or "").upper(),
            frames=int(header.get("NumberOfFrames") or 1) if pictured else 0,
            unpictured=_unpictured(header),
        )


def _unpictured(header: Any) -> str:
    """What a file holds that is no picture of a patient, by its modality or its SOP class."""
    modality = str(header.get("Modality") or "").upper()
    if modality in _UNPICTURED:
        return modality
    kind = str(header.get("SOPClassUID") or "")
    for number, name in _UNPICTURED_CLASSES:
        if kind == _STORAGE + number or kind.startswith(f"{_STORAGE}{number}."):
            return name
    return ""


def _frames(header: Any, what: str) -> int:
    rows, columns = header.get("Rows"), header.get("Columns")
    if not rows or not columns:
        raise UserError(
            f"{what} is a DICOM file without an image ({header.get('Modality', 'no modality')}); take it out"
        )
    if rows * columns > LARGEST:
        raise UserError(f"{what} has {rows * columns:,} pixels; at most {LARGEST:,}; make it smaller")
    return int(header.get("NumberOfFrames", 1) or 1)


def _chosen(frames: int, number: int | None, what: str) -> int:
    if number is None and frames > 1:
        raise UserError(f"{what} has {frames} frames; name one of them: FILE{SLICE}1 to FILE{SLICE}{frames}")
    if number is not None and not 1 <= number <= frames:
        raise UserError(f"{what} has no frame {number}; it has {frames}")
    return (number or 1) - 1


def _shown(header: Any, values: NDArray[Any], frames: int) -> Frame:
    changes = [ONE_FRAME] if frames > 1 else []
    window = ""
    if str(header.get("PhotometricInterpretation", "")).startswith("PALETTE"):
        from pydicom.pixels.processing import apply_color_lut

        values = np.asarray(apply_color_lut(values, header))
    if values.ndim == 2:
        grey, said, window = _grey(header, values)
        changes += said
        image = Image.fromarray(grey)
    else:
        deep = max(values.dtype.itemsize * 8 - 8, 0)
        image = Image.fromarray((values >> deep).astype(np.uint8)[..., :3])
        changes += [SCALED] if deep else []
    ratio = [float(v) for v in header.get("PixelSpacing") or header.get("PixelAspectRatio") or ()]
    if len(ratio) == 2 and ratio[0] != ratio[1]:
        changes.append(UNEVEN)
    said_so = str(header.get("BurnedInAnnotation", "")).upper() == "YES"
    return Frame(
        image=image,
        changes=tuple(changes),
        window=window,
        tags=_tags(header),
        burned_in=said_so,
        identity=_identity(header),
    )


def _grey(header: Any, values: NDArray[Any]) -> tuple[NDArray[np.uint8], list[str], str]:
    """A grey frame in 8 bits: modality LUT, then the file's own VOI LUT or window, else percentiles."""
    from pydicom.pixels.processing import apply_modality_lut

    changes = []
    numbers = np.asarray(apply_modality_lut(values, header), dtype=np.float64)
    shades, window = _windowed(header, numbers)
    if shades is not None:
        changes.append(WINDOWED)
    elif values.dtype == np.uint8 and not header.get("ModalityLUTSequence") and numbers.max(initial=0) <= 255:
        shades = numbers / 255
    else:
        low, high = np.percentile(numbers, WINDOW)
        shades, window = (numbers - low) / max(high - low, 1e-9), f"{low:g} to {high:g}"
        changes.append(SCALED)
    if header.get("PhotometricInterpretation") == "MONOCHROME1":
        shades = 1 - shades
        changes.append(INVERTED)
    return (np.clip(shades, 0, 1) * 255 + 0.5).astype(np.uint8), changes, window


def _windowed(header: Any, numbers: NDArray[np.float64]) -> tuple[NDArray[np.float64] | None, str]:
    """The first window of a file, by the function that it names; or its VOI LUT (PS3.3 C.11.2.1)."""
    if header.get("VOILUTSequence"):
        from pydicom.pixels.processing import apply_voi

        table = header.VOILUTSequence[0].LUTDescriptor
        return np.asarray(apply_voi(numbers.astype(np.int64), header), dtype=np.float64) / (
            2 ** int(table[2]) - 1
        ), "table"
    centre, width = _first(header.get("WindowCenter")), _first(header.get("WindowWidth"))
    if centre is None or width is None or width < 1:
        return None, ""
    function = str(header.get("VOILUTFunction", "LINEAR")).upper()
    said = f"{centre - width / 2:g} to {centre + width / 2:g}"
    if function == "SIGMOID":
        return 1 / (1 + np.exp(-4 * (numbers - centre) / width)), said
    if function == "LINEAR_EXACT":
        return (numbers - centre) / width + 0.5, said
    return (numbers - (centre - 0.5)) / max(width - 1, 1e-9) + 0.5, said


def _first(value: Any) -> float | None:
    if value is None or (isinstance(value, str) and not value):
        return None
    try:
        return float(value)
    except TypeError:
        return float(value[0]) if len(value) else None


def _tags(header: Any) -> dict[str, str]:
    """What the study is: coded values alone, since free text may hold anything."""
    modality = str(header.get("Modality", "")).upper()
    found = {
        "modality": _MODALITIES.get(modality, ""),
        "anatomy": _code(header.get("BodyPartExamined", "")).lower(),
        "view": _code(header.get("ViewPosition", "")).upper(),
    }
    return {name: value for name, value in found.items() if value}


def _identity(header: Any) -> tuple[str, ...]:
    """Names, numbers and dates of the person, also in the sequences of other identifiers."""
    values = [str(header.get(keyword, "") or "") for keyword in _OF_THE_PERSON]
    values += [str(row.get("PatientID", "") or "") for row in header.get("OtherPatientIDsSequence") or ()]
    return tuple(dict.fromkeys(value for value in values if value))


def _code(value: Any) -> str:
    """A coded value: letters alone, as the standard's defined terms are; anything else is dropped."""
    text = str(value or "").strip()
    return text if text.isascii() and text.replace(" ", "").isalpha() and len(text) <= 16 else ""
