"""Models, questions, errors, frames."""

import doctest
import math
import os
import pathlib
import pickle
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pandas as pd
import pyarrow
import pytest

import tasktrade

from conftest import ROOT


def test_the_examples_in_the_docstrings():
    for module in (tasktrade,):
        found = doctest.testmod(module)
        assert found.attempted > 0 and found.failed == 0


def test_the_equilibrium_is_a_mapping(small_ho):
    e = small_ho.solve()
    assert e.status == "solved" and e.unique
    assert e["w"] == pytest.approx(0.77946801950042, rel=1e-12)
    assert set(e) == set(e.variables) and len(e) == len(e.variables)
    assert e["beta"] == 1.3
    assert e.to_frame().loc["w", "value"] == e["w"]
    assert "<table>" in e._repr_html_()
    with pytest.raises(KeyError):
        e["nothing"]


def test_questions_leave_the_model_as_it_was(small_ho):
    before = small_ho.solve()["w"]
    assert small_ho.solve(beta=1.2)["w"] != before
    assert small_ho.solve({"L": "100 * 1.1"})["w"] == pytest.approx(before)
    assert small_ho.solve()["w"] == before
    small_ho.set(beta=1.2)
    assert small_ho.parameters["beta"] == 1.2
    small_ho.reset()
    assert small_ho.solve()["w"] == before


def test_a_shock_splits_exactly(small_ho):
    shock = small_ho.shock("beta -10%")
    assert sum(shock.effects["w"].values()) == pytest.approx(shock.change["w"], rel=1e-9)
    assert math.log(shock.after["w"] / shock.before["w"]) == pytest.approx(shock.change["w"], rel=1e-9)
    frame = shock.to_frame()
    assert list(frame.columns) == ["before", "after", "change", "linear"] and frame.loc["w", "after"] == shock["w"]


def test_formulas_carry_their_letters(small_ho):
    f = small_ho.derive("w", wrt="beta")
    assert f.formula == "-gamma[Ltasks]/(1 - gamma[Ltasks])"
    gamma = f.where["gamma[Ltasks]"]["value"]
    assert f.value == pytest.approx(-gamma / (1 - gamma)) == pytest.approx(f.solver_value)
    assert f._repr_latex_().startswith("$") and f.to_frame().loc["gamma[Ltasks]", "value"] == gamma
    s = small_ho.sign("w", wrt="beta")
    assert s.sign == "-" and s.proved
    effects = small_ho.effects("w", wrt="beta")
    assert effects.to_frame()["value"].sum() == pytest.approx(effects.total)
    assert small_ho.hats().latex and small_ho.hats().equations
    assert small_ho.equations().latex


def test_accounts_balance(small_ho):
    matrix = small_ho.sam().to_frame()
    assert np.allclose(matrix.sum(axis=0), matrix.sum(axis=1))


def test_tables_and_pictures(small_ho, tmp_path):
    table = small_ho.elasticities().to_frame()
    assert table.loc["w", "beta"] == pytest.approx(small_ho.derive("w", wrt="beta").value)
    low, high = small_ho.regime().holds["beta"]
    assert low < 1.3 < high
    assert small_ho.compare("beta -10%", "beta +10%").to_frame().shape[1] == 3
    picture = small_ho.plot("w, s against beta = 1.1..1.5")
    assert picture._repr_svg_().startswith("<svg") and picture.png.startswith(b"\x89PNG")
    picture.save(tmp_path / "a.svg")
    assert (tmp_path / "a.svg").read_text() == picture.svg
    small_ho.report(tmp_path / "a.html", limit=5)
    assert (tmp_path / "a.html").stat().st_size > 10_000


def test_a_sweep_is_columns_without_copies(small_ho):
    grid = np.linspace(1.05, 1.5, 46)
    s = small_ho.sweep(beta=grid, of=["w", "s / w"])
    assert len(s) == 46 and s.axes == ["beta"] and s.columns == ["beta", "status", "regime", "error", "w", "s / w"]
    for beta, w in zip(s["beta"], s["w"]):
        assert small_ho.solve(beta=beta)["w"] == pytest.approx(w, rel=1e-9)
    table = pyarrow.table(s)
    assert table.column("w").to_pylist() == s["w"]
    # Two readers share the numbers: no copy was made.
    addresses = {pyarrow.table(s).column("w").chunk(0).buffers()[1].address for _ in range(2)}
    assert len(addresses) == 1
    del s
    assert table.column("w").to_pylist()[0] > 0
    import polars

    again = small_ho.sweep(beta=grid, of=["w"])
    assert polars.DataFrame(again)["w"].to_list() == again["w"]
    frame = again.to_frame()
    assert set(frame["status"]) == {"solved"} and frame["regime"].nunique() >= 2


def test_products_and_rows(small_ho):
    product = small_ho.sweep(beta=[1.2, 1.3], p=[1.2, 1.21, 1.22], of=["w"])
    assert product["beta"] == [1.2] * 3 + [1.3] * 3 and product["p"] == [1.2, 1.21, 1.22] * 2
    rows = small_ho.sweep(pd.DataFrame({"beta": [1.2, 1.3], "p": [1.2, 1.21]}), of=["w"])
    assert rows["w"] == pytest.approx([product["w"][0], product["w"][4]], rel=1e-12)
    with pytest.raises(tasktrade.UsageError) as raised:
        small_ho.sweep(beta=[1.2, 1.3], p=[1.2], product=False)
    assert raised.value.code == "C025"


