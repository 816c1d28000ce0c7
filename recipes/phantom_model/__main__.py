"""``python -m recipes.phantom_model``: trains the phantom model and writes its folder; goes on where it was stopped."""

import argparse
from pathlib import Path

import torch

from recipes.phantom_model.course import Course, Plan

OUT = Path(__file__).parents[2] / "src" / "auscult" / "data" / "phantom-model"


def main() -> None:
    """Reads the arguments and runs the course."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("phantom-model"), help="folder of checkpoints and the log")
    parser.add_argument("--out", type=Path, default=OUT, help="folder that the trained model is written to")
    parser.add_argument("--threads", type=int, default=2, help="cores to use")
    parser.add_argument("--as-it-is", action="store_true", help="write what is learnt so far, learn nothing")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    course = Course(Plan(), arguments.work)
    if arguments.as_it_is:
        print(f"steps learnt: {course.restore()}")
    else:
        course.learn()
    course.write(arguments.out)


if __name__ == "__main__":
    main()
