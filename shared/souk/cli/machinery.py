"""`souk events` and `souk deadletters`: what was lost on the way is sent again."""
# ruff: noqa: PLC0415 - imported when they run, as in `souk.cli.main`

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from souk.cli.admin import Profile, Region, Stack
from souk.operations.problem import Problem

if TYPE_CHECKING:
    from souk.operations.deployment import Deployment

Yes = Annotated[bool, typer.Option("--yes", help="Do not ask before it is done.")]
Find = Callable[[str | None, str | None, str | None], "Deployment"]
"""Returns the deployment of a stack, profile and region; None for the local run."""


def event_commands(find: Find) -> typer.Typer:
    """Return the commands about events."""
    commands = typer.Typer(help="The events of the last seven days.", no_args_is_help=True)

    @commands.callback()
    def group() -> None:
        """Keep `replay` a command of its own; Typer makes a single command the whole group."""

    @commands.command()
    def replay(
        *,
        since: Annotated[str, typer.Option("--since", help="A duration before now, a day or a time: 2h.")],
        until: Annotated[str | None, typer.Option("--until", help="The same; now without it.")] = None,
        entity: Annotated[str | None, typer.Option("--entity", help="Only events of it, such as OFFER.")] = None,
        yes: Yes = False,
        stack: Stack = None,
        profile: Profile = None,
        region: Region = None,
    ) -> None:
        """Send events again. Receivers know them by their ids, and get those that they have had too."""
        from souk.operations.machinery import Replay

        found = Replay(find(stack, profile, region), since, until, entity)
        if not found.events:
            typer.echo(f"There are no events from {found.period.first} to {found.period.last}.")
            return
        number = f"{len(found.events)} events from {found.events[0].occurred_at} to {found.events[-1].occurred_at}"
        ask(f"Send {number} again?", yes=yes)
        found.send(typer.echo)

    return commands


def letter_commands(find: Find) -> typer.Typer:
    """Return the commands about dead letters."""
    commands = typer.Typer(help="Input that functions failed on for good.", no_args_is_help=True)

    @commands.command("list")
    def list_queues(stack: Stack = None, profile: Profile = None, region: Region = None) -> None:
        """List the queues of dead letters, with about how many lie in each."""
        from souk.operations.machinery import Letters

        for one in Letters(find(stack, profile, region)).all():
            typer.echo(f"{one.number:6}  {one.queue.function:17}  {one.title}")

    @commands.command()
    def move(
        queue: Annotated[str, typer.Argument(help="The name of the queue, as `list` shows it.")],
        *,
        yes: Yes = False,
        stack: Stack = None,
        profile: Profile = None,
        region: Region = None,
    ) -> None:
        """Move dead letters back, to be processed again. Find the cause of the failures first."""
        from souk.operations.machinery import Letters

        letters = Letters(find(stack, profile, region))
        found = letters.of(queue)
        if not found.number:
            typer.echo("There are no dead letters.")
            return
        ask(f"Move about {found.number} dead letters back?", yes=yes)
        typer.echo(f"Moved {letters.move(found)} dead letters back")

    return commands


def ask(question: str, *, yes: bool) -> None:
    """Ask on a terminal. Raises Problem if the answer is no, or nobody can be asked."""
    if not yes and not (sys.stdin.isatty() and typer.confirm(question, err=True)):
        raise Problem(f"{question} Nothing was done. Say --yes to do it.")
