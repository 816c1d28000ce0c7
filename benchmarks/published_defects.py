"""Known defects of published scorers, replayed: the number they print, and the sound one, on the same recorded answers.

    python -m benchmarks.published_defects --out docs/concepts/published-defects.md

The questions are those of the bundled VQA-RAD sample (CC0). Answers, judge replies and traces are made by this program
from a fixed seed, in the styles of real models: terse, wordy, unsure, refusing, empty, failed. The sizes of the
differences therefore say what such a defect can do, and nothing about any model. The published rules are written from
their descriptions; those that Auscult offers by name come from its own modules.
"""

import argparse
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from auscult.corpora import ReadOptions
from auscult.corpora.vqa_rad import read
from auscult.records import Estimate, Item
from auscult.scorers import create
from auscult.scorers.judges.medihall import WEIGHTS
from auscult.scorers.rules.med_halt import RIGHT_POINTS, WRONG_POINTS
from auscult.statistics import mean

SEED = 0
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Said:
    """One recorded answer; ``text`` is None where the request failed. ``group`` is the image."""

    item: Item
    group: str
    text: str | None


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        system: whose scorer it is.
        defect: what it does.
        published: the number that it prints; None where it prints none.
        sound: the sound one, with its interval.
        how: what the sound one does instead.
    """

    system: str
    defect: str
    published: float | None
    sound: Estimate
    how: str


def rng(*name: str) -> np.random.Generator:
    """Random numbers of their own for everything that has a name."""
    return np.random.default_rng([SEED, *"|".join(name).encode()])


CLOSED = {
    "yes": (
        "Yes",
        "Yes, that can be seen here.",
        "There is nothing normal about this; yes.",
        "The image shows it, and not in one place alone. So yes.",
    ),
    "no": ("No", "No, the heart is of normal size.", "No. Nothing of the kind.", "no abnormality of that kind is seen"),
}
UNSURE = ("I am not sure.", "It is hard to say.", "This cannot be judged from one image.")
REASON = (
    "There is no sign of disease in the rest of the image, as far as it is seen; the edges are smooth, the tones are "
    "even, and nothing in the series before it is at odds with that, so that no further test is needed for the present."
)
"""What a wordy model adds to its answer."""
REFUSED = ("I'm sorry, but I cannot interpret medical images.", "As a language model I give no diagnosis.")


def closed_answer(item: Item, random: np.random.Generator) -> str | None:
    """An answer to a yes/no question: right in seven of ten, else wrong, unsure, refused, empty or failed."""
    u = random.random()
    if u > 0.96:
        return None
    if u > 0.93:
        return ""
    if u > 0.90:
        return str(random.choice(REFUSED))
    if u > 0.82:
        return str(random.choice(UNSURE))
    right = u < 0.62
    said = item.reference if right else {"yes": "no", "no": "yes"}[item.reference]
    return str(random.choice(CLOSED[said]))


def open_answer(item: Item, random: np.random.Generator) -> str | None:
    """An answer to an open question: right, half right with a word said again and again, or beside the point."""
    u, words = random.random(), item.reference.split()
    if u > 0.97:
        return None
    if u > 0.94:
        return ""
    if u < 0.35:
        return item.reference
    if u < 0.65:
        return " ".join([words[0]] * int(random.integers(2, 5)) + ["region"])
    return str(random.choice(["The lungs are clear.", "An axial image of the body.", "Further imaging is needed."]))


@cache
def asked(answer_type: str) -> tuple[tuple[str, Item], ...]:
    """Image and item of every question of a type in the bundled sample."""
    with_group = []
    for bundle in read(Path(str(files("auscult") / "data" / "vqa-rad-sample")), ReadOptions()):
        with_group += [(bundle.case.group, i) for i in bundle.items if i.answer_type == answer_type]
    return tuple(with_group)


@cache
def recorded(answer_type: str) -> tuple[Said, ...]:
    """The recorded answers to the questions of a type."""
    answer: Callable[[Item, np.random.Generator], str | None] = (
        closed_answer if answer_type == "yes_no" else open_answer
    )
    return tuple(Said(item, group, answer(item, rng(item.id))) for group, item in asked(answer_type))


@cache
def choices() -> tuple[Said, ...]:
    """Multiple choice of the yes/no questions' modalities, three options, the right one last as in MedVH's files."""
    options, found = ("ultrasound", "X-ray", "none of these applies"), []
    for n, (group, item) in enumerate(asked("yes_no")):
        made = Item(
            id=f"choice-{item.id}",
            case_id=item.case_id,
            source_id=f"choice-{n}",
            question=item.question,
            reference=options[2],
            options=options,
            answer_type="choice",
        )
        u = rng("choice", item.id).random()
        text = (
            f"C. {options[2]}"
            if u < 0.4
            else "The answer is C."
            if u < 0.55
            else "A. ultrasound"
            if u < 0.75
            else "B"
            if u < 0.85
            else "I cannot choose."
            if u < 0.95
            else ""
        )
        found.append(Said(made, group, text))
    return tuple(found)


def rule_of(name: str) -> Callable[[Item, str], float]:
    """A scorer of the package by name, as item and text → value; NaN where it could not read the text."""
    scorer = create(name)

    def value(item: Item, text: str) -> float:
        verdict = scorer.rule(item, text)
        return (
            float("nan")
            if verdict.status == "unread"
            else float(verdict.values.get(scorer.instrument.primary.name, 0.0))
        )

    return value


def sound_of(said: Sequence[Said], name: str, metric: str = "accuracy") -> Estimate:
    """The package's own figure: failed requests and unread answers are missing, unusable ones are not correct."""
    rule = rule_of(name)
    values = np.array([np.nan if s.text is None else rule(s.item, s.text) for s in said])
    return estimate(values, [s.group for s in said], metric, name)


