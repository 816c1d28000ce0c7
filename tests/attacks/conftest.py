from tests.cli.conftest import auscult, sample_items

__all__ = ["auscult", "sample_items"]
