"""The trail of what was done, by whom and when; it is only ever added to."""