def estimate(values: Floats, groups: Sequence[str], name: str, instrument: str = "", top: float = 1.0) -> Estimate:
    """Mean by image, NaN missing; shown also where over 5 % are missing, its interval over all that they may be."""
    return mean(
        values,
        list(groups),
        name=name,
        missing=np.isnan(values),
        instrument=instrument,
        max_missing=1.0,
        bounds=(0.0 if top == 1.0 else 1.0, top),
    )


def every(said: Sequence[Said], name: str) -> float:
    """A published rule over all rows, a failed request being the empty text that the scripts make of it."""
    rule = rule_of(name)
    return float(np.mean([rule(s.item, s.text or "") for s in said]))


def of_closed_questions() -> Iterator[Row]:
    """LLaVA-Med, MedTrinity, POPE, VCD, CARES on yes/no questions."""
    said, how = (
        recorded("yes_no"),
        "the decision is read; unsure and refused are not correct, unread is missing",
    )
    sound = sound_of(said, "closed")
    yield Row(
        "LLaVA-Med", "closed: “no” is found inside normal, not, nothing", every(said, "llava-med-closed"), sound, how
    )
    rule = rule_of("llava-med-closed")
    parsed = [rule(s.item, s.text) for s in said if s.text and re.search("yes|no", s.text.lower())]
    hits = [value for value in parsed if value]
    yield Row(
        "LLaVA-Med, before December 2023", "misses are not appended: right ÷ right", float(np.mean(hits)), sound, how
    )
    yield Row(
        "MedTrinity-25M", "closed: the truth anywhere in the answer", every(said, "medtrinity-closed"), sound, how
    )
    kept = [s for s in said if s.text]
    yield Row(
        "MedTrinity-25M",
        "answers that are missing or empty are left out without a word",
        every(kept, "medtrinity-closed"),
        sound,
        "failed requests are missing, in the interval at worst and best; empty answers not correct",
    )
    yield Row("POPE", "whatever is not a plain no is a yes: refusals, empty texts", every(said, "pope"), sound, how)
    truly_yes = [s for s in said if s.item.reference == "yes"]
    yield Row(
        "POPE",
        "the same, as recall of yes",
        every(truly_yes, "pope"),
        sound_of(truly_yes, "closed", "sensitivity"),
        "an answer that decides nothing finds nothing",
    )
    truly_no = [s for s in said if s.item.reference == "no"]
    yield Row(
        "VCD",
        "questions with truth no: “not sure” is right",
        every(truly_no, "vcd"),
        sound_of(truly_no, "closed", "specificity"),
        how,
    )
    yield Row(
        "CARES",
        "only the first sentence is read, and all but no is yes",
        float(np.mean([cares(s) for s in said])),
        sound,
        how,
    )


def cares(said: Said) -> float:
    """CARES' yes/no rule."""
    first = re.split(r"[.!?]", said.text or "")[0].replace(",", "").split()
    return float(("no" if {"No", "no", "not"} & set(first) else "yes") == said.item.reference)


