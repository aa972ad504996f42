"""What each door shows, as a browser draws it: `UPDATE_PICTURES=1 pytest python/tests/test_pictures.py` renews those of the documentation."""

import io
import os
import pathlib
import shutil
import subprocess

import jupyter_server_mathjax
import nbclient
import nbconvert
import nbformat
import pytest
from PIL import Image, ImageChops, PngImagePlugin

import tasktrade.kernel

from conftest import ROOT

PICTURES = ROOT / "docs" / "pictures"
MATHJAX = pathlib.Path(jupyter_server_mathjax.__file__).parent / "static" / "MathJax.js"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

PAGES = {
    "python": (
        "python3",
        [
            'import numpy as np, tasktrade\nm = tasktrade.Model.load("examples/small_ho.trade")\nm.derive("w", wrt="beta")',
            'm.shock("beta -10%")',
            'm.sweep(beta=np.linspace(1.05, 1.5, 46), of=["w", "I", "s / w"]).to_frame().tail(3)',
        ],
    ),
    "notebook": (
        "python3",
        [
            "%load_ext tasktrade",
            "%%trade\nload examples/large_ho.trade\nsign w[Home] wrt beta\nplot w[Home], s[Home] against beta",
        ],
    ),
    "kernel": (
        "tasktrade",
        [
            "load examples/protection.trade\nset t = 0.2",
            'shock t +5pp\nplot welfare[Home] against t = 0..0.6 --title "Welfare at home"',
        ],
    ),
    "cluster": (
        "python3",
        [
            "import scipy.stats, tasktrade, tasktrade.dask\nfrom distributed import Client, LocalCluster\n"
            'm = tasktrade.Model.load("examples/small_ho.trade")\n'
            "client = Client(LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None))\n"
            'draws = tasktrade.dask.monte_carlo(m, {"beta": scipy.stats.uniform(1.1, 0.3)}, 2000, client, of=["w", "s / w"])\n'
            "draws.compute().describe()",
        ],
    ),
    "files": (
        "python3",
        [
            "import pandas as pd, tasktrade.data, tasktrade.har\n"
            'sectors = {"sector": ["grain", "steel"] * 2, "user": ["grain"] * 2 + ["steel"] * 2}\n'
            "use = pd.DataFrame({**sectors, 'share': [0.1, 0.2, 0.05, 0.4]})\n"
            'use.to_stata("use.dta", write_index=False)\n'
            'share = tasktrade.data.parameter(tasktrade.data.read("use.dta"), ["sector", "user"], "share")\n'
            'tasktrade.har.write("use.har", {"USE": share})\n'
            'tasktrade.har.read("use.har")["USE"].to_series().unstack()',
        ],
    ),
}


def page(name: str, kernel: str, cells: list[str], folder: pathlib.Path, monkeypatch) -> str:
    monkeypatch.setenv("JUPYTER_PATH", str(folder / "share" / "jupyter"))
    tasktrade.kernel.install(False, str(folder))
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    for k, cell in enumerate(book.cells):
        cell["id"] = f"cell-{k}"
    if name != "files":
        (folder / "examples").symlink_to(ROOT / "examples")
    nbclient.NotebookClient(book, kernel_name=kernel, timeout=120, resources={"metadata": {"path": str(folder)}}).execute()
    for cell in book.cells:
        # The engine's notice and warnings of others go to stderr.
        cell.outputs = [o for o in cell.outputs if not (o.output_type == "stream" and o.name == "stderr")]
        assert all(o.output_type != "error" for o in cell.outputs)
    assert any(cell.outputs for cell in book.cells)
    html, _ = nbconvert.HTMLExporter(mathjax_url=f"{MATHJAX.as_uri()}?config=TeX-AMS-MML_HTMLorMML-full", require_js_url="", jquery_url="").from_notebook_node(book)
    return html


def drawn(html: str, folder: pathlib.Path) -> Image.Image:
    source, target = folder / "page.html", folder / "page.png"
    source.write_text(html, "utf-8")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    flags += ["--disable-component-update", "--disable-sync", "--hide-scrollbars", "--allow-file-access-from-files", f"--user-data-dir={folder / 'profile'}"]
    subprocess.run([CHROMIUM, *flags, "--window-size=1000,1600", "--virtual-time-budget=20000", f"--screenshot={target}", source.as_uri()], check=True, timeout=120, capture_output=True)
    picture = Image.open(target).convert("RGB")
    box = ImageChops.difference(picture, Image.new("RGB", picture.size, "white")).getbbox()
    assert box, "the page is empty"
    return picture.crop((0, 0, picture.width, min(picture.height, box[3] + 20)))


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium to draw with")
@pytest.mark.parametrize("name", PAGES)
def test_pictures_of_the_documentation(name, tmp_path, monkeypatch):
    kernel, cells = PAGES[name]
    html = page(name, kernel, cells, tmp_path, monkeypatch)
    picture = drawn(html, tmp_path)
    asked = "\n\n".join(cells)
    kept = PICTURES / f"{name}.png"
    if os.environ.get("UPDATE_PICTURES"):
        about = PngImagePlugin.PngInfo()
        about.add_text("Cells", asked)
        PICTURES.mkdir(exist_ok=True)
        picture.quantize(64).save(kept, pnginfo=about, optimize=True)
    # Fonts differ between machines, what is asked and the size of the answers do not.
    with Image.open(io.BytesIO(kept.read_bytes())) as old:
        assert old.text["Cells"] == asked, "renew the picture"
        assert abs(old.height - picture.height) <= 0.15 * old.height
    colours = picture.convert("L").histogram()
    assert sum(colours[:128]) > 2000, "hardly anything is written on the page"
