"""The premise scorer, put to the test."""

from auscult.certificates.premise.certificate import certify

__all__ = ["certify"]
