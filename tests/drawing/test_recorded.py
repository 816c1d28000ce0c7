import pytest
from tests.drawing.studio import picture

from auscult.drawing.audit import Audit
from auscult.drawing.generators import GeneratorOptions, create
from auscult.drawing.prompts import bundled
from auscult.drawing.settings import DrawingSettings
from auscult.errors import UserError
from auscult.models import CallFailed

FIRST, SECOND, THIRD = bundled()[:3]


@pytest.fixture
def folder(tmp_path):
    for name in "ab":
        (tmp_path / f"{name}.png").write_bytes(picture(name))
    return tmp_path


def recorded(folder, table):
    (folder / "drawings.csv").write_text(table, "utf-8")
    return create(f"recorded:{folder}", GeneratorOptions())


async def test_images_and_words_are_found_by_text_or_id_in_the_order_of_rows(folder):
    table = (
        f'prompt,image,words\n"{FIRST.text}",a.png,\n{SECOND.id},,I cannot draw that\n"{FIRST.text}",a.png;b.png,Two\n'
    )
    generator = recorded(folder, table)
    assert (await generator.draw(FIRST, 0)).images == (picture("a"),)
    assert await generator.draw(FIRST, 1) == type(await generator.draw(FIRST, 1))(
        images=(picture("a"), picture("b")), text="Two"
    )
    assert (await generator.draw(SECOND, 0)).text == "I cannot draw that"
    with pytest.raises(CallFailed, match="not_recorded"):
        await generator.draw(SECOND, 1)
    assert [generator.drawings(p) for p in (FIRST, SECOND, THIRD)] == [2, 1, 0]


def test_unusable_files_are_named_with_what_is_wrong_and_a_dry_run_sends_nothing(folder, tmp_path):
    (folder / "text.png").write_bytes(b"no picture")
    (folder / "drawings.csv").write_text(f"prompt,image\n{FIRST.id},a.png\n{SECOND.id},text.png\n", "utf-8")
    audit = Audit(f"recorded:{folder}", DrawingSettings())
    assert "drawings to take:" in audit.forecast() and "in this process" not in audit.forecast()
    audit.run(tmp_path / "out")
    assert audit.unusable(tmp_path / "out") == "1 of 2 drawings are unusable: text.png (no image format)"


async def test_rows_by_id_and_by_text_are_drawings_of_one_prompt(folder):
    generator = recorded(folder, f'prompt,image,words\n"{FIRST.text}",a.png,\n{FIRST.id},b.png,\n{FIRST.id},,No\n')
    found = [await generator.draw(FIRST, k) for k in range(generator.drawings(FIRST))]
    assert [(d.images, d.text) for d in found] == [((picture("b"),), ""), ((), "No"), ((picture("a"),), "")]


async def test_drawings_may_be_numbered_from_one_and_a_gap_is_missing_data(folder):
    rows = f"{FIRST.id},a.png,1\n{FIRST.id},b.png,2\n{SECOND.id},a.png,1\n{SECOND.id},b.png,3\n"
    generator = recorded(folder, f"prompt,image,repeat\n{rows}")
    assert [generator.drawings(p) for p in (FIRST, SECOND)] == [2, 3]
    assert [(await generator.draw(FIRST, k)).images for k in (0, 1)] == [(picture("a"),), (picture("b"),)]
    with pytest.raises(CallFailed, match="not_recorded"):
        await generator.draw(SECOND, 1)
    assert (await generator.draw(SECOND, 2)).images == (picture("b"),)


async def test_another_image_under_the_same_name_is_another_generator(folder):
    before = recorded(folder, f"prompt,image\n{FIRST.id},a.png\n").identity
    (folder / "a.png").write_bytes(picture("c"))
    assert recorded(folder, f"prompt,image\n{FIRST.id},a.png\n").identity != before


def test_rows_of_other_prompts_are_named(folder):
    assert recorded(folder, "prompt,image\nDraw a cat,a.png\n").unmatched(bundled()) == ["Draw a cat"]


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("prompt,image\nx,c.png\n", "row 1.*c.png is missing"),
        ("prompt,image\nx,../a.png\n", "row 1.*lies outside"),
        ("prompt,image,words\nx,,\n", "row 1.*neither an image nor words"),
        ("image\na.png\n", "row 1.*no column 'prompt'"),
        (
            "Draw,image\nx,a.png\n",
            "no column 'prompt'; columns there are: Draw, image; name its columns prompt, image, w",
        ),
        ("prompt,image,repeat\nx,a.png,first\n", "row 1.*repeat is 'first'"),
        ("prompt,image,repeat\nx,a.png,99999999\n", "row 1.*repeat is '99999999'"),
        ("prompt,image,repeat\nx,a.png,0\nx,b.png,0\n", "row 2.*stands in .*row 1"),
        ("prompt,image\n", "no row|empty"),
    ],
)
def test_a_wrong_row_is_named_with_what_to_do(folder, table, says):
    with pytest.raises(UserError, match=says):
        recorded(folder, table)


def test_a_folder_without_a_table_or_with_two_says_so(folder):
    with pytest.raises(UserError, match="holds no table"):
        create(f"recorded:{folder}", GeneratorOptions())
    (folder / "one.csv").write_text("prompt,image\n")
    with pytest.raises(UserError, match="2 tables"):
        recorded(folder, "prompt,image\n")
    with pytest.raises(UserError, match="is no folder"):
        create(f"recorded:{folder / 'elsewhere'}", GeneratorOptions())
