"""What happened, on its way from the table to whoever subscribed."""
