"""Evaluates the template's alarms over metrics and log lines, like CloudWatch.

It knows the parts of alarms, metric math and filter patterns that the template uses, and raises ValueError for others.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from tests.infra.template import Json, Template, render

Dimensions = frozenset[tuple[str, str]]
Series = dict[int, float]
"""Values by the number of their period. Periods without data are missing."""

_COMPARISONS: Final[Mapping[str, Any]] = {
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
}
_FILTER: Final = re.compile(r'\{ \$\.(\w+) = "(\w+)" \}')
"""`{ $.level = "ERROR" }`."""


@dataclass
class Metrics:
    """Data points in CloudWatch."""

    quotas: dict[Dimensions, float] = field(default_factory=dict)
    """The account's service quotas, by the dimensions of their usage metric."""
    _points: dict[tuple[str, str, Dimensions], list[tuple[float, float]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def put(self, namespace: str, name: str, value: float, at: float, **dimensions: str) -> None:
        """Put a data point. `at` is in seconds."""
        self._points[namespace, name, frozenset(dimensions.items())].append((at, value))

    def put_lines(self, template: Template, function: str, lines: Iterable[str], at: float) -> None:
        """Put the data points that CloudWatch makes of a function's log lines: by metric filters, and embedded ones."""
        log = render(template.functions[function]["LoggingConfig"]["LogGroup"])
        filters = [
            one["Properties"]
            for one in template.of("AWS::Logs::MetricFilter").values()
            if render(one["Properties"]["LogGroupName"]) == log
        ]
        for text in lines:
            line = json.loads(text)
            for filter_ in filters:
                if _matches(filter_["FilterPattern"], line):
                    (made,) = filter_["MetricTransformations"]
                    self.put(made["MetricNamespace"], made["MetricName"], float(made["MetricValue"]), at)
            for directive in line.get("_aws", {}).get("CloudWatchMetrics", ()):
                for names in directive["Dimensions"]:
                    dimensions = {name: line[name] for name in names}
                    for metric in directive["Metrics"]:
                        values = line[metric["Name"]]
                        for value in values if isinstance(values, list) else [values]:
                            self.put(directive["Namespace"], metric["Name"], value, at, **dimensions)

    def series(self, stat: Json) -> Series:
        """Return the statistic of a metric for each period with data."""
        metric = stat["Metric"]
        key = metric["Namespace"], metric["MetricName"], _dimensions(metric.get("Dimensions", ()))
        periods: dict[int, list[float]] = defaultdict(list)
        for at, value in self._points.get(key, ()):
            periods[int(at // stat["Period"])].append(value)
        return {period: _statistic(stat["Stat"], values) for period, values in periods.items()}


@dataclass(frozen=True)
class Alarm:
    """An alarm of the template."""

    properties: Json

    @property
    def name(self) -> str:
        """The name without the deployment's prefix."""
        return str(self.properties["AlarmName"]).removeprefix("souk-prod-")

    @property
    def description(self) -> str:
        """The description."""
        return str(self.properties["AlarmDescription"])

    @cached_property
    def queries(self) -> list[Json]:
        """The metrics and expressions, also for an alarm on one metric."""
        own = self.properties
        if "Metrics" in own:
            return list(own["Metrics"])
        metric = {name: own[name] for name in ("Namespace", "MetricName", "Dimensions") if name in own}
        statistic = own.get("Statistic") or own["ExtendedStatistic"]
        return [{"Id": "m", "MetricStat": {"Metric": metric, "Period": own["Period"], "Stat": statistic}}]

    @property
    def metrics(self) -> list[Json]:
        """The metrics that are read: `Namespace`, `MetricName` and `Dimensions`."""
        return [query["MetricStat"]["Metric"] for query in self.queries if "MetricStat" in query]

    @property
    def period(self) -> int:
        """The period of the metrics, in seconds."""
        (period,) = {query["MetricStat"]["Period"] for query in self.queries if "MetricStat" in query}
        return int(period)

    def rings(self, metrics: Metrics, now: float) -> bool:
        """Return whether the state is ALARM at a time in seconds, which belongs to the newest period."""
        own, newest = self.properties, int(now // self.period)
        window = range(newest - own["EvaluationPeriods"] + 1, newest + 1)
        values = self._result(metrics, window)
        compare = _COMPARISONS[own["ComparisonOperator"]]
        missing = {"breaching": True, "notBreaching": False}[own["TreatMissingData"]]
        breaching = [bool(compare(values[at], own["Threshold"])) if at in values else missing for at in window]
        return sum(breaching) >= int(own.get("DatapointsToAlarm") or own["EvaluationPeriods"])

    def _result(self, metrics: Metrics, window: range) -> Series:
        known = {query["Id"]: metrics.series(query["MetricStat"]) for query in self.queries if "MetricStat" in query}
        result = next(query for query in self.queries if query.get("ReturnData", True))
        if "MetricStat" in result:
            return known[result["Id"]]
        return _calculate(result["Expression"], known, self._quota(metrics), window)

    def _quota(self, metrics: Metrics) -> float:
        for metric in self.metrics:
            if (of := _dimensions(metric.get("Dimensions", ()))) in metrics.quotas:
                return metrics.quotas[of]
        return 0.0


def alarms(template: Template) -> list[Alarm]:
    """Return the alarms of a template."""
    return [Alarm(resource["Properties"]) for resource in template.of("AWS::CloudWatch::Alarm").values()]


def ringing(template: Template, metrics: Metrics, now: float) -> set[str]:
    """Return the names of the alarms that ring."""
    return {alarm.name for alarm in alarms(template) if alarm.rings(metrics, now)}


def _calculate(expression: str, known: Mapping[str, Series], quota: float, window: range) -> Series:
    """Return the result of an expression of the kinds in our alarms."""
    if re.fullmatch(r"SUM\(\[(FILL\(\w+, 0\)(, )?)+\]\)", expression):
        summed = [known[name] for name in re.findall(r"FILL\((\w+), 0\)", expression)]
        return {at: sum(series.get(at, 0.0) for series in summed) for at in window}
    if match := re.fullmatch(r"100 \* (\w+) / SERVICE_QUOTA\(\1\)", expression):
        return {at: 100 * value / quota for at, value in known[match[1]].items()}
    if match := re.fullmatch(r"IF\((\w+) >= (\d+), 100 \* (\w+) / \1, 0\)", expression):
        count, least, part = known[match[1]], float(match[2]), known[match[3]]
        return {at: 100 * part[at] / count[at] if count[at] >= least else 0.0 for at in count.keys() & part.keys()}
    raise ValueError(f"an expression that alarms did not use so far: {expression}")


def _statistic(name: str, values: Sequence[float]) -> float:
    match name:
        case "Sum":
            return sum(values)
        case "Maximum":
            return max(values)
        case "SampleCount":
            return len(values)
        case "p99":
            return sorted(values)[int(0.99 * (len(values) - 1))]
    raise ValueError(f"a statistic that alarms did not use so far: {name}")


def _matches(pattern: str, line: Mapping[str, Any]) -> bool:
    match = _FILTER.fullmatch(pattern)
    if match is None:
        raise ValueError(f"a filter pattern that metrics did not use so far: {pattern}")
    return line.get(match[1]) == match[2]


def _dimensions(listed: Iterable[Mapping[str, Any]]) -> Dimensions:
    return frozenset((one["Name"], render(one["Value"])) for one in listed)
