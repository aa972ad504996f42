"""The prompt's language in notebooks: declare, ask, shock; answers as text, formulas and pictures."""

from __future__ import annotations

import json
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import _tasktrade
from ._native import start_workers_here

start_workers_here()

#: Columns that an answer is folded to.
COLUMNS = 100


@dataclass(frozen=True)
class Output:
    """One answer: its parts by MIME type, its JSON object, how it ended, and whether it is an error."""

    data: dict[str, str | bytes]
    answer: dict[str, Any]
    exit: int
    failed: bool

    @property
    def text(self) -> str:
        return str(self.data["text/plain"])


class Prompt:
    """A session of the prompt: what is declared stays, shocks move it, `undo` takes back."""

    def __init__(self) -> None:
        self._prompt = _tasktrade.Prompt()

    def answers(self, text: str):
        """Answers a text of several inputs, one after the other; stops at the first that fails."""
        for one in self._prompt.split(text):
            output = self.answer(one)
            yield output
            if output.failed:
                return

    def answer(self, text: str) -> Output:
        words = text.split()
        if words[:1] == ["plot"] and not re.search(r"--(svg|png|pdf|json)\b", text):
            return self._picture(text)
        exit, object, shown, latex = self._prompt.answer(text, COLUMNS)
        return _output(exit, object, shown, latex)

    def _picture(self, text: str) -> Output:
        with tempfile.TemporaryDirectory() as folder:
            svg = Path(folder) / "picture.svg"
            exit, object, shown, latex = self._prompt.answer(f"{text.rstrip()} --svg {svg}", COLUMNS)
            output = _output(exit, object, "\n".join(line for line in shown.split("\n") if str(svg) not in line), latex)
            if not svg.exists():
                return output
            return Output({**output.data, "image/svg+xml": svg.read_text("utf-8")}, output.answer, output.exit, output.failed)

    def complete(self, code: str, cursor: int) -> tuple[int, list[str]]:
        """Where the word before the cursor starts, and what may take its place."""
        line_start = code.rfind("\n", 0, cursor) + 1
        start, offers = self._prompt.complete(code[line_start:], cursor - line_start)
        return line_start + start, [text for _, text in offers]

    def ends(self, code: str) -> bool:
        """Whether an input is whole."""
        return self._prompt.ends(code)

    def help(self, name: str) -> str | None:
        """What the language, or the model, says of a name."""
        for question in (f"info {name}", f"help {name}"):
            exit, _, shown, _ = self._prompt.answer(question, COLUMNS)
            if exit == 0 and shown.strip():
                return shown
        return None


def _output(exit: int, object: str, shown: str, latex: str | None) -> Output:
    answer = json.loads(object)
    failed = not answer["ok"] and any(d["severity"] == "error" for d in answer["diagnostics"])
    data: dict[str, str | bytes] = {"text/plain": shown}
    formula = answer.get("latex")
    if not failed and latex is None and isinstance(formula, str) and answer["command"] in ("derive", "effects", "sign"):
        data["text/latex"] = f"$\\displaystyle {formula}$"
    return Output(data, answer, exit, failed)
