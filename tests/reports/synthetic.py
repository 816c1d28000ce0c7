"""A small run folder of real records and tables, with numbers made up for the tests and answers meant to do harm."""

import hashlib
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from PIL import Image, ImageDraw

from auscult import scorers as scoring
from auscult.analysis.summary import (
    Detection,
    Failures,
    Figure,
    PublishedRule,
    Section,
    Summary,
    Usage,
    write_summary,
)
from auscult.records import Answer, Canary, Case, Certificate, Estimate, ImageFile, Item, answer_id, case_id, item_id
from auscult.runs.instruments import as_plain
from auscult.store.tables import write_rows

SCRIPT = "<script>alert(1)</script>"
BREAKOUT = '"><img src=x onerror="document.title=\'owned\'"> No.'
TURNED = "Yes\u202e.on yas I\u202c \x07 \x1b[31mred\x1b[0m"
LONG = "No. " + "The lungs are clear and the heart is not enlarged. " * 400
NASTY = (SCRIPT, BREAKOUT, TURNED, LONG)
FORMULA = "=HYPERLINK(0)"


def draw(seed: int, size: tuple[int, int] = (420, 360)) -> bytes:
    """A grey ellipse or two, as PNG."""
    image = Image.new("L", size, 12)
    pen = ImageDraw.Draw(image)
    pen.ellipse((40, 30, size[0] - 40, size[1] - 30), fill=70 + seed * 13 % 90)
    pen.ellipse((120 + seed * 5 % 60, 110, 200 + seed * 5 % 60, 230), fill=190)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def estimate(value: float | None, half: float = 0.06, *, n: int = 451, clusters: int = 72, **more: object) -> Estimate:
    """An estimate with a symmetric interval."""
    low, high = (None, None) if value is None else (value - half, value + half)
    common = {"name": "accuracy", "method": "cluster t on the logit scale", "instrument": "closed@2"}
    whole = {**common, "low": low, "high": high, **more}
    return Estimate(value=value, n=n, clusters=clusters, **whole)  # type: ignore[arg-type]


def figure(
    label: str, value: float, blind: float, p: float = 0.6, section: Section = "headline", **more: object
) -> Figure:
    """A line of the headline: with, without and wrong image."""
    gain, half = value - blind, 0.05
    return Figure(
        section=section,
        label=label,
        metric="accuracy",
        scorer="closed@2",
        with_image=estimate(
            value,
            unusable=12,
            usable_value=value / 0.973,
            coverage=0.973,
            missing=4,
            worst=value - 0.005,
            best=value + 0.004,
        ),
        control_with=estimate(value + 0.01, n=200, clusters=60),
        without_image=estimate(blind, n=200, clusters=60),
        wrong_image=estimate(blind - 0.02, n=200, clusters=60),
        gain_over_none=estimate(gain, half, n=200, clusters=60, p_value=p, method="cluster sign-flip"),
        gain_over_wrong=estimate(gain + 0.02, half, n=200, clusters=60, method="cluster sign-flip"),
        chance=0.5,
        **more,  # type: ignore[arg-type]
    )


def tables(folder: Path, questions: int = 8) -> tuple[list[Case], list[Item], list[Answer]]:
    """Six cases with drawn images (one of them is not on disk) and their items and answers."""
    images = folder / "items" / "images"
    images.mkdir(parents=True)
    cases, items, answers = [], [], []
    for k in range(6):
        data, name = draw(k), f"images/case{k}.png"
        if k:
            (folder / "items" / name).write_bytes(data)
        sha = hashlib.sha256(data).hexdigest()
        case = Case(
            id=case_id([sha], "drawn", f"case-{k}"),
            source="drawn",
            source_key=f"case-{k}",
            group=f"p{k}",
            images=(ImageFile(path=name, sha256=sha),),
            licence="CC0-1.0",
            tags={"modality": ("CT", "MR", "X-ray")[k % 3], "anatomy": ("chest", "head")[k % 2]},
        )
        cases.append(case)
        for q in range(questions):
            question, truth = f"Is there a mass in region {q}?", ("yes", "no")[(k + q) % 2]
            item = Item(
                id=item_id(case.id, question, (), truth, f"{k}-{q}"),
                case_id=case.id,
                source_id=f"{k}-{q}",
                question=question,
                reference=truth,
                answer_type="yes_no",
                kind=("hallucination", "question")[q % 2],
                category=("nonexistent object", "presence")[q % 2],
                tags={"phrase type": ("freeform", "para")[q % 2]},
            )
            items.append(item)
            answers += _answers(item, k * questions + q)
    return cases, items, answers


