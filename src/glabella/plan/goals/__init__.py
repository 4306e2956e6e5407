"""Goals: what a face should do, from the words of the clinic to numbers."""
