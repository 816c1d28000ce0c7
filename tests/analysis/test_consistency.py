from auscult.analysis.consistency import GroupConsistency, consistency


def test_worst_of_k_and_flip():
    assert consistency({"g": [("yes", 1.0), ("no", 0.0), ("yes", 1.0)]}) == [GroupConsistency("g", 3, 0.0, 3, True)]


def test_same_answers_do_not_flip_even_when_wrong():
    assert consistency({"g": [("no", 0.0), ("No", 0.0)]}) == [GroupConsistency("g", 2, 0.0, 2, False)]


def test_what_could_not_be_read_is_no_flip():
    assert consistency({"g": [("yes", 1.0), ("unclear", 0.0)]}) == [GroupConsistency("g", 2, 0.0, 1, None)]


def test_empty_groups_are_left_out():
    assert consistency({"g": []}) == []
