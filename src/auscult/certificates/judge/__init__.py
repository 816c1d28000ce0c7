"""A judge, put to the test."""

from auscult.certificates.judge.certificate import Calibration, Plan

__all__ = ["Calibration", "Plan"]
