"""Teaching models on a person's own data: data sets, their doctor, runs, and adapters."""
