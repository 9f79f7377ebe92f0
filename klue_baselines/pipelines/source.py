"""Modules as text: what a module defines and imports, and what each of its definitions needs."""

from __future__ import annotations

import ast
import importlib.util
import symtable
from collections.abc import Iterator, Set
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Import:
    """A name that a module imports: `from module import original`, or `import module`."""

    module: str
    original: str | None


class Source:
    """A module's text.

    definitions: its functions, classes and constants by their names; a name that has none of these
    is imported, Python's own, or not to be copied. imports: the names that it imports at its top.
    """

    def __init__(self, module: str) -> None:
        spec = importlib.util.find_spec(module)
        assert spec is not None and spec.origin is not None
        text = Path(spec.origin).read_text(encoding="utf-8")
        tree = ast.parse(text)
        self.module, self.lines = module, text.splitlines()
        self.definitions = {name: node for node in tree.body for name in defined_by(node)}
        self.imports = {
            name: found for node in tree.body for name, found in imported_by(node, str(spec.parent))
        }
        table = symtable.symtable(text, spec.origin, "exec")
        self.scopes = {one.get_name(): one for one in table.get_children()}

    def needs(self, name: str) -> set[str]:
        """Return the names of the module that a definition needs, local ones left out.

        Raises:
            ValueError: it imports something of this project itself.
        """
        node = self.definitions[name]
        for inner in ast.walk(node):
            if isinstance(inner, ast.ImportFrom) and (inner.level or is_ours(str(inner.module))):
                raise ValueError(f"{self.module}.{name}: found an import in it, expected none")
        found = {one for part in outer_parts(node) for one in names_in(part)}
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found |= global_names(self.scopes[name])
        return found & (self.definitions.keys() | self.imports.keys()) - {name}

    def text_of(self, names: Set[str]) -> str:
        """Return the text of definitions in the module's order, with the comments above them."""
        nodes = {id(node): node for name, node in self.definitions.items() if name in names}
        parts: list[str] = []
        for node in nodes.values():
            start = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
            while start > 1 and self.lines[start - 2].startswith("#"):
                start -= 1
            alone = isinstance(node, ast.FunctionDef | ast.ClassDef)
            text = "\n".join(self.lines[start - 1 : node.end_lineno])
            parts.append(f"\n\n{text}\n" if alone else text)
        return "\n".join(parts).strip("\n")


def is_ours(module: str) -> bool:
    """Return whether a module is of this project."""
    return module.startswith("klue_")


@cache
def source_of(module: str) -> Source:
    """Return a module's text, read once."""
    return Source(module)


def defined_by(node: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement at a module's top defines."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            for one in ast.walk(target):
                if isinstance(one, ast.Name):
                    yield one.id


def imported_by(node: ast.stmt, package: str) -> Iterator[tuple[str, Import]]:
    """Yield the names that a statement at a module's top imports."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield alias.asname or alias.name.partition(".")[0], Import(alias.name, None)
    elif isinstance(node, ast.ImportFrom) and node.module != "__future__":
        name = "." * node.level + (node.module or "")
        module = importlib.util.resolve_name(name, package)
        for alias in node.names:
            yield alias.asname or alias.name, Import(module, alias.name)


def outer_parts(node: ast.stmt) -> Iterator[ast.AST]:
    """Yield what of a definition is read where it stands: decorators, defaults, types, values."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield from node.decorator_list
        yield from getattr(node, "bases", [])
        yield from getattr(node, "keywords", [])
        for inner in ast.walk(node):
            if isinstance(inner, ast.arguments):
                yield from filter(None, [*inner.defaults, *inner.kw_defaults])
            for name in ("annotation", "returns"):
                if isinstance(annotation := getattr(inner, name, None), ast.AST):
                    yield annotation
    else:
        yield node


def names_in(node: ast.AST) -> Iterator[str]:
    """Yield the names that a piece of code reads."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name):
            yield inner.id


def global_names(scope: symtable.SymbolTable) -> set[str]:
    """Return the names of its module that a function or class reads, at any depth."""
    found = {one.get_name() for one in scope.get_symbols() if one.is_global()}
    return found.union(*map(global_names, scope.get_children()))
