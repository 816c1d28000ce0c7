"""The reader of closed answers, put to the test."""

from auscult.certificates.closed.certificate import certify

__all__ = ["certify"]
