"""What a run found, on paper: JSON, JUnit XML, coverage matrix, plots, and a summary.

`record` collects verdicts while scenarios run; the other modules each write one
kind of report from the finished `Run`. Nothing here measures or judges.
"""

from hil.report.record import Entry, Problem, Run, ScenarioResult

__all__ = ["Entry", "Problem", "Run", "ScenarioResult"]
