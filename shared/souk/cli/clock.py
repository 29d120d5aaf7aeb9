"""`souk clock`: the test clock of a deployment."""
# ruff: noqa: PLC0415 - imported when they run, as in `souk.cli.main`

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from souk.cli.admin import Profile, Region, Stack
from souk.operations.problem import Problem

if TYPE_CHECKING:
    from souk.operations.clock import TestClock
    from souk.operations.deployment import Deployment

Yes = Annotated[bool, typer.Option("--yes", help="Do not ask before all data is deleted.")]


def clock_commands(find: "Callable[[str | None, str | None, str | None], Deployment]") -> typer.Typer:
    """Return the commands. `find` returns the deployment of a stack, profile and region; None for the local run."""
    commands = typer.Typer(
        help="The time of a deployment for tests. docs/testing.md describes it.", no_args_is_help=True
    )

    def clock_of(stack: str | None, profile: str | None, region: str | None) -> "TestClock":
        from souk.operations.clock import TestClock

        return TestClock(find(stack, profile, region))

    @commands.command()
    def show(stack: Stack = None, profile: Profile = None, region: Region = None) -> None:
        """Print the time of the marketplace, and how far it is ahead of the real time."""
        typer.echo(clock_of(stack, profile, region).show())

    @commands.command("set")
    def set_time(
        time: Annotated[str, typer.Argument(help="Such as 2026-12-07T12:00:00Z.")],
        stack: Stack = None,
        profile: Profile = None,
        region: Region = None,
    ) -> None:
        """Move to a point in time, and run what is due by then."""
        typer.echo(clock_of(stack, profile, region).set(time))

    @commands.command()
    def advance(
        duration: Annotated[str, typer.Argument(help="Such as 90s, 7d or 1d12h.")],
        stack: Stack = None,
        profile: Profile = None,
        region: Region = None,
    ) -> None:
        """Move on, and run what is due by then."""
        typer.echo(clock_of(stack, profile, region).advance(duration))

    @commands.command()
    def reset(*, yes: Yes = False, stack: Stack = None, profile: Profile = None, region: Region = None) -> None:
        """Return to the real time, and delete all data. A local run gets its demo data again."""
        from souk.local.run import load_demo, with_demo

        deployment = find(stack, profile, region)
        clock = clock_of(stack, profile, region)
        if not yes and not (sys.stdin.isatty() and typer.confirm(f"Delete all data of {deployment.url}?", err=True)):
            raise Problem("Nothing was deleted. Say --yes to delete all data.")
        demo = not deployment.in_aws and with_demo(deployment)
        typer.echo(clock.reset())
        if demo:
            load_demo(deployment, typer.echo)

    return commands