def _answers(item: Item, number: int) -> list[Answer]:
    found = []
    for condition in ("with", "without", "wrong") if number % 2 else ("with",):
        identity = answer_id(item.id, "replay:answers", "direct@1", condition, {}, 0)
        texts = ("Yes.", "No.", "No, there is none.", "Yes, a mass is seen.")
        answer = {"text": NASTY[number] if condition == "with" and number < len(NASTY) else texts[number % 4]}
        if condition == "with" and number % 11 == 5:
            answer = {"status": "unusable", "detail": "empty answer"}
        if condition == "with" and number % 13 == 7:
            answer = {"status": "request_failed", "failure": "timeout", "detail": "no reply within 120 s"}
        found.append(
            Answer(
                id=identity,
                item_id=item.id,
                case_id=item.case_id,
                model="replay:answers",
                protocol="direct@1",
                condition=condition,
                **answer,  # type: ignore[arg-type]
            )
        )
    return found


def rate(target: str, metric: str, found: Estimate) -> Figure:
    return Figure(section="detection", label=target, metric=metric, scorer="closed@2", with_image=found)


def _figures() -> dict[Section, Sequence[Figure]]:
    yes_no = figure("yes/no questions", 0.541, 0.529, answer_type="yes_no", warning="the image changes nothing")
    choice = figure(
        "choice questions", 0.683, 0.471, p=0.0004, kind="hallucination", category="wrong <b>side</b> & $x$"
    )
    withheld = Figure(
        section="headline",
        label="open questions",
        metric="recall",
        scorer="open@1",
        with_image=estimate(None, withheld="7.2 % of answers are missing, above 5 %", missing=30),
    )
    beside = {"published": estimate(0.583), "sound": estimate(0.541), "difference": estimate(0.042, 0.02)}
    return {
        "headline": (yes_no, choice, withheld),
        "tag": (
            figure("CT", 0.52, 0.50, section="tag", group="modality"),
            figure(f"MR {SCRIPT}", 0.66, 0.49, p=0.01, section="tag", group="modality"),
            figure(FORMULA, 0.6, 0.55, section="tag", group="anatomy"),
            figure("chest", 0.5, 0.52, section="tag", group="anatomy"),
        ),
        "detection": (
            rate("all findings", "fabrication", estimate(17 / 140, 0.05, n=140)),
            rate("all findings", "miss", estimate(29 / 60, 0.12, n=60)),
            rate("mass", "fabrication", estimate(None, n=5, withheld="5 absent cases are too few for a rate")),
            rate("mass", "miss", estimate(0.0, 0.0, n=2, clusters=2, note="exact bound at no events")),
        ),
        "measurement": (
            Figure(section="measurement", label="diameter in mm", metric="absolute error", scorer="closed@2",
                   share=False, with_image=estimate(3.42, 0.71, n=40, clusters=31, name="absolute error")),
        ),
        "consistency": (
            Figure(section="consistency", label="worst of 3 paraphrases", metric="accuracy", scorer="closed@2",
                   with_image=estimate(0.31, 0.08, n=90, clusters=60)),
            Figure(section="consistency", label="flip rate", metric="flip rate", scorer="closed@2",
                   with_image=estimate(0.27, 0.07, n=90, clusters=60)),
        ),
        "published": tuple(
            Figure(section="published", group="llava-med-closed@2", label="LLaVA-Med", metric=name, scorer="closed@2",
                   with_image=one)
            for name, one in beside.items()
        ),
    }  # fmt: skip


