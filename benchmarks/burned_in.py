"""How much of text in pixels is read, upright and turned by 90 degrees, what it costs, and false alarms on real images.

Run: python -m benchmarks.burned_in DATA        (tesseract must be there; DATA holds nih-chestxray and others)

A label with a name, a birth date and a number is written into 12 radiographs, upright and turned either way, in letters
of 20 and 30 pixels; *found* is an image in which anything was. Then real images as they are: any find is a false alarm,
or is written there. CPU seconds an image are those of tesseract and of this process, with all it does to the image.
"""

import argparse
import io
import resource
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from auscult.items.patient_data.burned_in import BATCH, BurnedIn, kinds_in, legible, program
from auscult.items.patient_data.turned import turned_words

LABEL = "DOE, JANE A\nDOB: 03/12/1961\nMRN: 4831207"
REAL = {"nih-chestxray": 24, "chest-captions": 26, "breast-ultrasound": 24, "brain-mri": 24, "vqa-rad": 40}
"""Data set → how many of its first images are read."""


def written(path: Path, angle: int, pixels: int) -> bytes:
    """A radiograph with a label in its upper left corner, turned by an angle."""
    font = ImageFont.load_default(pixels)
    box = ImageDraw.Draw(Image.new("L", (1, 1))).multiline_textbbox((0, 0), LABEL, font=font)
    label = Image.new("L", (int(box[2]) + 4, int(box[3]) + 4))
    ImageDraw.Draw(label).multiline_text((0, 0), LABEL, font=font, fill=255)
    label = label.rotate(angle, expand=True)
    data = io.BytesIO()
    with Image.open(path) as image:
        marked = image.convert("L")
    marked.paste(Image.new("L", label.size, 255), (20, 20), label)
    marked.save(data, "PNG")
    return data.getvalue()


def cpu() -> tuple[float, float]:
    """CPU seconds of the children and of this process so far."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF))
    children, own = (one.ru_utime + one.ru_stime for one in used)
    return children, own


def measured(name: str, reader: BurnedIn, images: Sequence[bytes]) -> None:
    """Reads images and prints what came of it."""
    before, texts = cpu(), list[str | None]()
    for n in range(0, len(images), BATCH):
        texts += reader._texts([(image, ".png", ()) for image in images[n : n + BATCH]])
    children, own = (after - then for after, then in zip(cpu(), before, strict=True))
    found = sum(bool(text and kinds_in(text)) for text in texts)
    again = sum(turned_words(legible(image)) is not None for image in images)
    print(
        f"{name}: found in {found} of {len(images)}, turned lines looked for again in {again}; CPU s an image: "
        f"tesseract {children / len(images):.2f}, this process {own / len(images):.2f}",
        flush=True,
    )


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    data, tesseract = parser.parse_args().data, program()
    if tesseract is None:
        raise SystemExit("install tesseract (apt install tesseract-ocr)")
    reader = BurnedIn(Path("nothing-is-remembered.jsonl"), tesseract)
    radiographs = sorted((data / "nih-chestxray" / "images").iterdir())[:12]
    for pixels in (20, 30):
        for angle in (0, 90, 270):
            images = [written(path, angle, pixels) for path in radiographs]
            measured(f"{pixels} pixels, turned by {angle}", reader, images)
    for name, most in REAL.items():
        measured(name, reader, [p.read_bytes() for p in sorted((data / name / "images").iterdir())[:most]])


if __name__ == "__main__":
    main()
