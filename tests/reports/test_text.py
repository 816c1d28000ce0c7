from auscult.printing import one_line, visible
from auscult.reports.text import KEPT, SHOWN, passage


def test_hidden_characters_become_code_points() -> None:
    assert visible("Yes\u202e oN\x1b[31m\u200b") == "Yes⟨U+202E⟩ oN⟨U+001B⟩[31m⟨U+200B⟩"


def test_other_scripts_line_breaks_and_tabs_stay() -> None:
    text = "naïve 肺炎\n\tлёгкое ✓"
    assert visible(text) == text


def test_a_label_is_one_short_line() -> None:
    assert one_line("a\nb  c") == "a b c"
    assert len(one_line("x" * 10_000, 40)) == 40


def test_a_short_text_is_shown_whole() -> None:
    assert passage("No.") == passage("No.").__class__("No.", "", 0)


def test_a_long_text_is_cut_between_words_and_counts_what_is_left_out() -> None:
    text = "word " * 4_000
    cut = passage(text)
    assert len(cut.shown) <= SHOWN and cut.shown.endswith(" ")
    assert cut.shown + cut.more == text[:KEPT]
    assert cut.left_out == len(text) - KEPT
