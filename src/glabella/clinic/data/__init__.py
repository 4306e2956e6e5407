"""Data that is the clinic's own: taken out, brought in, kept safe, and taken away in time."""
