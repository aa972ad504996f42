"""Answers: small objects with their numbers, as frames, as LaTeX and pictures in notebooks."""

from __future__ import annotations

import html
import math
from typing import TYPE_CHECKING, Any, Iterator, Mapping

from . import _tasktrade

if TYPE_CHECKING:
    import pandas as pd


def _pandas():
    try:
        import pandas
    except ImportError as error:
        raise ImportError("frames need pandas: pip install 'tasktrade[frames]'") from error
    return pandas


def _float(value: Any) -> float:
    return math.nan if value is None else float(value)


class Answer:
    """What a question gave: `text` as the command line prints it, `to_dict()` its JSON object."""

    def __init__(self, answer: dict[str, Any], text: str, latex: str | None = None, exit: int = 0):
        self._answer = answer
        self.text = text
        self._latex = latex

    def to_dict(self) -> dict[str, Any]:
        """The JSON object of the command line."""
        return self._answer

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.text.rstrip() or type(self).__name__

    def _repr_html_(self) -> str:
        return _typeset(None, self.text)


def _typeset(latex: str | None, text: str) -> str:
    """A formula as a notebook typesets it, over the answer's own words: notebooks that know HTML show no LaTeX beside it."""
    formula = f"<p>{html.escape(latex, quote=False)}</p>" if latex else ""
    return f'{formula}<pre style="font-family: monospace">{html.escape(text)}</pre>'


class Equilibrium(Answer, Mapping):
    """An equilibrium: a mapping from names to values, with its status and regime."""

    @property
    def status(self) -> str:
        """`solved`, or `indeterminate` where something may shift without breaking a condition."""
        return self._answer["status"]

    @property
    def variables(self) -> dict[str, float]:
        return {name: _float(v) for name, v in self._answer["variables"].items()}

    @property
    def parameters(self) -> dict[str, float]:
        return {name: _float(v) for name, v in self._answer["parameters"].items()}

    @property
    def regime(self) -> dict[str, Any]:
        return self._answer["regime"]

    @property
    def unique(self) -> bool | None:
        """Whether theory excludes other equilibria; None where it is not known."""
        return self._answer.get("unique")

    @property
    def residual(self) -> float:
        return _float(self._answer.get("residual"))

    @property
    def error(self) -> dict[str, float]:
        """By how much a value may be off, where that shows in its digits."""
        return {name: _float(v) for name, v in (self._answer.get("error") or {}).items()}

    def __getitem__(self, name: str) -> float:
        found = self._answer["variables"]
        if name in found:
            return _float(found[name])
        if name in self._answer["parameters"]:
            return _float(self._answer["parameters"][name])
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._answer["variables"])

    def __len__(self) -> int:
        return len(self._answer["variables"])

    def to_frame(self) -> "pd.DataFrame":
        """One row a quantity: `value`."""
        return _pandas().DataFrame({"value": self.variables}).rename_axis("quantity")

    def _repr_html_(self) -> str:
        rows = "".join(f"<tr><td>{html.escape(n)}</td><td>{v:.6g}</td></tr>" for n, v in self.variables.items())
        return f"<table><caption>{html.escape(self.status)}</caption><tr><th>quantity</th><th>value</th></tr>{rows}</table>"


class Regime(Equilibrium):
    """An equilibrium with the interval of each parameter in which its regime lasts."""

    @property
    def holds(self) -> dict[str, tuple[float | None, float | None]]:
        return {name: (ends[0], ends[1]) for name, ends in self._answer["regime"].get("holds", {}).items()}


