"""Commands of live sockets."""
