"""What a run is compared with: stored files, journals, reports, the recordings of a revision."""
