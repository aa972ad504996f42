"""Sweeps and Monte Carlo on a Dask cluster, with the bits of a sweep on one machine.

A worker needs this package only: the numeric engine runs without the algebra engine. A task that fails is tried again, a worker that dies is replaced by
another.
"""

from __future__ import annotations

import os
from typing import Any, Mapping, Sequence

import numpy as np
import pandas as pd

from . import _tasktrade
from ._model import Model

#: Points of one task: long enough that sending it costs nothing beside solving it.
POINTS = 20_000
#: How often a failed task is tried again.
RETRIES = 3


def _solve(model: Model, names: list[str], columns: list[np.ndarray], of: list[str], chunk: int, out: str | None) -> Any:
    """One part of a sweep, on a worker: its frame, or the file that holds it."""
    found = model.sweep(dict(zip(names, columns)), of=of, product=False, threads=1, chunk=chunk)
    frame = _plain(found.to_frame())
    if out is None:
        return frame
    # Whole or not there: a task that is tried again, or two that try at once, leave one file.
    rough = f"{out}.{os.getpid()}"
    frame.to_parquet(rough, index=False)
    os.replace(rough, out)
    return out


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Words as text: parts of one sweep meet different regimes, and their categories would differ."""
    return frame.astype({"status": "str", "regime": "str"})


def _part(axes: Sequence[np.ndarray], product: bool, start: int, stop: int) -> list[np.ndarray]:
    """Rows `start` to `stop` of a grid, the first axis slowest."""
    if not product:
        return [axis[start:stop] for axis in axes]
    places = np.unravel_index(np.arange(start, stop), tuple(len(axis) for axis in axes))
    return [axis[at] for axis, at in zip(axes, places)]


def sweep(
    model: Model,
    grid: Mapping[str, Sequence[float]] | pd.DataFrame,
    client: Any = None,
    *,
    of: Sequence[str] = (),
    product: bool = True,
    out: str | os.PathLike[str] | None = None,
    points: int = POINTS,
) -> Any:
    """Equilibria at many points, as a Dask dataframe whose partitions are parts of the grid in its order.

    `grid` is as for `Model.sweep`: columns that make their product, or, with `product=False` or as a DataFrame, rows. Without `client` the current one is
    taken. With `out`, each part is written as a Parquet file in that folder as soon as it is solved, and the dataframe reads them. `points` is the least
    number of points a task.
    """
    import dask.dataframe as dd

    if client is None:
        from distributed import get_client

        client = get_client()
    if isinstance(grid, pd.DataFrame):
        product = False
    names = [str(name) for name in grid]
    axes = [np.asarray(grid[name], dtype=float) for name in grid]
    if not names:
        raise ValueError("nothing is moved: name a parameter and its values")
    if not product and len({len(axis) for axis in axes}) > 1:
        raise ValueError("columns of unlike lengths: a row is a point")
    total = int(np.prod([len(axis) for axis in axes])) if product else len(axes[0])
    if total == 0:
        raise ValueError("a grid without points")
    chunk = _tasktrade.chunk(total)
    step = chunk * max(1, -(-points // chunk))
    of = list(of)
    # What is asked for is checked here, where the error is seen at once, and gives the columns' types.
    meta = _plain(model.sweep(dict(zip(names, _part(axes, product, 0, 1))), of=of, product=False).to_frame()).iloc[:0]
    folder = None
    if out is not None:
        folder = os.fspath(out)
        os.makedirs(folder, exist_ok=True)
    there = client.scatter(model, broadcast=True, hash=False)
    tasks = []
    for number, start in enumerate(range(0, total, step)):
        part = _part(axes, product, start, min(start + step, total))
        file = None if folder is None else os.path.join(folder, f"part.{number:06}.parquet")
        tasks.append(client.submit(_solve, there, names, part, of, chunk, file, retries=RETRIES, pure=False))
    if folder is not None:
        client.gather(tasks)
        return dd.read_parquet(folder)
    return dd.from_delayed(tasks, meta=meta, verify_meta=False)


def latin_hypercube(distributions: Mapping[str, Any], points: int, seed: int | None = None) -> pd.DataFrame:
    """Draws of independent parameters, spread evenly over their joint distribution.

    `distributions` are frozen ones of `scipy.stats`, by parameter. Source: McKay, Beckman and Conover (1979).
    """
    from scipy.stats import qmc

    draws = qmc.LatinHypercube(d=len(distributions), seed=seed).random(points)
    return pd.DataFrame({name: law.ppf(draws[:, k]) for k, (name, law) in enumerate(distributions.items())})


def monte_carlo(
    model: Model,
    distributions: Mapping[str, Any],
    points: int,
    client: Any = None,
    *,
    of: Sequence[str] = (),
    seed: int | None = None,
    out: str | os.PathLike[str] | None = None,
) -> Any:
    """Equilibria at parameters drawn by `latin_hypercube`, as `sweep` gives them."""
    return sweep(model, latin_hypercube(distributions, points, seed), client, of=of, out=out)
