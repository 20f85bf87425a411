"""Finds texts that people read and that no catalogue of texts has, by reading the source."""

import ast
import re
from collections.abc import Iterator
from typing import Final

SAYING: Final = frozenset({"say", "say_count", "sentence", "mark", "translated"})
"""The functions that look a text up, or name one to be looked up later; their first argument is in the catalogue."""
COUNTING: Final = frozenset({"plural", "say_count", "say_day", "listed", "join_words"})
"""Those whose first arguments are a count or a list, and texts after it."""
READ: Final[dict[str, tuple[str, ...]]] = {
    "Reply": ("text",),
    "Card": ("title", "", "text", "note"),
    "Fact": ("label", "value"),
    "Row": ("text", "note"),
    "Listing": ("title", "", "empty", "note"),
    "Chart": ("title", "", "", "across", "up"),
    "DataTable": ("head",),
    "Attachment": ("", "", "text"),
    "Form": ("", "", "", "notice", "about"),
    "Confirm": ("", "", "title", "", "yes", "", "note"),
    "MessageContent": ("", "stamp"),
    "Option": ("text", "", "note"),
    "Bold": ("text",),
    "UserError": ("text",),
    "FieldError": ("", "text"),
    "SeveralMeanings": ("", "text"),
    "OtherCompany": ("what",),
    "UnclearName": ("text",),
    "UnclearTime": ("", "", "advice"),
    "NoDays": ("text",),
    "Misread": ("text",),
    "Doubt": ("question",),
    "refuse": ("", "text"),
}
"""What people read, by the fields that hold texts, in their order; "" for one that holds something else."""
ALL_READ: Final = frozenset({"prose"})
"""Calls whose every argument is read."""
FILLING: Final = frozenset({"say", "say_count", "sentence"})
"""Calls whose keyword arguments stand in a text."""
MISTAKES: Final = frozenset(
    {"ValueError", "TypeError", "RuntimeError", "AssertionError", "KeyError", "LookupError", "NotImplementedError",
     "Clash", "ButtonTooLong", "FormTooLarge", "UnreadableJson", "Unreadable", "BadRolesFile", "Outage"}
)  # fmt: skip
"""What only whoever runs or programs this reads, in a log or a terminal."""
NAMES: Final = frozenset({"Slack", "Dialpad", "CSV", "JSON", "MB", "kB", "UTC", "ID", "IVR"})
"""Words that are the same in every language."""
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_CODE: Final = re.compile(r"`[^`]*`|<[^<>]*>|https?:\S+")
"""What is no words of ours: code, markup, addresses."""
_LONG: Final = 3
"""Words from which a literal is a sentence, wherever it stands."""

Found = tuple[int, str]
"""A line and the words that stand there."""


def words_of(text: str) -> list[str]:
    """Return the words of a literal that have a meaning in one language only."""
    return [word for word in _WORD.findall(_CODE.sub(" ", text)) if word not in NAMES]


def called(node: ast.Call) -> str:
    """Return the name of the function that is called."""
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda]:
    """Return all functions that are not within another one."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield node
        else:
            waiting.extend(ast.iter_child_nodes(node))


def inside(tree: ast.Module) -> Iterator[ast.AST]:
    """Return what runs when a function is called: bodies, without decorators, defaults and annotations."""
    for function in functions(tree):
        for part in function.body if isinstance(function.body, list) else [function.body]:
            yield from ast.walk(part)


def at_import(tree: ast.Module) -> Iterator[ast.AST]:
    """Return what runs when a module is imported."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting += [*node.decorator_list, *node.args.defaults, *(one for one in node.args.kw_defaults if one)]
        elif not isinstance(node, ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))


