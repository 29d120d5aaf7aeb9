"""`souk admin people`: the accounts in the user pool, to a file and from it."""
# ruff: noqa: PLC0415 - imported when they run, as in `souk.cli.main`

from pathlib import Path
from typing import Annotated

import typer

from souk.cli.admin import Profile, Region, Stack
from souk.cli.machinery import Find, Yes, ask


def people_commands(find: Find) -> typer.Typer:
    """Return the commands. `find` returns a deployment as in `admin_commands`."""
    commands = typer.Typer(help="The accounts in the user pool. docs/restoring.md describes it.", no_args_is_help=True)

    @commands.command("export")
    def export_accounts(
        file: Annotated[Path, typer.Argument(help="A new file. It holds personal data.")],
        stack: Stack = None,
        profile: Profile = None,
        region: Region = None,
    ) -> None:
        """Write all accounts to a file, with their names and attributes. Cognito gives out no passwords."""
        from souk.operations.people import export_people

        number = export_people(find(stack, profile, region), file)
        typer.echo(f"Wrote {number} accounts to {file}, without passwords. Keep it as you keep the table.")

    @commands.command("import")
    def import_accounts(
        file: Annotated[Path, typer.Argument(help="A file of `export`.")],
        *,
        yes: Yes = False,
        stack: Stack = None,
        profile: Profile = None,
        region: Region = None,
    ) -> None:
        """Create the accounts of a file in this deployment's user pool, and link the people in its table to them.

        They have no passwords: each person asks for a new one on the login page. It can be repeated.
        """
        from souk.operations.people import Import

        found = Import(find(stack, profile, region), file)
        ask(f"Import {len(found.accounts)} accounts?", yes=yes)
        done = found.run(typer.echo)
        typer.echo(f"Created {done.created} accounts, and linked {done.linked} people to theirs.")

    return commands
