"""Tables of the field's programs as values of parameters: Stata, Excel, CSV, Parquet, header arrays."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Sequence

import pandas as pd

_READERS = {
    ".csv": pd.read_csv,
    ".dta": pd.read_stata,
    ".xlsx": pd.read_excel,
    ".xls": pd.read_excel,
    ".parquet": pd.read_parquet,
}


def read(path: str | os.PathLike[str], **options: Any) -> pd.DataFrame:
    """A table by its file's ending: `.csv`, `.dta`, `.xlsx`, `.parquet`; `options` are those of pandas. For `.har` see `tasktrade.har`."""
    ending = Path(path).suffix.lower()
    reader = _READERS.get(ending)
    if reader is None:
        known = ", ".join(sorted(_READERS))
        raise ValueError(f"`{ending}` files are not tables that can be read here; there are {known}, and header arrays by tasktrade.har.read")
    return reader(path, **options)


def parameter(table: pd.DataFrame, index: str | Sequence[str], value: str) -> pd.Series:
    """One column as a family of values, for `Model.set`: `m.set("a", parameter(t, ["sector", "user"], "coefficient"))`.

    Raises `ValueError` where a place is missing, stands twice or has no number.
    """
    names = [index] if isinstance(index, str) else list(index)
    series = table.set_index(names)[value]
    if series.index.has_duplicates:
        twice = series.index[series.index.duplicated()][0]
        raise ValueError(f"{value}: {twice!r} stands twice")
    numbers = pd.to_numeric(series, errors="coerce")
    if numbers.isna().any():
        place = numbers.index[numbers.isna()][0]
        raise ValueError(f"{value}: no number at {place!r}")
    if len(names) == 1:
        numbers.index = numbers.index.map(lambda place: place[0] if isinstance(place, tuple) else place)
    return numbers


def write(table: pd.DataFrame, path: str | os.PathLike[str]) -> None:
    """Writes a frame of any answer by the file's ending."""
    ending = Path(path).suffix.lower()
    if ending == ".csv":
        table.to_csv(path)
    elif ending == ".dta":
        flat = table.reset_index()
        # Stata's names have letters, digits and underscores; what was meant stays as the label.
        labels = {c: str(c) for c in flat.columns}
        flat.columns = [_stata(str(c), k) for k, c in enumerate(flat.columns)]
        flat.to_stata(path, write_index=False, variable_labels={n: l[:80] for n, l in zip(flat.columns, labels.values())}, version=118)
    elif ending == ".xlsx":
        table.to_excel(path)
    elif ending == ".parquet":
        table.to_parquet(path)
    else:
        raise ValueError(f"`{ending}` files are not written: there are .csv, .dta, .xlsx, .parquet")


def _stata(name: str, number: int) -> str:
    plain = "".join(c if c.isascii() and (c.isalnum() or c == "_") else "_" for c in name).strip("_") or "v"
    plain = plain if plain[0].isalpha() else f"v_{plain}"
    return f"{plain[:28]}_{number}" if len(plain) > 28 or plain != name else plain
