"""What somebody at the clinic has to do, and by when."""
