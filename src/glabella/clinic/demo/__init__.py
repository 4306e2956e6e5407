"""A demo clinic of clearly made-up people."""
