from pathlib import Path

import pytest

from auscult.corpora import ReadOptions
from auscult.corpora.several import Source, merged, source_of
from auscult.errors import UserError
from auscult.items.item_set import ItemSet
from auscult.items.split import SplitPlan
from auscult.items.writer import SourceNote, write_item_set


def table(folder, picture, name, *images):
    for image, shade in images:
        picture(f"{name}/{image}", shade)
    (folder / name / f"{name}.csv").write_text(
        "image,caption,licence\n"
        + "".join(f"{image},No pleural effusion in {name}.,CC {name}\n" for image, _ in images)
    )
    return Source("captions", folder / name / f"{name}.csv")


def test_an_image_of_two_sets_stays_in_one_part_and_each_case_keeps_its_source_and_licence(tmp_path, picture):
    shades = [(f"{n}.png", 5 * n) for n in range(40)]
    sources = [table(tmp_path, picture, "one", *shades[:30]), table(tmp_path, picture, "two", *shades[20:])]
    plan = SplitPlan(shares={"train": 0.5, "test": 0.5})
    note = SourceNote(reader="captions", path="-")
    manifest = write_item_set(merged(sources, ReadOptions()), tmp_path / "set", source=note, split=plan)
    assert manifest.cases == 50 and manifest.images == 40
    assert manifest.licences == {"CC one": 30, "CC two": 20} and manifest.counts["source"] == {"one": 30, "two": 20}
    assert ItemSet(tmp_path / "set").manifest.joined == 0


def test_sets_of_one_name_are_called_after_their_folders_and_their_cases_do_not_mix(tmp_path, picture):
    sources = []
    for folder in ("a", "b", "c/b"):
        name = picture(f"{folder}/x.png", 9).parent / "rows.csv"
        name.write_text("image,question,answer\nx.png,Is it normal?,yes\nx.png,Is it normal?,yes\n")
        sources.append(Source("image-folder", name))
    note = SourceNote(reader="image-folder", path="-")
    manifest = write_item_set(merged(sources, ReadOptions()), tmp_path / "set", source=note)
    assert manifest.counts["source"] == {"b/rows": 1, "b/rows 3": 1, "rows": 1}
    assert (manifest.items, manifest.duplicates, manifest.images) == (6, 5, 1)  # of equal pixels


def test_a_source_is_a_format_and_a_path():
    assert source_of("captions=a=b.csv") == Source("captions", Path("a=b.csv"))
    with pytest.raises(UserError, match="write FORMAT=PATH"):
        source_of("a.csv")
