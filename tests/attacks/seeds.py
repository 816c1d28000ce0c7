"""Small whole files of every kind that a user may hand in, to be broken, and the commands that read them."""

import contextlib
import io
import json
import pickle
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image
from tests.golden.answers import Answerer
from tests.golden.runs import auscult

COMMANDS_PER_RUN = ("report", "score", "export", "compare", "gate", "evaluate", "rate", "log")
ROWS = [
    {
        "image": "a.png",
        "question": "Is there a fracture?",
        "answer": "no",
        "id": "q1",
        "patient": "p1",
        "split": "test",
    },
    {"image": "a.png", "question": "Which side?", "answer": "left", "id": "q2", "options": "left|right"},
    {"image": "b.png", "question": "How many lesions are there?", "answer": "3", "id": "q3", "answer_type": "number"},
    {"image": "b.png", "question": "What is seen?", "answer": "A large pleural effusion.", "id": "q4", "split": "test"},
]
TALK = [
    {"id": "r1", "image": "a.png", "conversations": [
        {"from": "human", "value": "<image>\nIs it normal?"}, {"from": "gpt", "value": "No."}]},
    {"id": "r2", "image": "b.png", "conversations": [
        {"from": "human", "value": "<image>\nOrgan?"}, {"from": "gpt", "value": "liver"}]},
]  # fmt: skip
HALL = {
    "question_id": 7,
    "image": "a.png",
    "text": "Is that pus?",
    "gpt4_answer": "No, it is blood.",
    "fig_caption": "C.",
}
SLAKE = {
    "img_id": 1, "img_name": "a.png", "question": "Which is bigger, liver or spleen?", "answer": "Liver",
    "q_lang": "en", "location": "Abdomen", "modality": "CT", "answer_type": "CLOSED", "base_type": "vqa",
    "content_type": "Size", "qid": 7,
}  # fmt: skip
OMNI = {
    "dataset": "ACRIMA", "question_id": "A0", "question_type": "Diagnosis", "question": "What is it?",
    "gt_answer": "Glaucoma", "image_path": "Images/a.png", "option_A": "Cataract", "option_B": "Glaucoma",
    "modality_type": "Fundus Photography",
}  # fmt: skip
XPERT = {
    "id": "MM-1", "question": "Which organ?\nAnswer Choices: (A) Liver (B) Spleen",
    "options": {"A": "Liver", "B": "Spleen"},
    "label": "B", "images": ["a.png"], "medical_task": "Basic",
    "body_system": "Digestive", "question_type": "Reasoning",
}  # fmt: skip
PMC = (
    "Figure_path,Question,Answer,Choice A,Choice B,Choice C,Choice D,Answer_label\n"
    "a.png,Which organ is shown?, Liver, A:Spleen , B:Liver , C:Kidney , D:Lung ,B\n"
)
CONFIG = 'model = "baseline:always-last"\nsplit = "all"\nseed = 3\ncontrols = 2\n[budget]\ncalls = 500\n'


@dataclass(frozen=True)
class Seed:
    """A folder to be broken.

    Attributes:
        name: of the kind of file.
        folder: that is copied before a file of it is broken.
        commands: words of each command that reads it; ``{here}`` is the copy, ``{out}`` a new folder.
        broken: names of the files that are broken; none: any.
    """

    name: str
    folder: Path
    commands: tuple[tuple[str, ...], ...]
    broken: tuple[str, ...] = field(default=())


