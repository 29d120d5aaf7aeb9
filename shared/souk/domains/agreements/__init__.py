"""The vocabulary that hiring shares: the parties of an agreement, how work is paid, and how it is delivered."""
