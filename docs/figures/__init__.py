"""Draws the figures of docs/model and fills its tables, all from the facts and the model.

`make figures` runs it. Nothing here is typed in: a new calibration gives new figures.
"""
