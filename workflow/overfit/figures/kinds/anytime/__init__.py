"""The best score so far while searches go on."""