def pictures(folder: Path, *names: str) -> Path:
    """Writes small images; the format is that of the name."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (24, 16), (40 * number, 90, 120)).save(folder / name)
    return folder


def _lines(path: Path, rows: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))  # type: ignore[attr-defined]


def _data_sets(root: Path) -> Iterator[Seed]:
    """One small data set a reader."""

    def seed(name: str, reader: str, path: str, *broken: str) -> Seed:
        build = ("build", "--from", reader, "{here}/" + path, "--out", "{out}/items")
        return Seed(name, root / name, (build,), broken)

    for suffix in ("jsonl", "csv", "tsv"):
        folder = pictures(root / f"table-{suffix}", "a.png", "b.png")
        if suffix == "jsonl":
            _lines(folder / "t.jsonl", ROWS)
        else:
            mark, names = ("," if suffix == "csv" else "\t"), ["image", "question", "answer", "id", "split"]
            rows = [names, *([str(row.get(name, "")) for name in names] for row in ROWS)]
            (folder / f"t.{suffix}").write_text("".join(mark.join(row) + "\n" for row in rows))
        yield seed(f"table-{suffix}", "image-folder", f"t.{suffix}")
    folder = pictures(root / "images", "a.png", "a.jpg", "a.gif", "a.bmp", "a.tif", "a.webp")
    _lines(folder / "t.jsonl", [ROWS[0] | {"image": p.name, "id": p.name} for p in sorted(folder.iterdir())])
    yield seed("images", "image-folder", "t.jsonl", *(p.name for p in folder.iterdir() if p.suffix != ".jsonl"))
    folder = pictures(root / "parquet", "a.png")
    picture = {"bytes": (folder / "a.png").read_bytes(), "path": "a.png"}
    rows = [{**row, "image": picture} for row in ROWS[:3]]
    pq.write_table(pa.Table.from_pylist([{k: r.get(k) for k in ("image", "question", "answer", "id")} for r in rows]),
                   folder / "t.parquet")  # fmt: skip
    yield seed("parquet", "hf-disk", "t.parquet", "t.parquet")
    folder = pictures(root / "llava", "a.png", "b.png")
    (folder / "talk.json").write_text(json.dumps(TALK))
    yield seed("llava", "llava-json", "talk.json", "talk.json")
    folder = pictures(root / "pathvqa", "images/train/x.jpg")
    (folder / "qas" / "train").mkdir(parents=True)
    asked = [{"image": "x", "question": "Is it benign?", "answer": "yes"}]
    (folder / "qas" / "train" / "train_qa.pkl").write_bytes(pickle.dumps(asked))
    yield seed("pathvqa", "pathvqa", "", "qas/train/train_qa.pkl")
    _lines(root / "medhalltune" / "val_negative_qa.jsonl", [HALL])
    yield seed("medhalltune", "medhalltune", "")
    folder = pictures(root / "slake" / "imgs", "a.png").parent
    (folder / "train.json").write_text(json.dumps([SLAKE]))
    yield seed("slake", "slake", "", "train.json")
    folder = pictures(root / "omnimedvqa" / "Images", "a.png").parent
    (folder / "QA_information" / "Open-access").mkdir(parents=True)
    (folder / "QA_information" / "Open-access" / "A.json").write_text(json.dumps([OMNI]))
    yield seed("omnimedvqa", "omnimedvqa", "", "QA_information/Open-access/A.json")
    _lines(pictures(root / "medxpertqa" / "images", "a.png").parent / "MM" / "test.jsonl", [XPERT])
    yield seed("medxpertqa", "medxpertqa", "", "MM/test.jsonl")
    (pictures(root / "pmc-vqa" / "images", "a.png").parent / "test.csv").write_text(PMC)
    yield seed("pmc-vqa", "pmc-vqa", "", "test.csv")
    folder = pictures(root / "iu-reports", "a.png")
    (folder / "indiana_reports.csv").write_text("uid,MeSH,Problems,findings,impression\n1,normal,n,Clear.,Normal.\n")
    (folder / "indiana_projections.csv").write_text("uid,filename,projection\n1,a.png,Frontal\n")
    yield seed("iu-reports", "iu-reports", "")
    shutil.copytree(Path(str(files("auscult") / "data" / "vqa-rad-sample")), root / "vqa-rad")
    yield seed("vqa-rad", "vqa-rad", "", "qa.jsonl", "items.jsonl")
    auscult("phantoms", "--n", 2, "--seed", 1, "--size", 64, "--out", root / "phantoms")
    yield seed("phantoms", "phantoms", "")


def _recorded(root: Path) -> Iterator[Seed]:
    """A table of recorded answers in each format, and labels beside one."""
    names = ("image", "patient", "question", "truth", "model output")
    whole = [(f"{n}.png", f"P{n}", f"Is there a {f}?", "no", "No.") for n in range(3) for f in ("mass", "pneumothorax")]
    for suffix in ("csv", "tsv", "xlsx", "jsonl", "json", "parquet"):
        folder = root / f"recorded-{suffix}"
        folder.mkdir()
        file, rows = folder / f"a.{suffix}", [dict(zip(names, row, strict=True)) for row in whole]
        if suffix == "xlsx":
            book = openpyxl.Workbook()
            for row in (names, *whole):
                book.active.append(row)
            book.active.merge_cells("A2:A3")
            book.save(file)
        elif suffix == "parquet":
            pq.write_table(pa.Table.from_pylist(rows), file)
        elif suffix.startswith("json"):
            _lines(file, rows) if suffix == "jsonl" else file.write_text(json.dumps(rows))
        else:
            file.write_text("".join((";" if suffix == "csv" else "\t").join(row) + "\n" for row in (names, *whole)))
        (folder / "labels.csv").write_text("image,mass,pneumothorax\n0.png,0,1\n1.png,1,0\n")
        check = ("check", "{here}/" + file.name, "--out", "{out}/run", "--scorers", "default")
        commands = (check, (*check, "--skip-bad"), (*check, "--findings", "{here}/labels.csv", "--dry-run"))
        yield Seed(f"recorded-{suffix}", folder, commands)


def seeds(root: Path) -> list[Seed]:
    """Makes all seeds under a folder; takes some seconds."""
    found = [*_data_sets(root), *_recorded(root)]
    items, run, again = root / "items", root / "run", root / "run-2"
    auscult("build", "--from", "vqa-rad", files("auscult") / "data" / "vqa-rad-sample", "--limit", 4, "--out", items)
    whole = "--model", "replay:{here}/answers.jsonl", "--split", "all", "--scorers", "default", "--controls", "0"
    answers = root / "answers"
    answers.mkdir()
    Answerer("first", right=0.7).write(items, answers / "answers.jsonl")
    evaluate = ("evaluate", str(items), *whole, "--out", "{out}/run")
    found.append(Seed("answers", answers, (evaluate,)))
    shutil.copytree(items, root / "item-set")
    read = ("evaluate", "{here}", "--model", "baseline:always-last", "--split", "all", "--out", "{out}/run")
    found.append(Seed("item-set", root / "item-set", (read,)))
    both = ("--split", "all", "--controls", "0", "--judge", "facts", "--scorers", "default")
    for where, spec in ((run, "baseline:always-last"), (again, "baseline:question-only")):
        with contextlib.suppress(AssertionError):
            auscult("evaluate", items, "--model", spec, *both, "--out", where)
    if not (again / "scores.parquet").exists():
        auscult("evaluate", items, "--model", f"replay:{answers / 'answers.jsonl'}", *both, "--out", again)
    auscult("report", run)
    criteria = Path(__file__).parents[1] / "golden" / "gate-samples.toml"
    commands = (
        ("report", "{here}"),
        ("score", "{here}"),
        ("export", "{here}", "--to", "medhalltune", "--out", "{out}/official"),
        ("compare", "{here}", str(again), "--out", "{out}/compare.html"),
        ("gate", str(criteria), "{here}"),
        ("evaluate", str(items), "--model", "baseline:always-last", *both, "--out", "{here}"),
        ("rate", "make", "{here}", "--n", "3", "--out", "{out}/sheet"),
    )
    found.append(Seed("run", run, commands))
    (root / "criteria").mkdir()
    shutil.copy(criteria, root / "criteria" / "gate.toml")
    found.append(Seed("criteria", root / "criteria", (("gate", "{here}/gate.toml", str(run)),)))
    (root / "config").mkdir()
    (root / "config" / "run.toml").write_text(CONFIG)
    found.append(
        Seed(
            "config", root / "config", (("evaluate", str(items), "--config", "{here}/run.toml", "--out", "{out}/run"),)
        )
    )
    return found


def silent() -> contextlib.AbstractContextManager[object]:
    """Nothing that is printed inside is shown."""
    stack = contextlib.ExitStack()
    stack.enter_context(contextlib.redirect_stdout(io.StringIO()))
    stack.enter_context(contextlib.redirect_stderr(io.StringIO()))
    return stack
