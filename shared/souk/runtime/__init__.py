"""The process that a function runs in: settings, AWS clients, log, mail, queues, and a faster cold start."""
