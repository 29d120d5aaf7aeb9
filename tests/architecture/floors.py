"""A contract for import-linter: every module of a domain belongs to a layer and imports only its own and lower ones."""

from collections import defaultdict

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class FloorsContract(Contract):
    """No module of a domain imports one from a higher floor, in its own domain or another.

    `floors` lists the module names of each floor from the top down, such as `lists | search`. A module that is on no
    floor also breaks the contract.
    """

    container = fields.StringField()
    floors = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002 - import-linter's signature
        """Check that every module of a domain imports only from its own floor and lower ones."""
        floors: list[str] = list(self.floors)  # type: ignore[call-overload] # a field holds its value here
        names = [{name.strip() for name in floor.split("|")} for floor in reversed(floors)]
        height = {name: number for number, floor in enumerate(names) for name in floor}
        modules = {module: self._room(module) for module in graph.modules if self._room(module)}
        upward: dict[str, list[str]] = defaultdict(list)
        for module, room in modules.items():
            if room not in height:
                continue
            for imported in graph.find_modules_directly_imported_by(module):
                other = modules.get(imported)
                if other in height and height[other] > height[room]:
                    upward[module].append(imported)
        return ContractCheck(
            kept=not upward and set(modules.values()) <= height.keys(),
            metadata={
                "upward": dict(upward),
                "homeless": sorted(module for module, room in modules.items() if room not in height),
            },
        )

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name each import that goes up, and each module that stands on no floor."""
        for module, imported in sorted(check.metadata["upward"].items()):
            for target in sorted(imported):
                output.print_error(f"{module} imports {target}, which stands on a higher floor.")
        for module in check.metadata["homeless"]:
            output.print_error(
                f"{module} stands on no floor: rename it, or add its name to `floors` in pyproject.toml."
            )

    def _room(self, module: str) -> str:
        """Return the name that decides about a module's floor: `store` of `souk.domains.jobs.store`; "" for no such."""
        parts = module.removeprefix(f"{self.container}.").split(".")
        return parts[1] if module.startswith(f"{self.container}.") and len(parts) > 1 else ""
