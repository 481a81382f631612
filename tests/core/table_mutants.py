"""Mutants of what mutmut leaves out: tables and constants, and what is decorated.

    python tests/core/table_mutants.py MODULE ...

changes each constant, comparison, operator and container outside of plain functions of
``ums_actors/core/MODULE.py``, one at a time and in a copy, and runs the module's own
tests. It names the mutants that survive, and exits with 1 if there are any.
"""

from __future__ import annotations

import ast
import copy
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
LIMIT = 300.0
"""Seconds; a mutant that takes longer is killed."""
COMPARISONS = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
OPERATORS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}


def expressions(tree: ast.Module) -> Iterator[ast.expr]:
    """Give what mutmut leaves out: all but plain functions, and texts about types."""
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.expr):
            yield node
        stack += parts(node)


def parts(node: ast.AST) -> list[ast.AST]:
    """Give the parts of a node that are worth a look."""
    match node:
        case ast.FunctionDef(decorator_list=[]):
            return []
        case ast.FunctionDef(body=body):
            return [*body]
        case ast.ClassDef(body=body, keywords=keywords):
            return [*body, *(word.value for word in keywords)]
        case ast.AnnAssign(value=value):
            return [value] if value else []
        case ast.Assign(targets=[ast.Name("__all__" | "__slots__")]):
            return []
        case ast.Assign(value=value):
            return [value]
        case ast.Expr(ast.Constant()) | ast.If(ast.Name("TYPE_CHECKING")):
            return []
    return [*ast.iter_child_nodes(node)]


def changed(node: ast.expr) -> list[ast.expr]:
    """Give the mutants of one expression."""
    return [*changed_constants(node), *changed_operators(node), *smaller(node)]


def changed_constants(node: ast.expr) -> Iterator[ast.expr]:
    match node:
        case ast.Constant(bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(int() | float() as value):
            yield ast.Constant(value + 1)
            yield ast.Constant(value - 1)
        case ast.Constant(str() as value):
            yield ast.Constant(f"XX{value}XX")
        case ast.Constant(None):
            yield ast.Constant(1)
        case ast.Attribute(_, str() as name, ast.Load()) if name.startswith("_"):
            yield ast.Constant(None)


def changed_operators(node: ast.expr) -> Iterator[ast.expr]:
    match node:
        case ast.Compare(left, [operator], [right]) if type(operator) in COMPARISONS:
            yield ast.Compare(left, [COMPARISONS[type(operator)]()], [right])
        case ast.BinOp(left, operator, right) if type(operator) in OPERATORS:
            yield ast.BinOp(left, OPERATORS[type(operator)](), right)
        case ast.BoolOp(operator, values):
            other = ast.And() if isinstance(operator, ast.Or) else ast.Or()
            yield ast.BoolOp(other, values)
        case ast.UnaryOp(ast.Not(), operand):
            yield operand
        case ast.IfExp(test, one, two):
            yield ast.IfExp(test, two, one)


def smaller(node: ast.expr) -> Iterator[ast.expr]:
    """Give a container without each of its items."""
    match node:
        case ast.Set(items) | ast.Tuple(items, ast.Load()) | ast.List(items):
            name = ast.Name(type(node).__name__.lower(), ast.Load())
            for at in range(len(items)):
                rest = ast.List(items[:at] + items[at + 1 :], ast.Load())
                yield ast.Call(name, [rest], [])
        case ast.Dict(keys, values):
            for at in range(len(keys)):
                yield ast.Dict(
                    keys[:at] + keys[at + 1 :], values[:at] + values[at + 1 :]
                )


def mutants(source: str) -> Iterator[tuple[int, str, str]]:
    """Give (line, what was changed, source) of each mutant."""
    tree = ast.parse(source)
    for number, node in enumerate(list(expressions(tree))):
        for variant in range(len(changed(node))):
            other = copy.deepcopy(tree)
            target = list(expressions(other))[number]
            new = changed(target)[variant]

            class Swap(ast.NodeTransformer):
                def visit(self, node: ast.AST, at=target, by=new) -> ast.AST:
                    return by if node is at else self.generic_visit(node)

            text = ast.unparse(ast.fix_missing_locations(Swap().visit(other)))
            yield node.lineno, f"{ast.unparse(node)} -> {ast.unparse(new)}", text


def survives(folder: Path, module: str) -> bool:
    """Run the module's own tests in a folder; tell whether they all pass."""
    program = [sys.executable, "-B", "-m", "pytest", "-q", "-x"]
    program += ["-p", "no:cacheprovider", f"tests/core/test_{module}.py"]
    try:
        done = subprocess.run(
            program, cwd=folder, check=False, capture_output=True, timeout=LIMIT
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def main(modules: list[str]) -> int:
    """Give 0 if all were killed, else 1."""
    total, left = 0, 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for each in ("ums_actors", "tests"):
            shutil.copytree(ROOT / each, folder / each)
        shutil.copy(ROOT / "pyproject.toml", folder)
        for module in modules:
            file = folder / "ums_actors" / "core" / f"{module}.py"
            source = file.read_text("utf-8")
            shutil.rmtree(file.parent / "__pycache__", ignore_errors=True)
            assert survives(folder, module), f"the tests of {module} fail as it is"
            for line, what, text in mutants(source):
                total += 1
                file.write_text(text, "utf-8")
                if survives(folder, module):
                    left += 1
                    sys.stdout.write(f"{module}:{line}: {what}\n")
                sys.stdout.flush()
            file.write_text(source, "utf-8")
            sys.stdout.write(f"up to {module}: {total} mutants, {left} survive\n")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
