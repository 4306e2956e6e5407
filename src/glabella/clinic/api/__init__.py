"""The JSON API: the record for other programs, by a member's token or session."""
