"""The `souk` command.

Subcommands import their modules when they run, because importing all domains takes longer than most of them run.
"""
# ruff: noqa: PLC0415 - see above

import sys
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from souk.cli.admin import Stack, admin_commands
from souk.cli.clock import clock_commands
from souk.cli.machinery import event_commands, letter_commands
from souk.cli.people import people_commands
from souk.operations.problem import Problem

if TYPE_CHECKING:
    from souk.local.home import Running
    from souk.operations.deployment import Deployment

cli = typer.Typer(
    help="Souk, a freelance marketplace backend. docs/running.md describes the commands.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # to import rich takes longer than all else of `souk --help`
)
search_cli = typer.Typer(help="The search indexes, which are derived from the table.", no_args_is_help=True)
cli.add_typer(search_cli, name="search")
lists_cli = typer.Typer(help="The lists in the table. Run both commands after an upgrade.", no_args_is_help=True)
cli.add_typer(lists_cli, name="lists")
ledger_cli = typer.Typer(help="The marketplace's books.", no_args_is_help=True)
cli.add_typer(ledger_cli, name="ledger")
talent_cli = typer.Typer(help="The numbers of freelancers' work.", no_args_is_help=True)
cli.add_typer(talent_cli, name="talent")
customfields_cli = typer.Typer(help="Answers to custom fields. Run it after an upgrade.", no_args_is_help=True)
cli.add_typer(customfields_cli, name="customfields")
DEFAULT_PORT = 8000


def main() -> NoReturn:
    """Run a command. A Problem is shown as its message, without a traceback."""
    try:
        cli(standalone_mode=True)
    except Problem as problem:
        _fail(str(problem))
    except KeyboardInterrupt:
        sys.exit(0)
    except Exception as error:
        if not _is_aws_error(error):
            raise
        _fail(f"AWS refused a request: {error}")
    sys.exit(0)


def _print_version(requested: bool) -> None:
    if requested:
        from importlib.metadata import version

        typer.echo(f"souk {version('souk')}")
        raise typer.Exit


@cli.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Handle the options that belong to no command."""


@cli.command("run")
def start(
    port: Annotated[int, typer.Option(envvar="PORT", help="The port to listen on.")] = DEFAULT_PORT,
) -> None:
    """Run Souk on this machine, with its data in SOUK_HOME (.souk/ by default)."""
    from souk.local.home import Home
    from souk.local.run import run

    home = Home.from_environment()
    try:
        run(home, port, _say)
    except KeyboardInterrupt:
        _say(f"Stopped. The data is kept in {home.path}.")


@cli.command()
def token(email: Annotated[str, typer.Argument(help="Such as olivia@acme.test; docs/demo-data.md has more.")]) -> None:
    """Print an access token for a person in the local run, valid for 24 hours."""
    import json
    from urllib.error import HTTPError, URLError
    from urllib.request import ProxyHandler, Request, build_opener

    from souk.local.home import TOKEN_PATH

    running = _running()
    # The run issues the token, because importing the modules for it takes a second.
    request = Request(  # noqa: S310 - the URL is the run's
        f"{running.url}{TOKEN_PATH}", email.encode(), {"Authorization": f"Bearer {running.secret}"}
    )
    try:
        with build_opener(ProxyHandler({})).open(request) as answer:
            typer.echo(json.load(answer)["token"])
    except HTTPError as refused:
        raise Problem(json.load(refused)["message"]) from None
    except URLError:  # a killed run counts as running until its embedded AWS has ended
        raise Problem(f"{running.url} does not answer; start Souk with `make run`.") from None


@cli.command()
def mail(address: Annotated[str | None, typer.Argument(help="Only mail to this address.")] = None) -> None:
    """Print the mail (codes, invitations) that the local run has sent since it started, newest last."""
    from souk.local.mail import inbox

    running = _running()
    for message in inbox(running.endpoint, running.emulator_secret, address):
        typer.echo(message)


@cli.command()
def reset() -> None:
    """Delete the local data (SOUK_HOME) permanently. Stop the run first."""
    from souk.local.home import Home

    home = Home.from_environment()
    home.reset()
    _say(f"Deleted the data in {home.path}.")


@cli.command()
def schema() -> None:
    """Print the served schema as GraphQL SDL."""
    from graphql import print_schema

    from souk import app

    typer.echo(print_schema(app.schema()))


@cli.command()
def coverage() -> None:
    """List the root fields of the contract, and whether they are built."""
    from souk import app

    rows = app.coverage()
    for row in rows:
        typer.echo(f"{'built' if row.built else '-':6} {row.domain:14} {row.coordinate}")
    built = sum(row.built for row in rows)
    typer.echo(f"{built} of {len(rows)} root fields are built.")


@search_cli.command()
def rebuild(stack: Stack = None) -> None:
    """Make the search indexes anew from the table. Searches use the old ones until then."""
    from souk.operations import search

    _say(f"Indexed {search.rebuild(_deployment(stack))} postings, gigs and people")


@search_cli.command()
def verify(stack: Stack = None) -> None:
    """Compare the search indexes with the table. Exits with 1 if they differ."""
    from souk.operations import search

    deployment = _deployment(stack)
    for outdated in search.outdated(deployment):
        _say(f"{outdated.schema.name}: not made by this version of Souk; run `souk search rebuild`")
    differences = search.verify(deployment)
    for index, found in differences.items():
        for name, ids in (("missing", found.missing), ("not in the table", found.extra), ("outdated", found.stale)):
            for id_ in ids:
                _say(f"{index}: {name}: {id_}")
    if any(differences.values()):
        _fail(
            "An index differs from the table. Recent changes take a few seconds to be indexed; "
            "if it still differs, run `souk search rebuild`."
        )
    _say("The indexes match the table.")


@lists_cli.command()
def rewrite(stack: Stack = None) -> None:
    """Add what lists filter and sort by to items that an earlier release wrote."""
    from souk.operations import lists

    _say(f"Rewrote {lists.rewrite(_deployment(stack))} items")


@lists_cli.command()
def recount(stack: Stack = None) -> None:
    """Count the items of lists whose totals are read from counters, such as an organization's job postings."""
    from souk.operations import lists

    _say(f"Recounted {lists.recount(_deployment(stack))} lists")