def of_choices() -> Iterator[Row]:
    """CARES, Med-HALT and MedVH on multiple choice."""
    said = choices()
    sound = sound_of(said, "closed")

    how = "an option is read where one is named; else the answer is unusable"
    yield Row(
        "CARES",
        "an answer that names no option becomes the most similar one",
        every(said, "cares"),
        sound,
        how,
    )
    wordy = [replace(s, text=f"{s.text} {REASON}" if s.text else s.text) for s in said]
    yield Row(
        "CARES",
        "of an answer of 200 characters and more the frequent ones are left out",
        every(wordy, "cares"),
        sound_of(wordy, "closed"),
        how,
    )
    yield Row("Med-HALT", "the answer is the option's text and nothing more", every(said, "med-halt"), sound, how)
    yield from of_points(said)
    whole = [float((s.text or " ")[:1] == f"C: {s.item.reference}") for s in said]
    yield Row("MedVH", "the first character is compared with “letter: text”", float(np.mean(whole)), sound, how)
    yield Row("MedVH", "the first character alone: “The answer is C” says T", every(said, "medvh"), sound, how)
    last = Item(
        id="", case_id="", source_id="", question="", reference="c", options=("a", "b", "c"), answer_type="choice"
    )
    always = float(np.mean([rule_of("medvh")(last, "C") for _ in said]))
    shuffled = np.array([float(rng("shuffle", s.item.id).integers(3) == 2) for s in said])
    yield Row(
        "MedVH",
        "the right option is always the last one: what “always last” scores",
        always,
        estimate(shuffled, [s.group for s in said], "accuracy", "options shuffled"),
        "options are shuffled (--protocol shuffled:SEED), and always-last stands beside the model",
    )


def of_points(said: Sequence[Said]) -> Iterator[Row]:
    """Med-HALT's points, of answers that are read soundly."""
    rule = create("closed").rule
    read_as = [rule(s.item, s.text or "") for s in said]
    abstains = [v.status == "unusable" or "unclear" in v.values for v in read_as]
    points = [
        0.0 if silent else RIGHT_POINTS if v.values.get("correct") else WRONG_POINTS
        for v, silent in zip(read_as, abstains, strict=True)
    ]
    groups = [s.group for s in said]
    sound = mean(
        points, groups, name="points", missing=np.zeros(len(points), bool), bounds=(WRONG_POINTS, RIGHT_POINTS)
    )
    yield Row(
        "Med-HALT",
        "the sum of the points is divided by 100, whatever their number",
        sum(points) / 100,
        sound,
        "the mean of the points",
    )
    lost = [WRONG_POINTS if silent else one for one, silent in zip(points, abstains, strict=True)]
    yield Row(
        "Med-HALT",
        "who says nothing or declines loses a quarter of a point, like who is wrong",
        float(np.mean(lost)),
        sound,
        "who takes no position neither gains nor loses",
    )


def of_open_questions() -> Iterator[Row]:
    """LLaVA-Med on open questions."""
    said = recorded("open")
    rule = create("token-f1").rule
    values = np.array([np.nan if s.text is None else rule(s.item, s.text).values.get("recall", 0.0) for s in said])
    sound = estimate(values, [s.group for s in said], "recall", "token-f1")
    yield Row(
        "LLaVA-Med",
        "open recall counts a repeated word again: “left left left”",
        every(said, "llava-med-open"),
        sound,
        "each word of the truth is found once",
    )

    def misnamed(s: Said) -> float:
        told, truth = (s.text or "").lower().split(), set(s.item.reference.lower().split())
        return len(truth & set(told)) / len(told) if told else 0.0

    exact = sound_of(said, "exact-match", "exact match")
    yield Row(
        "LLaVA-Med",
        "“exact match” is the share of words that hit",
        float(np.mean([misnamed(s) for s in said])),
        exact,
        "the whole answer is the truth",
    )


def judged() -> tuple[list[str], Floats, list[str | None]]:
    """300 judge replies: image, true accuracy mark, and first line; long, poor answers time out more often."""
    groups, marks, lines = [], [], []
    for n in range(300):
        random = rng("judge", str(n))
        mark = int(np.clip(round(random.normal(6, 2)), 1, 10))
        u, others = random.random(), " ".join(str(int(random.integers(4, 10))) for _ in range(3))
        failed = u < (0.03 if mark < 4 else 0.003)
        malformed = 0.03 < u < 0.06
        line = None if failed else f"Scores: {mark}, {others}" if malformed else f"{mark} {others}"
        if 0.06 < u < 0.08:
            line = f"{mark * 10} {others}"
        groups.append(f"image {n // 6}")
        marks.append(mark)
        lines.append(line)
    return groups, np.array(marks, float), lines