def summary(folder: Path, sections: Mapping[Section, Sequence[Figure]] | None = None, **changes: object) -> Summary:
    """A summary in which every section has something to say; ``sections`` have other figures instead."""
    values: dict[str, object] = {
        "title": "replay:answers on drawn images",
        "manifest": {
            "command": "auscult evaluate items --model replay:answers.jsonl",
            "created": "2025-05-01T12:00:00Z",
            "items": {"path": str(folder / "items"), "digest": "ab12" * 6, "licences": ["CC0-1.0"]},
            "model": {"spec": "replay:answers.jsonl", "identity": f"replay {SCRIPT}", "host": "", "recorded": True},
            "versions": {"auscult": "0.1.0", "python": "3.11.7"},
            "seed": 0,
            "instruments": as_plain([s.instrument for s in scoring.rules_for({"yes_no", "open"})]),
        },
        "cases": 72, "items": 451, "clusters": 72, "unit": "image", "duplicates": 3,
        "detection": (
            Detection(target="all findings", tp=31, fp=17, tn=123, fn=29, unclear_present=5, unclear_absent=8),
            Detection(target="mass", tp=2, fp=1, tn=4, fn=0, unclear_present=1, unclear_absent=0),
        ),
        "published": (PublishedRule(rule="llava-med-closed@2", system="LLaVA-Med", disagree=19, n=451),),
        "failures": (
            Failures(condition="with", asked=455, usable=439, unusable=12, request_failed=4,
                     kinds={"timeout": 3, "rate_limited": 1}, unusable_kinds={"refused": 7, "empty": 5}),
            Failures(condition="without", asked=200, usable=200, unusable=0, request_failed=0),
            Failures(condition="wrong", asked=200, usable=198, unusable=2, request_failed=0,
                     unusable_kinds={"unclear": 2}),
        ),
        "canary": Canary(status="passed", detail="two images, one question, two answers"),
        "usage": Usage(calls=855, attempts=861, tokens_in=512_000, tokens_out=9_800, cost=1.25,
                       seconds=312.0),
        "power": ("With these 72 images a difference under 6 points cannot be seen.",),
        "certificates": (
            Certificate(instrument="intervals@1", subject="simulated clusters", passed=True,
                        figures=({"clusters": 10, "p": 0.02, "coverage": 0.947}, {"clusters": 50, "p": 0.3}),
                        summary="Held 94.7 % of the time where 95 % is claimed.", package="0.1.0"),
            Certificate(instrument="closed@2", subject="labelled answers", passed=None, figures=(),
                        summary="Read 99.1 % of labelled answers as a person does."),
        ),
        "warnings": ("This set was public before the model was trained.",),
        "limits": ("It says nothing about patients.",),
    }  # fmt: skip
    figures = {**_figures(), **(sections or {})}
    values["figures"] = tuple(f for of_section in figures.values() for f in of_section)
    return Summary(**{**values, **changes})  # type: ignore[arg-type]


def build(folder: Path, sections: Mapping[Section, Sequence[Figure]] | None = None, **changes: object) -> Path:
    """Writes a whole run folder and its item set; returns the run."""
    run = folder / "run"
    run.mkdir(parents=True)
    cases, items, answers = tables(folder)
    by_id = {i.id: i for i in items}
    scorers = scoring.rules_for({"yes_no"})
    scores = [scoring.score(s, by_id[a.item_id], a) for a in answers for s in scorers]
    write_rows(run / "cases.parquet", Case, cases)
    write_rows(run / "items.parquet", Item, items)
    write_rows(run / "answers.parquet", Answer, answers)
    write_rows(run / "scores.parquet", type(scores[0]), scores)
    write_summary(run / "summary.json", summary(folder, sections, **changes))
    return run
