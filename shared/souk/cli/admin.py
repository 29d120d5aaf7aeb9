"""`souk admin`: the operators of a deployment, and its data in files."""
# ruff: noqa: PLC0415 - imported when they run, as in `souk.cli.main`

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from souk.operations.admin import Bootstrapped, Missing
    from souk.operations.deployment import Deployment

Stack = Annotated[
    str | None, typer.Option("--stack", help="A stack in AWS, such as Souk-prod, instead of the local run.")
]
Profile = Annotated[str | None, typer.Option("--profile", help="The AWS profile for --stack.")]
Region = Annotated[str | None, typer.Option("--region", help="The AWS region of --stack.")]
Email = Annotated[str, typer.Option("--email", help="The e-mail address of the operator.")]
Name = Annotated[str, typer.Option("--name", help='The name of a new person: "Ada Lovelace".')]
Organization = Annotated[str, typer.Option("--organization", help="The name of the operators' organization.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def admin_commands(find: "Callable[[str | None, str | None, str | None], Deployment]") -> typer.Typer:
    """Return the commands. `find` returns the deployment of a stack, profile and region; None for the local run."""
    commands = typer.Typer(help="The operators of a deployment, and its data in files.", no_args_is_help=True)

    @commands.command()
    def bootstrap(
        *,
        email: Email,
        name: Name = "",
        organization: Organization = "",
        as_json: Json = False,
        stack: Stack = None,
        profile: Profile = None,
        region: Region = None,
    ) -> None:
        """Make a person an operator, with the operators' organization and an API key if they are missing.

        Prints the temporary password and the key's secret once. Repeating it changes nothing.
        """
        from souk.operations.admin import Administration

        administration = Administration(find(stack, profile, region))
        name, organization = _complete(administration.missing(email), name, organization)
        made = administration.bootstrap(email, name, organization)
        typer.echo(json.dumps(_as_json(made), ensure_ascii=False) if as_json else "\n".join(_lines(made)))

    @commands.command("operators")
    def list_operators(stack: Stack = None, profile: Profile = None, region: Region = None) -> None:
        """List the operators, oldest first."""
        from souk.operations.admin import Administration

        for one in Administration(find(stack, profile, region)).operators():
            typer.echo(f"{one.email}  {one.name}  {one.id}  since {one.since[:10]}")

    @commands.command()
    def revoke(
        email: Annotated[str, typer.Argument(help="The e-mail address of the operator.")],
        stack: Stack = None,
        profile: Profile = None,
        region: Region = None,
    ) -> None:
        """Take the operator flag from a person, and the membership of the operators' organization. Not the last one."""
        from souk.operations.admin import Administration

        Administration(find(stack, profile, region)).revoke(email)
        typer.echo(f"{email} is no longer an operator.")

    @commands.command("import")
    def import_file(
        kind: Annotated[str, typer.Argument(help="ontology, organizations, users or jobs; in this order.")],
        file: Annotated[Path, typer.Argument(help="CSV with a header row, or JSON Lines, in UTF-8.")],
        *,
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Check all rows, and write nothing.")] = False,
        invite: Annotated[bool, typer.Option("--invite", help="Mail new people how to set a password.")] = False,
        events: Annotated[bool, typer.Option("--events", help="Tell subscribers about imported postings.")] = False,
        stack: Stack = None,
        profile: Profile = None,
        region: Region = None,
    ) -> None:
        """Import categories and skills, organizations, people or postings. Repeating it updates what has changed.

        Writes what became of each row to FILE.report.csv. Ends with status 1 if rows were refused.
        """
        from souk.operations.imports import run_import

        deployment = find(stack, profile, region)
        done = run_import(deployment, kind, file, dry_run=dry_run, invite=invite, events=events, say=typer.echo)
        for one in done.problems:
            column = f", {one.field}" if one.field else ""
            typer.echo(f"Row {one.row} ({one.external_id or '-'}{column}): {one.message}", err=True)
        typer.echo(f"{'Checked' if dry_run else 'Imported'} {done.rows} rows: {done.sentence()}. See {done.report}")
        if any(done.problems):
            raise typer.Exit(1)

    @commands.command("export")
    def export_directory(
        directory: Annotated[Path, typer.Argument(help="A new directory, or that of an interrupted export.")],
        *,
        messages: Annotated[bool, typer.Option("--messages", help="Also the messages of all rooms.")] = False,
        stack: Stack = None,
        profile: Profile = None,
        region: Region = None,
    ) -> None:
        """Export people, organizations, postings, contracts and bookings, in files that `import` reads.

        The operators' audit trail says so. The manifest has the rows and the SHA-256 of each file.
        """
        from souk.operations.exports import MANIFEST, run_export

        run_export(find(stack, profile, region), directory, messages=messages, say=typer.echo)
        typer.echo(f"Complete. See {directory / MANIFEST}")

    return commands


def _complete(missing: "Missing", name: str, organization: str) -> tuple[str, str]:
    """Ask on a terminal for names that are needed and were not given."""
    if sys.stdin.isatty():
        if missing.name and not name:
            name = typer.prompt("Your first and last name", err=True)
        if missing.organization and not organization:
            organization = typer.prompt("The name of the operators' organization", err=True)
    return name, organization


def _as_json(made: "Bootstrapped") -> dict[str, object]:
    return {
        "operator": made.operator,
        "organization": made.organization,
        "temporaryPassword": made.temporary_password,
        "apiKey": made.api_key,
        "url": made.url,
    }


def _lines(made: "Bootstrapped") -> list[str]:
    lines = [
        f"Operator:            {made.operator['email']} ({made.operator['id']})",
        f"Organization:        {made.organization['name']} ({made.organization['id']})",
        f"API key:             {made.api_key['id']}",
    ]
    if made.api_key["secret"]:
        lines.append(f"Client secret:       {made.api_key['secret']}")
    if made.temporary_password:
        lines.append(f"Temporary password:  {made.temporary_password}")
    lines.append(f"Log in:              {made.url}")
    if made.api_key["secret"] or made.temporary_password:
        lines.append("Keep the secret and the password now; they are not shown again.")
    return lines
