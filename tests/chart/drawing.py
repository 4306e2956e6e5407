"""Reads SVG back: elements by id and the points of a path."""

import re
from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"
TOKEN = re.compile(r"[MLCQZclh]|-?\d*\.?\d+")


def parsed(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)


def by_id(root: ElementTree.Element) -> dict[str, ElementTree.Element]:
    return {node.attrib["id"]: node for node in root.iter() if "id" in node.attrib}


def words(root: ElementTree.Element) -> list[str]:
    return [node.text or "" for node in root.iter(f"{SVG}text")]


def nodes(path: str) -> list[tuple[float, float]]:
    """The points that a path passes through, absolute, without its control points."""
    passed: list[tuple[float, float]] = []
    at, command, numbers = (0.0, 0.0), "", []
    need = {"M": 2, "L": 2, "C": 6, "Q": 4, "c": 6, "l": 2}
    for token in TOKEN.findall(path):
        if token.isalpha():
            command, numbers = token, []
            continue
        numbers.append(float(token))
        if len(numbers) == need[command]:
            x, y = numbers[-2:]
            at = (at[0] + x, at[1] + y) if command.islower() else (x, y)
            passed.append(at)
            numbers = []
    return passed