@ledger_cli.command("verify")
def verify_ledger(stack: Stack = None) -> None:
    """Check that bookings and accounts sum to zero, and that balances and sums agree. Exits with 1 if not."""
    from souk.operations import ledger

    bookings, wrong = ledger.verify(_deployment(stack))
    for sentence in wrong:
        _say(sentence)
    if wrong:
        _fail(f"The books are wrong in {len(wrong)} places. `souk ledger rebuild` makes the sums of months again.")
    _say(f"The books are right: {bookings} bookings sum to zero, and all balances and sums agree with them.")


@ledger_cli.command("rebuild")
def rebuild_ledger(stack: Stack = None) -> None:
    """Make the sums of months again from the bookings.

    Run it after an upgrade from a release without them. It can be repeated: a second run changes nothing.
    """
    from souk.operations import ledger

    _say(f"Made the sums of {ledger.rebuild(_deployment(stack))} months, currencies and shards again")


@talent_cli.command("rebuild")
def rebuild_talent(stack: Stack = None) -> None:
    """Count freelancers' work again, from their contracts, bookings, reviews, proposals and invitations.

    Run it after an upgrade from Souk 0.1.0. After an interruption, run it again: it goes on where it stopped.
    """
    from souk.operations import talent

    _say(f"Rebuilt the tallies of {talent.rebuild(_deployment(stack), _say)} freelancers")


@customfields_cli.command("rebuild")
def rebuild_answers(stack: Stack = None) -> None:
    """Bring the answers along that an earlier release stored in postings and offers, so that `customFields` finds them.

    Run it after an upgrade from Souk 0.1.0. It can be repeated: a second run changes nothing.
    """
    from souk.operations import customfields

    _say(f"Brought the answers of {customfields.rebuild(_deployment(stack))} postings and offers along")


def _deployment(stack: str | None, profile: str | None = None, region: str | None = None) -> "Deployment":
    """Return a stack in AWS, or the local run without one. Raises Problem if it does not exist."""
    from souk.local import emulator
    from souk.local.home import Home
    from souk.operations.deployment import Deployment, in_aws

    if stack:
        return in_aws(stack, profile, region)
    running = _running()
    return Deployment(running.outputs, emulator.clients_of(Home.from_environment(), running), running.url)


admin_cli = admin_commands(_deployment)
admin_cli.add_typer(people_commands(_deployment), name="people")
cli.add_typer(admin_cli, name="admin")
cli.add_typer(clock_commands(_deployment), name="clock")
cli.add_typer(event_commands(_deployment), name="events")
cli.add_typer(letter_commands(_deployment), name="deadletters")


def _running() -> "Running":
    from souk.local.home import Home

    home = Home.from_environment()
    running = home.running()
    if running is None:
        raise Problem(f"Souk is not running with the data in {home.path}; start it with `make run`.")
    return running


def _is_aws_error(error: Exception) -> bool:
    """Return whether an error came from an AWS client."""
    from botocore.exceptions import BotoCoreError, ClientError

    return isinstance(error, BotoCoreError | ClientError)


def _say(line: str) -> None:
    typer.echo(line)
    sys.stdout.flush()


def _fail(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    sys.exit(1)
