"""The page of reference, from the docstrings of what is public: ``python -m recipes.reference > docs/reference.md``."""

import ast
import inspect
import textwrap
from functools import cached_property
from types import FunctionType, ModuleType
from typing import Any

import auscult
from auscult import facts, phantoms, statistics

HEAD = """# Reference

Made from the docstrings by `python -m recipes.reference`; every signature is the code's own. How the parts are used
together: [use Auscult from Python](how-to/use-from-python.md).
"""
METHODS = (FunctionType, property, cached_property, classmethod, staticmethod)


def described(name: str, thing: Any) -> str:
    """One entry: signature, docstring, and for classes their public methods."""
    lines = [f"### `{name}`", "", *_signature_block(name, thing), _text(thing), ""]
    if inspect.isclass(thing):
        for method, member in vars(thing).items():
            if not method.startswith("_") and isinstance(member, METHODS) and inspect.getdoc(member):
                made = member.__func__ if isinstance(member, classmethod | staticmethod) else member
                shown = f"{method}{_signature(made)}" if callable(made) else method
                lines += [f"- `{shown}`: {(inspect.getdoc(member) or '').splitlines()[0]}"]
        lines += [""]
    return "\n".join(lines)


def _signature_block(name: str, thing: Any) -> list[str]:
    """How a function is called; a dataclass says its fields in its docstring."""
    if inspect.isclass(thing):
        return []
    return ["```python", f"{name}{_signature(thing)}", "```", ""]


def _signature(thing: Any) -> str:
    """The arguments as they are written in the code."""
    node = ast.parse(textwrap.dedent(inspect.getsource(thing))).body[0]
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return ""
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"({ast.unparse(node.args)}){returns}"


def _text(thing: Any) -> str:
    """The docstring, its sections of arguments as lists."""
    return "\n".join(
        f"- {line.strip()}" if line.startswith("    ") and not line.startswith("     ") else line.rstrip()
        for line in (inspect.getdoc(thing) or "").splitlines()
    )


def section(module: ModuleType) -> str:
    """The public names of a module."""
    named = {n: getattr(module, n) for n in module.__all__}
    names = [n for n, thing in named.items() if inspect.isclass(thing) or inspect.isfunction(thing)]
    return f"## `{module.__name__}`\n\n{inspect.getdoc(module)}\n\n" + "\n".join(
        described(name, getattr(module, name)) for name in names
    )


def page() -> str:
    """The whole page."""
    return HEAD + "\n" + "\n".join(section(m) for m in (auscult, facts, statistics, phantoms)).rstrip() + "\n"


if __name__ == "__main__":
    print(page(), end="")
