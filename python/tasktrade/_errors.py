"""Errors: the diagnostics of the language as exceptions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Diagnostic:
    """One finding: its code, what is wrong, where, and what to do."""

    code: str
    severity: str
    message: str
    file: str | None
    line: int | None
    column: int | None
    help: str | None

    @staticmethod
    def of(entry: dict[str, Any]) -> "Diagnostic":
        labels = entry.get("labels") or [{}]
        first = labels[0]
        return Diagnostic(
            entry["code"], entry["severity"], entry["message"], entry.get("file"), first.get("line"), first.get("column"), entry.get("help")
        )


class TasktradeError(Exception):
    """A question that could not be answered.

    `code` and `message` are those of the first error, `line` and `column` its place, `diagnostics` all findings, `text` what the command line prints.
    """

    def __init__(self, exit: int, answer: dict[str, Any], text: str):
        self.exit = exit
        self.text = text
        self.answer = answer
        self.diagnostics = [Diagnostic.of(d) for d in answer.get("diagnostics", [])]
        first = next((d for d in self.diagnostics if d.severity == "error"), None) or Diagnostic("", "error", "", None, None, None, None)
        self.code, self.message, self.help = first.code, first.message, first.help
        self.file, self.line, self.column = first.file, first.line, first.column
        super().__init__(text.strip() or self.message)

    def __reduce__(self):
        return (type(self), (self.exit, self.answer, self.text))


class ModelError(TasktradeError):
    """The model is wrong."""


class UsageError(TasktradeError):
    """The question is wrong."""


class NoEquilibrium(TasktradeError):
    """There is no equilibrium, or none was found: `status` says which."""

    @property
    def status(self) -> str | None:
        return self.answer.get("status")


class AlgebraError(TasktradeError):
    """The algebra engine is unavailable or ran out of time."""


class FileError(TasktradeError):
    """A file cannot be read or written."""


class InternalError(TasktradeError):
    """tasktrade failed on its own account: please report it."""


class Interrupted(TasktradeError):
    """Stopped before its end."""


_KINDS = {1: ModelError, 2: UsageError, 3: NoEquilibrium, 4: AlgebraError, 5: FileError, 70: InternalError, 130: Interrupted}


def read(told: tuple[int, str, str, str | None]) -> tuple[dict[str, Any], str, str | None, int]:
    """The answer's object, text, LaTeX and exit code, or its error raised."""
    exit, text_of_json, text, latex = told
    answer = json.loads(text_of_json)
    # An answer may stand beside an exit code: a sweep with failed points, an equilibrium that was looked for and not found.
    if not answer["ok"] and any(d["severity"] == "error" for d in answer["diagnostics"]):
        raise _KINDS.get(exit, TasktradeError)(exit, answer, text)
    return answer, text, latex, exit
