"""Operating the marketplace: its operators, and what they decide about people and organizations."""
