"""What a job computes: used by the scripts of the workflow and by notebooks alike."""