def literals(node: ast.expr) -> Iterator[ast.Constant]:
    """Return the literal texts that an expression may be, or be put together from."""
    match node:
        case ast.Constant(value=str()):
            yield node
        case ast.IfExp(body=one, orelse=other):
            yield from literals(one)
            yield from literals(other)
        case (
            ast.BoolOp(values=several)
            | ast.Tuple(elts=several)
            | ast.List(elts=several)
            | ast.JoinedStr(values=several)
        ):
            for one in several:
                yield from literals(one)
        case ast.BinOp(left=one, op=ast.Add(), right=other):
            yield from literals(one)
            yield from literals(other)
        case ast.FormattedValue(value=one) | ast.Starred(value=one) | ast.NamedExpr(value=one):
            yield from literals(one)
        case ast.Call(func=ast.Attribute(value=ast.Constant() as one, attr="join")):
            yield from literals(one)
        case _:
            pass


def read_by_people(node: ast.Call) -> Iterator[ast.expr]:
    """Return the arguments of a call that people read."""
    name = called(node)
    fields = READ.get(name, ())
    yield from (value for field, value in zip(fields, node.args, strict=False) if field)
    yield from (one.value for one in node.keywords if one.arg and one.arg in fields)
    if name in ALL_READ:
        yield from node.args
    if name in FILLING:
        yield from (one.value for one in node.keywords)


def unsaid(tree: ast.Module) -> Iterator[Found]:
    """Find words that are given to what people read without being looked up."""
    for node in inside(tree):
        if isinstance(node, ast.Call):
            for value in read_by_people(node):
                for one in literals(value):
                    if words_of(str(one.value)):
                        yield one.lineno, str(one.value)


def unseen(tree: ast.Module) -> Iterator[Found]:
    """Find sentences inside functions that are said by nothing."""
    excused = {id(one) for node in inside(tree) for one in _excused(node)}
    parts = {id(part) for node in inside(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in inside(tree):
        if id(node) in excused or id(node) in parts:
            continue
        if isinstance(node, ast.JoinedStr):
            text = " … ".join(str(one.value) for one in node.values if isinstance(one, ast.Constant))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        else:
            continue
        if sum(1 for token in _CODE.sub(" ", text).split() if words_of(token)) >= _LONG:
            yield node.lineno, text


def _excused(node: ast.AST) -> Iterator[ast.AST]:
    """Return the literals that a node takes, and that need not be said: they are looked up, or nobody reads them."""
    match node:
        case ast.Expr(value=ast.Constant() as docstring):
            yield docstring
        case ast.AnnAssign(annotation=types) | ast.arg(annotation=ast.expr() as types):
            yield from ast.walk(types)
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            for one in (*node.decorator_list, *([node.returns] if node.returns else [])):
                yield from ast.walk(one)
        case ast.Call():
            yield from _of_call(node)
        case ast.Compare():
            yield from ast.walk(node)
        case _:
            pass


def _of_call(node: ast.Call) -> Iterator[ast.AST]:
    """Return what a call takes that is looked up, or that nobody reads."""
    match node.func:
        case ast.Attribute(value=ast.Name(id="_log" | "log" | "re")):
            yield from ast.walk(node)
        case _ if called(node) in MISTAKES:
            yield from ast.walk(node)
        case _ if called(node) in SAYING | COUNTING:
            for one in node.args:
                yield from literals(one)
        case ast.Name(id="Button"):  # its label is looked up where it is drawn
            for one in (*node.args[:1], *(more.value for more in node.keywords if more.arg in {"label", "spoken"})):
                yield from literals(one)
        case _:
            pass


def glued(tree: ast.Module) -> Iterator[Found]:
    """Find texts to look up that are put together first, so that no catalogue can have them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node) in SAYING and node.args:
            count = 2 if called(node) == "say_count" else 1
            for one in node.args[:count]:
                if any(isinstance(part, ast.JoinedStr) for part in ast.walk(one)) or isinstance(one, ast.BinOp):
                    yield one.lineno, ast.unparse(one)


def said_too_early(tree: ast.Module) -> Iterator[Found]:
    """Find texts that are said when a module is imported, when nobody reads them yet."""
    for node in at_import(tree):
        if isinstance(node, ast.Call) and called(node) in {"say", "say_count", "sentence", "plural"}:
            yield node.lineno, ast.unparse(node)
