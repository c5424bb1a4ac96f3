"""A diagnosis as a plain JSON document."""

from __future__ import annotations

from dataclasses import asdict
from math import isfinite, isnan
from typing import Any

from backtrace.diagnose.causes import find_causes
from backtrace.diagnose.census.census import Census
from backtrace.diagnose.diagnose import Diagnosis
from backtrace.diagnose.rule import Finding
from backtrace.driver.view import RunResult
from backtrace.language import using_language
from backtrace.show.content.diagnosis import codes_of, verdict_text

Json = Any


@using_language("en")
def diagnosis_to_dict(diagnosis: Diagnosis) -> dict[str, Json]:
    """Return a diagnosis as a document; notes are among the findings."""
    by_cause = {id(cause.finding): cause.explains for cause in find_causes(diagnosis.findings)}
    return {
        "verdict": verdict_text(diagnosis),
        "updates": diagnosis.updates,
        "unread": diagnosis.unread,
        "census": None if diagnosis.census is None else census_to_dict(diagnosis.census),
        "findings": [
            {**finding_to_dict(finding), "explains": codes_of(by_cause.get(id(finding), ()))}
            for finding in diagnosis.findings
        ],
        "muted": [finding_to_dict(finding) for finding in diagnosis.muted],
        "checked": list(diagnosis.checked),
        "not_checked": [
            {
                "code": each.code,
                "pattern": each.pattern,
                "reason": each.reason,
                "has_failed": each.has_failed,
            }
            for each in diagnosis.not_checked
        ],
    }


def census_to_dict(census: Census) -> dict[str, Json]:
    """Return what became of every tensor, with what was counted of it."""
    return {
        "steps": sum(census.steps.values()),
        "learned": sum(each.has_learned for each in census.tensors),
        "tensors": [
            {
                "name": each.name,
                "class": each.cell.name,
                "is_finding": each.is_amiss,
                "optimizer": each.optimizer,
                **asdict(each.tally),
            }
            for each in census.tensors
        ],
    }


def ending_to_dict(result: RunResult) -> dict[str, Json]:
    """Return how a run ended, and its diagnosis where it was diagnosed."""
    ending: dict[str, Json] = {"interrupted": result.interrupted}
    if result.diagnosis is not None:
        ending["diagnosis"] = diagnosis_to_dict(result.diagnosis)
    return ending


def finding_to_dict(finding: Finding) -> dict[str, Json]:
    """Return one finding as a document."""
    return {
        "code": finding.code,
        "pattern": finding.pattern,
        "severity": finding.severity,
        "message": finding.message,
        "fix": finding.fix,
        "update": finding.update,
        "where": finding.where,
        "optimizer": finding.optimizer,
        "parameters": list(finding.parameters),
        "evidence": {name: _plain(value) for name, value in finding.evidence.items()},
        "counted": None if finding.counted is None else list(finding.counted),
    }


def _plain(value: float | int | str) -> float | int | str:
    """Return a value as JSON has it, which has no word for numbers that are not finite."""
    if not isinstance(value, float) or isfinite(value):
        return value
    return "NaN" if isnan(value) else "Infinity" if value > 0 else "-Infinity"
