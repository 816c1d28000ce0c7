from auscult.reports.diagnosis.pictures import HIGH, THIN, Rung, Stream, flow


def test_a_gain_stands_from_where_it_was_to_where_it_ends() -> None:
    rung = Rung(
        label="eyes right",
        about="",
        said="82 of 100",
        gain="+21",
        parts=((0.0, 0.61, "base"), (0.61, 0.82, "eyes")),
        low=0.76,
        high=0.87,
        value=0.82,
        before=0.61,
    )
    assert rung.stretches == ((0.0, 61.0, "base"), (61.0, 21.0, "eyes"))
    assert (rung.start, rung.dot, rung.span) == (61.0, 82.0, (76.0, 11.0))
    assert rung.described == "eyes right: 82 of 100; +21"


def test_a_loss_stands_left_of_where_it_was_and_is_called_one() -> None:
    rung = Rung(label="x", about="", said="", parts=((0.6, 0.5, "knowledge"),))
    assert rung.stretches == ((50.0, 10.0, "lost"),)


def test_a_thin_stream_keeps_room_for_its_words_and_none_overlap() -> None:
    shares = (0.9, 0.05, 0.0, 0.04, 0.01)
    made = flow([Stream(share=s, label=f"{s}", said="", tone="eyes") for s in shares], "All")
    assert len(made.bands) == 4  # nothing flows where there is nothing
    middles = [b.middle for b in made.bands]
    assert all(later - earlier >= THIN - 0.1 for earlier, later in zip(middles[1:], middles[2:], strict=False))
    assert made.bands[-1].end + made.bands[-1].thick <= made.height


def test_streams_leave_side_by_side_as_thick_as_their_shares() -> None:
    made = flow([Stream(share=s, label="", said="", tone="eyes") for s in (0.5, 0.3, 0.2)], "All")
    assert [round(b.thick) for b in made.bands] == [HIGH / 2, round(HIGH * 0.3), round(HIGH * 0.2)]
    assert all(a.start + a.thick == b.start for a, b in zip(made.bands, made.bands[1:], strict=False))
