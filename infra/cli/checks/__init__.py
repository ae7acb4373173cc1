"""What `tendero doctor` looks at."""
