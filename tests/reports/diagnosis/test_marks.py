from auscult.reports.diagnosis.marks import wrong_pieces

SEEN = "Frontal chest film: 23 mm white disc in the left lower zone."
GOLD = "Frontal chest film: 46 mm white disc in the right lower zone."


def marked(text: str, reason: str, gold: str) -> list[str]:
    return [words for words, wrong in wrong_pieces(text, reason, gold) if wrong]


def test_the_words_that_the_judge_quotes_are_marked() -> None:
    assert marked(SEEN, "says “Left lower  zone”, which is the other side", GOLD) == ["left lower zone"]
    assert marked(SEEN, 'supported: "white disc"', "") == []  # plain quotation marks stand around what is right


def test_what_is_quoted_and_stands_nowhere_or_inside_a_word_is_not_marked() -> None:
    assert marked("The nodule is leftmost.", "says “left” and “mass”", "") == []


def test_without_a_quotation_the_words_are_marked_that_should_be_others() -> None:
    assert marked(SEEN, "wrong size and side", GOLD) == ["23", "left"]


def test_two_texts_that_have_little_in_common_are_not_compared_word_by_word() -> None:
    assert marked("There is a large effusion on one side.", "", GOLD) == []


def test_the_pieces_are_the_text() -> None:
    assert "".join(words for words, _ in wrong_pieces(SEEN, "", GOLD)) == SEEN
