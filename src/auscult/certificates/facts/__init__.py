"""The facts reader and checker, put to the test."""

from auscult.certificates.facts.certificate import certify

__all__ = ["certify"]
