"""One table of recorded answers through ``auscult check``: seconds and peak memory.

python -m benchmarks.check 1000000
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FINDINGS = ("pleural effusion", "pneumothorax", "consolidation", "cardiomegaly", "fracture", "mass", "nodule", "edema")
WRONG = 12
"""Of 100 answers."""


def write_table(path: Path, rows: int) -> None:
    """Writes a table: eight questions an image, two images a patient."""
    with open(path, "w", encoding="utf-8") as file:
        file.write("id,image,patient,question,truth,model output\n")
        for n in range(rows):
            image, finding = n // 8, FINDINGS[n % 8]
            there = (image * 7 + n) % 3 == 0
            said = there if n * 2_654_435_761 % 100 > WRONG else not there
            answer = "Yes, there is" if said else "No, I do not see"
            asked = f"Is there {finding}?,{'yes' if there else 'no'}"
            file.write(f'q{n},img{image}.png,P{image // 2},{asked},"{answer} {finding} in this image."\n')


def main(rows: int) -> None:
    """Prints rows, seconds of wall clock and of CPU, and peak memory."""
    with tempfile.TemporaryDirectory(prefix="check-") as folder:
        table = Path(folder) / "answers.csv"
        write_table(table, rows)
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "auscult", "check", str(table)], check=True, stdout=subprocess.DEVNULL)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        wall, cpu = time.perf_counter() - began, used.ru_utime + used.ru_stime
        print(f"{rows:,} rows: {wall:.0f} s, {cpu:.0f} s CPU, peak {used.ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
