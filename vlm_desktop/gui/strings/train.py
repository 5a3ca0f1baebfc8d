"""Words of the Train pane that its steps share."""

STEPS_NAME = "Steps"
STEP_WORDS = {
    "data": "&1  Data",
    "check": "&2  Check",
    "recipe": "&3  Recipe",
    "run": "&4  Run",
    "adapters": "&Adapters",
}
STEP_TIPS = {
    "data": "Gather the pictures and texts to learn from",
    "check": "See what is wrong with them, and what the model will be shown",
    "recipe": "Choose what is taught, and how",
    "run": "Watch it learn, and see what came of it",
    "adapters": "What was taught so far: use, compare, merge, hand on",
}
