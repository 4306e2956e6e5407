"""Treatments outside the face: a session, the protocol that it follows, and its limits.

No forecast is made here: the model is calibrated for muscles of the face only.
"""
