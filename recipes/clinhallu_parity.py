"""Runs ClinHallu's released code beside ours on 200 awkward traces, and writes down what it made of them.

    git clone https://github.com/alibaba-damo-academy/ClinHallu clinhallu
    python -m recipes.clinhallu_parity clinhallu tests/scorers/judges/clinhallu_parity.jsonl

Traces, judges' replies and answers are our own words. A row holds a trace, the replies that the judge of each stage
and of the answer gives one after the other (``!`` is a request that fails), and what the released code says: the stages
that it reads, whether they are valid, each verdict. The last row holds the counts that it makes of all. Nothing of the
code itself is kept. The tests hold ours against the file.
"""

import importlib
import json
import sys
import time
import types
from collections.abc import Iterator
from itertools import cycle, islice, product
from pathlib import Path
from typing import Any

V, K, R = "The heart is wide today.", "A wide heart is enlarged.", "So it is enlarged here."
STAGES = {"Visual Recognition": V, "Knowledge Recall": K, "Reasoning": R}
HOW_MANY = 200
QUESTION, TRUTH = "Is the heart enlarged?", "yes"
GOLD = {"visual_recognition": V, "knowledge_recall": K, "reasoning": R}


def blocks(texts: dict[str, str], answer: str) -> str:
    """A trace as it is asked for."""
    return "\n".join(f"[{title}]\n{text}" for title, text in texts.items()) + answer


ANSWERS = (
    "\n[Answer] yes", "\n[Answer]\nyes", "\n[Answer]\n\n  yes  ", "\n[Answer]", "", "\n[Answer] ",
    "\n[Answer] yes\n[Answer] no",
    "\nAnswer: yes", "\n[answer] yes", "\n[Answer]: yes", " [Answer] yes", "\n[Answer] yes\nBecause it is wide.",
    "\n[Answer]\t**yes**", "\n[Answer] yes. [Answer] no", "\n\n[Answer]   B. Yes, it is",
)  # fmt: skip


def shapes() -> dict[str, str]:
    """Traces without their answer line, each awkward in its own way; ``{}`` is where it stands."""
    title = list(STAGES)
    plain = blocks(STAGES, "{}")
    two = blocks({**STAGES, title[0]: "Wide heart."}, "{}")
    return {
        "plain": plain,
        "two words of V": two,
        "three words of V": blocks({**STAGES, title[0]: "Wide heart - "}, "{}"),
        "no K": blocks({t: s for t, s in STAGES.items() if t != title[1]}, "{}"),
        "empty K": blocks({**STAGES, title[1]: " \n "}, "{}"),
        "V twice": f"{plain}\n[{title[0]}]\nThe heart is small.",
        "V twice, the second empty": f"{plain}\n[{title[0]}]\n",
        "reasoning first": blocks({title[2]: R, title[0]: V, title[1]: K}, "{}"),
        "headers in lower case": plain.replace("[V", "[v").replace("[K", "[k"),
        "headers in bold": plain.replace("[Visual Recognition]", "**[Visual Recognition]**"),
        "headers on one line": plain.replace("]\n", "] "),
        "text before": f"Here is my answer.\n{plain}",
        "answer in V": plain.replace(V, f"{V}\n[Answer] no"),
        "reasoning twice": f"{plain}\n[{title[2]}]\nOn second thought it is not.",
        "header within a sentence": plain.replace(V, f"{V} See [{title[1]}] below."),
        "windows lines": plain.replace("\n", "\r\n"),
        "no headers": " ".join(STAGES.values()) + "{}",
        "other tongue": blocks({**STAGES, title[0]: "Das Herz ist breit."}, "{}"),
        "three words by tabs": blocks({**STAGES, title[1]: "wide\theart\tenlarged"}, "{}"),
        "reasoning is only the answer": blocks({**STAGES, title[2]: ""}, "{}"),
    }