class Shock(Answer):
    """A new equilibrium beside the old one, and the exact split of every change."""

    @property
    def before(self) -> dict[str, float]:
        return {name: _float(v) for name, v in self._answer["before"].items()}

    @property
    def after(self) -> dict[str, float]:
        return {name: _float(v) for name, v in self._answer["after"].items()}

    @property
    def change(self) -> dict[str, float]:
        """Log changes of prices, quantities, incomes, shares; plain ones of margins and net exports."""
        return {name: _float(v) for name, v in self._answer["change"].items()}

    @property
    def effects(self) -> dict[str, dict[str, float]]:
        """By quantity and channel: the parts of its change."""
        return self._answer.get("effects") or {}

    @property
    def linear(self) -> dict[str, float]:
        """What derivatives at the start predict."""
        return {name: _float(v) for name, v in (self._answer.get("linear") or {}).items()}

    @property
    def path(self) -> list[dict[str, Any]]:
        return self._answer.get("path") or []

    def __getitem__(self, name: str) -> float:
        return self.after[name]

    def to_frame(self) -> "pd.DataFrame":
        """One row a quantity: `before`, `after`, `change`, `linear`."""
        frame = _pandas().DataFrame({"before": self.before, "after": self.after, "change": self.change, "linear": self.linear})
        return frame.loc[list(self.before)].rename_axis("quantity")


class Comparison(Answer):
    """Shocks side by side."""

    @property
    def scenarios(self) -> list[str]:
        return self._answer["scenarios"]

    def to_frame(self) -> "pd.DataFrame":
        """Levels: one row a quantity, one column a scenario."""
        return _pandas().DataFrame.from_dict(self._answer["levels"], orient="index", columns=self.scenarios).rename_axis("quantity")

    def _repr_html_(self) -> str:
        return self.to_frame()._repr_html_()


class Formula(Answer):
    """A closed form, its letters with their meanings, and its number beside the solver's derivative."""

    @property
    def formula(self) -> str:
        """In the language's own expression grammar; every letter is a key of `where`."""
        return self._answer["formula"]

    @property
    def latex(self) -> str:
        return self._answer["latex"]

    @property
    def kind(self) -> str:
        return self._answer["kind"]

    @property
    def where(self) -> dict[str, dict[str, Any]]:
        return self._answer["where"]

    @property
    def value(self) -> float:
        return _float(self._answer.get("value"))

    @property
    def solver_value(self) -> float:
        return _float(self._answer.get("solver_value"))

    def _repr_html_(self) -> str:
        return _typeset(self._repr_latex_(), self.text)

    def _repr_latex_(self) -> str | None:
        return f"$\\displaystyle {self.latex}$" if self._answer.get("latex") else None

    def to_frame(self) -> "pd.DataFrame":
        """The letters: `meaning`, `value`."""
        rows = {name: {"meaning": w["meaning"], "value": _float(w.get("value"))} for name, w in self.where.items()}
        return _pandas().DataFrame.from_dict(rows, orient="index", columns=["meaning", "value"]).rename_axis("letter")


class Effects(Answer):
    """An effect channel by channel."""

    @property
    def coefficients(self) -> dict[str, dict[str, Any]]:
        return self._answer["coefficients"]

    @property
    def contributions(self) -> dict[str, dict[str, Any]]:
        return self._answer.get("contributions") or {}

    @property
    def total(self) -> float:
        total = self._answer.get("total")
        return _float(total.get("value") if isinstance(total, dict) else total)

    def to_frame(self) -> "pd.DataFrame":
        """One row a channel: its multiplier and its contribution as formula and number."""
        rows = {}
        for name, multiplier in self.coefficients.items():
            part = self.contributions.get(name, {})
            rows[name] = {
                "multiplier": multiplier["formula"],
                "multiplier_value": _float(multiplier.get("value")),
                "contribution": part.get("formula"),
                "value": _float(part.get("value")),
            }
        return _pandas().DataFrame.from_dict(rows, orient="index").rename_axis("channel")

    def _repr_html_(self) -> str:
        return _typeset(self._repr_latex_(), self.text)

    def _repr_latex_(self) -> str | None:
        return f"$\\displaystyle {self._answer['latex']}$" if self._answer.get("latex") else None


class Sign(Formula):
    """A sign with its proof, or the condition for it."""

    @property
    def sign(self) -> str:
        """`+`, `-`, `0` or `depends`."""
        return self._answer["sign"]

    @property
    def condition(self) -> str | None:
        return self._answer.get("condition")

    @property
    def holds_here(self) -> bool | None:
        return self._answer.get("holds_here")

    @property
    def proved(self) -> list[str]:
        return self._answer.get("proved") or []


