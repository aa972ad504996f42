import pathlib

import pytest

import tasktrade

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture
def small_ho():
    return tasktrade.Model.load(ROOT / "examples" / "small_ho.trade")
