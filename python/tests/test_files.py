"""Files of the field, against the packages that the field reads them with."""

import numpy as np
import pandas as pd
import pytest
from harpy import HarFileObj, HeaderArrayObj

import tasktrade
from tasktrade import data, har


def known(name, size, first):
    return {"name": name, "status": "k", "dim_type": "Set", "dim_desc": [f"{first}{k}" for k in range(size)]}


@pytest.mark.parametrize("shape", [(3,), (2, 3), (90, 100), (4, 50, 60), (2, 3, 4, 5), (8000,)])
@pytest.mark.parametrize("storage", ["FULL", "SPSE"])
def test_what_harpy_writes_is_read(tmp_path, shape, storage):
    random = np.random.default_rng(1)
    values = random.random(shape).astype(np.float32) * (random.random(shape) < 0.3)
    sets = [known(f"S{k}", n, "abcd"[k]) for k, n in enumerate(shape)]
    header = HeaderArrayObj.HeaderArrayFromData(
        "FLOW", array=values.astype(np.float32), coeff_name="FLOW", long_name="flows", storage_type=storage, sets=sets
    )
    file = HarFileObj()
    file.addHeaderArrayObj(header)
    file.addHeaderArrayObj(HeaderArrayObj.HeaderArrayFromData("WORD", array=np.array([f"w{k}" for k in range(4000)], dtype="<U12"), long_name="words"))
    file.addHeaderArrayObj(HeaderArrayObj.HeaderArrayFromData("INTS", array=np.arange(6, dtype=np.int32).reshape(2, 3), long_name="ints"))
    file.writeToDisk(str(tmp_path / "a.har"))
    found = har.read(tmp_path / "a.har")
    assert list(found) == ["FLOW", "WORD", "INTS"]
    flow = found["FLOW"]
    assert np.array_equal(flow.values, values) and flow.description == "flows" and flow.coefficient == "FLOW"
    assert flow.sets == tuple(s["name"] for s in sets) and all(flow.elements[s["name"]] == s["dim_desc"] for s in sets)
    assert list(found["WORD"].values) == [f"w{k}" for k in range(4000)]
    assert np.array_equal(found["INTS"].values, np.arange(6).reshape(2, 3))


@pytest.mark.parametrize("shape", [(3,), (2, 3), (90, 100), (4, 50, 60), (9000,), (2, 1, 9000, 2)])
def test_harpy_reads_what_is_written(tmp_path, shape):
    values = np.random.default_rng(2).random(shape).astype(np.float32)
    elements = {f"S{k}": [f"{'abcd'[k]}{j}" for j in range(n)] for k, n in enumerate(shape)}
    header = har.Header(values, "flows of goods", "FLOW", tuple(elements), elements)
    har.write(tmp_path / "b.har", {"FLOW": header, "SETS": har.Header(np.array(["one", "two"], dtype=object), "a set")})
    file = HarFileObj.loadFromDisk(str(tmp_path / "b.har"))
    there = file.getHeaderArrayObj("FLOW")
    assert np.array_equal(np.asarray(there["array"]).reshape(shape), values)
    assert [s["dim_desc"] for s in there["sets"]] == list(elements.values()) and there["long_name"].strip() == "flows of goods"
    assert [w.strip() for w in file.getHeaderArrayObj("SETS")["array"]] == ["one", "two"]
    again = har.read(tmp_path / "b.har")["FLOW"]
    assert np.array_equal(again.values, values)


def test_one_set_twice_and_series(tmp_path):
    index = pd.MultiIndex.from_product([["home", "abroad"], ["home", "abroad"]], names=["REG", "REG"])
    series = pd.Series([1.0, 2.0, 3.0, 4.0], index=index, name="BIL")
    har.write(tmp_path / "c.har", {"BILT": series})
    there = HarFileObj.loadFromDisk(str(tmp_path / "c.har")).getHeaderArrayObj("BILT")
    assert np.asarray(there["array"]).tolist() == [[1, 2], [3, 4]]
    back = har.read(tmp_path / "c.har")["BILT"].to_series()
    assert back[("abroad", "home")] == 3.0


def test_broken_files_are_refused(tmp_path):
    har.write(tmp_path / "d.har", {"AAAA": pd.Series([1.0, 2.0], index=pd.Index(["a", "b"], name="S"))})
    whole = (tmp_path / "d.har").read_bytes()
    for cut in range(1, len(whole)):
        (tmp_path / "e.har").write_bytes(whole[:cut])
        try:
            found = har.read(tmp_path / "e.har")
        except har.HarError:
            continue
        assert "AAAA" in found and cut == len(whole), cut
    (tmp_path / "e.har").write_bytes(b"model x\n" * 9)
    with pytest.raises(har.HarError):
        har.read(tmp_path / "e.har")
    with pytest.raises(har.HarError):
        har.write(tmp_path / "f.har", {"TOO_LONG": pd.Series([1.0], index=pd.Index(["a"], name="S"))})
    assert not list(tmp_path.glob("f.har*"))


def test_tables_become_parameters(tmp_path):
    table = pd.DataFrame({"sector": ["food", "cars"], "share": [0.3, 0.7]})
    table.to_stata(tmp_path / "t.dta", write_index=False)
    table.to_excel(tmp_path / "t.xlsx", index=False)
    table.to_csv(tmp_path / "t.csv", index=False)
    table.to_parquet(tmp_path / "t.parquet")
    m = tasktrade.Model(
        """
        set S = {food, cars}
        parameter a[s in S] = 0.5
        let total = sum(s in S) a[s] * (if s == cars then 2 else 1)
        country Home { endowment L = 1 }
        factor L price w
        good g numeraire
        industry g { technology leontief { L: 1 } }
        demand leontief { g: 1 }
        report { total }
        """
    )
    for ending in ("dta", "xlsx", "csv", "parquet"):
        m.reset().set("a", data.parameter(data.read(tmp_path / f"t.{ending}"), "sector", "share"))
        assert m.solve()["total"] == pytest.approx(1.7), ending
    with pytest.raises(ValueError, match="stands twice"):
        data.parameter(pd.concat([table, table]), "sector", "share")
    with pytest.raises(ValueError, match="no number"):
        data.parameter(table.assign(share=["x", 1]), "sector", "share")
    frame = m.solve().to_frame()
    for ending in ("dta", "xlsx", "csv", "parquet"):
        data.write(frame, tmp_path / f"o.{ending}")
        assert len(data.read(tmp_path / f"o.{ending}")) == len(frame)


def test_header_arrays_become_parameters(tmp_path):
    series = pd.Series([0.3, 0.7], index=pd.Index(["food", "cars"], name="S"), name="SHR")
    har.write(tmp_path / "s.har", {"SHR": series})
    m = tasktrade.Model(
        "set S = {food, cars}\nparameter a[s in S] = 0.5\ncountry Home { endowment L = a[food] }\nfactor L price w\ngood g numeraire\n"
        "industry g { technology leontief { L: 1 } }\ndemand leontief { g: 1 }\n"
    )
    m.set("a", har.read(tmp_path / "s.har")["SHR"].to_series())
    assert m.solve()["output[g]"] == pytest.approx(0.3, rel=1e-6)
