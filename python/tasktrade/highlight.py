"""Colours for the language: a Pygments lexer made from its own words."""

from __future__ import annotations

from pygments.lexer import RegexLexer, words
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String, Text

from . import _tasktrade

_FIRST, _INSIDE, _AT_PLACE, _COMMANDS = _tasktrade.words()


class TradeLexer(RegexLexer):
    """Programs and inputs of tasktrade."""

    name = "tasktrade"
    aliases = ["tasktrade", "trade"]
    filenames = ["*.trade"]
    mimetypes = ["text/x-tasktrade"]
    url = "https://docs.rs/tasktrade"

    tokens = {
        "root": [
            (r"\s+", Text),
            (r"///.*$", Comment.Special),
            (r"//.*$", Comment.Single),
            (r"/\*", Comment.Multiline, "comment"),
            (r'"[^"\n]*"', String),
            (r"(?:\d+\.\d+|\d+)(?:[eE][+-]?\d+)?", Number),
            (words(_FIRST, suffix=r"(?!\w)"), Keyword.Declaration),
            (words(_INSIDE, suffix=r"(?!\w)"), Keyword),
            (words(_COMMANDS, prefix=r"^", suffix=r"(?!\w)"), Keyword.Namespace),
            (words(_AT_PLACE, suffix=r"(?!\w)"), Name.Builtin),
            (r"[^\W\d]\w*\*?", Name),
            (r"->|\.\.|[<>=!]=|[-+*/^%=<>]", Operator),
            (r"[{}\[\](),:;.|~]", Punctuation),
            (r".", Text),
        ],
        "comment": [(r"\*/", Comment.Multiline, "#pop"), (r"[^*]+|\*", Comment.Multiline)],
    }
