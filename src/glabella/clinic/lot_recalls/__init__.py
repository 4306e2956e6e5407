"""A lot is called back: its vials, its treatments, its patients, and who has heard."""
