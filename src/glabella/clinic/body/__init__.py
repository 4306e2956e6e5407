"""Sessions outside the face: their pages, their protocols, and the scale after them."""
