"""What only the function of operators may read: the log of requests, and the queues of dead letters."""
