"""Trials: cohorts of drawn patients, calibration and validation against published rows."""
