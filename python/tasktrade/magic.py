"""`%load_ext tasktrade`: `%%trade` cells and `%trade` lines in the prompt's language."""

from __future__ import annotations

from IPython.core.magic import Magics, line_cell_magic, magics_class
from IPython.display import display

from ._errors import TasktradeError
from .prompt import Prompt


class Refused(TasktradeError):
    """What a cell asks is refused: the cell fails, and shows the diagnostic alone."""

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()


@magics_class
class TradeMagics(Magics):
    """One session of the prompt for the notebook."""

    def __init__(self, shell):
        super().__init__(shell)
        self.prompt = Prompt()

    @line_cell_magic
    def trade(self, line, cell=None):
        """Declares, asks, shocks: what the prompt of tasktrade takes. Python's `{names}` are not replaced."""
        for output in self.prompt.answers("\n".join(part for part in (line, cell) if part)):
            if output.failed:
                raise Refused(output.exit, output.answer, output.text)
            rich = {kind: part for kind, part in output.data.items() if kind != "text/plain"}
            # A formula replaces nothing of what is said in words beside it.
            print(output.text, end="")
            if rich:
                display(rich, raw=True)


def load_ipython_extension(shell):
    shell.register_magics(TradeMagics)
