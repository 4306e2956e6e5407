"""What happens between visits: check-ins, the recall list, booked visits and the calendar."""