def of_the_judge() -> Iterator[Row]:
    """MedHallTune's batches and parser; CARES' mean of GPT scores."""
    groups, marks, lines = judged()

    def read_line(line: str | None) -> float:
        match = re.fullmatch(r"(10|[1-9])( (10|[1-9])){3}", line or "")
        return float(match[1]) if match else np.nan

    strict = np.array([read_line(line) for line in lines])
    sound = estimate(strict, groups, "accuracy 1-10", "strict", top=10.0)
    batches = [range(k, k + 15) for k in range(0, 300, 15)]
    kept = [marks[list(b)] for b in batches if all(lines[k] is not None for k in b)]
    yield Row(
        "MedHallTune",
        "one failed call drops its whole batch of fifteen",
        float(np.mean(np.concatenate(kept))),
        sound,
        "what failed is missing with bounds; the rest stays",
    )
    yield Row(
        "MedHallTune",
        "a first line that is not four numbers ends the program",
        None,
        sound,
        "it is asked again, then counted as not judged",
    )
    free = [float(line.split()[0]) for line in lines if line and re.fullmatch(r"\d+( \d+){3}", line)]
    yield Row(
        "MedHallTune",
        "marks are not checked against 1 to 10: “80 7 6 9”",
        float(np.mean(free)),
        sound,
        "a mark outside 1 to 10 is no mark",
    )
    digits = [float(found[0]) for line in lines if (found := re.search(r"\d+", line or ""))]
    yield Row(
        "common practice",
        "the first number anywhere is the mark",
        float(np.mean(digits)),
        sound,
        "a reply is read whole or not at all",
    )
    yield Row("CARES", "the aggregator overwrites every mark with a constant", 1.0, sound, "the mean of the marks")


def of_kinds() -> Iterator[Row]:
    """MediHall Score, as the program of CoMT reads a judge's replies."""
    groups, replies = [], []
    for n in range(300):
        random = rng("kind", str(n))
        kind = str(random.choice(list(WEIGHTS), p=[0.1, 0.15, 0.2, 0.1, 0.15, 0.3]))
        u = random.random()
        wrong = kind != "correct"
        replies.append(
            kind
            if u < 0.80
            else f"No catastrophic error, but a {kind} one."
            if u < 0.90 and wrong
            else "The statement is incorrect."
            if u < 0.95 and wrong
            else "I cannot decide this."
            if u > 0.97
            else kind
        )
        groups.append(f"image {n // 6}")
    strict = np.array([WEIGHTS.get(said, np.nan) for said in replies])
    sound = estimate(strict, groups, "MediHall Score")
    order = ("catastrophic", "critical", "attribute", "minor", "correct")
    hits = [next((WEIGHTS[kind] for kind in order if kind in said), None) for said in replies]
    yield Row(
        "CoMT",
        "MediHall Score: the first name of a kind anywhere in a reply, “correct” in “incorrect”",
        float(np.mean([hit for hit in hits if hit is not None])),
        sound,
        "a reply is one of the kinds, or no verdict",
    )
    yield Row(
        "CoMT",
        "MediHall Score: a reply that names no known kind scores 0; prompt-induced is not known",
        float(np.mean([0.0 if hit is None else hit for hit in hits])),
        sound,
        "prompt-induced weighs 0.6; what is no verdict is missing, with bounds",
    )


def of_traces() -> Iterator[Row]:
    """ClinHallu's denominators and retries."""
    rows = []
    for n in range(300):
        random = rng("trace", str(n))
        valid = [random.random() < 0.6 for _ in range(51)]
        rows.append((f"image {n // 3}", valid, random.random() < 0.7))
    groups = [g for g, _, _ in rows]
    right = np.array([float(ok and valid[0]) for _, valid, ok in rows])
    published = float(np.mean([ok for _, valid, ok in rows if valid[0]]))
    yield Row(
        "ClinHallu",
        "accuracy leaves out traces without the format",
        published,
        estimate(right, groups, "accuracy"),
        "they stay in n, as not correct",
    )
    first = np.array([float(valid[0]) for _, valid, _ in rows])
    yield Row(
        "ClinHallu",
        "asked up to 51 times until the format is right",
        float(np.mean([any(v) for _, v, _ in rows])),
        estimate(first, groups, "format kept"),
        "the first try counts; retries are counted",
    )
    gold = [("no", "It looks normal."), ("no", "No."), ("yes", "Yes."), ("no", "Not sure.")] * 25
    held = float(np.mean([truth in text.lower() for truth, text in gold]))
    judge = np.array([float(text in ("No.", "Yes.")) for _, text in gold])
    yield Row(
        "ClinHallu",
        "gold check: the answer contained in the text, “no” in “normal”",
        held,
        estimate(judge, [str(k) for k in range(100)], "right"),
        "the decision is read from the words",
    )


