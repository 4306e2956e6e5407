"""Messages to patients, kept before they are sent."""
