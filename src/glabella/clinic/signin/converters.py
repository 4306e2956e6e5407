"""What an owner may do for somebody's sign-in, as a part of an address."""


class Helping:
    regex = "reset|unlock|sign-out"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