RIGHT, WRONG = '{"hallucinated": 0, "reason": "as it is"}', '{"hallucinated": 1, "reason": "made up"}'
REPLIES: tuple[tuple[str, ...], ...] = (
    (RIGHT,),
    (WRONG,),
    ("It seems right.", RIGHT),
    (f"```json\n{WRONG}\n```",),
    (
        "0",
        "[]",
        '{"hallucinated": 2, "reason": "x"}',
        '{"hallucinated": 0}',
        "{",
        '{"hallucinated": "0", "reason": "x"}',
    ),
    ("no",) * 6,
    ("!",) * 6,
    ('{"hallucinated": true, "reason": null}',),
    (f"{RIGHT} That is all.", '{"hallucinated": 0.4, "reason": "x"}'),
    ('{"hallucinated": 0, "reason": " "}', '{"hallucinated": null, "reason": "x"}', WRONG),
    ('```\n{"hallucinated": 0,\n"reason": "x"}',),
)
ANSWER_REPLIES: tuple[tuple[str, ...], ...] = (
    ('{"answer_correct": 1, "answer_reasoning": "so"}',),
    ('{"answer_correct": 0}',),
    ("Right.", '{"answer_correct": "1"}'),
    ('{"answer_correct": 2}',),
    ("no",) * 6,
    ("{}", '{"answer_correct": null}', '{"answer_correct": true}'),
    ("!",) * 6,
)


def cases() -> Iterator[dict[str, Any]]:
    """The 200, in a fixed order."""
    given, asked = cycle(REPLIES), cycle(ANSWER_REPLIES)
    every = list(product(shapes().items(), ANSWERS))
    step = [every[n * 7 % len(every)] for n in range(len(every))]  # 7 and 300 share no factor
    for (name, shape), answer in islice(step, HOW_MANY):
        replies = {stage: list(next(given)) for stage in GOLD}
        yield {"name": name, "text": shape.replace("{}", answer), "replies": {**replies, "answer": list(next(asked))}}


class _Replies:
    """A judge that says one thing after the other."""

    def __init__(self, said: list[str]) -> None:
        self._said = iter(said)

    def generate(self, request: object) -> str:
        said = next(self._said)
        if said == "!":
            raise ConnectionError("planned")
        return said


def beside(code: Path) -> Iterator[dict[str, Any]]:
    """Each case with what the released code makes of it, and the counts."""
    sys.modules.setdefault("yaml", types.ModuleType("yaml"))
    sys.path[:0] = [str(code / "src"), str(code)]
    common = importlib.import_module("common")
    steps = importlib.import_module("model_evaluation.step_hallucination_judge")
    answers = importlib.import_module("model_evaluation.answer_judge")
    rates = importlib.import_module("model_evaluation.04_judge_step_hallucination")
    accuracy = importlib.import_module("model_evaluation.02_judge_answers")
    time.sleep = lambda seconds: None  # type: ignore[assignment]
    gold = {"gold_cot": {stage: {"text": text} for stage, text in GOLD.items()}}
    records, judged = [], []
    for case in cases():
        parsed = common.parse_cot(case["text"])
        valid, _ = common.validate_cot(parsed)
        sample = {"cot": parsed or {}, "question": QUESTION, "answer": TRUTH, "cot_valid": valid}
        verdicts = {}
        for stage in GOLD:
            said = steps.judge_step_hallucination(
                _Replies(case["replies"][stage]),
                stage,
                QUESTION,
                TRUTH,
                common.extract_step_text(sample["cot"], stage),
                GOLD[stage],
                gold,
                sample,
                max_attempts=6,
            )
            verdicts[stage] = said["hallucinated"]
        answer = common.extract_answer(sample["cot"])
        right = answers.judge_answer_correctness(
            _Replies(case["replies"]["answer"]), QUESTION, answer, TRUTH, max_attempts=6
        )
        stages = {stage: common.extract_step_text(sample["cot"], stage) for stage in GOLD}
        records.append({"step_judgments": {stage: {"hallucinated": v} for stage, v in verdicts.items()}})
        judged.append({"answer_correct": right["answer_correct"], "cot_valid": valid})
        yield {
            **case,
            "read": {**stages, "answer": answer},
            "valid": valid,
            "verdicts": {**verdicts, "answer": right["answer_correct"]},
        }
    counts = {stage: row for stage, row in rates.summarize_step_judgments(records, "model")["steps"].items()}
    yield {"counts": {**counts, "answer": accuracy.aggregate_judge_results(judged)["answer_accuracy"]}}


def main(code: str, out: str) -> None:
    """Writes the file."""
    rows = list(beside(Path(code)))
    Path(out).write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    print(f"{len(rows) - 1} traces; {rows[-1]['counts']}")


if __name__ == "__main__":
    main(*sys.argv[1:])
