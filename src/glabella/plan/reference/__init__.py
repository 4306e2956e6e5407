"""Reference faces: what a clinician expects, held against what Glabella answers."""
