"""A Jupyter kernel that speaks the language: `python -m tasktrade.kernel install --user`."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel

from . import __version__
from .prompt import Prompt


class TradeKernel(Kernel):
    implementation = "tasktrade"
    implementation_version = __version__
    banner = f"tasktrade {__version__}: declare a model, ask, shock; `help` lists what there is"
    language_info = {
        "name": "tasktrade",
        "version": __version__,
        "mimetype": "text/x-tasktrade",
        "file_extension": ".trade",
        "pygments_lexer": "tasktrade",
        # Braces, strings and comments are those of the family; words are coloured by the lexer on export.
        "codemirror_mode": {"name": "clike"},
    }

    def __init__(self, **arguments):
        super().__init__(**arguments)
        self.prompt = Prompt()

    def do_execute(self, code, silent, store_history=True, user_expressions=None, allow_stdin=False, **_):
        for output in self.prompt.answers(code):
            if output.failed:
                if not silent:
                    self.send_response(self.iopub_socket, "stream", {"name": "stderr", "text": output.text})
                error = {"ename": "tasktrade", "evalue": output.text.split("\n", 1)[0], "traceback": []}
                if not silent:
                    self.send_response(self.iopub_socket, "error", error)
                return {"status": "error", "execution_count": self.execution_count, **error}
            if not silent:
                if output.text:
                    self.send_response(self.iopub_socket, "stream", {"name": "stdout", "text": output.text})
                rich = {kind: part for kind, part in output.data.items() if kind != "text/plain"}
                if rich:
                    self.send_response(self.iopub_socket, "display_data", {"data": rich, "metadata": {}})
        return {"status": "ok", "execution_count": self.execution_count, "payload": [], "user_expressions": {}}

    def do_complete(self, code, cursor_pos):
        start, offers = self.prompt.complete(code, cursor_pos)
        return {"status": "ok", "matches": offers, "cursor_start": start, "cursor_end": cursor_pos, "metadata": {}}

    def do_inspect(self, code, cursor_pos, detail_level=0, omit_sections=()):
        start = end = cursor_pos
        while start > 0 and (code[start - 1].isalnum() or code[start - 1] in "_*"):
            start -= 1
        while end < len(code) and (code[end].isalnum() or code[end] in "_*"):
            end += 1
        found = self.prompt.help(code[start:end]) if end > start else None
        return {"status": "ok", "found": found is not None, "data": {"text/plain": found} if found else {}, "metadata": {}}

    def do_is_complete(self, code):
        return {"status": "complete"} if self.prompt.ends(code) else {"status": "incomplete", "indent": "  "}


def install(user: bool, prefix: str | None) -> str:
    """Writes the kernel's specification where Jupyter finds it."""
    from jupyter_client.kernelspec import KernelSpecManager

    spec = {
        "argv": [sys.executable, "-m", "tasktrade.kernel", "-f", "{connection_file}"],
        "display_name": "tasktrade",
        "language": "tasktrade",
        "interrupt_mode": "signal",
    }
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "kernel.json").write_text(json.dumps(spec, indent=1), "utf-8")
        return KernelSpecManager().install_kernel_spec(folder, "tasktrade", user=user, prefix=prefix)


def main() -> None:
    if sys.argv[1:2] == ["install"]:
        parser = argparse.ArgumentParser(prog="python -m tasktrade.kernel install")
        where = parser.add_mutually_exclusive_group()
        where.add_argument("--user", action="store_true", help="for this user")
        where.add_argument("--prefix", help="below this folder, such as an environment's")
        given = parser.parse_args(sys.argv[2:])
        prefix = given.prefix or (None if given.user else sys.prefix)
        print("installed in", install(given.user, prefix))
        return
    IPKernelApp.launch_instance(kernel_class=TradeKernel)


if __name__ == "__main__":
    main()
