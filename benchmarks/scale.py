"""What the commands cost on many rows: build, evaluate (recorded answers), report; wall time, peak memory, page size.

Run: python benchmarks/scale.py [FOLDER] [SET ...]. FOLDER holds the made data and is kept; SETs are names of ``SETS``.
Each command is a process of its own; its peak memory is the kernel's (``ru_maxrss`` of the child).
"""

import csv
import io
import os
import random
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image

SETS = {
    "100,000 items of 2,000 images": (2_000, 50),
    "10,000 questions of one image": (1, 10_000),
    "20,000 images, one question each": (20_000, 1),
    "1,000,000 items of 2,000 images": (2_000, 500),
}
"""Images, and questions of each."""
FINDINGS = ("effusion", "pneumothorax", "mass", "nodule", "fracture", "edema", "consolidation", "cardiomegaly")
ASKED = tuple(SETS)[:3]


def make(folder, images, questions):
    """A table of yes/no questions, images of 32 x 32 pixels, and recorded answers of which four in five are right."""
    rng = random.Random(1)
    (folder / "images").mkdir(parents=True)
    with (folder / "questions.csv").open("w", newline="") as table, (folder / "answers.csv").open("w") as answers:
        asked, said = csv.writer(table), csv.writer(answers)
        asked.writerow(("id", "image", "question", "answer", "patient", "tag.site"))
        said.writerow(("id", "answer"))
        for image in range(images):
            out = io.BytesIO()
            Image.frombytes("L", (32, 32), rng.randbytes(1024)).save(out, "PNG")
            (folder / "images" / f"{image}.png").write_bytes(out.getvalue())
            for number in range(questions):
                name, truth = f"{image}-{number}", rng.choice(("yes", "no"))
                question = f"Is there {rng.choice(FINDINGS)} in zone {number}?"
                asked.writerow((name, f"{image}.png", question, truth, f"p{image // 2}", f"site {image % 5}"))
                other = "no" if truth == "yes" else "yes"
                word = truth if rng.random() < 0.8 else other
                said.writerow((name, f"{word.capitalize()}, the finding is {'' if word == 'yes' else 'not '}seen."))


def run(*command):
    """Wall seconds and peak megabytes of ``auscult`` with these arguments."""
    begin = time.monotonic()
    child = os.posix_spawn(
        sys.executable,
        [sys.executable, "-m", "auscult", *map(str, command)],
        os.environ,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
            (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
        ],
    )
    _, status, usage = os.wait4(child, 0)
    if os.waitstatus_to_exitcode(status):
        raise SystemExit(f"auscult {' '.join(map(str, command))} ended with {os.waitstatus_to_exitcode(status)}")
    return time.monotonic() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main(folder, names):
    """One line a set and command."""
    print("| set | command | wall | CPU | peak memory | page |\n|---|---|---|---|---|---|")
    for name in names:
        at = folder / name.replace(",", "").replace(" ", "-")
        if not at.exists():
            make(at, *SETS[name])
        out = Path(tempfile.mkdtemp(dir=at))
        source = ("--from", "image-folder", at / "questions.csv", "--images", at / "images")
        for command in (
            ("build", *source, "--out", out / "items"),
            (
                "evaluate",
                out / "items",
                "--model",
                f"replay:{at / 'answers.csv'}",
                "--split",
                "all",
                "--out",
                out / "run",
            ),
            ("report", out / "run"),
        ):
            wall, cpu, peak = run(*command)
            page = f"{(out / 'run' / 'report.html').stat().st_size / 1e6:.1f} MB" if command[0] == "report" else ""
            print(f"| {name} | {command[0]} | {wall:.1f} s | {cpu:.1f} s | {peak:.0f} MB | {page} |", flush=True)


if __name__ == "__main__":
    place = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp())
    main(place, sys.argv[2:] or ASKED)