def of_reports() -> Iterator[Row]:
    """RadFact's and GREEN's aggregation."""
    made = []
    for n in range(120):
        random = rng("report", str(n))
        phrases, asked_back = int(random.integers(0, 8)), int(random.integers(1, 8))
        heard = random.random() > 0.05
        hit = float(random.binomial(phrases, 0.6)) / phrases if phrases else np.nan
        back = float(random.binomial(asked_back, 0.5)) / asked_back
        made.append((hit, back, heard))
    precision = np.array([p if heard else (0.0 if p == p else np.nan) for p, _, heard in made])
    recall = np.array([r if heard else 0.0 for _, r, heard in made])
    p, r = float(np.nanmean(precision)), float(recall.mean())
    f1 = np.array(
        [np.nan if not heard else 0.0 if not (p == p and p + r) else 2 * p * r / (p + r) for p, r, heard in made]
    )
    groups = [str(n) for n in range(len(made))]
    sound = estimate(f1, groups, "F1 by report")
    yield Row(
        "RadFact",
        "F1 of the mean precision and recall; reports without a phrase count in one of them",
        2 * p * r / (p + r),
        sound,
        "F1 of each report; one that says nothing scores 0",
    )
    silent = np.array([np.nan if not heard else (0.0 if p != p else p) for p, _, heard in made])
    yield Row(
        "RadFact",
        "a judge that did not reply means “not entailed”; empty reports leave the mean",
        p,
        estimate(silent, groups, "precision"),
        "no reply is missing; an empty report scores 0",
    )
    replies = []
    for n in range(120):
        random = rng("green", str(n))
        errors, matched, cut = int(random.integers(0, 5)), int(random.integers(1, 6)), random.random() < 0.1
        replies.append((errors, matched, cut))
    green = [m / (m + (0 if cut else e)) for e, m, cut in replies]
    whole = np.array([np.nan if cut else m / (m + e) for e, m, cut in replies])
    yield Row(
        "GREEN",
        "a reply cut at its length has no section of errors: no errors",
        float(np.mean(green)),
        estimate(whole, groups, "GREEN"),
        "a cut reply is not judged: missing, with bounds",
    )


def rows() -> list[Row]:
    """The whole table, in the order of the page."""
    parts = (of_closed_questions, of_choices, of_open_questions, of_the_judge, of_kinds, of_traces, of_reports)
    return [row for part in parts for row in part()]


def table(found: Sequence[Row]) -> str:
    """The table in Markdown."""
    head = "| system | what its scorer does | it prints | sound (95 % interval) | difference | n | instead |"
    lines = [head, "|---|---|---|---|---|---|---|"]
    for row in found:
        sound = row.sound
        assert sound.value is not None
        interval = "" if sound.low is None else f" ({sound.low:.3f} to {sound.high:.3f})"
        missing = f"; {sound.missing} missing: {sound.worst:.3f} to {sound.best:.3f}" if sound.missing else ""
        printed = "nothing" if row.published is None else f"{row.published:.3f}"
        difference = "–" if row.published is None else f"{row.published - sound.value:+.3f}"
        cells = (row.system, row.defect, printed, f"{sound.value:.3f}{interval}{missing}", difference, sound.n, row.how)
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


PAGE = """# Published defects, replayed

Numbers in papers come out of scorers, and scorers have defects. Here {count} known ones of {systems} systems are run on
the same recorded answers as the sound rule, so that one sees what such a defect is worth.

    python -m benchmarks.published_defects --out docs/concepts/published-defects.md

The questions are those of the bundled sample of VQA-RAD; answers, judge replies and traces were made by the program
from a fixed seed, in the styles that real models answer in. The differences show what a defect *can* do; they say
nothing about any model, and a defect can go either way. Of the systems' rules, those that Auscult offers by name are
its own modules (see [scores](scores.md)); the others were written from their descriptions and code as read in 2026.

{table}

Missing are failed requests and answers that could not be read; the range after them is what the figure would be if all
of them were the worst, or the best, and the interval holds both.
"""


def page() -> str:
    """The whole page."""
    found = rows()
    systems = Counter(row.system.split(",")[0] for row in found if row.system != "common practice")
    return PAGE.format(count=len(found), systems=len(systems), table=table(found))


def main() -> None:
    """Prints the table, or writes the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, help="page to write; without it the table is printed")
    out = parser.parse_args().out
    if out:
        out.write_text(page(), "utf-8")
        print(out)
    else:
        print(table(rows()))


if __name__ == "__main__":
    main()
