"""A judge, put to the test."""

from auscult.certificates.judge.certificate import Calibration, Plan, certify

__all__ = ["Calibration", "Plan", "certify"]
