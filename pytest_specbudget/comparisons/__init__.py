"""What a run is compared with, and how: stored runs, revisions, samples."""
