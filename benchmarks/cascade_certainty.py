"""How often the fact checker is certain of a sentence, and how often it is then wrong: real reports, planted errors.

Run: python benchmarks/cascade_certainty.py DATA [REPORTS], where DATA holds the folders ``iu-reports`` and
``radfact-entailment``. Writes a Markdown table, see docs/concepts/cascade.md.
"""

import json
import sys
from collections import Counter
from pathlib import Path
from random import Random

from auscult.certificates import human_labels as human
from auscult.certificates.planting.reports import KINDS, PLANTERS
from auscult.certificates.planting.rewording import reworded
from auscult.records import Case, Item
from auscult.scorers.judges._fact_verdict import fact_verdict

LABELLED = {
    "entailment_radiologist_labelled": "phrases of report pairs, labelled by radiologists",
    "entailment_llm_expected": "phrases of report pairs, expected of a language model",
}


def verdict(sentence, reference="", caption=""):
    """The checker's verdict on a sentence: certain or not, and what it says."""
    item = Item(id="i", case_id="c", source_id="1", question="What is seen?", reference=reference, answer_type="open")
    found = fact_verdict(item, Case(id="c", source="s", source_key="1", annotation=caption), sentence)
    says = "contradicted" if found.contradicted else "supported" if found.supported else "open"
    return found.certain, says


def planted(reports, own):
    """Sentences of reports, reworded, and sentences with a planted error, held against the report."""
    for report in reports:
        rng = Random(report.uid)
        held = {"reference": report.text} if own else {"caption": report.text}
        for sentence in reworded(report.sentences, rng):
            yield "sentences of a report, reworded", verdict(sentence, **held), "supported"
        for kind in KINDS:
            for edit in PLANTERS[kind](report, rng):
                if "1.1" not in edit.degree:  # two readers differ by more
                    for sentence in edit.planted:
                        yield f"sentences with an error: {kind}", verdict(sentence, **held), "not supported"


def labelled(data):
    """Phrases of one report held against another, as labelled."""
    named = {"entailment": "supported", "contradiction": "contradicted", "neutral": "open"}
    for file, about in LABELLED.items():
        for pair in json.loads((data / "radfact-entailment" / f"{file}.json").read_text("utf-8")):
            for mine, other in (("A", "B"), ("B", "A")):
                report = " ".join(f"{p.strip().rstrip('.')}." for p in pair["input"][f"phrases_{other}"])
                for row in pair["output"][f"phrases_{mine}_evidenced"]:
                    yield about, verdict(row["phrase"], reference=report), named[row["status"]]


def main(data, count):
    reports = human.held_out_reports(data / "iu-reports")[:count]
    print("| sentences | held against | n | certain | of these wrong |\n|---|---|---|---|---|")
    for where, rows in (
        ("caption", planted(reports, own=False)),
        ("reference answer", planted(reports, own=True)),
        ("reference answer", labelled(data)),
    ):
        counts = Counter()
        for about, (certain, says), truth in rows:
            counts[about, "n"] += 1
            counts[about, "certain"] += certain
            counts[about, "wrong"] += certain and (says == "supported" if truth == "not supported" else says != truth)
        for about in dict.fromkeys(a for a, _ in counts):
            n, certain, wrong = (counts[about, what] for what in ("n", "certain", "wrong"))
            share = f"{wrong} ({wrong / certain:.1%})" if certain else "–"
            print(f"| {about} | {where} | {n:,} | {certain:,} ({certain / n:.0%}) | {share} |")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else None)
