"""What identity's mutations do: one transaction each."""
