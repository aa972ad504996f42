"""The page says what the package does."""

import doctest
import os

from conftest import ROOT


def test_the_page_runs(monkeypatch):
    monkeypatch.chdir(ROOT)
    found = doctest.testfile(str(ROOT / "docs" / "python.md"), module_relative=False)
    assert found.attempted > 10 and found.failed == 0
    assert os.getcwd() == str(ROOT)
