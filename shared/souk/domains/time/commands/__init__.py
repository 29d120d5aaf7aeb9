"""The commands of worked time and of its weeks."""
