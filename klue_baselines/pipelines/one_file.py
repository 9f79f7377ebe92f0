"""A task's pipeline as one file that can lie beside a model's weights, for people without us.

The file is no second implementation: it is made of the very definitions that this project runs,
those that asking a model of the task takes, in the order in which they need each other. What it
imports beside transformers comes with that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from graphlib import TopologicalSorter
from importlib.metadata import version
from typing import Any

from ..task import AskedTask, BaselineTask
from .source import Import, is_ours, source_of

STANDS_ALONE = "modeling_"  # modules that lie beside the weights themselves
HEAD = '''"""Asks a model that was fine-tuned for KLUE's task {task}, in a pipeline of transformers.

    pipeline("{pipeline}", model=..., trust_remote_code=True)

Made from the modules of klue-hub {version} that are named below, and not written by hand.
"""

from __future__ import annotations

'''
TAIL = '''
class Klue{name}({name}):
    """What "custom_pipelines" in config.json names."""

    asked = {asked}
'''


def one_file(task: BaselineTask) -> str:
    """Return the module that has a task's pipeline as the class `class_name(task)`.

    Raises:
        ValueError: what it takes cannot be told apart in one module, or is not ours to copy.
    """
    assert task.pipeline is not None
    parts = Parts()
    shown = "".join(
        f"        {one.name}={parts.expression(getattr(task, one.name))},\n"
        for one in fields(AskedTask)
    )
    name, home = task.pipeline.__name__, task.pipeline.__module__
    for needed, module in ((AskedTask.__name__, AskedTask.__module__), (name, home)):
        parts.need(module, needed)
    head = HEAD.format(task=task.name, pipeline=task.card.own_pipeline, version=version("klue-hub"))
    tail = TAIL.format(name=name, asked=f"AskedTask(\n{shown}    )")
    return re.sub("\n{4,}", "\n\n\n", f"{head}{parts.imports()}\n\n{parts.definitions()}\n\n{tail}")


def class_name(task: BaselineTask) -> str:
    """Return the name of the class in a task's file."""
    assert task.pipeline is not None
    return f"Klue{task.pipeline.__name__}"


@dataclass
class Parts:
    """The definitions that are needed, by their modules, and what these import from elsewhere.

    homes: the module of each name, in one namespace for all. used: the names needed of each module.
    below: the modules that each one imports from. outside: import -> the names by it.
    """

    homes: dict[str, str] = field(default_factory=dict)
    used: dict[str, set[str]] = field(default_factory=dict)
    below: dict[str, set[str]] = field(default_factory=dict)
    outside: dict[str, set[str]] = field(default_factory=dict)

    def need(self, module: str, name: str) -> None:
        """Add a definition of a module, and all that it needs itself.

        Raises:
            ValueError: its name is another module's too, or it imports something of ours itself.
        """
        if name in self.used.get(module, ()):
            return
        self.claim(name, module)
        self.used.setdefault(module, set()).add(name)
        source = source_of(module)
        for needed in sorted(source.needs(name)):
            found = source.imports.get(needed)
            if found is None:
                self.need(module, needed)
            elif is_ours(found.module) and not beside(found.module):
                if found.original != needed:
                    raise ValueError(f"{module}: found {needed}, expected {found.original}")
                self.below.setdefault(module, set()).add(found.module)
                self.need(found.module, needed)
            else:
                self.import_(found, needed)

    def import_(self, found: Import, name: str) -> None:
        """Add an import from elsewhere."""
        module = (
            found.module if not is_ours(found.module) else f".{found.module.rpartition('.')[2]}"
        )
        self.claim(name, f"{module} {found.original or ''}")
        if found.original is None:
            bound = "" if name == module.partition(".")[0] else f" as {name}"
            self.outside[f"import {module}" + bound] = set()
        else:
            named = name if found.original == name else f"{found.original} as {name}"
            self.outside.setdefault(f"from {module} import", set()).add(named)

    def claim(self, name: str, home: str) -> None:
        """Give a name to one module, or to what is imported by it.

        Raises:
            ValueError: another one has it.
        """
        if self.homes.setdefault(name, home) != home:
            raise ValueError(f"{name}: found in {home} and {self.homes[name]}, expected one")

    def expression(self, value: Any) -> str:
        """Return a value of a task's record as Python source, and add what it names."""
        if isinstance(value, Mapping):
            items = (f"{key!r}: {self.expression(one)}" for key, one in value.items())
            return f"{{{', '.join(items)}}}"
        if callable(value) and not is_dataclass(value):
            self.need(value.__module__, value.__qualname__)
            return str(value.__qualname__)
        if is_dataclass(value):
            self.need(type(value).__module__, type(value).__qualname__)
        return repr(value)

    def imports(self) -> str:
        """Return the import statements."""
        return "\n".join(
            f"{line} {', '.join(sorted(names))}" if names else line
            for line, names in sorted(self.outside.items(), key=lambda item: item[0].split()[1])
        )

    def definitions(self) -> str:
        """Return the definitions, module by module, each behind those that it imports from."""
        order = TopologicalSorter({name: self.below.get(name, ()) for name in sorted(self.used)})
        return "\n\n\n".join(
            f"# {module}\n\n{source_of(module).text_of(self.used[module])}"
            for module in order.static_order()
        )


def beside(module: str) -> bool:
    """Return whether a module lies beside the weights itself."""
    return module.rpartition(".")[2].startswith(STANDS_ALONE)
