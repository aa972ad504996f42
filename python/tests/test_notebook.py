"""Notebooks: the magic in IPython, the kernel with a real client, the example notebook."""

import pathlib

import nbclient
import nbformat
import pytest
from jupyter_client.manager import start_new_kernel

import tasktrade
import tasktrade.kernel
import tasktrade.prompt

from conftest import ROOT

DECLARED = (ROOT / "examples" / "small_ho.trade").read_text("utf-8")


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    prefix = tmp_path_factory.mktemp("kernels")
    tasktrade.kernel.install(False, str(prefix))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(prefix / "share" / "jupyter"))
        manager, client = start_new_kernel(kernel_name="tasktrade", startup_timeout=60)
        yield client
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def outputs(client, code):
    found = []
    reply = client.execute_interactive(code, timeout=120, output_hook=lambda message: found.append(message))
    return reply["content"], found


def test_the_kernel_declares_asks_and_draws(kernel):
    reply, _ = outputs(kernel, DECLARED)
    assert reply["status"] == "ok"
    reply, found = outputs(kernel, "w\nshock beta -10%")
    text = "".join(m["content"].get("text", "") for m in found)
    assert reply["status"] == "ok" and "0.779" in text and "beta" in text.replace("β", "beta")
    _, found = outputs(kernel, "derive w wrt beta")
    shown = [m["content"]["data"] for m in found if m["msg_type"] == "display_data"]
    assert shown and "\\gamma" in shown[0]["text/latex"]
    _, found = outputs(kernel, "plot w against beta = 1.1..1.5")
    shown = [m["content"]["data"] for m in found if m["msg_type"] == "display_data"]
    assert shown and shown[0]["image/svg+xml"].startswith("<svg")


def test_the_kernel_says_what_is_wrong(kernel):
    reply, found = outputs(kernel, "shock bata -10%")
    assert reply["status"] == "error"
    assert any("beta" in m["content"].get("text", "") for m in found if m["msg_type"] == "stream")
    reply, _ = outputs(kernel, "w")
    assert reply["status"] == "ok"


def test_the_kernel_completes_inspects_and_waits(kernel):
    outputs(kernel, DECLARED)
    code = "derive w wrt bet"
    reply = kernel.complete(code, len(code), reply=True, timeout=30)["content"]
    assert any(m.startswith("beta") for m in reply["matches"]) and reply["cursor_start"] == code.index("bet")
    reply = kernel.inspect("Omega", 3, reply=True, timeout=30)["content"]
    assert reply["found"] and "Omega" in reply["data"]["text/plain"].replace("Ω", "Omega")
    for code, status in (("country Home {", "incomplete"), ("w", "complete")):
        asked = kernel.is_complete(code)
        while (reply := kernel.get_shell_msg(timeout=30))["parent_header"].get("msg_id") != asked:
            pass
        assert reply["content"]["status"] == status


def test_the_magic_answers_in_cells():
    from IPython.testing.globalipapp import start_ipython

    shell = start_ipython()
    shell.run_line_magic("load_ext", "tasktrade")
    from IPython.utils.capture import capture_output

    with capture_output() as got:
        shell.run_cell_magic("trade", "", DECLARED)
        shell.run_cell_magic("trade", "", "derive w wrt beta")
    assert any("text/latex" in o.data for o in got.outputs)
    with pytest.raises(tasktrade.TasktradeError) as refused:
        shell.run_line_magic("trade", "shock bata -10%")
    assert refused.value.code == "N001" and "beta" in refused.value.help
    with capture_output() as got:
        ended = shell.run_cell("%%trade\nsolve\nshock bata -10%\nsolve")
    assert not ended.success and "did you mean" in got.stdout and "Traceback" not in got.stdout


def test_words_have_their_colours():
    from pygments.lexers import get_lexer_by_name
    from pygments.token import Comment, Error, Keyword

    try:
        lexer = get_lexer_by_name("tasktrade")
    except Exception:
        from tasktrade.highlight import TradeLexer

        lexer = TradeLexer()
    for path in sorted((ROOT / "examples").glob("*.trade")):
        text = path.read_text("utf-8")
        tokens = list(lexer.get_tokens(text))
        assert not [t for t in tokens if t[0] is Error], path
        assert any(t[0] is Keyword.Declaration for t in tokens), path
        if "//" in text:
            assert any(t[0] in Comment for t in tokens), path


def test_the_example_notebook_runs(tmp_path):
    path = ROOT / "examples" / "notebooks" / "the_rise_of_offshoring.ipynb"
    book = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(book, timeout=300, resources={"metadata": {"path": str(path.parent)}}).execute()
    kinds = {kind for cell in book.cells for o in cell.get("outputs", []) for kind in o.get("data", {})}
    assert {"text/latex", "image/svg+xml", "text/html"} <= kinds
    assert not [o for cell in book.cells for o in cell.get("outputs", []) if o.output_type == "error"]
    pathlib.Path(tmp_path / "run.ipynb").write_text(nbformat.writes(book))
