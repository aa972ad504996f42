"""Models: load, solve, shock, derive."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Iterable, Mapping, Sequence

from . import _tasktrade
from ._errors import Diagnostic, UsageError, read
from ._native import start_workers_here
from ._results import (
    Comparison,
    Effects,
    Elasticities,
    Equations,
    Equilibrium,
    Formula,
    Hats,
    Picture,
    Regime,
    Sam,
    Shock,
    Sign,
    Sweep,
)

if TYPE_CHECKING:
    import numpy as np

start_workers_here()

Number = float | int
#: Values of parameters: numbers or expressions of the language.
Value = Number | str

_DEFAULTS: dict[str, Any] = {
    "all": False,
    "latex": False,
    "mpsge": False,
    "split_all": False,
    "dark": False,
    "svg": None,
    "png": None,
    "html": None,
    "title": None,
    "size": None,
    "order": None,
    "starts": None,
    "threads": None,
    "limit": None,
}


def _text(value: Value) -> str:
    if isinstance(value, str):
        return value
    number = float(value)
    return f"{number!r}" if number >= 0 or number != number else f"-{-number!r}"


def _element(name: object) -> str:
    """An element of a set as the language writes it: quoted where it is no identifier."""
    text = str(name)
    return text if text.isidentifier() else '"' + text.replace('"', "") + '"'


def _settings(given: Mapping[str, Value] | None, named: Mapping[str, Value]) -> list[tuple[str, str]]:
    return [(name, _text(value)) for name, value in [*(given or {}).items(), *named.items()]]


class Model:
    """A model in the language of tasktrade: `Model(text)`, or `Model.load(path)`.

    Parameters given to a question hold for that question alone; `set` keeps them. Names with places go in a mapping: `m.solve({"L[Home]": 90})`.
    """

    def __init__(self, text: str, name: str = "<text>"):
        self._take(_tasktrade.Model.load(None, text, name))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "Model":
        """Reads a `.trade` file with all that it imports."""
        self = cls.__new__(cls)
        self._take(_tasktrade.Model.load(os.fspath(path)))
        return self

    def _take(self, loaded: tuple[_tasktrade.Model | None, Any]) -> None:
        model, told = loaded
        answer, *_ = read(told)
        assert model is not None
        self._model = model
        self.warnings = [Diagnostic.of(d) for d in answer["diagnostics"]]

    # A model travels as its texts, so that it works where its files are not.
    def __getstate__(self) -> Any:
        return self._model.pack()

    def __setstate__(self, state: Any) -> None:
        name, path, text, texts, settings = state
        self._take(_tasktrade.Model.unpack(name, path, text, texts))
        if settings:
            read(self._model.set([(n, _text(v)) for n, v in settings]))

    def copy(self) -> "Model":
        """The same model with the same settings, apart."""
        other = Model.__new__(Model)
        other.__setstate__(self.__getstate__())
        return other

    def __repr__(self) -> str:
        return f"<tasktrade.Model {self._model.pack()[0]!r}>"

    # Parameters

    @property
    def parameters(self) -> dict[str, float]:
        """Every parameter with its present value: endowments, given prices, elasticities, weights too."""
        return dict(self._model.parameters())

    def set(self, name: str | Mapping[str, Value] | None = None, value: Any = None, /, **named: Value) -> "Model":
        """Sets parameters for all later questions: `m.set(beta=1.2)`, `m.set({"L[Home]": 90})`.

        `m.set("a", values)` sets a family from an array-like of pandas: a Series by its index, a DataFrame by its index and columns.
        """
        settings: dict[str, Value] = dict(named)
        if isinstance(name, Mapping):
            settings.update(name)
        elif name is not None:
            settings.update(_family(name, value))
        read(self._model.set(_settings(settings, {})))
        return self

    def reset(self) -> "Model":
        """Takes all settings back: parameters have the file's values again."""
        self._model.reset()
        return self

    # Questions

    def _ask(self, command: str, argument: str, settings: Iterable[tuple[str, str]], **options: Any):
        told = self._model.ask(command, argument, {**_DEFAULTS, **options}, list(settings))
        return read(told)

    def check(self) -> dict[str, Any]:
        """Counts of the model: countries, factors, goods, variables."""
        return self._ask("check", "", [])[0]

    def solve(self, given: Mapping[str, Value] | None = None, /, *, starts: int | None = None, **named: Value) -> Equilibrium:
        """The equilibrium, with some parameters changed; `starts`: look for others from so many starting points.

        Raises `NoEquilibrium` where there is none or none was found.
        """
        return Equilibrium(*self._ask("solve", "", _settings(given, named), starts=starts))

    def regime(self, given: Mapping[str, Value] | None = None, /, **named: Value) -> Regime:
        """Which industries are active, how tasks are split, and over which values of each parameter that lasts."""
        return Regime(*self._ask("regime", "", _settings(given, named)))

    def shock(self, change: str, *, order: str | None = None, split_all: bool = False) -> Shock:
        """A shock of the file by its name, or changes: `m.shock("beta -10%, L +1")`."""
        return Shock(*self._ask("shock", change, [], order=order, split_all=split_all))

    def compare(self, *changes: str) -> Comparison:
        """Shocks side by side; all of the file if none is given."""
        return Comparison(*self._ask("compare", ", ".join(changes), []))

    def derive(self, target: str, wrt: str | None = None, *, terms: str | Sequence[str] | None = None, holding: str | None = None, limit: float | None = None) -> Formula:
        """A closed form: `m.derive("w", wrt="beta")`, `m.derive("w", terms="Omega, p")` (in terms of these), with `holding` some fixed."""
        return Formula(*self._ask("derive", _query(target, wrt, terms, holding), [], limit=limit))

    def effects(self, target: str, wrt: str | None = None, *, limit: float | None = None) -> Effects:
        """The effect channel by channel, as formula and number."""
        return Effects(*self._ask("effects", _query(target, wrt, None, None), [], limit=limit))

    def sign(self, target: str, wrt: str, *, limit: float | None = None) -> Sign:
        """A determined sign with its proof, or the exact condition for it."""
        return Sign(*self._ask("sign", _query(target, wrt, None, None), [], limit=limit))

    def hats(self) -> Hats:
        """The log-linear form of the active regime."""
        answer, text, _, exit = self._ask("hats", "", [])
        _, _, latex, _ = self._ask("hats", "", [], latex=True)
        return Hats(answer, text, latex, exit)

    def equations(self) -> Equations:
        """The system in the model's own notation."""
        answer, text, _, exit = self._ask("equations", "", [])
        _, _, latex, _ = self._ask("equations", "", [], latex=True)
        return Equations(answer, text, latex, exit)

    def elasticities(self, *, all: bool = False) -> Elasticities:
        """d ln(unknown) / d ln(parameter), for declared parameters, endowments and given prices; `all`: for every parameter."""
        return Elasticities(*self._ask("elasticities", "", [], all=all))

    def sam(self, shock: str = "") -> Sam:
        """The social accounting matrix: rows receive, columns pay."""
        return Sam(*self._ask("sam", shock, []))

    def mpsge(self) -> str:
        """The economy at its equilibrium as a program of GAMS with an MPSGE model."""
        return self._ask("export", "", [], mpsge=True)[0]["mpsge"]

    def test(self) -> dict[str, Any]:
        """Homogeneity, Walras or the outside balance, derivatives against re-solves."""
        return self._ask("test", "", [])[0]

    def plot(self, what: str, *, dark: bool = False, title: str | None = None, size: tuple[float, float] | None = None) -> Picture:
        """A picture: `m.plot("w, s against beta = 1.1..1.5")`, `m.plot("margin")`, `m.plot("regimes over beta, L")`."""
        with tempfile.TemporaryDirectory() as folder:
            svg, png = Path(folder) / "picture.svg", Path(folder) / "picture.png"
            answer, text, latex, exit = self._ask("plot", what, [], svg=svg, png=png, dark=dark, title=title, size=size)
            answer.pop("files", None)
            return Picture(answer, text.split("\n", 1)[-1], latex, exit, svg.read_text("utf-8"), png.read_bytes())

    def report(self, path: str | os.PathLike[str], *, limit: float | None = None) -> None:
        """Writes a self-contained HTML page."""
        self._ask("report", "", [], html=Path(path), limit=limit)

    def sweep(
        self,
        given: Mapping[str, "Sequence[float] | np.ndarray"] | str | None = None,
        /,
        *,
        of: Sequence[str] = (),
        product: bool = True,
        threads: int | None = None,
        chunk: int | None = None,
        **named: "Sequence[float] | np.ndarray",
    ) -> Sweep:
        """Equilibria at many points: `m.sweep(beta=np.linspace(1.1, 1.5, 1000))`.

        Several parameters make their product, the first slowest; with `product=False` they move together, row by row (a pandas DataFrame is such a
        table: its columns are parameters). `of` are the expressions to keep, all quantities if none is given. A point without equilibrium has NaN
        and says why in `status`.
        """
        if isinstance(given, str):
            raise UsageError(2, {"diagnostics": []}, "sweep takes columns of numbers: m.sweep(beta=np.linspace(1.1, 1.5, 100))")
        columns: list[tuple[str, Any]] = []
        if given is not None and hasattr(given, "columns"):
            columns = [(str(name), given[name]) for name in given.columns]  # type: ignore[attr-defined]
            product = False
        elif given is not None:
            columns = list(given.items())
        columns += list(named.items())
        axes = [(name, [float(v) for v in (values.tolist() if hasattr(values, "tolist") else values)]) for name, values in columns]
        table, told = self._model.sweep(axes, product, list(of), chunk, threads, [])
        read(told)
        assert table is not None
        return Sweep(table)


def _query(target: str, wrt: str | None, terms: str | Sequence[str] | None, holding: str | None) -> str:
    text = target
    if wrt is not None:
        text += f" wrt {wrt}"
    if terms is not None:
        text += f" in terms of {terms if isinstance(terms, str) else ', '.join(terms)}"
    if holding is not None:
        text += f" holding {holding}"
    return text


def _family(name: str, values: Any) -> dict[str, Value]:
    """Members of a family: a scalar, a mapping, a Series (its index), a DataFrame (index and columns)."""
    if hasattr(values, "stack") and hasattr(values, "columns"):
        out: dict[str, Value] = {}
        for row, line in values.iterrows():
            rows = row if isinstance(row, tuple) else (row,)
            for column, value in line.items():
                places = (*rows, *(column if isinstance(column, tuple) else (column,)))
                out[f"{name}[{', '.join(map(_element, places))}]"] = value
        return out
    if hasattr(values, "items"):
        out = {}
        for place, value in values.items():
            places = place if isinstance(place, tuple) else (place,)
            out[f"{name}[{', '.join(map(_element, places))}]"] = value
        return out
    return {name: values}
