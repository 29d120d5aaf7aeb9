"""Computes the numbers of docs/costs.md from those that it lists: `python -m tests.infra.costs` writes them anew.

It needs the counted calls of operations, the prices, the assumptions, and a month at 1x.
"""

import re
from typing import Final

from infra.layer import ROOT

PAGE: Final = ROOT / "docs" / "costs.md"
_SCALES: Final = (1, 10, 100, 1000)
_MILLION: Final = 1_000_000
_SAVED: Final = {
    "Accept an offer": "accepting an offer",
    "Write a message": "writing a message",
    "Track ten minutes": "tracking ten minutes",
}


def rows(text: str, heading: str) -> dict[str, list[str]]:
    """Return the rows of the table below a heading, by their first cell."""
    section = text.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")]
    return {cells[0].strip(): [cell.strip() for cell in cells[1:]] for cells in lines[1:]}


def numbers(text: str, heading: str) -> dict[str, list[float]]:
    """Return the numbers in the rows of a table; cells that are none are left out."""
    return {
        name: [float(cell.replace(",", "").lstrip("$")) for cell in cells if re.fullmatch(r"\$?[\d.,]+", cell)]
        for name, cells in rows(text, heading).items()
    }


def saved_by_keys(text: str) -> dict[str, float]:
    """Return the write units of operations that indexes with keys alone would save."""
    return {name: whole - keys for name, (whole, keys) in indexed(text).items()}


def indexed(text: str) -> dict[str, list[float]]:
    """Return the write units of operations, with whole items in indexes and with keys alone."""
    table = numbers(text, "Indexes")
    return {name: table[f"Write units of {doing}"] for name, doing in _SAVED.items()}


def computed(text: str) -> str:
    """Return the page with all numbers that follow from others."""
    price, assumed, fixed = (
        {name: row[0] for name, row in numbers(text, heading).items()}
        for heading in ("Prices", "Assumptions", "Fixed items")
    )

    def call(milliseconds: float, gigabytes: float) -> float:
        """Return the cost of a million calls of a function."""
        seconds = milliseconds / 1000 * _MILLION
        logged = assumed["KB of log of a call"] * price["CloudWatch Logs, a GB"]
        return price["Lambda, a million calls"] + seconds * gigabytes * price["Lambda on Arm, a GB-second"] + logged

    front = call(assumed["Milliseconds of a call"], assumed["GB of an API function"])
    background = call(assumed["Milliseconds of a background call"], assumed["GB of a background function"])
    event = (
        price["EventBridge, a million events"]
        + assumed["Background calls of an event"] * background
        + assumed["Requests to SQS of an event"] * price["SQS, a million requests"]
    )
    counts = {name: row[:4] for name, row in numbers(text, "Operations").items()}
    costs = {
        name: price["API Gateway, a million requests"]
        + price["AWS WAF, a million requests"]
        + calls * front
        + reads * price["DynamoDB, a million read units"]
        + writes * price["DynamoDB, a million write units"]
        + events * event
        for name, (calls, reads, writes, events) in counts.items()
    }
    month = {name: row[0] for name, row in numbers(text, "Scale").items()}
    operations = sum(month[name] * cost / _MILLION for name, cost in costs.items())
    always = sum(price[name] * number for name, number in fixed.items())
    written = sum(month[name] * writes for name, (_, _, writes, _) in counts.items())
    saved = sum(month[name] * units for name, units in saved_by_keys(text).items())
    for name, cost in costs.items():
        text = _put(text, "Operations", name, [*rows(text, "Operations")[name][:4], f"${cost:,.2f}"])
        text = _put(text, "Scale", name, [f"{month[name] * scale:,.0f}" for scale in _SCALES])
    for name, monthly in (
        ("Operations", [operations * scale for scale in _SCALES]),
        ("Fixed", [always for _ in _SCALES]),
        ("Together", [operations * scale + always for scale in _SCALES]),
    ):
        text = _put(text, "Months", name, [f"${cost:,.2f}" for cost in monthly])
    return _put(text, "Indexes", "Write units of the 1x month", [f"{written:,.0f}", f"{written - saved:,.0f}"])


def _put(text: str, heading: str, name: str, cells: list[str]) -> str:
    """Replace a row of the table below a heading."""
    before, title, rest = text.partition(f"## {heading}\n")
    row = re.compile(rf"^\| {re.escape(name)} \|.*$", re.MULTILINE)
    return before + title + row.sub(lambda _: f"| {name} | {' | '.join(cells)} |", rest, count=1)


if __name__ == "__main__":
    PAGE.write_text(computed(PAGE.read_text("utf-8")), "utf-8")
