"""An import law for import-linter: the modules of every domain stand on floors, and import downwards only."""

from collections import defaultdict

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class FloorsContract(Contract):
    """No module of a domain imports one of a higher floor, in its own domain or in another.

    `floors` lists the modules' names from the top floor to the ground, as in `lists | search`. A module that no floor
    names breaks the law as well.
    """

    container = fields.StringField()
    floors = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002 - import-linter's signature
        """Return whether every import of a domain's module goes to its own floor or a lower one."""
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
