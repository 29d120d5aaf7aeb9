"""What operators see and do about deadlines, events, queues, indexes and the requests of API keys."""
