"""All variants side by side: seeds, means, intervals, differences from a baseline."""
