"""The process of a function: settings, AWS clients, log, mail, queues, and a faster cold start."""
