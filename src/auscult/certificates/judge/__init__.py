"""A judge, put to the test."""

from auscult.certificates.judge.certificate import Asking, Calibration, Plan, certify

__all__ = ["Asking", "Calibration", "Plan", "certify"]