def test_points_without_equilibrium_say_why(small_ho):
    s = small_ho.sweep(beta=[1.3, -1.0], of=["w"])
    assert s["status"] == ["solved", "outside"] and math.isnan(s["w"][1]) and s["regime"][1] == ""


def test_families_come_from_frames():
    m = tasktrade.Model(
        """
        set S = {a, b}
        set R = {x, "y z"}
        parameter n[s in S, r in R] = 1
        let total = sum(s in S, r in R) n[s, r]
        country Home { endowment L = 1 }
        factor L price w
        good g numeraire
        industry g { technology leontief { L: 1 } }
        demand leontief { g: 1 }
        report { total }
        """
    )
    m.set("n", pd.DataFrame({"x": [1, 2], "y z": [3, 4]}, index=["a", "b"]))
    assert [v for name, v in m.parameters.items() if name.startswith("n[")] == [1, 3, 2, 4]
    assert m.solve()["total"] == 10
    m.set("n", pd.Series({("a", "x"): 5.0}))
    assert m.solve()["total"] == 14


def test_errors_are_exceptions_with_their_place(small_ho):
    with pytest.raises(tasktrade.ModelError) as raised:
        tasktrade.Model("parameter a = 1\nparameter a = 2\n")
    assert raised.value.code.startswith("N") and raised.value.line in (1, 2) and raised.value.code in str(raised.value)
    with pytest.raises(tasktrade.FileError):
        tasktrade.Model.load("nowhere.trade")
    with pytest.raises(tasktrade.TasktradeError) as raised:
        small_ho.solve(bata=1)
    assert "beta" in (raised.value.help or "")
    with pytest.raises(tasktrade.TasktradeError):
        small_ho.solve(beta=-1)
    assert small_ho.solve()["beta"] == 1.3
    again = pickle.loads(pickle.dumps(raised.value))
    assert again.code == raised.value.code and str(again) == str(raised.value)


def test_models_travel_with_their_imports(tmp_path):
    (tmp_path / "part.trade").write_text("parameter a = 3\n")
    (tmp_path / "whole.trade").write_text(
        'import "part.trade"\ncountry Home { endowment L = a }\nfactor L price w\ngood g numeraire\n'
        "industry g { technology leontief { L: 1 } }\ndemand leontief { g: 1 }\n"
    )
    m = tasktrade.Model.load(tmp_path / "whole.trade").set(a=4)
    data = pickle.dumps(m)
    (tmp_path / "part.trade").unlink()
    assert pickle.loads(data).solve()["output[g]"] == 4


def test_other_threads_run_while_one_solves(small_ho):
    ticks = []
    stop = threading.Event()

    def tick():
        while not stop.wait(0.01):
            ticks.append(time.monotonic())

    thread = threading.Thread(target=tick)
    thread.start()
    small_ho.sweep(beta=np.linspace(1.1, 1.5, 60_000), of=["w"])
    stop.set()
    thread.join()
    assert len(ticks) > 5


def test_ctrl_c_stops_a_sweep():
    program = (
        "import tasktrade, numpy as np, sys\n"
        f"m = tasktrade.Model.load(r'{ROOT / 'examples' / 'small_ho.trade'}')\n"
        "print('ready', flush=True)\n"
        "try:\n    m.sweep(beta=np.linspace(1.1, 1.5, 40_000_000), of=['w'])\n"
        "except KeyboardInterrupt:\n    print('stopped', flush=True); sys.exit(7)\n"
    )
    # An array of this size takes a while to hand over: what is interrupted then is Python itself, and the sweep after it.
    run = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert run.stdout.readline() == "ready\n"
    time.sleep(3)
    run.send_signal(signal.SIGINT)
    assert run.wait(60) == 7


def test_the_command_comes_with_it():
    folder = pathlib.Path(sys.executable).parent
    command = [str(folder / "tasktrade")] if (folder / "tasktrade").exists() else [sys.executable, "-m", "tasktrade._command"]
    example = ROOT / "examples" / "small_ho.trade"
    run = subprocess.run([*command, "derive", str(example), "w wrt beta"], capture_output=True, text=True, timeout=120)
    assert run.returncode == 0 and "−γ/(1−γ)" in run.stdout.replace(" ", "")
    assert subprocess.run([*command, "solve", "nowhere.trade"], capture_output=True).returncode == 5
    env = {**os.environ, "NO_COLOR": "1"}
    version = subprocess.run([*command, "--version"], capture_output=True, text=True, env=env).stdout
    assert version.split()[-1] == tasktrade.__version__


def test_mpsge_is_a_program_of_gams():
    text = tasktrade.Model.load("examples/protection.trade").mpsge()
    assert "$MODEL:protection" in text.replace("PROTECTION", "protection") and "SOLVE" in text
    with pytest.raises(tasktrade.ModelError) as refused:
        tasktrade.Model.load("examples/small_ho.trade").mpsge()
    assert refused.value.code == "M121"
