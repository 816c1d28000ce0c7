"""The page of reference is what the docstrings say."""

from recipes.reference import page
from tests.conftest import REPO


def test_the_page_is_the_docstrings() -> None:
    said = (REPO / "docs" / "reference.md").read_text("utf-8")
    assert said == page(), "make it anew: python -m recipes.reference > docs/reference.md"


def test_every_public_function_stands_there_with_its_arguments() -> None:
    assert "evaluate(items: ItemSet | Path | str, model: str" in page() and "- judge: who judges" in page()
