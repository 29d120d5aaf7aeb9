"""One folder a domain: its schema, resolvers, rules, model, store and events."""