class Hats(Answer):
    """The log-linear form of the active regime."""

    @property
    def equations(self) -> list[dict[str, Any]]:
        return self._answer["equations"]

    @property
    def latex(self) -> str | None:
        return self._latex


class Equations(Hats):
    """The system in the model's own notation."""


class Elasticities(Equilibrium):
    """d ln(unknown) / d ln(parameter)."""

    def to_frame(self) -> "pd.DataFrame":
        """Rows are quantities, columns parameters."""
        return _pandas().DataFrame(self._answer["elasticity"]).rename_axis("quantity")

    def _repr_html_(self) -> str:
        return self.to_frame()._repr_html_()


class Sam(Answer):
    """The social accounting matrix: rows receive, columns pay."""

    @property
    def accounts(self) -> list[str]:
        return self._answer["accounts"]

    @property
    def cells(self) -> list[dict[str, Any]]:
        return self._answer["cells"]

    def to_frame(self) -> "pd.DataFrame":
        """A square matrix; empty cells are 0."""
        frame = _pandas().DataFrame(0.0, index=self.accounts, columns=self.accounts).rename_axis(index="receives", columns="pays")
        for cell in self.cells:
            frame.loc[cell["receives"], cell["pays"]] += _float(cell["value"])
        return frame

    def _repr_html_(self) -> str:
        return self.to_frame()._repr_html_()


class Picture(Answer):
    """A picture as SVG and PNG, with the numbers behind it."""

    def __init__(self, answer: dict[str, Any], text: str, latex: str | None, exit: int, svg: str, png: bytes):
        super().__init__(answer, text, latex, exit)
        self.svg, self.png = svg, png

    def _repr_svg_(self) -> str:
        return self.svg

    def _repr_png_(self) -> bytes:
        return self.png

    _repr_html_ = None  # type: ignore[assignment]

    def save(self, path: Any) -> None:
        """Writes `.svg` or `.png`."""
        text = str(path)
        if text.endswith(".png"):
            with open(path, "wb") as file:
                file.write(self.png)
        elif text.endswith(".svg"):
            with open(path, "w", encoding="utf-8") as file:
                file.write(self.svg)
        else:
            raise ValueError("a picture is saved as .svg or .png")


class Sweep:
    """Equilibria at many points as columns; Arrow consumers (pyarrow, polars, duckdb) read it without a copy."""

    def __init__(self, table: _tasktrade.Table):
        self._table = table

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)

    @property
    def columns(self) -> list[str]:
        """The axes, `status`, `regime`, `error` (relative, 1e-9 where it is not larger), and what was kept."""
        return self._table.columns

    @property
    def axes(self) -> list[str]:
        return self._table.columns[: self._table.axes]

    @property
    def stopped(self) -> bool:
        """Whether it was interrupted: the rows are those that were finished before."""
        return self._table.stopped

    def __len__(self) -> int:
        return len(self._table)

    def __getitem__(self, name: str) -> list[Any]:
        found = self._table.column(name)
        if found is None:
            raise KeyError(name)
        return found

    def to_arrow(self) -> Any:
        """A `pyarrow.Table`."""
        import pyarrow

        return pyarrow.table(self)

    def to_frame(self) -> "pd.DataFrame":
        """One row a point."""
        _pandas()
        try:
            return self.to_arrow().to_pandas()
        except ImportError:
            return _pandas().DataFrame({name: self[name] for name in self.columns})

    def to_dict(self) -> dict[str, list[Any]]:
        return {name: self[name] for name in self.columns}

    def __repr__(self) -> str:
        return f"<Sweep of {len(self)} points over {', '.join(self.axes)}: {len(self.columns) - len(self.axes) - 3} quantities>"

    def _repr_html_(self) -> str:
        return self.to_frame()._repr_html_()
