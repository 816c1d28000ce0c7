"""A made-up judged file of MedHallTune's shape, with means that were worked out outside this package (awk).

The real one is not in the repository: its authors took the references back.
"""

import json

import pytest

from auscult.scorers.judges.asking import Unreadable
from auscult.scorers.judges.replies import FOUR, policy
from auscult.store.rows import read_rows

STRANGE = {
    "N": {4: "8 7 6", 17: "Scores: 8, 7, 6, 9", 23: "0 11 5 5", 31: "10/10 10/10 10/10 10/10"},
    "P": {0: "", 20: "8 7 6 9 5", 37: "8  7 6 9"},
}
"""Row → a first line that is not four grades. One is only out of range: the published scorer stops at the others."""
READ = {
    # kind: (rows, mean of accuracy, relevance, detail, risk)
    ("N", "strict"): (36, 5.5833, 5.5833, 5.3056, 7.1389),
    ("P", "strict"): (35, 5.8857, 4.9714, 4.1143, 3.5143),
    ("N", "published"): (37, 5.4324, 5.7297, 5.2973, 7.0811),
    ("P", "published"): (35, 5.8857, 4.9714, 4.1143, 3.5143),
}
STOPS = {"N": [5, 18, 32], "P": [1, 21, 38]}


def grades(sign, k):
    if sign == "N":
        return k % 10 + 1, 3 * k % 10 + 1, k * k % 10 + 1, 10 - k % 7
    return (k + 3) % 10 + 1, 7 * k % 9 + 1, k * k % 13 % 10 + 1, k % 6 + 1


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("judged")
    names = {"N": "made-up-prediction-negative-eval.jsonl", "P": "made-up-prediction-postive-eval.jsonl"}
    for sign, count in (("N", 40), ("P", 38)):
        rows = []
        for k in range(count):
            first = STRANGE[sign].get(k, " ".join(map(str, grades(sign, k))))
            row = {"question_id": k, "image": f"pmc_{k // 5}_0.jpg", "text": f"Question {k}?\n<image>"}
            row |= {"gpt4_answer": "No.", "fig_caption": "A figure.", "question": f"Question {k}?", "answer": "Yes."}
            # In the released file some first lines are followed by one line break, most by two.
            rows.append(row | {"result": first + ("\n" if k % 4 else "\n\n") + "Because."})
        (made / names[sign]).write_text("".join(json.dumps(row) + "\n" for row in rows))
    return made


def read_scores(folder, sign, name):
    (file,) = folder.glob("*negative*" if sign == "N" else "*postive*")
    values, unread = [], []
    for row in read_rows(file):
        try:
            values.append(policy(name)(row.text("result", strip=False)))
        except Unreadable as error:
            unread.append((row.where, str(error)))
    return values, unread


@pytest.mark.parametrize(("sign", "name"), READ)
def test_means_are_those_of_the_readable_rows_to_four_decimals(folder, sign, name):
    values, _ = read_scores(folder, sign, name)
    found = (len(values), *(round(sum(v[metric] for v in values) / len(values), 4) for metric in FOUR))
    assert found == READ[sign, name]


@pytest.mark.parametrize("sign", ["N", "P"])
def test_the_default_counts_what_it_does_not_read(folder, sign):
    values, unread = read_scores(folder, sign, "strict")
    assert len(unread) == len(STRANGE[sign]) and len(values) + len(unread) == {"N": 40, "P": 38}[sign]


@pytest.mark.parametrize("sign", ["N", "P"])
def test_where_the_published_scorer_stops_is_named_by_line(folder, sign):
    _, unread = read_scores(folder, sign, "published")
    assert [int(where.rpartition("line ")[2]) for where, _ in unread] == STOPS[sign]
    assert all("the published program stops" in why for _, why in unread)
