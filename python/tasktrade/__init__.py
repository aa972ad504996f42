"""tasktrade: models of international trade, from Python.

>>> import tasktrade
>>> m = tasktrade.Model('''
... factor L price w
... country Home { endowment L = 100 }
... parameter A = 2
... good x numeraire
... industry x { technology leontief { L: 1 / A } }
... demand leontief { x: 1 }
... ''')
>>> m.solve()["w"]
2.0
>>> m.solve(A=3)["w"]
3.0
"""

from ._errors import (
    AlgebraError,
    Diagnostic,
    FileError,
    InternalError,
    Interrupted,
    ModelError,
    NoEquilibrium,
    TasktradeError,
    UsageError,
)
from ._model import Model
from ._results import (
    Comparison,
    Effects,
    Elasticities,
    Equations,
    Equilibrium,
    Formula,
    Hats,
    Picture,
    Regime,
    Sam,
    Shock,
    Sign,
    Sweep,
)
from ._tasktrade import __version__

__all__ = [
    "AlgebraError",
    "Comparison",
    "Diagnostic",
    "Effects",
    "Elasticities",
    "Equations",
    "Equilibrium",
    "FileError",
    "Formula",
    "Hats",
    "InternalError",
    "Interrupted",
    "Model",
    "ModelError",
    "NoEquilibrium",
    "Picture",
    "Regime",
    "Sam",
    "Shock",
    "Sign",
    "Sweep",
    "TasktradeError",
    "UsageError",
    "__version__",
    "load_ipython_extension",
]


def load_ipython_extension(shell):
    """`%load_ext tasktrade`: cells that start with `%%trade` speak the prompt's language."""
    from .magic import load_ipython_extension as load

    load(shell)
