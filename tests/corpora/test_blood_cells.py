import json
from collections import Counter

import pytest

from auscult.corpora import ReadOptions
from auscult.corpora.blood_cells import read
from auscult.errors import UserError


def test_red_cells_are_never_counted_nor_asserted_absent(shared_data):
    bundles = list(read(shared_data / "blood-cells", ReadOptions()))
    items = [i for b in bundles for i in b.items]
    assert Counter((i.target, i.reference) for i in items if i.answer_type == "yes_no") == {
        ("red blood cell", "yes"): 140,
        ("white blood cell", "yes"): 147,
        ("white blood cell", "no"): 3,
        ("platelet", "yes"): 85,
        ("platelet", "no"): 65,
    }
    counted = [i for i in items if i.answer_type == "number"]
    assert Counter(i.target for i in counted) == {"white blood cell": 150, "platelet": 150}
    assert {i.tolerance for i in counted} == {0.0}
    assert sum(len(b.case.boxes) for b in bundles) == 2011


def test_counts_that_disagree_with_the_boxes_are_refused(tmp_path, picture):
    picture("a.png")
    row = {"id": "x", "image": "a.png", "counts": {"platelet": 2}, "boxes": []}
    (tmp_path / "items.jsonl").write_text(json.dumps(row))
    with pytest.raises(UserError, match=r"line 1: counts .* disagree with the boxes"):
        list(read(tmp_path, ReadOptions()))
