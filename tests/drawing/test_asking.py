import io
from collections import Counter

import pytest
from PIL import Image
from tests.drawing.studio import animation, drawn, in_base64, picture, studio

from auscult.drawing import faults
from auscult.drawing.asking import Drawer, DrawingStage, alike, counted
from auscult.drawing.generators import Generator, GeneratorOptions, create
from auscult.drawing.nouns import Drawing, Drawn
from auscult.drawing.prompts import bundled
from auscult.engine.limits import AskOptions
from auscult.engine.session import Session
from auscult.engine.stage import StageTable
from auscult.errors import BudgetReached
from auscult.models import CallFailed
from auscult.store.tables import read_rows

PROMPTS = bundled()[:6]


class Says(Generator):
    """Gives what a function makes of prompt and repeat."""

    identity = "says"
    batch = 0

    def __init__(self, give):
        self.give, self.asked = give, []

    async def draw(self, prompt, repeat):
        self.asked.append((prompt.id, repeat))
        found = self.give(prompt, repeat)
        if isinstance(found, Exception):
            raise found
        return found


def run(folder, give, draws=1, prompts=PROMPTS, **options):
    generator = give if isinstance(give, Generator) else Says(give)
    model = Drawer(generator, prompts, folder)
    stage, table = (
        DrawingStage(model=model.identity, draws=draws, run=folder),
        StageTable(folder / "draws.parquet", Drawn),
    )
    Session(model, folder / "journal", AskOptions(retries=0, **options)).run(
        lambda session: session.stage(stage, prompts, table, "drawing", len(prompts))
    )
    return list(read_rows(folder / "draws.parquet", Drawn))


def one(folder, *images, text="", **more):
    (row,) = run(folder, lambda p, r: Drawing(images=images, text=text, **more), prompts=PROMPTS[:1])
    return row


def flat(size=(64, 64)):
    raw = io.BytesIO()
    Image.new("RGB", size).save(raw, "PNG")
    return raw.getvalue()


def test_a_drawing_lies_in_the_run_and_its_row_knows_hash_pixels_and_size(tmp_path):
    row = one(tmp_path, picture("a"))
    (image,) = row.images
    assert (row.status, image.width, image.height) == ("ok", 48, 40) and image.pixels
    assert (tmp_path / image.path).read_bytes() == picture("a")


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", faults.EMPTY),
        (b"sorry, no", faults.NO_IMAGE),
        (picture("a")[:90], faults.BROKEN),
        (flat((1, 1)), faults.TINY),
        (flat(), faults.BLANK),
        (animation(), faults.ANIMATED),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", faults.NO_IMAGE),
    ],
)
def test_what_is_no_still_image_is_counted_by_name_and_not_kept(tmp_path, data, name):
    row = one(tmp_path, data)
    assert (row.status, row.failure, row.images) == ("unusable", name, ())
    assert not (tmp_path / "images").exists()


def test_a_good_image_beside_a_bad_one_is_no_drawing(tmp_path):
    assert one(tmp_path, picture("a"), b"x").failure == faults.NO_IMAGE


def test_two_images_are_kept_for_the_reader_to_tell_a_split_from_a_surplus(tmp_path):
    row = one(tmp_path, picture("a"), picture("b"))
    assert row.status == "ok" and len(row.images) == 2


def test_a_hundred_images_are_not_kept(tmp_path):
    row = one(tmp_path, *(picture(str(k)) for k in range(100)))
    assert (row.status, row.failure) == ("unusable", faults.MANY) and len(row.images) == faults.MOST_IMAGES


@pytest.mark.parametrize(
    ("text", "status", "failure"),
    [
        ("I can't create that.", "ok", ""),
        ("Toes are not visible on a chest radiograph.", "ok", ""),
        ("Here is your image of a chest.", "unusable", faults.TEXT_ALONE),
        ("The left costophrenic angle is not visible.", "unusable", faults.TEXT_ALONE),
        ("  ", "unusable", faults.NOTHING),
    ],
)
def test_words_in_place_of_an_image_are_kept_only_where_they_refuse_or_clarify(tmp_path, text, status, failure):
    row = one(tmp_path, text=text)
    assert (row.status, row.failure) == (status, failure)


def test_what_the_services_filter_stops_has_a_name_of_its_own(tmp_path):
    row = one(tmp_path, refused="HTTP 400: safety system")
    assert (row.status, row.failure, row.detail) == ("refused", faults.POLICY, "HTTP 400: safety system")


def test_a_failed_request_is_missing_data_and_asked_again_the_rest_never(tmp_path):
    failing = Says(
        lambda p, r: CallFailed("timeout", "slow", retryable=False) if r == 1 else Drawing(images=(picture(p.id),))
    )
    rows = run(tmp_path, failing, draws=2, prompts=PROMPTS[:2])
    assert Counter((r.repeat, r.status, r.detail) for r in rows) == {(0, "ok", ""): 2, (1, "request_failed", "slow"): 2}
    well = Says(lambda p, r: Drawing(images=(picture(f"{p.id}{r}"),)))
    assert {r.status for r in run(tmp_path, well, draws=2, prompts=PROMPTS[:2])} == {"ok"}
    assert [repeat for _, repeat in well.asked] == [1, 1]
    again = Says(lambda p, r: pytest.fail("asked twice"))
    assert len(run(tmp_path, again, draws=2, prompts=PROMPTS[:2])) == 4


def test_a_budget_stops_and_the_same_command_goes_on(tmp_path):
    asked = Says(lambda p, r: Drawing(images=(picture(f"{p.id}{r}"),)))
    with pytest.raises(BudgetReached):
        run(tmp_path, asked, draws=2, budget_calls=4)
    rows = run(tmp_path, asked, draws=2)
    assert len(rows) == 12 == len(asked.asked) == len(set(asked.asked))


def test_the_same_image_for_different_things_is_no_drawing_of_any(tmp_path):
    rows = counted(run(tmp_path, lambda p, r: Drawing(images=(picture("always"),))), PROMPTS)
    assert {(r.status, r.failure) for r in rows} == {("unusable", faults.SAME)}


def test_the_same_image_for_one_prompt_each_time_is_one_drawing_and_said(tmp_path):
    rows = run(tmp_path, lambda p, r: Drawing(images=(picture(p.content + p.kind),)), draws=3)
    assert {r.status for r in counted(rows, PROMPTS)} == {"ok"} and alike(rows) == len(PROMPTS)


def test_drawings_come_over_http_too(tmp_path, monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    replies = iter([drawn, lambda b: {"data": []}, lambda b: {"data": [{"b64_json": in_base64(animation())}]}])
    with studio(lambda body: next(replies)(body)) as server:
        generator = create(f"openai:m@{server.url}", GeneratorOptions())
        rows = run(tmp_path, generator, prompts=PROMPTS[:3], concurrency=1)
    assert [r.failure for r in rows] == ["", faults.NOTHING, faults.ANIMATED]
