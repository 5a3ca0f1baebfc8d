"""Programs that train or adapt the models the application ships or uses."""
