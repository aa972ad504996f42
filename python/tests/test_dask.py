"""A real local cluster: two workers as processes, one killed half way."""

import os
import signal
import time

import numpy as np
import pytest
import scipy.stats
from distributed import Client, LocalCluster

import tasktrade.dask


@pytest.fixture(scope="module")
def client():
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster, Client(cluster) as client:
        yield client


def test_the_bits_are_those_of_one_machine(client, small_ho):
    grid = {"beta": np.linspace(1.1, 1.5, 700), "p": np.linspace(1.2, 1.22, 11)}
    there = tasktrade.dask.sweep(small_ho, grid, client, of=["w", "output[x]"], points=1000).compute()
    here = small_ho.sweep(grid, of=["w", "output[x]"]).to_frame()
    assert len(there) == 7700
    for name in ("beta", "p", "w", "output[x]"):
        assert np.array_equal(there[name].to_numpy(), here[name].to_numpy(), equal_nan=True), name
    assert list(there["regime"]) == list(here["regime"].astype(str))


def test_a_killed_worker_costs_nothing(client, small_ho, tmp_path):
    # The first part that is written shows that the work has begun.
    victim = sorted(w["id"] for w in client.scheduler_info()["workers"].values())[0]
    pids = client.run(os.getpid)
    victim = sorted(pids.values())[0]
    grid = {"beta": np.linspace(1.1, 1.5, 60_000)}
    import threading

    def kill():
        end = time.monotonic() + 60
        while not list(tmp_path.glob("part.*.parquet")) and time.monotonic() < end:
            time.sleep(0.005)
        os.kill(victim, signal.SIGKILL)

    thread = threading.Thread(target=kill)
    thread.start()
    found = tasktrade.dask.sweep(small_ho, grid, client, of=["w"], points=2000, out=tmp_path).compute()
    thread.join()
    here = small_ho.sweep(grid, of=["w"]).to_frame()
    assert np.array_equal(found.sort_values("beta")["w"].to_numpy(), here["w"].to_numpy())


def test_monte_carlo_draws_parameters(client, small_ho):
    laws = {"beta": scipy.stats.uniform(1.15, 0.2), "sigma[x]": scipy.stats.lognorm(0.2, scale=0.6)}
    draws = tasktrade.dask.latin_hypercube(laws, 500, seed=1)
    assert len(draws) == 500 and draws["beta"].between(1.15, 1.35).all()
    # Evenly spread: each of ten bands has a tenth.
    assert (np.histogram(draws["beta"], 10, (1.15, 1.35))[0] == 50).all()
    found = tasktrade.dask.monte_carlo(small_ho, laws, 500, client, of=["w"], seed=1).compute()
    assert np.array_equal(found["beta"].to_numpy(), draws["beta"].to_numpy())
    assert (found["status"] == "solved").all() and found["w"].notna().all()


def test_what_is_wrong_is_said_before_anything_is_sent(client, small_ho):
    with pytest.raises(tasktrade.TasktradeError):
        tasktrade.dask.sweep(small_ho, {"bata": [1.0]}, client)
