"""The error tree. Every error a person can mend says what, where and how.

GlabellaError
├── UserError            shown without a traceback, each with a fixed exit code
│   ├── InputError       2  a file, plan or argument that cannot be read as meant
│   ├── UnitsError       3  an amount of toxin that makes no sense
│   │   └── ProductMismatch  4  units of one product used as units of another
│   ├── GeometryError    5  a point that is not on the face
│   └── RecordError      6  the record refuses: stock, signatures, permissions
├── FactError            7  a fact that is missing, malformed or without a source
└── ModelError           8  the model was asked for something outside its range
"""


class GlabellaError(Exception):
    """Anything that Glabella itself raises."""

    exit_code = 1


class UserError(GlabellaError):
    """Something the person can mend; the message says how."""


class InputError(UserError):
    """A file, plan or argument that cannot be read as it was meant."""

    exit_code = 2


class UnitsError(UserError):
    """An amount of toxin that makes no sense: negative, not a number, absurd."""

    exit_code = 3


class ProductMismatch(UnitsError):
    """Units of one product met units of another; no conversion exists."""

    exit_code = 4


class GeometryError(UserError):
    """A point or a measure that does not fit a face."""

    exit_code = 5


class RecordError(UserError):
    """The record refuses: an unusable vial, a signed treatment, a missing right."""

    exit_code = 6


class FactError(GlabellaError):
    """A fact is missing, malformed, unused or without a source."""

    exit_code = 7


class ModelError(GlabellaError):
    """The model was asked for something outside the range it was built for."""

    exit_code = 8
