"""The cold chain: readings, excursions, and the vials that they touch."""
